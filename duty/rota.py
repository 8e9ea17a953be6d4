"""A rota's arithmetic: days in Japan, stretches across midnight, weekly patterns. Pure.

Days and wall times are Japan's; instants are aware. `ends <= begins` means the next day.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from foundation.clock import JST, jst
from foundation.holidays import FIRST, LAST, holiday
from foundation.refusals import Refused

DAY = timedelta(days=1)
WEEK_MINUTES = 7 * 24 * 60
LONGEST_PLAN = timedelta(hours=12)


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """From one instant to another, the end not included."""

    starts_at: datetime
    ends_at: datetime

    def meets(self, other: "Stretch") -> bool:
        """Whether both hold some instant; a stretch that follows another at once doesn't."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def stretch(day: date, begins: time, ends: time) -> Stretch:
    """A stretch that begins on a day in Japan.

    Raises `Refused`: `no_length` (begins when it ends), `shift_too_long` (over 12 hours).
    """
    if begins == ends:
        raise Refused("no_length")
    start, end = datetime.combine(day, begins, JST), datetime.combine(day, ends, JST)
    if end < start:
        end += DAY
    if end - start > LONGEST_PLAN:
        raise Refused("shift_too_long")
    return Stretch(start, end)


def meeting(stretches: Iterable[Stretch]) -> tuple[Stretch, Stretch] | None:
    """Two that overlap, if any do."""
    for earlier, later in pairwise(sorted(stretches)):
        if earlier.meets(later):
            return earlier, later
    return None


# --- months --------------------------------------------------------------------------------------


def first_of_month(text: str, *, now: datetime) -> date:
    """The first day of `2026-12`; of the present month in Japan for anything that is no month, or
    one of a year whose holidays aren't known.
    """
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        first = date.min
    return first if FIRST <= first.year <= LAST else jst(now).date().replace(day=1)


def next_month(first: date) -> date:
    """The first day of the month after."""
    return (first.replace(day=28) + 4 * DAY).replace(day=1)


def month_before(first: date) -> date:
    """The first day of the month before."""
    return (first - DAY).replace(day=1)


def days_of(first: date) -> Iterator[date]:
    """Every day of the month that begins with `first`."""
    day = first
    while day.month == first.month:
        yield day
        day += DAY


def span(first: date, last: date) -> Stretch:
    """From the first day's midnight in Japan to the end of the last day."""
    return Stretch(datetime.combine(first, time(), JST), datetime.combine(last + DAY, time(), JST))


# --- weekly patterns -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Weekly:
    """One person's weekly stretch; `weekday` Monday = 0. `rooms` are numbers."""

    supporter: int
    weekday: int
    begins: time
    ends: time
    rooms: tuple[int, ...] = ()
    rests_on_holidays: bool = False


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a pattern gives for a day."""

    day: date
    supporter: int
    when: Stretch
    rooms: tuple[int, ...]


def unfold(patterns: Sequence[Weekly], *, first: date) -> list[Proposed]:
    """What the patterns give for the month that begins with `first`, in order of time."""
    found = [
        Proposed(day, one.supporter, stretch(day, one.begins, one.ends), one.rooms)
        for day in days_of(first)
        for one in patterns
        if one.weekday == day.weekday() and not (one.rests_on_holidays and holiday(day))
    ]
    return sorted(found, key=lambda one: (one.when, one.supporter))


def weekly_meeting(patterns: Sequence[Weekly]) -> tuple[Weekly, Weekly] | None:
    """Two patterns of one person that overlap, also across midnight and across the week's end."""
    for n, one in enumerate(patterns):
        for other in patterns[n + 1 :]:
            if one.supporter == other.supporter and _meet(one, other):
                return one, other
    return None


def _meet(one: Weekly, other: Weekly) -> bool:
    (a, a_end), (b, b_end) = _minutes(one), _minutes(other)
    return any(a < b_end + week and b + week < a_end for week in (-WEEK_MINUTES, 0, WEEK_MINUTES))


def _minutes(one: Weekly) -> tuple[int, int]:
    begins = one.begins.hour * 60 + one.begins.minute
    ends = one.ends.hour * 60 + one.ends.minute
    start = one.weekday * 24 * 60 + begins
    return start, start + ((ends - begins) % (24 * 60) or 24 * 60)


# --- whether enough people are planned -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Need:
    """An opening of a room, and how many must attend it (design rule 2)."""

    when: Stretch
    required: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which so many people are missing."""

    when: Stretch
    people: int


def gaps(needs: Sequence[Need], shifts: Sequence[Stretch], *, at_once: int = 2) -> list[Gap]:
    """Where the shifts don't suffice for the openings, joined where the same number is missing.

    Each person attends at most `at_once` rooms, so what all open rooms require together is
    divided by that; and no room makes do with fewer than it requires.
    """
    edges = sorted(
        {edge for need in needs for edge in (need.when.starts_at, need.when.ends_at)}
        | {edge for shift in shifts for edge in (shift.starts_at, shift.ends_at)}
    )
    found: list[Gap] = []
    for start, end in pairwise(edges):
        here = Stretch(start, end)
        required = [need.required for need in needs if need.when.meets(here)]
        wanted = max(max(required, default=0), -(-sum(required) // at_once))
        missing = wanted - sum(shift.meets(here) for shift in shifts)
        if missing <= 0:
            continue
        last = found[-1] if found else None
        if last and last.when.ends_at == start and last.people == missing:
            found[-1] = Gap(Stretch(last.when.starts_at, end), missing)
        else:
            found.append(Gap(here, missing))
    return found


# --- hours of the week ---------------------------------------------------------------------------


def hour_of_week(at: datetime) -> int:
    """0 for Monday 00:00–00:59 in Japan … 167 for Sunday 23:00–23:59."""
    there = jst(at)
    return there.weekday() * 24 + there.hour
