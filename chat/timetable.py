"""A room's hours as people write and read them: what overlaps, and the next two weeks. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from chat.schedule import Hours, Special, begun_on, span
from foundation.clock import jst_day
from foundation.holidays import holiday

WEEKDAYS = "月火水木金土日"
_DAY = timedelta(days=1)
_WEEK = 7 * 24 * 60  # minutes


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the preview: its stretches in words, why it isn't like its weekday, if so."""

    day: date
    weekday: str
    stretches: list[str]
    holiday: str | None
    differs: bool


def said(opens: time, closes: time) -> str:
    """「22:00〜翌2:00」, 「9:00〜24:00」, 「24時間」."""
    if opens == closes:
        return "24時間" if opens == time(0) else f"{_clock(opens)}から24時間"
    if closes == time(0):
        return f"{_clock(opens)}〜24:00"
    return f"{_clock(opens)}〜{'翌' if closes < opens else ''}{_clock(closes)}"


def said_weekly(one: Hours) -> str:
    """「月曜日 22:00〜翌2:00」."""
    return f"{WEEKDAYS[one.weekday]}曜日 {said(one.opens, one.closes)}"


def said_special(named: Mapping[str, Sequence[Sequence[str]]]) -> list[str]:
    """「2026-12-31 20:00〜翌6:00」, 「2026-12-30 休み」; dates as a room keeps them."""
    return [
        f"{day} " + ("、".join(said(*map(time.fromisoformat, one)) for one in stretches) or "休み")
        for day, stretches in sorted(named.items())
    ]


def _clock(at: time) -> str:
    return f"{at.hour}:{at.minute:02d}"


def _said_on(day: date, opens: time, closes: time) -> str:
    return f"{day.month}月{day.day}日 {said(opens, closes)}"


def clash(
    hours: Sequence[Hours], named: Mapping[str, Sequence[Sequence[str]]]
) -> tuple[str, str] | None:
    """The first two lines that are open at the same time, each in words; None when none are.

    `named`: dates with hours of their own, as a room keeps them. Lines that only touch are fine.
    """
    return _weekly_clash(hours) or _dated_clash(hours, named)


def _weekly_clash(hours: Sequence[Hours]) -> tuple[str, str] | None:
    lines = sorted(hours, key=lambda one: (one.weekday, one.opens))
    for at, one in enumerate(lines):
        for other in lines[at + 1 :]:
            apart = (_minute(other) - _minute(one)) % _WEEK
            if apart < _length(one) or (_WEEK - apart) % _WEEK < _length(other) or apart == 0:
                return said_weekly(one), said_weekly(other)
    return None


def _minute(one: Hours) -> int:
    return one.weekday * 24 * 60 + one.opens.hour * 60 + one.opens.minute


def _length(one: Hours) -> int:
    closes = one.closes.hour * 60 + one.closes.minute
    return (closes - one.opens.hour * 60 - one.opens.minute - 1) % (24 * 60) + 1


def _dated_clash(
    hours: Sequence[Hours], named: Mapping[str, Sequence[Sequence[str]]]
) -> tuple[str, str] | None:
    special: dict[date, list[tuple[time, time]]] = {
        date.fromisoformat(day): [
            (time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in stretches
        ]
        for day, stretches in named.items()
    }
    for day in sorted(special):
        around = [
            (*span(one, opens, closes), one, opens, closes)
            for one in (day - _DAY, day, day + _DAY)
            for opens, closes in begun_on(one, hours, special)
        ]
        around.sort(key=lambda one: one[:3])
        for before, after in pairwise(around):
            if after[0] < before[1] and day in (before[2], after[2]):
                return _said_on(*before[2:]), _said_on(*after[2:])
    return None


def preview(
    hours: Sequence[Hours], special: Special, *, now: datetime, days: int = 14
) -> list[Day]:
    """The coming days from today on, as they will really be."""
    first = jst_day(now)
    return [_day(first + n * _DAY, hours, special) for n in range(days)]


def _day(day: date, hours: Iterable[Hours], special: Special) -> Day:
    return Day(
        day=day,
        weekday=WEEKDAYS[day.weekday()],
        stretches=[said(*one) for one in sorted(begun_on(day, hours, special))],
        holiday=holiday(day),
        differs=day in special,
    )
