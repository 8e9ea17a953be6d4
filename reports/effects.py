"""効果検証: what a run of the family program changed, with small cells hidden. Pure.

Told by tens: families in the order in which their two records were complete, always ten more at
once. So no two tellings, however they are subtracted, differ by fewer than ten families; and
`told_of` are those whose records may no longer change, or a change would be told of one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import mean

from reports.publishing import parts_told
from reports.states import Point

FEWEST = 10  # families; of fewer, nothing but that there were any is told


@dataclass(frozen=True, slots=True)
class Told:
    """One family at one point."""

    subject: str
    point: Point
    burden: int | None
    relation: int | None
    used_service: bool | None


@dataclass(frozen=True, slots=True)
class Effect:
    """From the first point to another. None is hidden: fewer than `FEWEST` families, not zero.

    Families are counted in whole tens.
    """

    point: Point
    began: int | None
    completed: int | None  # have a record at both points
    burden: float | None  # mean change; less than nothing is less burden
    relation: float | None
    used_service: int | None


Pair = tuple[Told, Told]


def effects(records: Iterable[Told]) -> list[Effect]:
    """After the course, and three months later, each beside the same families before it.

    `records` are in the order in which they were written down.
    """
    rows = list(records)
    began = len({one.subject for one in rows if one.point is Point.BEFORE})
    return [_effect(point, began, _pairs(rows, point)) for point in (Point.AFTER, Point.LATER)]


def told_of(records: Iterable[Told]) -> set[tuple[str, Point]]:
    """(family, point) of every record that is part of something told."""
    rows = list(records)
    return {
        (one.subject, one.point)
        for point in (Point.AFTER, Point.LATER)
        for batch in _tens(_pairs(rows, point))
        for pair in batch
        for one in pair
    }


def _pairs(rows: Sequence[Told], point: Point) -> list[Pair]:
    """Records before and then, of each family that has both, in the order of the second."""
    seen: dict[tuple[str, Point], Told] = {}
    found: dict[str, Pair] = {}
    for row in rows:
        seen[row.subject, row.point] = row
        before, then = seen.get((row.subject, Point.BEFORE)), seen.get((row.subject, point))
        if before is not None and then is not None and row.point in (Point.BEFORE, point):
            found.setdefault(row.subject, (before, then))
    return list(found.values())


def _tens(pairs: Sequence[Pair]) -> list[Sequence[Pair]]:
    whole = len(pairs) // FEWEST * FEWEST
    return [pairs[first : first + FEWEST] for first in range(0, whole, FEWEST)]


def _effect(point: Point, began: int, pairs: Sequence[Pair]) -> Effect:
    batches = _tens(pairs)
    # Whoever dropped out is as easily recognised as whoever came.
    countable = _shown(len(pairs)) is not None and _shown(began - len(pairs)) is not None
    return Effect(
        point,
        _shown(began),
        _shown(len(pairs)) if countable else None,
        _change([[(a.burden, b.burden) for a, b in batch] for batch in batches]),
        _change([[(a.relation, b.relation) for a, b in batch] for batch in batches]),
        _used(batches) if countable else None,
    )


def _shown(number: int) -> int | None:
    """Whole tens; None where there are some, and fewer."""
    return number // FEWEST * FEWEST if number == 0 or number >= FEWEST else None


def _change(batches: Sequence[Sequence[tuple[int | None, int | None]]]) -> float | None:
    """The mean over whole batches, as of the last at which ten more were known."""
    told: float | None = None
    known: list[int] = []
    waiting = 0
    for batch in batches:
        more = [then - before for before, then in batch if before is not None and then is not None]
        known += more
        waiting += len(more)
        if waiting >= FEWEST:
            told, waiting = round(mean(known), 1), 0
    return told


def _used(batches: Sequence[Sequence[Pair]]) -> int | None:
    """How many of all batches; told on the way or not, no ten are split in few and many."""
    if not batches:
        return 0
    yes = [sum(1 for _, then in batch if then.used_service) for batch in batches]
    parts = [sum(yes[: place + 1]) for place in range(len(yes))]
    told = parts_told([FEWEST * (place + 1) for place in range(len(yes))], parts)[-1]
    return told.number if told.at == len(batches) - 1 else None
