"""Makes chat/screening/likeness.json from the labelled sentences.

`python -m tools.screening_likeness` writes it and prints what it finds of each set when it was
made from all others. A new set is measured before it is named in `screening_doc.SETS`, and then
taken in. An averaged perceptron in whole numbers: the same sentences give the same file everywhere.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from zlib import crc32

from chat.screening.fold import folded_text
from chat.screening.likeness import PAGE, Likeness, pieces
from tools.screening_doc import CLASSES, SETS, sentences

EVERYDAY = "everyday"
ALL = (*SETS, EVERYDAY)
ROUNDS = 10  # how often all sentences are gone through
UNIT = 4  # steps of a weight
TOUCHED = 0.01  # of the ordinary sentences of sets left out, how many may be taken for crisis


@dataclass(frozen=True, slots=True)
class Labelled:
    """One sentence, folded, with its pieces in order."""

    folded: str
    label: str
    pieces: tuple[str, ...]


@cache
def labelled(name: str) -> tuple[Labelled, ...]:
    """A set's sentences; those of `EVERYDAY` are all ordinary."""
    labels = (*CLASSES, "ordinary") if name in SETS else ("room", "house")
    return tuple(
        Labelled(folded, label if name in SETS else "ordinary", tuple(sorted(pieces(folded))))
        for label in labels
        for folded in map(folded_text, sentences(name)[label])
    )


def learned(given: Iterable[Labelled], enough: float = 0) -> Likeness:
    """Weights from sentences; in every round in another order."""
    known = [(one, one.pieces, one.label == "crisis") for one in given]
    weights: dict[str, int] = defaultdict(int)
    early: dict[str, int] = defaultdict(int)  # each step times when it was taken
    bias = early_bias = 0
    now = 1
    for turn in range(ROUNDS):
        known.sort(key=lambda row: (crc32(f"{turn}{row[0].folded}".encode()), row[0].folded))
        for _, found, crisis in known:
            side = 1 if crisis else -1
            if side * (bias + sum([weights[piece] for piece in found])) <= 1:
                for piece in found:
                    weights[piece] += side
                    early[piece] += side * now
                bias += side
                early_bias += side * now
            now += 1
    mean = {
        piece: round(UNIT * (weight * now - early[piece]) / now)
        for piece, weight in weights.items()
    }
    return Likeness(
        weights={piece: weight for piece, weight in sorted(mean.items()) if weight},
        bias=round(UNIT * (bias * now - early_bias) / now),
        enough=enough,
    )


@cache
def left_out() -> dict[str, list[tuple[str, float]]]:
    """For each set: (label, score) of its sentences by what was learned from the others."""
    out = {}
    for name in SETS:
        likeness = learned(one for other in ALL if other != name for one in labelled(other))
        out[name] = [(one.label, likeness.score(one.folded)) for one in labelled(name)]
    return out


def enough() -> float:
    """The score above which `TOUCHED` of the ordinary sentences lie that it hasn't seen."""
    scores = sorted(
        (score for many in left_out().values() for label, score in many if label == "ordinary"),
        reverse=True,
    )
    return round(scores[int(len(scores) * TOUCHED)] + 0.005, 2)


def found(name: str, label: str) -> tuple[int, int]:
    """How many of a set's sentences are taken for crisis when the set was left out, of how many."""
    scores = [score for one, score in left_out()[name] if one == label]
    return sum(score > enough() for score in scores), len(scores)


def page() -> str:
    """The file: pieces by their weight, a line each."""
    likeness = learned((one for name in ALL for one in labelled(name)), enough())
    by_weight: dict[int, list[str]] = defaultdict(list)
    for piece, weight in likeness.weights.items():
        by_weight[weight].append(piece)
    lines = ",\n".join(
        f'"{weight}": {json.dumps(by_weight[weight], ensure_ascii=False, separators=(",", ":"))}'
        for weight in sorted(by_weight)
    )
    head = f'"made_from": {json.dumps(ALL)},\n"bias": {likeness.bias},\n"enough": {likeness.enough}'
    return f'{{\n{head},\n"weights": {{\n{lines}\n}}\n}}\n'


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    for name in SETS:
        print(name, *(f"{label} %d/%d" % found(name, label) for label in ("crisis", "ordinary")))
