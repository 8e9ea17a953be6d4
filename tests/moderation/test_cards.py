"""はがき at the desk: seen by who keeps the room, read to it in one tap, without script."""

import pytest
from django.test import Client
from django.utils.html import escape

from accounts.models import Letter
from audit.models import AuditEntry
from chat import protocol as p
from chat.actions import seats
from chat.actions.carry_out import carry_out
from chat.actions.postcards import take_back
from chat.actions.sitting import Act
from chat.models import Item, Message, Murmur, Postcard, Room
from chat.policies import FREE
from chat.states import ItemKind, ItemState, MessageState
from foundation import clock
from moderation.actions.appeals import appeal
from moderation.actions.messages import act_on_message
from moderation.actions.undo import undo
from moderation.belongings import erase
from moderation.models import DeskChoice
from moderation.sentences import sentence
from moderation.states import ActKind
from moderation.waiting import above_the_desk, queue
from tests.cast import attend, make_program, seen_by, signed_in_as, staff_viewer
from tests.chat.deeds import do, post, rest
from tests.moderation.evening import item_of, report

pytestmark = pytest.mark.django_db(transaction=True)
NONCE = "0b6b1f5e-3c1c-4a8e-9d93-0a8b4f6f1c55"
WORDS = "雨の音がすきです"


@pytest.fixture
def hall(room, ren) -> Room:
    """ren attends a room that is open; the desk's own fixtures know another ren."""
    attend(room, ren)
    return room


@pytest.fixture
def card(hall, aoi) -> Murmur:
    """aoi's murmur that may be read aloud."""
    rest()
    do(aoi, hall, p.Murmur(nonce=NONCE, text=WORDS, aloud=True), now=clock.now())
    return Murmur.objects.get(nonce=NONCE)


@pytest.fixture
def desk(hall, ren) -> Client:
    return signed_in_as(ren)


def page(client: Client) -> str:
    return client.get("/moderation/").content.decode()


def test_it_is_read_to_the_room_in_one_tap_and_leaves_the_desk(desk, card, hall) -> None:
    at = f"/moderation/postcards/{card.pk}/read/"
    assert WORDS in page(desk) and at in page(desk)
    assert desk.post(at).status_code == 303
    said = Message.objects.get()
    assert (said.room, said.state) == (hall, MessageState.SHOWN)
    assert WORDS in said.text and "あおい" not in said.text
    assert at not in page(desk)
    assert Item.objects.get(kind=ItemKind.MURMUR).state == ItemState.DONE
    assert AuditEntry.objects.filter(verb="moderation.postcard_read").count() == 1
    again = desk.post(at)
    assert again.status_code == 422
    assert escape(sentence("card_read_already")) in again.content.decode()
    assert Postcard.objects.count() == 1


def test_what_was_taken_back_meanwhile_is_not_read(desk, card, aoi) -> None:
    take_back(seen_by(aoi), murmur=card.pk, now=clock.now())
    answer = desk.post(f"/moderation/postcards/{card.pk}/read/")
    assert answer.status_code == 422
    assert escape(sentence("card_not_aloud")) in answer.content.decode()
    assert not Message.objects.exists()


def test_a_room_that_is_not_open_offers_no_button_and_refuses_kindly(desk, card, hall) -> None:
    Room.objects.update(hand="quiet")
    found = page(desk)
    assert WORDS in found and "/moderation/postcards/" not in found
    answer = desk.post(f"/moderation/postcards/{card.pk}/read/")
    assert answer.status_code == 422
    assert escape(sentence("card_quiet")) in answer.content.decode()
    assert Item.objects.get(kind=ItemKind.MURMUR).state == ItemState.NEW


def test_who_does_not_keep_the_room_neither_sees_nor_reads_it(desk, card, hall) -> None:
    Room.objects.update(program=make_program("kochi"))
    assert WORDS not in page(desk)
    assert desk.post(f"/moderation/postcards/{card.pk}/read/").status_code == 404
    assert not Message.objects.exists()


def test_words_are_blurred_for_who_chose_it(desk, card, ren) -> None:
    DeskChoice.objects.create(staff=ren, blurred=True)
    assert 'id="cards" aria-labelledby="postcards" data-blurred' in page(desk)


def test_every_room_is_one_tap_from_the_desk(desk, hall) -> None:
    link = f'href="/rooms/{hall.slug}/"'
    assert link in page(desk)
    assert desk.get(f"/rooms/{hall.slug}/").status_code == 200


def test_its_author_is_told_when_it_is_hidden_and_may_object(desk, card, ren, mori, aoi) -> None:
    now = clock.now()
    desk.post(f"/moderation/postcards/{card.pk}/read/")
    read = Message.objects.get()
    done = act_on_message(staff_viewer(ren), ActKind.HIDE, message=read.pk, now=now)
    assert done.participant == aoi
    letter = Letter.objects.filter(participant=aoi, kind="warning").get()
    assert "はがきのことです" in letter.text and "見えないようにしました" in letter.text
    assert letter.links[0]["href"] == f"/standing/{done.pk}/"
    appeal(seen_by(aoi), act=done.pk, text="", now=now)
    # Not by whoever read it: nobody brings their own words back.
    undo(staff_viewer(mori), act=done.pk, now=now)
    assert Letter.objects.filter(participant=aoi, title="取り消しのお知らせ").exists()
    erase(aoi.pk, now=now)
    done.refresh_from_db()
    assert (done.evidence, done.participant) == ({}, None)


def test_who_tells_of_it_tells_of_its_author_s_words_at_the_desk(
    desk, card, ren, mori, aoi, haha, hall
) -> None:
    sent = desk.post(f"/moderation/postcards/{card.pk}/read/")
    assert sent.status_code == 303
    read = Message.objects.get()
    report(haha, read, note="こわかったです")
    item = item_of(ItemKind.REPORT)
    assert (item.about_staff, item.seat) == (None, card.seat)
    assert not above_the_desk(staff_viewer(mori), program=hall.program_id, now=clock.now())
    at = f"/moderation/items/{item.pk}/"
    assert at in page(desk)
    looked = desk.get(at).content.decode()
    assert WORDS in looked and f"/moderation/people/{card.seat_id}/" in looked
    (line,) = queue(staff_viewer(ren), program=hall.program_id, now=clock.now()).lines
    assert "あおい" in line.who
    take_back(seen_by(aoi), murmur=card.pk, now=clock.now())
    assert WORDS in desk.get(at).content.decode(), "it is evidence"


def test_what_is_told_of_the_reader_s_own_words_still_goes_above_them(ren, mori, haha, hall):
    seat = seats.take(staff_viewer(ren), room=hall, standing=FREE)
    rest()
    carry_out([Act(hall.pk, seat.pk, post("ようこそ"))], now=clock.now())
    report(haha, Message.objects.get())
    assert item_of(ItemKind.REPORT).about_staff == ren
