"""What is held is judged soon, or goes back; it never comes late into the room."""

from datetime import timedelta

import pytest

from accounts.models import Letter
from accounts.states import Role
from chat.models import Message, Recusal, Room
from chat.states import ItemKind, ItemState, MessageState
from duty.models import RoomOff, Shift
from foundation import clock
from foundation.refusals import Refused
from moderation.actions.holds import return_late, settle_gone
from moderation.actions.messages import act_on_message
from moderation.models import Act
from moderation.states import ActKind
from tests.cast import grant, make_room, signed_in_as, staff_viewer
from tests.chat.deeds import do, post, rest
from tests.duty.team import begun
from tests.moderation.evening import item_of


@pytest.fixture
def at():
    return clock.now()


@pytest.fixture
def held(aoi, ren, room, at) -> Message:
    """aoi's words, held while ren is on duty."""
    Shift.objects.all().delete()
    begun(ren, room.program, now=at)
    Room.objects.filter(pk=room.pk).update(premoderated=True, required_supporters=1)
    Shift.objects.get().attendances.create(room=room.pk, acted_at=at)
    rest()
    do(aoi, room, post("だれかいますか"), now=at)
    return Message.objects.get(state=MessageState.HELD)


def test_while_whoever_was_on_duty_is_still_there_it_waits_for_them(held, at):
    assert return_late(now=at + timedelta(minutes=30)) == 0
    held.refresh_from_db()
    assert held.state == MessageState.HELD


def test_when_the_shift_is_over_it_goes_back_with_a_kind_word(held, aoi, ren, room, at):
    later = at + timedelta(minutes=11)
    Shift.objects.update(ends_at=later)
    assert return_late(now=later) == 1
    held.refresh_from_db()
    assert (held.state, held.seq) == (MessageState.REFUSED, None)
    letter = Letter.objects.get(participant=aoi)
    assert "だれかいますか" in letter.text
    assert "わるかったのではありません" in letter.text
    assert item_of(ItemKind.HELD).state == ItemState.DONE
    assert Act.objects.get().kind == ActKind.RETURN
    with pytest.raises(Refused, match="moved_on"):
        act_on_message(staff_viewer(ren), ActKind.APPROVE, message=held.pk, now=later)


def test_ten_minutes_are_given_also_when_nobody_is_there(held, at):
    Shift.objects.update(ends_at=at + timedelta(minutes=1))
    assert return_late(now=at + timedelta(minutes=9)) == 0
    assert return_late(now=at + timedelta(minutes=10)) == 1


def test_a_shift_that_began_after_it_was_held_doesn_t_keep_it_waiting(held, sora, room, at):
    Shift.objects.update(ends_at=at + timedelta(minutes=1))
    shift = begun(sora, room.program, now=at)
    Shift.objects.filter(pk=shift.pk).update(begun_at=at + timedelta(minutes=2))
    assert return_late(now=at + timedelta(minutes=11)) == 1


@pytest.mark.parametrize("why", ["keeps another", "taken off", "may know them"])
def test_it_doesn_t_wait_for_whoever_can_t_judge_it(held, aoi, sora, room, at, why):
    Shift.objects.update(ends_at=at + timedelta(minutes=1))
    there = begun(sora, room.program, now=at)
    later = at + timedelta(minutes=11)
    assert return_late(now=at + timedelta(minutes=9)) == 0
    if why == "keeps another":
        sora.grants.all().delete()
        grant(sora, Role.SUPPORTER, rooms=(make_room("yofukashi").pk,))
    elif why == "taken off":
        RoomOff.objects.create(shift=there, room=room.pk)
    else:
        Recusal.objects.create(staff=sora, participant=aoi, at=at)
    assert return_late(now=later) == 1


def test_it_waits_for_a_second_one_who_keeps_the_room(held, sora, room, at):
    Shift.objects.update(ends_at=at + timedelta(minutes=1))
    begun(sora, room.program, now=at)
    assert return_late(now=at + timedelta(minutes=11)) == 0


def test_what_its_author_took_back_meanwhile_isn_t_sent(held, aoi, at):
    Message.objects.filter(pk=held.pk).update(state=MessageState.WITHDRAWN)
    Shift.objects.update(ends_at=at + timedelta(minutes=1))
    assert return_late(now=at + timedelta(minutes=11)) == 0
    assert not Letter.objects.filter(participant=aoi).exists()
    assert item_of(ItemKind.HELD).outcome == "gone"


def test_the_end_of_a_shift_lists_what_is_still_held(held, ren):
    client, shift = signed_in_as(ren), Shift.objects.get()
    client.post(f"/moderation/shifts/{shift.pk}/end/")
    text = client.get(f"/moderation/shifts/{shift.pk}/").content.decode()
    assert "まだ、あずかっていることば" in text
    assert f"/moderation/items/{item_of(ItemKind.HELD).pk}/" in text


def test_what_nobody_can_look_at_any_more_doesn_t_wait(held, at):
    held.delete()
    assert settle_gone(now=at) == 1
    assert item_of(ItemKind.HELD).outcome == "gone"
    assert settle_gone(now=at) == 0


def test_what_can_be_looked_at_goes_on_waiting(held, at):
    assert settle_gone(now=at) == 0
