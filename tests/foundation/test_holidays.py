"""国民の祝日 as the Cabinet Office lists them (「国民の祝日」について, 2026 and 2027)."""

from datetime import date, timedelta

import pytest

from foundation.holidays import holiday

LISTED = {
    2026: "1-1 1-12 2-11 2-23 3-20 4-29 5-3 5-4 5-5 5-6 7-20 8-11 9-21 9-22 9-23 10-12 11-3 11-23",
    2027: "1-1 1-11 2-11 2-23 3-21 3-22 4-29 5-3 5-4 5-5 7-19 8-11 9-20 9-23 10-11 11-3 11-23",
    # By the formula: the equinoxes of 2028 are named in February 2027.
    2028: "1-1 1-10 2-11 2-23 3-20 4-29 5-3 5-4 5-5 7-17 8-11 9-18 9-22 10-9 11-3 11-23",
}


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    every = (first + timedelta(days=n) for n in range(366))
    return [day for day in every if day.year == year and holiday(day)]


@pytest.mark.parametrize("year", LISTED)
def test_a_year_has_exactly_the_listed_holidays(year):
    assert [f"{day.month}-{day.day}" for day in days_of(year)] == LISTED[year].split()


def test_they_have_their_names():
    assert holiday(date(2026, 11, 23)) == "勤労感謝の日"
    assert holiday(date(2026, 5, 6)) == "休日"  # 憲法記念日 fell on a Sunday; 4 and 5 May are taken
    assert holiday(date(2026, 9, 22)) == "休日"  # between 敬老の日 and 秋分の日
    assert holiday(date(2026, 11, 24)) == ""


def test_years_that_the_rules_do_not_cover_have_none():
    assert days_of(2021) == days_of(2100) == []
