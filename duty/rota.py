"""A rota's arithmetic: days in Japan, stretches across midnight, weekly patterns. Pure.

Days and wall times are Japan's; instants are aware. `ends <= begins` means the next day.
"""

from collections import Counter
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


def last_day(when: Stretch) -> date:
    """The last day in Japan that a stretch touches; one that ends at midnight doesn't touch it."""
    return jst(when.ends_at - timedelta.resolution).date()


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
    room: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A shift that somebody will keep; `only` are the rooms that they may attend, none for all."""

    when: Stretch
    only: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which so many people are missing."""

    when: Stretch
    people: int


def gaps(needs: Sequence[Need], shifts: Sequence[Kept], *, at_once: int = 2) -> list[Gap]:
    """Where the shifts don't suffice for the openings, joined where the same number is missing.

    Each person attends at most `at_once` rooms, and none but those that are theirs. How many are
    missing is how many who may attend every room would have to be added.
    """
    edges = sorted(
        {edge for need in needs for edge in (need.when.starts_at, need.when.ends_at)}
        | {edge for shift in shifts for edge in (shift.when.starts_at, shift.when.ends_at)}
    )
    found: list[Gap] = []
    for start, end in pairwise(edges):
        here = Stretch(start, end)
        wanted = Counter[int]()
        for need in needs:
            if need.when.meets(here):
                wanted[need.room] += need.required
        missing = _missing(wanted, [one.only for one in shifts if one.when.meets(here)], at_once)
        if missing == 0:
            continue
        last = found[-1] if found else None
        if last and last.when.ends_at == start and last.people == missing:
            found[-1] = Gap(Stretch(last.when.starts_at, end), missing)
        else:
            found.append(Gap(here, missing))
    return found


def _missing(wanted: Counter[int], there: Sequence[frozenset[int]], at_once: int) -> int:
    """How many who may attend any room are missing, so that each room has whom it wants.

    `there` are the rooms that each of those on duty may attend, none for all.
    """
    seats = [only & wanted.keys() if only else frozenset(wanted) for only in there]
    missing = 0
    while not _suffice(wanted, seats, at_once):
        seats.append(frozenset(wanted))
        missing += 1
    return missing


def _suffice(wanted: Counter[int], seats: Sequence[frozenset[int]], at_once: int) -> bool:
    """Whether everybody can be placed so: each place is filled on an augmenting path."""
    placed: list[set[int]] = [set() for _ in seats]

    def fill(room: int, tried: set[int]) -> bool:
        for person, rooms in enumerate(seats):
            if person in tried or room not in rooms or room in placed[person]:
                continue
            tried.add(person)
            if len(placed[person]) < at_once:
                placed[person].add(room)
                return True
            for other in sorted(placed[person]):
                placed[person].remove(other)
                placed[person].add(room)
                if fill(other, tried):
                    return True
                placed[person].remove(room)
                placed[person].add(other)
        return False

    return all(fill(room, set()) for room in sorted(wanted) for _ in range(wanted[room]))


# --- hours of the week ---------------------------------------------------------------------------


def hour_of_week(at: datetime) -> int:
    """0 for Monday 00:00–00:59 in Japan … 167 for Sunday 23:00–23:59."""
    there = jst(at)
    return there.weekday() * 24 + there.hour
