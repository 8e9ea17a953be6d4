"""国民の祝日: computed from the law, not kept in a list that grows old. Pure.

国民の祝日に関する法律 (昭和23年法律第178号, as amended by 平成30年法律第57号), for 2022–2099: the
years without one-off moves. The equinoxes are computed; 国立天文台 announces each year's two in
the February before.
"""

from datetime import date, timedelta
from functools import cache

FIRST, LAST = 2022, 2099
_DAY = timedelta(days=1)
_FIXED = {
    (1, 1): "元日",
    (2, 11): "建国記念の日",
    (2, 23): "天皇誕生日",
    (4, 29): "昭和の日",
    (5, 3): "憲法記念日",
    (5, 4): "みどりの日",
    (5, 5): "こどもの日",
    (8, 11): "山の日",
    (11, 3): "文化の日",
    (11, 23): "勤労感謝の日",
}
# Month: which Monday.
_MONDAYS = {1: (2, "成人の日"), 7: (3, "海の日"), 9: (3, "敬老の日"), 10: (2, "スポーツの日")}


def holiday(day: date) -> str | None:
    """What day it is, when it is one on which Japan rests. A year out of range is a ValueError."""
    if not FIRST <= day.year <= LAST:
        raise ValueError("a year that isn't known")
    return _year(day.year).get(day)


@cache
def _year(year: int) -> dict[date, str]:
    named = {date(year, *day): name for day, name in _FIXED.items()}
    for month, (which, name) in _MONDAYS.items():
        first = date(year, month, 1)
        named[first + timedelta(days=(-first.weekday()) % 7 + 7 * (which - 1))] = name
    passed = year - 1980
    turning = 0.242194 * passed - passed // 4
    named[date(year, 3, int(20.8431 + turning))] = "春分の日"
    named[date(year, 9, int(23.2488 + turning))] = "秋分の日"
    found = dict(named)
    for day in named:  # 3条2項: a holiday on a Sunday moves to the next day that is none
        if day.weekday() == 6:
            while day in named:
                day += _DAY  # noqa: PLW2901
            found[day] = "振替休日"
    for day in named:  # 3条3項: a day between two holidays
        between = day + _DAY
        if between + _DAY in named and between not in found:
            found[between] = "国民の休日"
    return dict(sorted(found.items()))
