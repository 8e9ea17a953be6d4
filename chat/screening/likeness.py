"""A second look for crisis: how like the labelled sentences of crisis a text is put together.

It is asked only where the rules found neither crisis nor attack, and only ever adds a card and a
flag. `tools/screening_likeness.py` makes `likeness.json` from the labelled sentences.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from math import sqrt
from operator import add
from pathlib import Path

PAGE = Path(__file__).with_name("likeness.json")
SHORTEST, LONGEST = 2, 4  # characters of a piece


def pieces(folded: str) -> set[str]:
    """All stretches of two to four characters of a folded text, with its ends marked."""
    text = f"^{folded}$"
    twos = list(map(add, text, text[1:]))
    threes = list(map(add, twos, text[2:]))
    return {*twos, *threes, *map(add, threes, text[3:])}


@dataclass(frozen=True, slots=True)
class Likeness:
    """`weights` of pieces, `bias` of any text, and what is `enough`; all in the same unit."""

    weights: Mapping[str, int]
    bias: int
    enough: float

    def score(self, folded: str) -> float:
        """How like crisis: per root of the number of pieces, so that a long text isn't more so."""
        found = pieces(folded)
        return (self.bias + sum(map(self.weights.get, found, repeat(0)))) / sqrt(len(found))

    def holds(self, folded: str) -> bool:
        """Whether somebody should look."""
        return self.score(folded) > self.enough

    def place(self, folded: str) -> tuple[int, int]:
        """The stretch that weighs most, half open, in characters of the folded text."""
        best, where, run, start = 0, (0, len(folded)), 0, 0
        for at in range(len(folded)):
            if run <= 0:
                run, start = 0, at
            run += sum(
                self.weights.get(folded[at : at + size], 0) for size in range(SHORTEST, LONGEST + 1)
            )
            if run > best:
                best, where = run, (start, min(at + LONGEST, len(folded)))
        return where


def read(page: str) -> Likeness:
    """From JSON: `{"bias", "enough", "weights": {weight: [piece, …]}}`."""
    data = json.loads(page)
    return Likeness(
        weights={piece: int(weight) for weight, many in data["weights"].items() for piece in many},
        bias=data["bias"],
        enough=data["enough"],
    )


@cache
def house() -> Likeness:
    """The one that comes with the house."""
    return read(PAGE.read_text(encoding="utf-8"))
