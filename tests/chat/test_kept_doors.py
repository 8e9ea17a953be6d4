"""A timetable is looked at once a minute, at each of its turns, and whenever it is another one."""

from datetime import UTC, datetime, timedelta

import pytest

from chat import doors
from chat.doors import door_by
from chat.schedule import Door

NOON = datetime(2026, 11, 29, 3, tzinfo=UTC)


@pytest.fixture
def asked(monkeypatch):
    monkeypatch.setattr(doors, "_doors", {})
    return []


def _look(asked: list, *, until: datetime | None = None, opens: datetime | None = None):
    def look() -> Door:
        asked.append(1)
        return Door(until is not None, until, opens)

    return look


def test_what_was_seen_holds_for_a_minute_and_no_longer(asked):
    for seconds in (0, 1, 59.9, 60):
        door_by("always", _look(asked), now=NOON + timedelta(seconds=seconds))
    assert len(asked) == 2


@pytest.mark.parametrize("turn", ["until", "opens"])
def test_it_is_looked_at_again_at_its_turn(asked, turn):
    look = _look(asked, **{turn: NOON + timedelta(seconds=5)})
    for seconds in (0, 4.9, 5):
        door_by("night", look, now=NOON + timedelta(seconds=seconds))
    assert len(asked) == 2


def test_another_timetable_and_a_clock_set_back_are_looked_at(asked):
    door_by("night", _look(asked), now=NOON)
    door_by("night, but on Sundays", _look(asked), now=NOON)
    door_by("night", _look(asked), now=NOON - timedelta(seconds=1))
    assert len(asked) == 3
