"""国民の祝日, by rule. Law No. 178 of 1948 (国民の祝日に関する法律) as amended to 2018.

Every year comes from the law's articles 2 and 3; only the two equinoxes are named each February by
the National Astronomical Observatory (暦要項) for the year after. The formula below agrees with
what was published for 1980–2027 and is expected, not promised, for later years.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

DAY = timedelta(days=1)
SUNDAY = 6
FIRST_YEAR, LAST_YEAR = 2022, 2099  # 2021 had days of its own; the formula ends with 2099


def holiday(day: date) -> str:
    """The name of the holiday, 「休日」 for a substitute; empty for an ordinary day or year."""
    return _year(day.year).get(day, "")


@lru_cache(maxsize=16)
def _year(year: int) -> dict[date, str]:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return {}
    named = {rule(year): name for name, rule in _RULES.items()}
    found = dict(named)
    for day in sorted(named):
        # Article 3, 2: a Sunday's holiday moves to the next day that is none.
        if day.weekday() == SUNDAY:
            free = day + DAY
            while free in named:
                free += DAY
            found[free] = "休日"
    for day in sorted(named):
        # Article 3, 3: a day between two holidays is one.
        between = day + DAY
        if between not in found and between + DAY in named:
            found[between] = "休日"
    return found


def _on(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _monday(month: int, number: int) -> Callable[[int], date]:
    def rule(year: int) -> date:
        first = date(year, month, 1)
        return first + timedelta(days=-first.weekday() % 7 + 7 * (number - 1))

    return rule


def _equinox(month: int, base: float) -> Callable[[int], date]:
    def rule(year: int) -> date:
        return date(year, month, int(base + 0.242194 * (year - 1980)) - (year - 1980) // 4)

    return rule


_RULES: dict[str, Callable[[int], date]] = {
    "元日": _on(1, 1),
    "成人の日": _monday(1, 2),
    "建国記念の日": _on(2, 11),
    "天皇誕生日": _on(2, 23),
    "春分の日": _equinox(3, 20.8431),
    "昭和の日": _on(4, 29),
    "憲法記念日": _on(5, 3),
    "みどりの日": _on(5, 4),
    "こどもの日": _on(5, 5),
    "海の日": _monday(7, 3),
    "山の日": _on(8, 11),
    "敬老の日": _monday(9, 3),
    "秋分の日": _equinox(9, 23.2488),
    "スポーツの日": _monday(10, 2),
    "文化の日": _on(11, 3),
    "勤労感謝の日": _on(11, 23),
}
