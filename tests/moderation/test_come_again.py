"""What rings again: the desk shows the words that made it ring, and what stood around those."""

from datetime import timedelta

import pytest

from accounts.models import Letter
from chat import protocol as p
from chat.actions.moderation import hide
from chat.models import Item, Message, Report, Room
from chat.queries import out_of_sight
from chat.states import Hand, ItemKind, ItemState
from moderation.actions.queue import claim, settle
from moderation.looks import detail
from moderation.states import Outcome
from moderation.waiting import queue
from tests.cast import staff_viewer
from tests.chat.deeds import do, post, rest, said
from tests.moderation.evening import item_of, message, report

LATER = timedelta(minutes=5)  # the room is still watched
NONCE = "0b6b1f5e-3c1c-4a8e-9d93-0a8b4f6f1c55"


@pytest.fixture
def desk(ren, room):
    return staff_viewer(ren)


@pytest.fixture
def settled(desk, aoi, room, now) -> Item:
    """aoi's words of crisis, read and settled."""
    do(aoi, room, post("もう死にたい"), now=now)
    item = item_of(ItemKind.CRISIS)
    claim(desk, item=item.pk, now=now)
    settle(desk, item=item.pk, outcome=Outcome.ACTED, now=now)
    return item


def words_at(desk, item, *, now) -> str:
    lines = queue(desk, program=item.program_id, now=now).lines
    (line,) = [one for one in lines if one.id == item.pk]
    return line.words


def test_the_desk_shows_the_words_that_rang_last_and_what_stood_before_them(
    desk, settled, aoi, haha, room, now
):
    later = now + LATER
    said(haha, room, "あしたは雨らしいです")
    rest()
    do(aoi, room, post("くすりをたくさん飲んで死にたい"), now=later)
    assert words_at(desk, settled, now=later) == "くすりをたくさん飲んで死にたい"
    seen = detail(desk, item=settled.pk, now=later)
    assert seen.message is not None
    assert seen.message.text == "くすりをたくさん飲んで死にたい"
    assert [one.text for one in seen.before] == ["もう死にたい", "あしたは雨らしいです"]


def test_what_was_refused_shows_its_own_words_and_no_older_message(desk, settled, aoi, room, now):
    Room.objects.filter(pk=room.pk).update(hand=Hand.QUIET.value)
    later = now + LATER
    rest()
    (answer,) = do(aoi, room, post("今夜こそ死にたい"), now=later)
    assert isinstance(answer, p.RefusedFrame)
    assert words_at(desk, settled, now=later) == "今夜こそ死にたい"
    seen = detail(desk, item=settled.pk, now=later)
    assert seen.message is None
    assert [one.text for one in seen.before] == ["もう死にたい"]


def test_a_murmur_that_rang_last_is_what_is_read(desk, settled, aoi, room, now):
    later = now + LATER
    rest()
    do(aoi, room, p.Murmur(nonce=NONCE, text="だれにも言えないけど死にたい"), now=later)
    assert words_at(desk, settled, now=later) == "だれにも言えないけど死にたい"
    assert detail(desk, item=settled.pk, now=later).message is None


def test_contact_details_that_came_after_are_no_words_of_crisis(desk, aoi, room, now):
    Room.objects.filter(pk=room.pk).update(hand=Hand.QUIET.value)
    for number, text in enumerate(["もう死にたい", "090-1234-5678", "電話は090-1234-5678です"]):
        rest()
        do(aoi, room, post(text), now=now + timedelta(seconds=number))
    assert words_at(desk, item_of(ItemKind.CRISIS), now=now) == "もう死にたい"
    assert "死にたい" not in words_at(desk, item_of(ItemKind.FLAG), now=now)


def test_hidden_words_that_an_item_no_longer_leads_to_keep_one_of_their_own(
    settled, aoi, room, now
):
    first = Message.objects.get(text="もう死にたい")
    hide(message=first.pk, now=now)
    assert out_of_sight() == 0
    rest()
    do(aoi, room, post("やっぱり死にたい"), now=now + LATER)
    settled.refresh_from_db()
    assert (settled.state, settled.message.text) == (ItemState.NEW, "やっぱり死にたい")
    assert out_of_sight() == 0
    kept = item_of(ItemKind.HIDDEN)
    assert (kept.message_id, kept.state) == (first.pk, ItemState.DONE)


def test_words_hidden_after_another_rang_have_an_item_too(settled, aoi, room, now):
    first = Message.objects.get(text="もう死にたい")
    rest()
    do(aoi, room, post("やっぱり死にたい"), now=now + LATER)
    hide(message=first.pk, now=now)
    assert out_of_sight() == 0


# --- told again -----------------------------------------------------------------------------------


def test_whoever_tells_again_is_heard_and_answered_again(desk, aoi, haha, room, now):
    row = message(aoi, room)
    report(haha, row, note="こわいです")
    item = item_of(ItemKind.REPORT)
    settle(desk, item=item.pk, outcome=Outcome.NOTHING, now=now)
    report(haha, row, note="わたしのことを言っています", reason="other")
    item.refresh_from_db()
    assert (item.state, item.times) == (ItemState.NEW, 2)
    seen = detail(desk, item=item.pk, now=now)
    assert [one.note for one in seen.reports] == ["こわいです", "わたしのことを言っています"]
    settle(desk, item=item.pk, outcome=Outcome.ACTED, now=now)
    assert Letter.objects.filter(participant=haha).count() == 2
    assert Item.objects.count() == 1


def test_the_very_same_counts_once_while_it_waits_and_anew_when_it_was_settled(
    desk, aoi, haha, room, now
):
    row = message(aoi, room)
    report(haha, row, note="こわいです")
    report(haha, row, note="こわいです")
    item = item_of(ItemKind.REPORT)
    assert (Report.objects.count(), item.times) == (1, 1)
    settle(desk, item=item.pk, outcome=Outcome.NOTHING, now=now)
    report(haha, row, note="こわいです")
    item.refresh_from_db()
    assert (Report.objects.count(), item.state) == (2, ItemState.NEW)


def test_another_word_while_it_waits_is_kept_and_its_sender_answered_once(
    desk, aoi, haha, room, now
):
    row = message(aoi, room)
    report(haha, row)
    report(haha, row, note="ほかの人にも言っていました")
    item = item_of(ItemKind.REPORT)
    assert (Report.objects.count(), item.times, item.state) == (2, 2, ItemState.NEW)
    settle(desk, item=item.pk, outcome=Outcome.ACTED, now=now)
    assert Letter.objects.filter(participant=haha).count() == 1


def test_told_twice_in_one_breath_is_told_once(aoi, haha, room):
    frame = p.Report(of=message(aoi, room).seq or 0, reason="abuse", note="こわいです")
    rest()
    do(haha, room, frame, frame)
    assert Report.objects.count() == 1
