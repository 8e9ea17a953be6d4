"""What somebody has taken is theirs for ten minutes: nobody else does the same meanwhile."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import Letter
from chat import protocol as p
from chat.models import Murmur, Room
from chat.states import ItemKind, ItemState, MessageState
from foundation.refusals import Refused
from moderation.actions import queue
from moderation.actions.messages import act_on_message
from moderation.actions.murmurs import mark_read, read_to_room, reply
from moderation.actions.people import say
from moderation.models import Act
from moderation.states import ActKind, Outcome, Reason
from tests.cast import attend, signed_in_as, staff_viewer
from tests.chat.deeds import do, post, rest, said, seat_of
from tests.moderation.evening import item_of, message, report


def taken_by(staff, kind, now):
    item = item_of(kind)
    queue.claim(staff_viewer(staff), item=item.pk, now=now)
    return item


def refused(deed, **more) -> None:
    with pytest.raises(Refused) as no:
        deed(**more)
    assert no.value.code == "claimed_already"


@pytest.fixture
def murmur(aoi, room, now) -> Murmur:
    rest()
    do(aoi, room, p.Murmur(nonce=str(uuid4()), text="ひとりごと", aloud=True), now=now)
    return Murmur.objects.get()


def test_a_murmur_that_somebody_took_is_answered_by_them(murmur, ren, sora, aoi, room, now):
    attend(room, sora, now=now)
    item, other = taken_by(ren, ItemKind.MURMUR, now), staff_viewer(sora)
    refused(reply, viewer=other, murmur=murmur.pk, text="読みました", now=now)
    refused(mark_read, viewer=other, murmur=murmur.pk, now=now)
    refused(read_to_room, viewer=other, murmur=murmur.pk, now=now)
    assert not Letter.objects.filter(participant=aoi).exists()
    reply(staff_viewer(ren), murmur=murmur.pk, text="読みました", now=now)
    item.refresh_from_db()
    assert (item.state, item.settled_by) == (ItemState.DONE, ren)
    # Done isn't taken: there is nothing left to wait for.
    mark_read(other, murmur=murmur.pk, now=now)


def test_after_ten_minutes_it_is_the_next_one_s(murmur, ren, sora, now):
    taken_by(ren, ItemKind.MURMUR, now)
    reply(staff_viewer(sora), murmur=murmur.pk, text="読みました", now=now + timedelta(minutes=10))
    assert Act.objects.get().by == sora


def test_what_is_held_is_judged_by_who_took_it(ren, sora, aoi, room, now):
    Room.objects.filter(pk=room.pk).update(premoderated=True)
    rest()
    do(aoi, room, post("だれかいますか"), now=now)
    item = taken_by(ren, ItemKind.HELD, now)
    for kind in (ActKind.APPROVE, ActKind.TURN_DOWN):
        refused(
            act_on_message, viewer=staff_viewer(sora), kind=kind, message=item.message_id, now=now
        )
    act_on_message(staff_viewer(ren), ActKind.APPROVE, message=item.message_id or 0, now=now)


def test_what_hurts_is_hidden_at_once_by_whoever_sees_it(ren, sora, aoi, haha, room, now):
    row = message(aoi, room, "きつい言い方")
    report(haha, row)
    item = taken_by(ren, ItemKind.REPORT, now)
    other = staff_viewer(sora)
    refused(act_on_message, viewer=other, kind=ActKind.VEIL, message=row.pk, veil="話", now=now)
    done = act_on_message(other, ActKind.HIDE, message=row.pk, reason=Reason.ABUSE, now=now)
    assert (done.by, done.item) == (sora, item)
    item.refresh_from_db()
    assert (item.outcome, item.settled_by) == (Outcome.ACTED, sora)
    row.refresh_from_db()
    assert row.state == MessageState.HIDDEN


def test_two_don_t_write_to_the_same_person_about_the_same_thing(ren, sora, aoi, room, now):
    attend(room, ren, now=now)
    said(aoi, room, "もう死にたい")
    item, seat = taken_by(ren, ItemKind.CRISIS, now), seat_of(aoi, room).pk
    refused(say, viewer=staff_viewer(sora), seat=seat, item=item.pk, text="よみました", now=now)
    answer = signed_in_as(sora).post(
        f"/moderation/people/{seat}/act/",
        {"deed": "word", "words": "よみました", "item": str(item.pk)},
    )
    assert answer.status_code == 422
    assert "ほかの人が、いま読んでいます" in answer.content.decode()
    assert not Act.objects.filter(kind=ActKind.WORD.value).exists()
    say(staff_viewer(ren), seat=seat, item=item.pk, text="よみました", now=now)
    say(staff_viewer(sora), seat=seat, text="べつのことですが", now=now)
