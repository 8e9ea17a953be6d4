"""はがき: a murmur read to the room without the name, taken back at will; its stamps come home."""

from datetime import timedelta

import pytest

from accounts.models import Letter
from accounts.states import Role
from chat import belongings, queries
from chat import protocol as p
from chat.actions import rooms
from chat.actions.erase import erase
from chat.actions.moderation import restrict
from chat.actions.postcards import answer_all, read_aloud, take_back
from chat.actions.purge import purge
from chat.models import Message, Murmur, Room
from chat.states import Hand, RestrictionKind
from foundation.refusals import Refused
from tests.cast import grant, make_program, make_staff, seen_by, staff_viewer
from tests.chat.deeds import do, rest
from tests.house.everyone import seated

NONCE = "0b6f1d3e-6f0c-4a55-9f67-8b0f8e1a2c3d"
WORDS = "雨の音がすきです"


@pytest.fixture
def card(aoi, room: Room, now) -> Murmur:
    """A murmur of aoi's that may be read aloud."""
    rest()
    do(aoi, room, p.Murmur(nonce=NONCE, text=WORDS, aloud=True), now=now)
    return Murmur.objects.get(nonce=NONCE)


def refused(deed) -> str:
    with pytest.raises(Refused) as no:
        deed()
    return str(no.value.code)


def frames(room: Room) -> list:
    return queries.newest(room.pk)


def test_it_is_read_from_the_supporters_seat_and_names_nobody(card, ren, aoi, room, now) -> None:
    seq = read_aloud(staff_viewer(ren), murmur=card.pk, now=now)
    (said,) = frames(room)
    assert (said.seq, said.from_.role, said.from_.handle) == (seq, "supporter", "れん")
    assert WORDS in said.text
    assert "あおい" not in said.text
    letter = Letter.objects.get(participant=aoi)
    assert letter.title == "はがきを、部屋で読みました"
    card.refresh_from_db()
    assert card.read_at == now
    assert refused(lambda: read_aloud(staff_viewer(ren), murmur=card.pk, now=now)) == "read_already"


def test_what_was_said_to_the_supporters_alone_is_never_read(card, ren, room, now) -> None:
    Murmur.objects.update(aloud=False)
    assert refused(lambda: read_aloud(staff_viewer(ren), murmur=card.pk, now=now)) == "not_aloud"
    assert not Message.objects.exists()


def test_only_in_an_open_hour_and_only_by_who_sits_there(card, ren, kaede, mori, room, now) -> None:
    away = make_staff("away")
    grant(away, Role.SUPPORTER, make_program("kochi"))
    for who in (kaede, away):
        found = refused(lambda who=who: read_aloud(staff_viewer(who), murmur=card.pk, now=now))
        assert found == "not_found"
        assert queries.postcards(staff_viewer(who), program=room.program_id) == []
    assert queries.postcards(staff_viewer(ren), program=room.program_id) == [card]
    rooms.switch(room=room.pk, hand=Hand.QUIET, reason="", now=now)
    assert refused(lambda: read_aloud(staff_viewer(ren), murmur=card.pk, now=now)) == "quiet"
    rooms.switch(room=room.pk, hand=Hand.NONE, reason="", now=now)
    assert read_aloud(staff_viewer(mori), murmur=card.pk, now=now)


def test_it_goes_around_no_mute_and_no_screening(card, ren, aoi, room, now) -> None:
    Murmur.objects.update(text="080-1234-5678 です")
    assert refused(lambda: read_aloud(staff_viewer(ren), murmur=card.pk, now=now)) == "contact"
    Murmur.objects.update(text=WORDS)
    restrict(
        participant=aoi.pk, kind=RestrictionKind.MUTE, room=room.pk, reason="", until=None, now=now
    )
    assert refused(lambda: read_aloud(staff_viewer(ren), murmur=card.pk, now=now)) == "muted"
    assert not Message.objects.exists()


def test_taken_back_before_it_is_not_read_and_after_it_leaves_the_room(
    card, ren, aoi, haha, room, now
) -> None:
    assert refused(lambda: take_back(seen_by(haha), murmur=card.pk, now=now)) == "not_found"
    seq = read_aloud(staff_viewer(ren), murmur=card.pk, now=now)
    take_back(seen_by(aoi), murmur=card.pk, now=now)
    (gone,) = frames(room)
    assert (gone.seq, gone.state, gone.text) == (seq, "withdrawn", "")
    take_back(seen_by(aoi), murmur=card.pk, now=now)
    assert Message.objects.count() == 1


def test_by_a_form_without_script(card, ren, aoi, haha, room, now) -> None:
    page = seated(aoi).get("/rooms/zatsudan/").content.decode()
    assert "やっぱり読まないで" in page
    where = "/rooms/zatsudan/aloud/"
    assert seated(haha).post(where, {"murmur": card.pk}).status_code == 404
    assert seated(aoi).post(where, {"murmur": "9" * 30}).status_code == 404
    assert seated(aoi).post(where, {"murmur": card.pk}).status_code == 303
    assert refused(lambda: read_aloud(staff_viewer(ren), murmur=card.pk, now=now)) == "not_aloud"


def test_its_stamps_come_home_as_a_letter_without_numbers(card, ren, aoi, haha, room, now) -> None:
    seq = read_aloud(staff_viewer(ren), murmur=card.pk, now=now)
    rest()
    do(haha, room, p.Stamp(of=seq, stamp="わかる", on=True), now=now)
    assert answer_all(now=now + timedelta(hours=11)) == 0
    later = now + timedelta(hours=12)
    assert (answer_all(now=later), answer_all(now=later)) == (1, 0)
    letter = Letter.objects.filter(participant=aoi).latest("pk")
    assert letter.text == "部屋で読まれたはがきに、「わかる」のスタンプがありました。"


def test_nobody_is_told_that_nothing_came(card, ren, aoi, now) -> None:
    read_aloud(staff_viewer(ren), murmur=card.pk, now=now)
    answer_all(now=now + timedelta(hours=12))
    assert Letter.objects.filter(participant=aoi).count() == 1


def test_a_murmur_is_kept_as_long_as_what_was_read_of_it(card, ren, now) -> None:
    read_aloud(staff_viewer(ren), murmur=card.pk, now=now)
    Murmur.objects.update(at=now - timedelta(days=31))
    dict(purge(now=now))
    assert Murmur.objects.exists()
    later = now + timedelta(days=31)
    for _ in range(2):
        dict(purge(now=later))
    assert not Murmur.objects.exists()
    assert not Message.objects.exists()


def test_erasing_oneself_erases_what_was_read_aloud(card, ren, aoi, room, now) -> None:
    read_aloud(staff_viewer(ren), murmur=card.pk, now=now)
    assert belongings.shown(aoi.pk)["murmurs"][0]["read_aloud_at"]  # type: ignore[index]
    erase(aoi.pk, now=now)
    assert not Message.objects.exclude(text="").exists()
    assert [type(one).__name__ for one in frames(room)] == ["Gone"]
