"""Participation, counted hour by hour and summed month by month.

A visit counts in the hour in which it ended, with everything it became. An hour is filled when
nothing can fall into it any more; which hours are, `ledger` keeps.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from chat.models import Item, Murmur, Room, RoomEvent, Visit
from chat.participation import (
    Coming,
    Rung,
    minutes_by_state,
    read_within,
    rung,
    stretch_of_day,
    stretch_of_week,
)
from chat.states import ItemKind, RoomState
from duty.models import Shift
from duty.states import ShiftState
from foundation.clock import month_of
from ledger import counts
from ledger.counts import HOUR, Counted, hour_of

AT_ONCE = 48  # hours of one statistic in a turn: a long absence is made up for bit by bit
KEPT = timedelta(days=90)  # as long as visits themselves
Key = tuple[str, str]  # program, split


@dataclass(frozen=True, slots=True)
class Statistic:
    """How one thing is counted.

    `first`: the oldest instant there is anything of. `late`: how long after an hour it may change.
    """

    name: str
    count: Callable[[datetime], list[Counted]]
    first: Callable[[], datetime | None]
    late: timedelta = timedelta(minutes=10)


class _Sums:
    """Figures that grow while rows are read."""

    def __init__(self) -> None:
        self.numbers: dict[Key, int] = defaultdict(int)
        self.people: dict[Key, set[int]] = defaultdict(set)

    def add(self, program: str, split: str, person: int | None, *, number: int = 1) -> None:
        self.numbers[program, split] += number
        if person is not None:
            self.people[program, split].add(person)

    def counted(self, *, of_people: bool = True) -> list[Counted]:
        return [
            Counted(
                program,
                split,
                number,
                frozenset(self.people[program, split]) if of_people else None,
            )
            for (program, split), number in sorted(self.numbers.items())
        ]


def fill(*, now: datetime) -> int:
    """Count every hour that is over and not counted yet, up to a bound; how many were counted.

    Safe to run again, at once in several processes, and after a cut.
    """
    done = 0
    for statistic in STATISTICS:
        for hour in _waiting(statistic, now):
            counts.fill(statistic.name, hour, statistic.count(hour))
            done += 1
    names = [one.name for one in STATISTICS]
    for month in counts.months_to_sum(names):
        counts.sum_month(month, of_nobody=OF_NOBODY, highest=HIGHEST)
    return done


def purge(*, now: datetime) -> int:
    """Hours of summed months that are past their time."""
    return counts.purge(before=now - KEPT)


def _waiting(statistic: Statistic, now: datetime) -> Iterator[datetime]:
    hour = counts.next_hour(statistic.name)
    if hour is None:
        first = statistic.first()
        hour = None if first is None else max(hour_of(first), hour_of(now - KEPT))
        # A statistic that is new to a house begins after what is summed: that stays as it is.
        if hour is not None and (summed := counts.summed_until()) is not None:
            hour = max(hour, summed)
    for _ in range(AT_ONCE):
        if hour is None or hour + HOUR + statistic.late > now or _still_open(hour + HOUR):
            return
        yield hour
        hour += HOUR


def _still_open(end: datetime) -> bool:
    """Whether a visit last touched before `end` waits to be ended: it may end in that hour yet."""
    return Visit.objects.filter(ended_at__isnull=True, seen_at__lt=end).exists()


def _ended(hour: datetime) -> Iterable[Any]:
    return (
        Visit.objects.filter(
            room__in=Room.objects.order_by().values("pk"),
            ended_at__gte=hour,
            ended_at__lt=hour + HOUR,
        )
        .exclude(seat__staff__isnull=False)
        .order_by()
        .values(
            "room__slug",
            "room__program__slug",
            "seat__participant",
            "seat__participant__entered_at",
            "started_at",
            "posts",
            "stamps",
            "murmurs",
        )
    )


def _visits(split: Callable[[Any], str]) -> Callable[[datetime], list[Counted]]:
    def count(hour: datetime) -> list[Counted]:
        sums = _Sums()
        for row in _ended(hour):
            sums.add(row["room__program__slug"], split(row), row["seat__participant"])
        return sums.counted()

    return count


def _coming(row: Any) -> Coming:
    entered = row["seat__participant__entered_at"]
    # Of somebody erased it isn't known any more; they came back at least to leave.
    new = entered is not None and month_of(entered) == month_of(row["started_at"])
    return Coming.FIRST if new else Coming.RETURNING


def _read(hour: datetime) -> list[Counted]:
    sums = _Sums()
    murmurs = Murmur.objects.filter(at__gte=hour, at__lt=hour + HOUR).order_by()
    for program, person, said, read in murmurs.values_list(
        "room__program__slug", "seat__participant", "at", "read_at"
    ):
        sums.add(program, read_within(said, read), person)
    return sums.counted()


def _hours(hour: datetime) -> list[Counted]:
    """Minutes in which the rooms were open, quiet, locked, closed."""
    sums, end = _Sums(), hour + HOUR
    told = RoomEvent.objects.filter(kind="room", body__has_key="state").order_by("seq")
    rooms = Room.objects.filter(Exists(told.filter(room=OuterRef("pk"), at__lt=end)))
    for room, program in rooms.order_by("pk").values_list("pk", "program__slug"):
        mine = told.filter(room=room).values_list("at", "body__state")
        before = mine.filter(at__lt=hour).last()
        first = before[1] if before else RoomState.CLOSED.value
        changes = list(mine.filter(at__gte=hour, at__lt=end))
        spent = minutes_by_state(hour, end, at_first=first, changes=changes)
        for state, minutes in spent.items():
            sums.add(program, state, None, number=minutes)
    return sums.counted(of_people=False)


def _shifts(hour: datetime) -> list[Counted]:
    """Shifts kept or missed, and how heavy the kept ones were; nobody's own."""
    sums, end = _Sums(), hour + HOUR
    kept = Shift.objects.filter(state=ShiftState.ENDED, ended_at__gte=hour, ended_at__lt=end)
    for program, items in kept.order_by().values_list("program__slug", "exposure"):
        sums.add(program, "kept-0" if not items else "kept-1" if items < 3 else "kept-3", None)
    missed = Shift.objects.filter(state=ShiftState.MISSED, ends_at__gte=hour, ends_at__lt=end)
    for program in missed.order_by().values_list("program__slug", flat=True):
        sums.add(program, "missed", None)
    return sums.counted(of_people=False)


