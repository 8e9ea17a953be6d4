"""Words that were told of and then taken back: kept for those who judge, seen by nobody else."""

from datetime import timedelta

import pytest

from accounts import belongings
from accounts.models import Participant
from chat import protocol as p
from chat.actions.carry_out import carry_out
from chat.actions.daily import purge_all
from chat.actions.seats import take
from chat.actions.sitting import Act
from chat.models import Message, Room
from chat.policies import FREE
from chat.states import ItemKind, MessageState
from foundation import clock
from moderation.actions.messages import act_on_message
from moderation.actions.queue import settle
from moderation.looks import detail, room_side
from moderation.models import Act as Done
from moderation.states import ActKind, Outcome, Reason
from moderation.waiting import queue
from tests.cast import staff_viewer
from tests.chat.deeds import do, post, rest, seat_of, welcome
from tests.moderation.evening import item_of, message, report

WORDS = "あなたの話は、もう聞きたくありません"


@pytest.fixture
def desk(ren, room):
    return staff_viewer(ren)


@pytest.fixture
def at():
    return clock.now()


def take_back(person, row) -> None:
    rest()
    do(person, row.room, p.Withdraw(of=row.seq))
    row.refresh_from_db()
    assert row.state == MessageState.WITHDRAWN


def own_words(ren, room) -> Message:
    """What a member of staff says in a room, and where they sit."""
    rest()
    seat = take(staff_viewer(ren), room=room, standing=FREE)
    carry_out([Act(room.pk, seat.pk, post(WORDS))], now=clock.now())
    return Message.objects.get(text=WORDS)


def test_what_was_told_of_stays_for_the_desk_and_nobody_in_the_room_sees_it(
    desk, aoi, haha, room, at
):
    row = message(aoi, room, WORDS)
    report(haha, row)
    take_back(aoi, row)
    assert row.text == WORDS
    item = item_of(ItemKind.REPORT)
    assert queue(desk, program=room.program_id, now=at).lines[0].words == WORDS
    assert detail(desk, item=item.pk, now=at).message.text == WORDS
    assert WORDS not in str(welcome(room))
    assert WORDS not in str(welcome(room, epoch=welcome(room)["epoch"], since=0))
    assert WORDS not in str([one.text for one in room_side(desk, room=room.pk)[1]])


def test_told_of_and_taken_back_in_one_breath_stays_too(aoi, haha, room):
    row = message(aoi, room, WORDS)
    told, gone = p.Report(of=row.seq, reason="abuse"), p.Withdraw(of=row.seq)
    seats = [seat_of(one, room).pk for one in (haha, aoi)]
    rest()
    carry_out(
        [Act(room.pk, seat, one) for seat, one in zip(seats, (told, gone), strict=True)],
        now=clock.now(),
    )
    row.refresh_from_db()
    assert (row.state, row.text) == (MessageState.WITHDRAWN, WORDS)


def test_what_nobody_told_of_goes_at_once(aoi, room):
    row = message(aoi, room, WORDS)
    take_back(aoi, row)
    assert row.text == ""


def test_words_that_ring_stay_while_somebody_must_read_them(desk, aoi, room, at):
    row = message(aoi, room, "もう死にたい")
    take_back(aoi, row)
    assert queue(desk, program=room.program_id, now=at).lines[0].words == "もう死にたい"
    settled = message(aoi, room, "やっぱり死にたい")
    settle(desk, item=item_of(ItemKind.CRISIS).pk, outcome=Outcome.ACTED, now=at)
    take_back(aoi, settled)
    assert settled.text == ""


def test_their_author_learns_nothing_of_it_from_what_is_kept_of_them(aoi, haha, room, at):
    told, untold = message(aoi, room, WORDS), message(aoi, room, "べつのことば")
    report(haha, told)
    take_back(aoi, told)
    take_back(aoi, untold)
    kept = belongings.export(aoi.pk, now=at)["chat"]["messages"]
    assert [(one["state"], one["text"]) for one in kept] == [("withdrawn", "")] * 2


def test_a_member_of_staff_can_t_tell_by_the_desk_that_their_words_are_kept(
    desk, ren, mori, aoi, haha, room, at
):
    row = own_words(ren, room)
    other = message(aoi, room)
    report(haha, row)
    row.refresh_from_db()
    seat = row.seat_id
    rest()
    carry_out([Act(room.pk, seat, p.Withdraw(of=row.seq))], now=at)
    row.refresh_from_db()
    assert (row.state, row.text) == (MessageState.WITHDRAWN, WORDS)
    above = item_of(ItemKind.REPORT)
    assert detail(staff_viewer(mori), item=above.pk, now=at).message.text == WORDS
    assert WORDS not in str([one.text for one in room_side(desk, room=room.pk)[1]])
    report(haha, other)
    lines = queue(desk, program=room.program_id, now=at).lines
    assert WORDS not in str(lines)
    at_desk = detail(desk, item=item_of(ItemKind.REPORT, about_staff=None).pk, now=at)
    assert WORDS not in str([one.text for one in at_desk.before + at_desk.after])
    act_on_message(desk, ActKind.HIDE, message=other.pk, reason=Reason.ABUSE, now=at)
    assert WORDS not in str(Done.objects.get().evidence)


def test_it_goes_ninety_days_after_it_was_closed(desk, aoi, haha, room, at):
    row = message(aoi, room, WORDS)
    report(haha, row)
    take_back(aoi, row)
    Participant.objects.update(passphrase_key=None, seen_at=at + timedelta(days=80))
    settle(desk, item=item_of(ItemKind.REPORT).pk, outcome=Outcome.NOTHING, now=at)
    purge_all(now=at + timedelta(days=89))
    row.refresh_from_db()
    assert row.text == WORDS
    purge_all(now=at + timedelta(days=91))
    assert not Message.objects.filter(text=WORDS).exists()


def test_it_goes_also_where_its_room_goes_with_its_case(desk, aoi, haha, room, at):
    row = message(aoi, room, WORDS)
    report(haha, row)
    take_back(aoi, row)
    settle(desk, item=item_of(ItemKind.REPORT).pk, outcome=Outcome.NOTHING, now=at)
    # As in a talk of two: nothing of its log goes by the day.
    Room.objects.filter(pk=room.pk).update(kind="counseling")
    Participant.objects.update(passphrase_key=None, seen_at=at + timedelta(days=80))
    purge_all(now=at + timedelta(days=89))
    row.refresh_from_db()
    assert row.text == WORDS
    purge_all(now=at + timedelta(days=91))
    row.refresh_from_db()
    assert row.text == ""


def test_an_erasure_takes_it_as_everything_else(aoi, haha, room, at):
    row = message(aoi, room, WORDS)
    report(haha, row)
    take_back(aoi, row)
    belongings.erase_all(aoi.pk, now=at)
    row.refresh_from_db()
    assert (row.state, row.text) == (MessageState.ERASED, "")
