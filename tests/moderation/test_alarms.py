"""Words of crisis climb the rota until a human has them; every step is recorded."""

from datetime import timedelta

import pytest
from django.db import connection

from accounts.states import Role
from chat.models import Item
from chat.states import ItemKind
from duty.models import AlertHour, Call, Shift
from duty.rota import hour_of_week
from foundation import clock
from moderation.actions.alarms import climb
from moderation.actions.appeals import appeal
from moderation.actions.messages import act_on_message
from moderation.actions.queue import claim
from moderation.models import AlarmStep
from moderation.states import ActKind
from tests.cast import attend, grant, make_staff, seen_by, staff_viewer
from tests.chat.deeds import do, post, rest
from tests.duty.team import begun
from tests.moderation.evening import item_of, message
from tests.moderation.test_what_waits import at_once

TWO = timedelta(minutes=2)


@pytest.fixture
def at():
    return clock.now()


@pytest.fixture
def crisis(aoi, room, at) -> Item:
    """aoi's words in a room where nobody is on duty any more."""
    Shift.objects.update(ends_at=at - timedelta(minutes=1))
    rest()
    do(aoi, room, post("もう死にたい"), now=at)
    return item_of(ItemKind.CRISIS)


def steps(item) -> list[tuple[str, str, str]]:
    rows = AlarmStep.objects.filter(item=item).select_related("staff").order_by("number")
    return [(one.staff.username if one.staff else "", one.rung, one.channel) for one in rows]


def test_the_one_who_attends_is_called_first_and_the_next_two_minutes_later(
    aoi, ren, sora, room, at
):
    Shift.objects.all().delete()
    for staff in (ren, sora):
        begun(staff, room.program, now=at)
    attend(room, sora, now=at)
    rest()
    do(aoi, room, post("もう死にたい"), now=at)
    item = item_of(ItemKind.CRISIS)
    climb(now=at)
    assert steps(item) == [("sora", "on_duty", "desk")]
    climb(now=at + timedelta(seconds=119))
    assert len(steps(item)) == 1
    attend(room, ren, now=at)
    climb(now=at + TWO)
    assert steps(item)[1:] == [("ren", "on_duty", "desk")]


def test_a_call_goes_out_over_the_channel_that_reaches_them(crisis, mori, at):
    type(mori).objects.filter(pk=mori.pk).update(email="mori@example.com")
    climb(now=at)
    assert steps(crisis)[-1] == ("mori", "coordinator", "email")
    (call,) = Call.objects.filter(about=f"item:{crisis.pk}")
    assert (call.staff, call.channel, call.state) == (mori, "email", "waiting")
    climb(now=at + timedelta(minutes=9))
    assert Call.objects.count() == 1
    climb(now=at + timedelta(minutes=10))
    assert Call.objects.count() == 2  # again, for as long as nobody has it


def test_a_claim_ends_the_climb(crisis, mori, at):
    claim(staff_viewer(mori), item=crisis.pk, now=at)
    assert climb(now=at + 5 * TWO - timedelta(seconds=1)) == 0
    assert steps(crisis) == []


def test_what_was_claimed_and_left_calls_again(crisis, mori, at):
    claim(staff_viewer(mori), item=crisis.pk, now=at)
    climb(now=at + timedelta(minutes=10))
    assert steps(crisis)


def test_steps_where_nobody_is_are_passed_over_and_written_down_once(crisis, mori, at):
    AlertHour.objects.create(staff=mori, hour=hour_of_week(at))
    climb(now=at)
    climb(now=at + timedelta(seconds=5))
    why = AlarmStep.objects.filter(item=crisis).order_by("number").values_list("rung", "why")
    assert list(why) == [
        ("on_duty", "nobody"), ("willing", "unreachable"), ("coordinator", "unreachable"),
        ("", "nobody"),
    ]  # fmt: skip


def test_at_three_in_the_morning_it_ends_at_the_coordinator_as_soon_as_they_can_be_reached(
    crisis, mori, room, at
):
    climb(now=at)
    grant(mori, Role.SUPPORTER)
    Shift.objects.all().delete()
    begun(mori, room.program, now=at)
    attend(room, mori, now=at + timedelta(hours=1))
    assert climb(now=at + timedelta(minutes=4)) == 1
    assert steps(crisis)[-1] == ("mori", "on_duty", "desk")


@pytest.mark.django_db(transaction=True)
def test_ten_processes_that_climb_at_once_call_once(aoi, ren, room, at):
    attend(room, ren, now=at)
    rest()
    do(aoi, room, post("もう死にたい"), now=at)
    found = at_once(lambda _: climb(now=at), range(10))
    assert sum(found) == 1
    assert len(steps(item_of(ItemKind.CRISIS))) == 1
    connection.close()


def test_an_objection_that_nobody_answered_in_time_calls_a_coordinator_who_didn_t_act(
    aoi, room, mori, at
):
    hana = make_staff("hana")
    for staff in (mori, hana):
        grant(staff, Role.SUPPORTER if staff is mori else Role.COORDINATOR)
        attend(room, staff, now=at + timedelta(hours=73), days=5)
    act = act_on_message(staff_viewer(mori), ActKind.HIDE, message=message(aoi, room).pk, now=at)
    appeal(seen_by(aoi), act=act.pk, text="", now=at)
    item = item_of(ItemKind.APPEAL)
    climb(now=at + timedelta(hours=71))
    assert steps(item) == []
    climb(now=at + timedelta(hours=73))
    assert [one for one in steps(item) if one[2]] == [("hana", "coordinator", "desk")]
