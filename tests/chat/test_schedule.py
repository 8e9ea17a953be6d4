"""When a room is open: across midnight, across the year, and never for want of a plan."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from chat import timetable
from chat.schedule import Hours, Now, door, special_days, state_behind
from chat.states import Hand, HolidayRule, RoomState
from foundation.clock import JST

NIGHT = [Hours(day, time(22), time(2)) for day in range(7)]
ALWAYS = [Hours(day, time(0), time(0)) for day in range(7)]


def jst(year: int, month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=JST).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (jst(2026, 11, 23, 21, 59, 59), False),
        (jst(2026, 11, 23, 22), True),
        (jst(2026, 11, 24, 0), True),
        (jst(2026, 11, 24, 1, 59, 59), True),
        (jst(2026, 11, 24, 2), False),
        (jst(2026, 12, 31, 23, 59), True),
        (jst(2027, 1, 1, 0, 0), True),
        (jst(2027, 1, 1, 1, 59), True),
        (jst(2027, 1, 1, 2, 0), False),
    ],
)
def test_a_night_room_opens_and_closes_to_the_minute(at: datetime, is_open: bool) -> None:
    found = door(NIGHT, at)
    assert found.is_open is is_open
    if is_open:
        assert found.until is not None and found.until.astimezone(JST).time() == time(2)
        assert found.opens_at is None
    else:
        assert found.opens_at is not None and found.opens_at > at
        assert found.opens_at.astimezone(JST).time() == time(22)


def test_the_night_of_new_year_is_one_stretch() -> None:
    found = door(NIGHT, jst(2026, 12, 31, 22, 30))
    assert found.until == jst(2027, 1, 1, 2)


def test_only_the_weekday_it_begins_on_counts() -> None:
    friday_night = [Hours(4, time(21), time(1))]
    assert door(friday_night, jst(2026, 11, 28, 0, 30)).is_open  # Saturday, half past midnight
    assert not door(friday_night, jst(2026, 11, 27, 0, 30)).is_open
    assert not door(friday_night, jst(2026, 11, 28, 21, 30)).is_open


def test_a_week_wraps_from_sunday_into_monday() -> None:
    sunday_night = [Hours(6, time(22), time(3))]
    assert door(sunday_night, jst(2026, 11, 30, 2, 59)).is_open  # Monday
    assert not door(sunday_night, jst(2026, 11, 30, 3)).is_open
    assert door(sunday_night, jst(2026, 11, 30, 3)).opens_at == jst(2026, 12, 6, 22)


def test_stretches_that_touch_are_one() -> None:
    hours = [Hours(0, time(18), time(22)), Hours(0, time(22), time(2))]
    assert door(hours, jst(2026, 11, 23, 19)).until == jst(2026, 11, 24, 2)


def test_a_room_that_never_closes_has_no_end() -> None:
    for hour in range(24):
        found = door(ALWAYS, jst(2026, 11, 23, hour))
        assert found.is_open and found.until is None


def test_a_room_without_hours_is_closed_for_good() -> None:
    found = door([], jst(2026, 11, 23, 22))
    assert not found.is_open and found.opens_at is None


def _state(at: datetime, *, hand: Hand = Hand.NONE, attending: int = 2, hours: list = NIGHT) -> Now:
    return state_behind(door(hours, at), hand=hand, watched=attending >= 2)


def test_free_text_needs_enough_people_who_watch() -> None:
    at = jst(2026, 11, 23, 23)
    assert _state(at).state is RoomState.OPEN
    assert _state(at, attending=1).state is RoomState.QUIET
    assert _state(at, attending=0).state is RoomState.QUIET


@pytest.mark.parametrize("hand", [h for h in Hand if h is not Hand.NONE])
def test_a_hand_only_ever_makes_a_room_quieter(hand: Hand) -> None:
    assert _state(jst(2026, 11, 23, 23), hand=hand).state.value == hand.value
    assert _state(jst(2026, 11, 23, 12), hand=hand).state is RoomState.CLOSED
    assert _state(jst(2026, 11, 23, 12), hand=Hand.NONE, attending=9).state is RoomState.CLOSED


def test_a_closed_room_says_when_it_opens() -> None:
    assert _state(jst(2026, 11, 23, 12)).until == jst(2026, 11, 23, 22)


def test_the_last_ten_minutes_are_ending() -> None:
    end = jst(2026, 11, 24, 2)
    assert not _state(end - timedelta(minutes=10, seconds=1)).ending(
        end - timedelta(minutes=10, seconds=1)
    )
    assert _state(end - timedelta(minutes=10)).ending(end - timedelta(minutes=10))
    assert not _state(jst(2026, 11, 23, 12), hours=ALWAYS).ending(jst(2026, 11, 23, 12))


# --- days that differ ----------------------------------------------------------------------------

CLOSED_ON_TUESDAY = {date(2026, 11, 24): ()}


def test_who_closes_a_date_closes_what_begins_on_it_and_not_the_night_before() -> None:
    def is_open(at: datetime) -> bool:
        return door(NIGHT, at, CLOSED_ON_TUESDAY).is_open

    assert is_open(jst(2026, 11, 24, 1, 59))  # Monday's night
    assert not is_open(jst(2026, 11, 24, 22))
    assert not is_open(jst(2026, 11, 25, 1))
    assert is_open(jst(2026, 11, 25, 22))


def test_a_room_that_rests_says_when_it_opens_again_however_long_it_rests() -> None:
    month = {date(2026, 12, 1) + timedelta(days=n): () for n in range(40)}
    assert door(NIGHT, jst(2026, 12, 1, 12), month).opens_at == jst(2027, 1, 10, 22)


def test_a_date_has_hours_of_its_own_also_across_midnight() -> None:
    special = {date(2026, 12, 31): [(time(18), time(6))]}
    assert door(NIGHT, jst(2026, 12, 31, 18), special).until == jst(2027, 1, 1, 6)
    assert door([], jst(2026, 12, 31, 17), special).opens_at == jst(2026, 12, 31, 18)


def test_an_always_open_room_closes_on_its_day_and_opens_again() -> None:
    assert not door(ALWAYS, jst(2026, 11, 24, 12), CLOSED_ON_TUESDAY).is_open
    assert door(ALWAYS, jst(2026, 11, 23, 12), CLOSED_ON_TUESDAY).until == jst(2026, 11, 24, 0)
    assert door(ALWAYS, jst(2026, 11, 24, 12), CLOSED_ON_TUESDAY).opens_at == jst(2026, 11, 25, 0)


DAYTIME = [Hours(day, time(10), time(16)) for day in range(5)] + [Hours(6, time(13), time(15))]
LABOUR_DAY = jst(2026, 11, 23, 10)  # 勤労感謝の日, a Monday


@pytest.mark.parametrize(
    ("rule", "opens_at"),
    [
        (HolidayRule.USUAL, None),
        (HolidayRule.CLOSED, jst(2026, 11, 24, 10)),
        (HolidayRule.SUNDAY, jst(2026, 11, 23, 13)),
    ],
)
def test_a_holiday_is_as_the_room_wants_it(rule: HolidayRule, opens_at: datetime | None) -> None:
    special = special_days({}, rule=rule, hours=DAYTIME, now=LABOUR_DAY)
    found = door(DAYTIME, LABOUR_DAY, special)
    assert (found.is_open, found.opens_at) == (opens_at is None, opens_at)


def test_a_date_that_was_named_goes_before_the_holiday_on_it() -> None:
    named = {"2026-11-23": [["10:00", "11:00"]]}
    special = special_days(named, rule=HolidayRule.CLOSED, hours=DAYTIME, now=LABOUR_DAY)
    assert door(DAYTIME, LABOUR_DAY, special).until == jst(2026, 11, 23, 11)


@pytest.mark.parametrize(
    ("hours", "named", "lines"),
    [
        (NIGHT, {}, None),
        (ALWAYS, {}, None),
        (
            [Hours(0, time(22), time(2)), Hours(1, time(1), time(3))],
            {},
            ("月曜日 22:00〜翌2:00", "火曜日 1:00〜3:00"),
        ),
        (
            [Hours(0, time(1), time(3)), Hours(6, time(22), time(2))],
            {},
            ("月曜日 1:00〜3:00", "日曜日 22:00〜翌2:00"),
        ),
        (
            [Hours(2, time(9), time(12)), Hours(2, time(11, 30), time(13))],
            {},
            ("水曜日 9:00〜12:00", "水曜日 11:30〜13:00"),
        ),
        (
            [Hours(2, time(0), time(0)), Hours(2, time(5), time(6))],
            {},
            ("水曜日 24時間", "水曜日 5:00〜6:00"),
        ),
        ([Hours(2, time(9), time(12)), Hours(2, time(12), time(13))], {}, None),
        (
            NIGHT,
            {"2026-12-31": [["20:00", "23:00"], ["22:30", "02:00"]]},
            ("12月31日 20:00〜23:00", "12月31日 22:30〜翌2:00"),
        ),
        (
            NIGHT,
            {"2026-12-31": [["01:00", "05:00"]]},
            ("12月30日 22:00〜翌2:00", "12月31日 1:00〜5:00"),
        ),
        (NIGHT, {"2026-12-31": []}, None),
    ],
)
def test_hours_that_overlap_are_found_and_both_lines_are_named(hours, named, lines) -> None:
    assert timetable.clash(hours, named) == lines


def test_the_next_two_weeks_are_shown_as_they_will_be() -> None:
    special = special_days(
        {"2026-11-25": []}, rule=HolidayRule.CLOSED, hours=DAYTIME, now=LABOUR_DAY
    )
    days = timetable.preview(DAYTIME, special, now=LABOUR_DAY)
    assert len(days) == 14
    assert (days[0].holiday, days[0].stretches, days[0].differs) == ("勤労感謝の日", [], True)
    assert (days[1].weekday, days[1].stretches, days[1].differs) == ("火", ["10:00〜16:00"], False)
    assert days[2].stretches == [] and days[2].differs
