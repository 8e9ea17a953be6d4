"""When a part of an exact figure may be told, quarter after quarter. Pure.

The totals of a sheet are exact at every quarter's end. A part of one (うちWeb) is told at an end
only if what came since it was last told passes the guard: the part and the rest are each 0 or not
small, and no stretch of quarters in between is narrowed further than its exact total does already.
So no two sheets of different dates, however they are subtracted, give a few people away.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reports.suppression import USUAL


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a part at a quarter's end: its last telling; `at` is that one's place.

    Both are None as long as nothing was told.
    """

    number: int | None
    at: int | None


@dataclass(frozen=True, slots=True)
class Above:
    """A figure and a part of it, up to each end."""

    totals: Sequence[int]
    parts: Sequence[int]


def parts_told(
    totals: Sequence[int],
    parts: Sequence[int],
    people: Sequence[tuple[int, int]] | None = None,
    *,
    beneath: Sequence[int] | None = None,
) -> list[Told]:
    """What is told of a part at each end, by exact totals and the part up to each end.

    `people`: how many different ones are behind the part and behind the rest of what came at each
    end; None where the figures are people. `beneath`: the exact totals of a figure each of whose
    units has one here (`beneath_told`).
    """
    steps = list(zip(_steps(totals), _steps(parts), strict=True))
    under = None if beneath is None else _steps(beneath)
    since = 0
    found: list[Told] = []
    waiting: list[tuple[int, int]] = []
    told = Told(None, None)
    for place, step in enumerate(steps):
        waiting.append(step)
        behind = None if people is None else people[since : place + 1]
        inside = () if under is None else under[since : place + 1]
        if _passes(waiting) and _many(waiting, behind) and _holds_all(waiting, inside):
            told, waiting, since = Told(parts[place], place), [], place + 1
        found.append(told)
    return found


def beneath_told(
    totals: Sequence[int], parts: Sequence[int], *, above: Above, told_above: Sequence[Told]
) -> list[Told]:
    """What is told of a part of a figure each of whose units has one in the figure above it.

    A new case has its first consultation: what is told of consultations bounds what can be hidden
    of new cases, and the other way round. So a part of it is told only where the part above is
    told too, and only if what is left of that one in between keeps its room. Where the part above
    is nought, this one is too.
    """
    steps = list(zip(_steps(totals), _steps(parts), strict=True))
    over = list(zip(_steps(above.totals), _steps(above.parts), strict=True))
    found: list[Told] = []
    told, start = Told(None, None), 0
    groups: list[list[tuple[tuple[int, int], tuple[int, int]]]] = []
    for place, one in enumerate(told_above):
        if one.at == place:
            group = list(zip(steps[start : place + 1], over[start : place + 1], strict=True))
            start = place + 1
            if any(own[1] for own, _ in group) or any(outer[1] for _, outer in group):
                groups.append(group)
            waiting = [own for group in groups for own, _ in group]
            if _passes(waiting) and all(map(_leaves_room, groups)):
                told, groups = Told(parts[place], place), []
        found.append(told)
    return found


def _holds_all(waiting: Sequence[tuple[int, int]], inside: Sequence[int]) -> bool:
    """Whether the part and the rest could each hold all that is beneath: then neither says
    anything of it. A part of nought says nought.
    """
    many = sum(max(0, one) for one in inside)
    part = sum(part for _, part in waiting)
    rest = sum(total for total, _ in waiting) - part
    return not part or (part >= many and rest >= many)


def _leaves_room(group: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> bool:
    """Whether a stretch of what is above stays as wide as it was by both parts together."""
    inner = [own for own, _ in group]
    others = [(max(0, t - own[0]), max(0, p - own[1])) for own, (t, p) in group]
    for first in range(len(group)):
        for last in range(first + 1, len(group) + (first > 0)):
            run = slice(first, last)
            wide = _width(inner, run) + _width(others, run)
            if wide < min(USUAL.room, sum(outer[0] for _, outer in group[run])):
                return False
    return True


def _width(steps: Sequence[tuple[int, int]], run: slice) -> int:
    part = sum(part for _, part in steps)
    rest = sum(total for total, _ in steps) - part
    return width(sum(total for total, _ in steps[run]), part, rest)


def width(total: int, part: int, rest: int) -> int:
    """How wide the span is of how many of a part, known as a whole, are in a part of the whole."""
    return min(total, part) - max(0, total - rest)


def _steps(numbers: Sequence[int]) -> list[int]:
    return [after - before for before, after in pairwise((0, *numbers))]


def lone_told(numbers: Sequence[int], people: Sequence[int] | None = None) -> list[Told]:
    """The same for a figure whose total nobody is told: what came since must not be small, and no
    few people's.
    """
    found: list[Told] = []
    before = start = 0
    told = Told(None, None)
    for place, number in enumerate(numbers):
        since = number - before
        few = people is not None and since > 0 and max(people[start : place + 1]) <= USUAL.upto
        if since >= 0 and not USUAL.hides(since) and not few:
            told, before, start = Told(number, place), number, place + 1
        found.append(told)
    return found


def _passes(waiting: Sequence[tuple[int, int]]) -> bool:
    if any(part < 0 or total < part for total, part in waiting):
        return False  # a correction took something away: that is told in no part
    part = sum(part for _, part in waiting)
    rest = sum(total for total, _ in waiting) - part
    if USUAL.hides(part) or USUAL.hides(rest):
        return False
    return all(_has_room(run, part, rest) for run in stretches([total for total, _ in waiting]))


def _many(waiting: Sequence[tuple[int, int]], people: Sequence[tuple[int, int]] | None) -> bool:
    """Whether enough people are behind the part and the rest; who came twice counts once."""
    if people is None:
        return True
    part = sum(part for _, part in waiting)
    rest = sum(total for total, _ in waiting) - part
    of_part, of_rest = (max(side) for side in zip(*people, strict=True))
    return not ((part and of_part <= USUAL.upto) or (rest and of_rest <= USUAL.upto))


def stretches(steps: Sequence[int]) -> Iterator[int]:
    """The exact totals of every stretch of quarters that is shorter than all of them."""
    for start in range(len(steps)):
        total = 0
        for one in steps[start:]:
            total += one
            if start or total < sum(steps):
                yield total


def _has_room(total: int, part: int, rest: int) -> bool:
    return width(total, part, rest) >= min(USUAL.room, total)
