"""What the desk does by itself is done, although one question is asked first whether any is due."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import belongings
from chat.actions import rooms as gates
from chat.models import Item, Room
from chat.states import Hand, ItemKind, ItemState
from duty.actions.attending import attend
from duty.actions.relief import ask_relief
from duty.models import Shift
from foundation import clock
from moderation import rounds
from moderation.actions.away import step_away
from moderation.actions.rooms import act_on_room
from moderation.models import Act, AlarmStep
from moderation.states import ActKind, Reason
from tests.cast import staff_viewer
from tests.chat.deeds import do, post
from tests.duty.team import begun
from tests.moderation.evening import item_of, message, report

MINUTE = timedelta(minutes=1)


@pytest.fixture
def at():
    return clock.now()


@pytest.fixture(autouse=True)
def turned(room) -> None:
    """What is done once a day and twice a minute is done."""
    rounds.turn()


@pytest.fixture
def keeping(ren, program, room, at) -> Shift:
    """ren alone attends a room for which one is enough."""
    Shift.objects.all().delete()
    Room.objects.filter(pk=room.pk).update(required_supporters=1, watched=True)
    shift = begun(ren, program, now=at)
    attend(staff_viewer(ren), shift=shift.pk, room=room.pk, now=at)
    gates.bring_up_to_date(now=at)
    return shift


def hand(room: Room) -> str:
    return Room.objects.get(pk=room.pk).hand


def test_where_nothing_is_due_nothing_more_is_asked(aoi, room):
    message(aoi, room)
    with CaptureQueriesContext(connection) as seen:
        rounds.turn()
    assert len(seen) == 0


def test_words_of_crisis_climb(aoi, room, at):
    do(aoi, room, post("もう死にたい"), now=at)
    rounds.turn()
    assert AlarmStep.objects.filter(item=item_of(ItemKind.CRISIS)).exists()


def test_an_act_whose_time_is_over_ends_and_no_other(ren, keeping, mori, room, at):
    act = act_on_room(
        staff_viewer(mori), ActKind.LOCK, room=room.pk, reason=Reason.CALM, until=at + MINUTE,
        now=at,
    )  # fmt: skip
    rounds.turn()
    assert hand(room) == Hand.LOCKED
    Act.objects.filter(pk=act.pk).update(at=at - 2 * MINUTE, until=at - MINUTE)
    rounds.turn()
    assert hand(room) == Hand.NONE


def test_a_room_that_a_colleague_keeps_waits_for_nobody(ren, sora, keeping, program, room, at):
    step_away(staff_viewer(ren), shift=keeping.pk, now=at)
    rounds.turn()
    assert hand(room) == Hand.QUIET
    hers = begun(sora, program, now=at)
    attend(staff_viewer(sora), shift=hers.pk, room=room.pk, now=at)
    rounds.turn()
    assert hand(room) == Hand.NONE


def test_who_asks_to_be_relieved_is_heard_though_nothing_else_waits(ren, keeping, mori, at):
    assert not Item.objects.exclude(state=ItemState.DONE.value).exists()
    relief = ask_relief(staff_viewer(ren), shift=keeping.pk, now=at)
    rounds.turn()
    assert AlarmStep.objects.filter(relief=relief).exists()


def test_what_nobody_can_look_at_any_more_is_settled(aoi, haha, room, at):
    row = message(aoi, room)
    report(haha, row, now=at)
    belongings.erase_all(aoi.pk, now=at)
    row.delete()
    rounds.turn()
    assert not Item.objects.exclude(state=ItemState.DONE.value).exists()
