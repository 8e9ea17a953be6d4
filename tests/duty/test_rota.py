"""A rota's arithmetic: Japan's days, midnight, weekly patterns, months."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duty.rota import (
    DAY,
    Stretch,
    Weekly,
    days_of,
    first_of_month,
    hour_of_week,
    meeting,
    month_before,
    next_month,
    span,
    stretch,
    unfold,
    weekly_meeting,
)
from foundation.refusals import Refused

MON, SUN = 0, 6
REN, NAO = 1, 2


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc]


def test_a_shift_is_kept_in_instants_and_planned_in_japanese_time():
    found = stretch(date(2026, 12, 1), time(20), time(23, 30))
    assert (found.starts_at, found.ends_at) == (utc(2026, 12, 1, 11), utc(2026, 12, 1, 14, 30))


def test_a_shift_that_ends_before_it_begins_ends_on_the_next_day():
    found = stretch(date(2026, 12, 31), time(22), time(2))
    assert (found.starts_at, found.ends_at) == (utc(2026, 12, 31, 13), utc(2026, 12, 31, 17))


@pytest.mark.parametrize(
    ("begins", "ends", "code"),
    [
        (time(20), time(20), "no_length"),
        (time(8), time(20, 1), "shift_too_long"),
        (time(20), time(19), "shift_too_long"),
    ],
)
def test_a_shift_that_nobody_could_keep_is_refused(begins, ends, code):
    with pytest.raises(Refused) as no:
        stretch(date(2026, 12, 1), begins, ends)
    assert no.value.code == code


def test_shifts_that_follow_each_other_do_not_overlap():
    day = date(2026, 12, 1)
    first, second = stretch(day, time(20), time(22)), stretch(day, time(22), time(0))
    assert meeting([second, first]) is None
    third = stretch(day, time(21, 59), time(22, 30))
    assert meeting([second, first, third]) == (first, third)


def test_a_month_is_japans():
    assert first_of_month("2027-02", now=utc(2026, 11, 30, 16)) == date(2027, 2, 1)
    # 01:00 on 1 December in Japan.
    assert first_of_month("", now=utc(2026, 11, 30, 16)) == date(2026, 12, 1)
    assert first_of_month("2026-13", now=utc(2026, 11, 1)) == date(2026, 11, 1)
    # Nobody knows that year's holidays.
    assert first_of_month("2150-01", now=utc(2026, 11, 1)) == date(2026, 11, 1)


def test_months_follow_each_other():
    assert next_month(date(2026, 12, 1)) == date(2027, 1, 1)
    assert month_before(date(2027, 1, 1)) == date(2026, 12, 1)
    assert len(list(days_of(date(2028, 2, 1)))) == 29
    assert span(date(2026, 12, 1), date(2026, 12, 31)) == Stretch(
        utc(2026, 11, 30, 15), utc(2026, 12, 31, 15)
    )


def test_a_weekly_pattern_gives_each_of_its_days():
    found = unfold([Weekly(REN, MON, time(22), time(2), rooms=(7,))], first=date(2026, 11, 1))
    assert [one.day.day for one in found] == [2, 9, 16, 23, 30]
    assert all(one.when.ends_at - one.when.starts_at == timedelta(hours=4) for one in found)
    assert {one.rooms for one in found} == {(7,)}


def test_a_pattern_may_rest_on_holidays():
    # 23 November 2026, 勤労感謝の日, is a Monday.
    one = Weekly(REN, MON, time(20), time(22), rests_on_holidays=True)
    assert [found.day.day for found in unfold([one], first=date(2026, 11, 1))] == [2, 9, 16, 30]


def test_a_persons_patterns_that_overlap_are_found_across_the_weeks_end():
    night = Weekly(REN, SUN, time(22), time(3))
    morning = Weekly(REN, MON, time(2), time(6))
    assert weekly_meeting([morning, night]) == (morning, night)
    assert weekly_meeting([Weekly(REN, MON, time(3), time(6)), night]) is None
    assert weekly_meeting([Weekly(NAO, MON, time(2), time(6)), night]) is None


WALL = st.times().map(lambda one: one.replace(second=0, microsecond=0))
WEEKLIES = st.builds(Weekly, st.just(REN), st.integers(0, 6), WALL, WALL)


@given(WEEKLIES, WEEKLIES)
def test_two_patterns_overlap_exactly_if_their_shifts_of_three_weeks_do(one, other):
    def laid_out(weekly: Weekly) -> list[Stretch]:
        monday = date(2026, 11, 2)
        length = (weekly.ends.hour - weekly.begins.hour) * 60 + (
            weekly.ends.minute - weekly.begins.minute
        )
        found = []
        for week in range(3):
            start = datetime.combine(monday + (weekly.weekday + 7 * week) * DAY, weekly.begins, UTC)
            found.append(Stretch(start, start + timedelta(minutes=length % 1440 or 1440)))
        return found

    meet = any(a.meets(b) for a in laid_out(one) for b in laid_out(other))
    assert (weekly_meeting([one, other]) is not None) == meet


def test_hours_of_the_week_are_japans():
    assert hour_of_week(utc(2026, 11, 22, 15)) == 0  # Monday 00:00
    assert hour_of_week(utc(2026, 11, 29, 14, 59)) == 167  # Sunday 23:59