def _desk(at: str) -> Callable[[datetime], list[Counted]]:
    """What came in, was first looked at, first closed at the desk, by the time of day; no staff."""

    def count(hour: datetime) -> list[Counted]:
        sums = _Sums()
        for program, person, when in _items(at, hour).values_list(
            "program__slug", "seat__participant", at
        ):
            sums.add(program, stretch_of_day(when), person)
        return sums.counted()

    return count


def _desk_wait(hour: datetime) -> list[Counted]:
    sums = _Sums()
    for program, person, opened, looked in _items("opened_at", hour).values_list(
        "program__slug", "seat__participant", "opened_at", "looked_at"
    ):
        sums.add(program, read_within(opened, looked), person)
    return sums.counted()


def _items(at: str, hour: datetime) -> QuerySet[Item]:
    """What stood at the desk: neither what is told of staff nor what ended as it began."""
    within = Q((f"{at}__gte", hour), (f"{at}__lt", hour + HOUR))
    mine = Item.objects.filter(within, about_staff__isnull=True)
    return mine.exclude(kind=ItemKind.HIDDEN.value).order_by()


def _first_visit() -> datetime | None:
    first: datetime | None = Visit.objects.aggregate(first=Min("ended_at"))["first"]
    return first


def _first_murmur() -> datetime | None:
    first: datetime | None = Murmur.objects.aggregate(first=Min("at"))["first"]
    return first or _first_visit()


def _first_item() -> datetime | None:
    first: datetime | None = Item.objects.aggregate(first=Min("opened_at"))["first"]
    visit = _first_visit()
    # A month is summed when every statistic is counted to its end: one without items as well.
    return min(first, visit) if first and visit else first or visit


STATISTICS = (
    Statistic(
        "rung",
        _visits(lambda row: rung(**{one: row[one] for one in ("stamps", "murmurs", "posts")})),
        _first_visit,
    ),
    Statistic("room", _visits(lambda row: str(row["room__slug"])), _first_visit),
    Statistic("coming", _visits(_coming), _first_visit),
    Statistic("week", _visits(lambda row: stretch_of_week(row["started_at"])), _first_visit),
    Statistic("read", _read, _first_murmur, late=timedelta(hours=24)),
    Statistic("hours", _hours, _first_visit),
    Statistic("shifts", _shifts, _first_visit, late=timedelta(hours=1)),
    Statistic("desk-in", _desk("opened_at"), _first_item),
    Statistic("desk-seen", _desk("looked_at"), _first_item),
    Statistic("desk-done", _desk("closed_at"), _first_item),
    Statistic("desk-wait", _desk_wait, _first_item, late=timedelta(hours=24)),
)
OF_NOBODY = ("hours", "shifts")
# Each person once in a month: on the highest rung they took; as new if they were.
HIGHEST = {"rung": tuple(Rung), "coming": tuple(Coming)}
