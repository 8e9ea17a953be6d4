"""What the rooms ask of the rota: the coming week as it will really be."""

from datetime import UTC, datetime, time, timedelta

import pytest

from chat.models import Opening, Room
from chat.openings import needs
from duty.queries import readiness
from duty.rota import Need, Stretch
from duty.states import ShiftState
from tests.cast import grant, make_program, make_room, make_staff
from tests.duty.team import shift_of

# Monday 30 November 2026, 20:00 in Japan; the week ahead has no holiday.
NOW = datetime(2026, 11, 30, 11, 0, tzinfo=UTC)


def at(day: int, hour: int) -> datetime:
    """An hour of December 2026 in Japan; day 0 is 30 November."""
    return datetime(2026, 11, 30, tzinfo=UTC) + timedelta(days=day, hours=hour - 9)


@pytest.fixture
def mondays(program) -> Room:
    """Open on Mondays 19:00–01:00, for two who watch."""
    room = make_room(always=False)
    Opening.objects.create(room=room, weekday=0, opens=time(19), closes=time(1))
    return room


def test_this_evening_counts_from_now_and_next_week_until_then(mondays):
    assert needs(mondays.program_id, now=NOW) == [
        Need(Stretch(NOW, at(1, 1)), 2, mondays.pk),
        Need(Stretch(at(7, 19), NOW + timedelta(days=7)), 2, mondays.pk),
    ]


def test_last_nights_opening_counts_past_midnight(mondays):
    found = needs(mondays.program_id, now=at(1, 0))
    assert found[0] == Need(Stretch(at(1, 0), at(1, 1)), 2, mondays.pk)


def test_a_closed_date_asks_for_nobody(mondays):
    mondays.special_days = {"2026-11-30": []}
    mondays.save()
    assert [need.when.starts_at for need in needs(mondays.program_id, now=NOW)] == [at(7, 19)]


@pytest.mark.parametrize(
    "changed", [{"hand": "quiet"}, {"removed_at": NOW}, {"kind": "counseling"}], ids=str
)
def test_a_room_that_takes_no_words_asks_for_nobody(changed, mondays):
    Room.objects.update(**changed)
    assert needs(mondays.program_id, now=NOW) == []


def test_another_programs_rooms_ask_nobody_here(mondays):
    assert needs(make_program("kochi").pk, now=NOW) == []


def test_a_shift_of_somebody_who_left_staffs_nothing(mondays, program):
    def staffed() -> bool:
        found = readiness(program.pk, NOW, needs=needs(program.pk, now=NOW)[:1])
        return next(one.ok for one in found if one.code == "supporters")

    people = [make_staff(name) for name in ("ren", "sora")]
    for one in people:
        grant(one, "supporter", trained_on="2025-01-01")
        shift = shift_of(one, program, day=NOW.date(), begins=time(19), ends=time(1))
        assert shift.state == ShiftState.PLANNED
    assert staffed()
    people[0].grants.update(ended_at=NOW)
    assert not staffed()
