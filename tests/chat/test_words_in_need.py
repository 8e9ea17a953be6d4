"""Words of crisis summon people whatever becomes of the text, and keep no secret in them."""

import sys
from collections.abc import Iterable

import pytest
from django.db import connection

from accounts import passphrase
from accounts.models import Letter, Participant
from chat import protocol as p
from chat.actions import rooms, words
from chat.models import Finding, Message, Report, Room
from chat.screening import Sight, sights
from chat.screening import screen as screening
from chat.states import Hand
from foundation import clock
from tests.chat.deeds import do, post, rest, said, seat_of

pytestmark = pytest.mark.django_db(transaction=True)
NONCE = "00000000-0000-4000-8000-000000000001"


@pytest.fixture(autouse=True)
def _rested() -> None:
    rest()


def _code(answer: list[p.Outgoing]) -> str:
    (frame,) = answer
    assert isinstance(frame, p.RefusedFrame), frame
    return frame.code


def test_a_text_that_is_too_long_is_heard_all_the_same(room: Room, aoi: Participant) -> None:
    assert _code(do(aoi, room, post("もう死にたい。" * 200))) == "too_long"
    assert Letter.objects.filter(participant=aoi, kind="care").count() == 1
    assert Finding.objects.get().classes == ["crisis"]


def test_another_text_under_a_known_nonce_is_heard_all_the_same(
    room: Room, aoi: Participant
) -> None:
    do(aoi, room, post("こんばんは", nonce=NONCE))
    assert _code(do(aoi, room, post("消えたい", nonce=NONCE))) == "conflict"
    assert Letter.objects.filter(participant=aoi).count() == 1


def test_the_same_refused_words_sent_again_and_again_summon_once(
    room: Room, aoi: Participant
) -> None:
    rooms.switch(room=room.pk, hand=Hand.QUIET, reason="", now=clock.now())
    for _ in range(10):
        assert _code(do(aoi, room, post("もう死にたい", nonce=NONCE))) == "quiet"
    assert Letter.objects.count() == Finding.objects.count() == 1
    do(aoi, room, post("やっぱり死にたい"))
    assert Letter.objects.count() == Finding.objects.count() == 2


def test_a_passphrase_among_them_is_kept_nowhere(room: Room, aoi: Participant) -> None:
    made = passphrase.make()
    Participant.objects.filter(pk=aoi.pk).update(passphrase_key=passphrase.key_of(made))
    assert _code(do(aoi, room, post(f"もう死にたい。{made}"))) == "passphrase"
    of = said(aoi, room, "ことば")
    note = p.Report(of=of, reason="other", note=f"合言葉は{made}")
    assert _code(do(aoi, room, note)) == "passphrase"
    kept = str(list(Finding.objects.values())) + str(list(Report.objects.values()))
    assert made not in kept and "".join(made.split()) not in kept
    assert Finding.objects.filter(classes=["crisis"]).count() == 1
    assert Message.objects.count() == 1


def test_contact_details_beside_them_are_masked_for_the_supporters(
    room: Room, aoi: Participant
) -> None:
    assert _code(do(aoi, room, post("死にたい。090-1234-5678"))) == "contact"
    words = Finding.objects.get().words
    assert "死にたい" in words and "1234" not in words
    assert Message.objects.count() == 0


def test_all_that_waits_is_looked_at_once_and_before_anything_is_locked(
    room: Room, aoi: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def look(texts: Iterable[str]) -> dict[str, Sight]:
        assert not connection.in_atomic_block
        these = list(texts)
        looked.extend(these)
        return sights(these)

    seat_of(aoi, room)
    monkeypatch.setattr(words, "sights", look)
    # Not a second time.
    monkeypatch.setattr(sys.modules[screening.__module__], "sights", None)
    told = do(
        aoi, room,
        post("こんばんは"), post("こわれ\ud800た"), post("もう死にたい。" * 500),
        p.Murmur(nonce=NONCE, text="きえたい"), post("だまって", veil="おもい話"),
    )  # fmt: skip
    assert [getattr(one, "code", "ack") for one in told] == [
        "ack", "malformed", "too_long", "ack", "ack",
    ]  # fmt: skip
    long = ("もう死にたい。" * 500)[: words.MOST_SCREENED]
    assert looked == ["こんばんは", long, "きえたい", "おもい話\nだまって"]
    assert Finding.objects.filter(classes=["crisis"]).count() == 2


def test_where_very_much_waits_the_rest_is_looked_at_in_its_turn(
    room: Room, aoi: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "MOST_AHEAD", 1)
    do(aoi, room, post("こんばんは"), post("もう死にたい"))
    assert Letter.objects.filter(participant=aoi, kind="care").count() == 1
    assert Message.objects.count() == 2
