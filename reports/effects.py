"""効果検証: what a run of the family program changed, with small cells hidden. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import mean

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
    """From the first point to another. None is hidden: fewer than `FEWEST` families, not zero."""

    point: Point
    began: int | None
    completed: int | None  # have a record at both points
    burden: float | None  # mean change; less than nothing is less burden
    relation: float | None
    used_service: int | None


def effects(records: Iterable[Told]) -> list[Effect]:
    """After the course, and three months later, each beside the same families before it."""
    of: dict[Point, dict[str, Told]] = {point: {} for point in Point}
    for record in records:
        of[record.point][record.subject] = record
    return [_effect(point, of[Point.BEFORE], of[point]) for point in (Point.AFTER, Point.LATER)]


def _effect(point: Point, before: Mapping[str, Told], then: Mapping[str, Told]) -> Effect:
    both = [(before[code], then[code]) for code in sorted(before.keys() & then.keys())]
    used = sum(1 for _, later in both if later.used_service)
    # Whoever dropped out is as easily recognised as whoever came.
    countable = _shown(len(both)) is not None and _shown(len(before) - len(both)) is not None
    return Effect(
        point,
        _shown(len(before)),
        len(both) if countable else None,
        _change([(a.burden, b.burden) for a, b in both]),
        _change([(a.relation, b.relation) for a, b in both]),
        used if countable and _shown(used) is not None and _shown(len(both) - used) is not None
        else None,
    )  # fmt: skip


def _shown(number: int) -> int | None:
    return number if number == 0 or number >= FEWEST else None


def _change(pairs: list[tuple[int | None, int | None]]) -> float | None:
    told = [after - before for before, after in pairs if before is not None and after is not None]
    return round(mean(told), 1) if len(told) >= FEWEST else None
