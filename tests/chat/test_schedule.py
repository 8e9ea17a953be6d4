"""When a room is open: across midnight, across the year, and never for want of a plan."""

from datetime import UTC, datetime, time, timedelta

import pytest

from chat.schedule import Hours, Now, door, state_at
from chat.states import Hand, RoomState
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
    return state_at(at, hours=hours, hand=hand, attending=attending, required=2)


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
