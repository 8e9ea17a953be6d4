"""A second look for crisis: how like the labelled sentences of crisis a text is put together.

It is asked only where the rules found neither crisis nor attack, and only ever adds a card and a
flag. `tools/screening_likeness.py` makes `likeness.json` from the labelled sentences.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from math import sqrt
from operator import add
from pathlib import Path

from ahocorasick_rs import AhoCorasick

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
    """`weights` of pieces, `bias` of any text, and what is `enough` (not below 0), in one unit."""

    weights: Mapping[str, int]
    bias: int
    enough: float
    _search: AhoCorasick = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # With its pieces kept, it gives those and makes no numbers for each.
        object.__setattr__(self, "_search", AhoCorasick(self.weights, store_patterns=True))

    def score(self, folded: str) -> float:
        """How like crisis: per root of the number of pieces, so that a long text isn't more so."""
        return self._weight(folded) / sqrt(len(pieces(folded)))

    def holds(self, folded: str) -> bool:
        """Whether somebody should look."""
        # What weighs nothing is unlike, however many its pieces are: most texts aren't counted.
        weight = self._weight(folded)
        return weight > 0 and weight / sqrt(len(pieces(folded))) > self.enough

    def _weight(self, folded: str) -> int:
        found = set(self._search.find_matches_as_strings(f"^{folded}$", overlapping=True))
        return self.bias + sum(map(self.weights.__getitem__, found))

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
