"""When a part of an exact figure may be told, quarter after quarter. Pure.

The totals of a sheet are exact at every quarter's end. A part of one (うちWeb) is told at an end
only if what came since it was last told passes the guard: the part and the rest are each 0 or not
small, and no quarter in between is narrowed further than its exact total narrows it already. So no
two sheets of different dates, however they are subtracted, give a few people away.
"""

from collections.abc import Sequence
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


def parts_told(totals: Sequence[int], parts: Sequence[int]) -> list[Told]:
    """What is told of a part at each end, by exact totals and the part up to each end."""
    steps = [
        (total - before, part - part_before)
        for (before, total), (part_before, part) in zip(
            pairwise((0, *totals)), pairwise((0, *parts)), strict=True
        )
    ]
    found: list[Told] = []
    waiting: list[tuple[int, int]] = []
    told = Told(None, None)
    for place, step in enumerate(steps):
        waiting.append(step)
        if _passes(waiting):
            told, waiting = Told(parts[place], place), []
        found.append(told)
    return found


def lone_told(numbers: Sequence[int]) -> list[Told]:
    """The same for a figure whose total nobody is told: what came since must not be small."""
    found: list[Told] = []
    before = 0
    told = Told(None, None)
    for place, number in enumerate(numbers):
        since = number - before
        if since >= 0 and not USUAL.hides(since):
            told, before = Told(number, place), number
        found.append(told)
    return found


def _passes(waiting: Sequence[tuple[int, int]]) -> bool:
    if any(part < 0 or total < part for total, part in waiting):
        return False  # a correction took something away: that is told in no part
    part = sum(part for _, part in waiting)
    rest = sum(total for total, _ in waiting) - part
    if USUAL.hides(part) or USUAL.hides(rest):
        return False
    if len(waiting) == 1:
        return True
    return all(
        min(total, part) - max(0, total - rest) >= min(USUAL.room, total) for total, _ in waiting
    )
