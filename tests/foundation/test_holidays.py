"""The days on which Japan rests."""

from datetime import date, timedelta

import pytest

from foundation.holidays import holiday

# 内閣府「国民の祝日について」: 2026 and 2027 as announced; 2028 by the same law.
DAYS = {
    2026: "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23",
    2027: "1/1 1/11 2/11 2/23 3/21 3/22 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/23 10/11 11/3 11/23",
    2028: "1/1 1/10 2/11 2/23 3/20 4/29 5/3 5/4 5/5 7/17 8/11 9/18 9/22 10/9 11/3 11/23",
}


@pytest.mark.parametrize("year", DAYS)
def test_a_year_has_exactly_the_holidays_that_were_announced(year):
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range(366)]
    found = [f"{day.month}/{day.day}" for day in days if day.year == year and holiday(day)]
    assert found == DAYS[year].split()


def test_a_day_that_moved_and_one_between_two_are_named_so():
    assert holiday(date(2026, 5, 6)) == "振替休日"
    assert holiday(date(2026, 9, 22)) == "国民の休日"
    assert holiday(date(2026, 9, 24)) is None


@pytest.mark.parametrize("year", [2021, 2100])
def test_a_year_that_is_not_known_is_no_ordinary_year(year):
    with pytest.raises(ValueError, match="year"):
        holiday(date(year, 1, 1))
