"""When a line answers. Pure: hours and an instant in, an answer out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from foundation.clock import JST, jst

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_KANJI = "月火水木金土日"
AHEAD = 63  # days looked ahead: from one 31st to the next, across a month that lacks it


@dataclass(frozen=True, slots=True)
class Stretch:
    """Open from `opens` to `closes`, Japan's time, on some weekdays (Monday = 0) or a month's day.

    `closes <= opens` ends on the next day; equal times are 24 hours.
    """

    opens: time
    closes: time
    weekdays: frozenset[int] = frozenset()
    month_day: int | None = None

    def on(self, day: date) -> bool:
        """Whether it begins on that day."""
        return day.weekday() in self.weekdays or day.day == self.month_day

    def span(self, day: date) -> tuple[datetime, datetime]:
        """Its first instant and the first one after it, begun on that day."""
        start = datetime.combine(day, self.opens, JST)
        end = datetime.combine(day, self.closes, JST)
        return start, end if end > start else end + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Days within which a line exists, both included; None is open-ended."""

    first: date | None
    last: date | None

    def holds(self, day: date) -> bool:
        """Whether the day lies in it."""
        return (self.first or day) <= day <= (self.last or day)


def always(hours: Sequence[Stretch]) -> bool:
    """Whether one stretch is every day, the whole day."""
    return any(s.opens == s.closes and len(s.weekdays) == 7 for s in hours)


def open_at(hours: Sequence[Stretch], at: datetime) -> bool:
    """Whether someone answers at this instant (aware)."""
    today = jst(at).date()
    return any(start <= at < end for start, end in _spans(hours, today - timedelta(days=1), days=2))


def next_opening(hours: Sequence[Stretch], at: datetime) -> datetime | None:
    """The next beginning after this instant, in Japan's time; None without any in two months."""
    later = (start for start, _ in _spans(hours, jst(at).date(), days=AHEAD) if start > at)
    return min(later, default=None)


def _spans(
    hours: Sequence[Stretch], first: date, *, days: int
) -> Iterator[tuple[datetime, datetime]]:
    for ahead in range(days):
        day = first + timedelta(days=ahead)
        for stretch in hours:
            if stretch.on(day):
                yield stretch.span(day)


def said(hours: Sequence[Stretch]) -> str:
    """Opening hours as people read them; empty when they aren't known."""
    if always(hours):
        return "毎日24時間"
    return "、".join(f"{_days(stretch)} {_times(stretch)}" for stretch in hours)


def next_said(opening: datetime, at: datetime) -> str:
    """A coming opening as people say it: 「きょう 16:00 から」."""
    today, day = jst(at).date(), jst(opening).date()
    away = (day - today).days
    if away < 7:
        when = ("きょう", "あす")[away] if away < 2 else f"{_KANJI[day.weekday()]}曜日"
    else:
        when = f"{day.month}月{day.day}日"
    return f"{when} {_clock(jst(opening).time())} から"


def _days(stretch: Stretch) -> str:
    if stretch.month_day is not None:
        return f"毎月{stretch.month_day}日"
    if len(stretch.weekdays) == 7:
        return "毎日"
    if stretch.weekdays == frozenset(range(5)):
        return "平日"
    return "・".join(_KANJI[day] for day in sorted(stretch.weekdays))


def _times(stretch: Stretch) -> str:
    if stretch.opens == stretch.closes:
        if stretch.opens == time(0):
            return "24時間"
        return f"{_clock(stretch.opens)}〜翌{_clock(stretch.closes)}"
    if stretch.closes == time(0):
        return f"{_clock(stretch.opens)}〜24:00"
    night = "翌" if stretch.closes < stretch.opens else ""
    return f"{_clock(stretch.opens)}〜{night}{_clock(stretch.closes)}"


def _clock(at: time) -> str:
    return f"{at.hour}:{at.minute:02d}"
