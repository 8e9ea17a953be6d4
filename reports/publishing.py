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


def parts_told(
    totals: Sequence[int], parts: Sequence[int], people: Sequence[tuple[int, int]] | None = None
) -> list[Told]:
    """What is told of a part at each end, by exact totals and the part up to each end.

    `people`: how many different ones are behind the part and behind the rest of what came at each
    end; None where the figures are people.
    """
    steps = [
        (total - before, part - part_before)
        for (before, total), (part_before, part) in zip(
            pairwise((0, *totals)), pairwise((0, *parts)), strict=True
        )
    ]
    since = 0
    found: list[Told] = []
    waiting: list[tuple[int, int]] = []
    told = Told(None, None)
    for place, step in enumerate(steps):
        waiting.append(step)
        behind = None if people is None else people[since : place + 1]
        if _passes(waiting) and _many(waiting, behind):
            told, waiting, since = Told(parts[place], place), [], place + 1
        found.append(told)
    return found


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
    return min(total, part) - max(0, total - rest) >= min(USUAL.room, total)
