"""When a line answers."""

from datetime import datetime, time, timedelta

import pytest

from foundation.clock import JST
from helplines.hours import Stretch, next_opening, next_said, open_at, said

ALL = frozenset(range(7))
EVENING = (Stretch(time(16), time(21), weekdays=ALL),)
NIGHT = (Stretch(time(22), time(2), weekdays=frozenset({5})),)  # Saturday night
ROUND = (Stretch(time(0), time(0), weekdays=ALL),)
LAST = (Stretch(time(8), time(8), month_day=31),)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JST)


@pytest.mark.parametrize(
    ("when", "is_open"),
    [("15:59", False), ("16:00", True), ("20:59", True), ("21:00", False)],
)
def test_a_line_opens_on_the_minute_and_closes_on_the_minute(when, is_open):
    assert open_at(EVENING, at(f"2026-11-24T{when}")) is is_open


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("2026-11-28T21:59", False),
        ("2026-11-28T22:00", True),
        ("2026-11-29T01:59", True),
        ("2026-11-29T02:00", False),
        ("2026-11-29T22:30", False),
        ("2026-11-28T01:00", False),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(when, is_open):
    assert open_at(NIGHT, at(when)) is is_open


def test_new_years_eve_lasts_into_the_new_year():
    eve = (Stretch(time(22), time(2), weekdays=frozenset({3})),)  # 31 December 2026, a Thursday
    assert open_at(eve, at("2026-12-31T23:59")) and open_at(eve, at("2027-01-01T01:59"))
    assert not open_at(eve, at("2027-01-01T02:00"))


def test_a_line_that_is_always_open_is_open_at_every_minute_of_two_days():
    start = at("2026-11-24T00:00")
    assert all(open_at(ROUND, start + timedelta(minutes=n)) for n in range(2880))


def test_hours_are_japans_whatever_the_instants_zone():
    when = at("2026-11-24T16:30")
    assert open_at(EVENING, when.astimezone(None)) is True


def test_without_hours_nothing_opens():
    assert not open_at((), at("2026-11-24T16:30"))
    assert next_opening((), at("2026-11-24T16:30")) is None


def test_the_31st_is_found_across_a_month_that_lacks_it():
    assert next_opening(LAST, at("2027-02-01T00:00")) == at("2027-03-31T08:00")
    assert next_opening(LAST, at("2027-03-31T09:00")) == at("2027-05-31T08:00")


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("2026-11-24T10:00", "きょう 16:00 から"),
        ("2026-11-24T21:00", "あす 16:00 から"),
        ("2026-11-24T16:00", "あす 16:00 から"),
    ],
)
def test_the_next_opening_is_said_in_words(when, words):
    assert next_said(next_opening(EVENING, at(when)), at(when)) == words


def test_further_away_the_weekday_and_then_the_date_are_said():
    when = at("2026-11-24T10:00")
    assert next_said(next_opening(NIGHT, when), when) == "土曜日 22:00 から"
    when = at("2026-11-29T03:00")
    assert next_said(next_opening(NIGHT, when), when) == "土曜日 22:00 から"
    when = at("2026-12-01T00:00")
    assert next_said(next_opening(LAST, when), when) == "12月31日 8:00 から"


def test_hours_are_said_as_people_read_them():
    assert said(ROUND) == "毎日24時間"
    assert said(EVENING) == "毎日 16:00〜21:00"
    assert said(NIGHT) == "土 22:00〜翌2:00"
    assert said(LAST) == "毎月31日 8:00〜翌8:00"
    assert said((Stretch(time(9), time(17), weekdays=frozenset(range(5))),)) == "平日 9:00〜17:00"
    assert said((Stretch(time(6), time(0), weekdays=frozenset({1, 2})),)) == "火・水 6:00〜24:00"
