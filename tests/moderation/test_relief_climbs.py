"""「かわって」 climbs the rota until somebody takes it; every step is recorded, and it ends."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.states import Role
from duty.actions.attending import attend
from duty.actions.relief import ask_relief, take_relief, withdraw_relief
from duty.actions.shifts import end_shift
from duty.models import AlertHour, Call, Relief, Shift
from duty.rota import hour_of_week
from duty.states import Channel
from foundation import clock
from moderation.actions.alarms import climb
from moderation.models import AlarmStep
from moderation.queries import desk
from tests.cast import attend as at_the_desk
from tests.cast import grant, make_staff, staff_viewer
from tests.duty.team import begun, supporter
from tests.moderation.test_what_waits import at_once

TWO = timedelta(minutes=2)


@pytest.fixture
def at():
    return clock.now()


@pytest.fixture
def keeping(ren, room, at, settings) -> Shift:
    """ren attends the room alone, and a call may go out by mail."""
    settings.CAN_MAIL = True
    Shift.objects.all().delete()
    mine = begun(ren, room.program, now=at)
    attend(staff_viewer(ren), shift=mine.pk, room=room.pk, now=at)
    return mine


@pytest.fixture
def team_(sora, mori, room, at):
    """sora is on duty and at the desk, yoru said yes for this hour, tetsu is in training."""
    begun(sora, room.program, now=at)
    at_the_desk(room, sora, now=at)
    yoru = supporter("yoru", called="よる", trained_on=sora.grants.get().trained_on)
    tetsu = supporter("tetsu", called="てつ", trained_on=None)
    for staff in (yoru, tetsu, mori):
        type(staff).objects.filter(pk=staff.pk).update(email=f"{staff.username}@example.com")
    for staff in (yoru, tetsu):
        AlertHour.objects.bulk_create(
            AlertHour(staff=staff, hour=(hour_of_week(at) + more) % 168) for more in (0, 1)
        )


def asked(ren, keeping, at) -> Relief:
    return ask_relief(staff_viewer(ren), shift=keeping.pk, now=at)


def steps() -> list[tuple[str, str, str]]:
    rows = AlarmStep.objects.exclude(channel="").select_related("staff").order_by("number")
    return [(one.staff.username if one.staff else "", one.rung, one.channel) for one in rows]


def calls(relief) -> list[tuple[str, str]]:
    rows = Call.objects.filter(about=f"relief:{relief.pk}").order_by("pk")
    return list(rows.values_list("staff__username", "channel"))


def test_it_climbs_every_two_minutes_and_each_call_goes_out(keeping, team_, ren, at):
    relief = asked(ren, keeping, at)
    climb(now=at)
    assert calls(relief) == [("sora", "desk")]
    climb(now=at + timedelta(seconds=119))
    assert len(calls(relief)) == 1
    climb(now=at + TWO)
    assert calls(relief)[1:] == [("yoru", "email")]
    climb(now=at + 2 * TWO)
    assert calls(relief)[2:] == [("mori", "email")]
    assert steps() == [
        ("sora", "on_duty", "desk"), ("yoru", "willing", "email"),
        ("mori", "coordinator", "email"),
    ]  # fmt: skip
    assert set(AlarmStep.objects.values_list("relief", "item")) == {(relief.pk, None)}


def test_the_desk_of_who_asked_names_whom_the_ladder_calls_next(keeping, team_, ren, room, at):
    asked(ren, keeping, at)
    named = []
    for turn in range(3):
        now = at + turn * TWO
        named.append(list(desk(staff_viewer(ren), program=room.program_id, now=now).called))
        climb(now=now)
    people = [one[0] for one in steps()]
    found = type(ren).objects.in_bulk([pk for row in named for pk in row])
    assert [found[pk].username for row in named for pk in row] == people


def test_it_ends_when_somebody_takes_it(keeping, team_, ren, sora, at):
    relief = asked(ren, keeping, at)
    climb(now=at)
    take_relief(staff_viewer(sora), relief=relief.pk, now=at)
    assert climb(now=at + TWO) == climb(now=at + timedelta(hours=1)) == 0
    assert len(calls(relief)) == len(steps()) == 1


def test_it_ends_when_it_is_taken_back_and_begins_anew_when_asked_again(keeping, team_, ren, at):
    relief = asked(ren, keeping, at)
    climb(now=at)
    withdraw_relief(staff_viewer(ren), relief=relief.pk, now=at)
    assert climb(now=at + TWO) == 0
    again = asked(ren, keeping, at + TWO)
    climb(now=at + TWO)
    assert (len(calls(relief)), calls(again)) == (1, [("sora", "desk")])


def test_it_ends_with_the_shift_and_with_its_time(keeping, team_, ren, room, at):
    relief = asked(ren, keeping, at)
    over = keeping.ends_at
    assert climb(now=over - timedelta(seconds=1)) == 1
    before = len(calls(relief))
    assert climb(now=over) == climb(now=over + timedelta(minutes=20)) == 0
    assert desk(staff_viewer(ren), program=room.program_id, now=over).called == {}
    end_shift(staff_viewer(ren), shift=keeping.pk, now=at + TWO)
    assert climb(now=at + 10 * TWO) == 0
    assert len(calls(relief)) == before


def test_who_may_not_keep_the_room_is_let_be_but_for_the_coordinators(
    keeping, ren, mori, room, program, at
):
    betsu = make_staff("betsu")
    grant(betsu, Role.SUPPORTER, rooms=(room.pk + 1,))
    begun(betsu, program, now=at)
    for staff in (betsu, mori):
        type(staff).objects.filter(pk=staff.pk).update(email=f"{staff.username}@example.com")
    relief = asked(ren, keeping, at)
    climb(now=at)
    assert calls(relief) == [("mori", Channel.EMAIL)]


def test_nobody_to_call_is_written_down_once(keeping, ren, at):
    relief = asked(ren, keeping, at)
    climb(now=at)
    climb(now=at + timedelta(seconds=5))
    assert calls(relief) == []
    why = AlarmStep.objects.order_by("number").values_list("rung", "why")
    assert list(why) == [
        ("on_duty", "nobody"), ("willing", "nobody"), ("coordinator", "nobody"), ("", "nobody"),
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_ten_processes_that_climb_at_once_call_once(keeping, team_, ren, at):
    relief = asked(ren, keeping, at)
    assert sum(at_once(lambda _: climb(now=at), range(10))) == 1
    assert len(calls(relief)) == 1
    connection.close()


def test_a_step_is_for_one_thing(db, at):
    with pytest.raises(IntegrityError), transaction.atomic():
        AlarmStep.objects.create(raised_at=at, number=1, at=at)
