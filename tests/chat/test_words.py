"""What becomes of words: kept as they are, made calm, or refused with the protocol's code."""

from datetime import datetime, timedelta

import pytest

from accounts import passphrase
from accounts.models import Letter, Participant
from chat import protocol as p
from chat.actions import moderation, rooms
from chat.models import Finding, Message, Opening, Room
from chat.states import Hand, RestrictionKind
from foundation import clock
from tests.chat.deeds import do, post, rest, welcome, wire

pytestmark = pytest.mark.django_db(transaction=True)
FAMILY = "👨‍👩‍👧‍👦"  # 7 code points


@pytest.fixture(autouse=True)
def _rested() -> None:
    rest()


def kept(aoi: Participant, room: Room, text: str, veil: str = "") -> dict[str, object]:
    """What everybody in the room sees of a post."""
    (answer,) = do(aoi, room, post(text, veil=veil))
    assert isinstance(answer, p.Ack), wire(answer)
    (shown,) = [e for e in welcome(room)["events"] if e["seq"] == answer.seq]
    return shown


def code(aoi: Participant, room: Room, text: str, veil: str = "") -> str:
    """The code of a refusal; nothing was stored and nobody is told."""
    before = Message.objects.count(), Room.objects.get(pk=room.pk).head
    (answer,) = do(aoi, room, post(text, veil=veil))
    assert (Message.objects.count(), Room.objects.get(pk=room.pk).head) == before
    assert isinstance(answer, p.RefusedFrame), wire(answer)
    assert not text.strip() or text not in answer.text
    return answer.code


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
        "javascript:alert(1)", "{{7*7}}", "${7*7}", "{% debug %}", "</textarea><b>", "&lt;b&gt;",
        "'; DROP TABLE chat_message; --", "\\u0041 \\n %s %(x)s", '"}],"more":true', "🏴󠁧󠁢󠁥󠁮󠁧󠁿"[0],
        FAMILY * 100, "1️⃣🇯🇵", "ｶﾞｷﾞｸﾞ", "髙﨑①㈱", "か゛",
        "一行\n\n\n二行", "タブ\tあり", "שלום", "Ѕtaff",
    ],
)  # fmt: skip
def test_words_come_through_as_they_were_written(aoi: Participant, room: Room, text: str):
    assert kept(aoi, room, text)["text"] == text


@pytest.mark.parametrize(
    ("text", "calm"),
    [
        ("\u202eうらがえし\u202c", "うらがえし"),
        ("\u2066a\u2069b\u2067c\u2068d", "abcd"),
        ("あ\u202aい\u202bう\u202dえ", "あいうえ"),
        ("行\u2028行\u2029", "行行"),
        ("あ\x1b[31mか\x07\x08", "あ[31mか"),
        ("あ\r\nい\rう", "あ\nい\nう"),
        ("\ufeffあ\ufeff", "あ"),
        ("あ\U000e0041\U000e0042い", "あい"),
        ("か\u3099", "が"),
        ("e\u0301", "é"),
        ("  　あ　 \n\n", "あ"),
        ("\x85あ\x0b\x0c", "あ"),
    ],
)
def test_what_only_deceives_the_eye_is_taken_out(
    aoi: Participant, room: Room, text: str, calm: str
):
    assert kept(aoi, room, text)["text"] == calm


@pytest.mark.parametrize(
    "text",
    ["", " ", "　", "\n\n", *"\u200b\u200c\u200d\u2060\ufeff\u3164\u115f\u2800\u00ad\u034f\ufe0f",
     "\u200b \u2060\n\u3164", "\u202e\u202c", "\U000e0041", "\U000e0100"],
)  # fmt: skip
def test_nothing_to_see_is_empty(aoi: Participant, room: Room, text: str):
    assert code(aoi, room, text) == "empty"


def test_a_thousand_code_points_fit_and_one_more_doesnt(aoi: Participant, room: Room):
    assert kept(aoi, room, "あ" * 1000)["text"] == "あ" * 1000
    rest()  # so long a row of one character is slowed
    assert kept(aoi, room, "  " + "𠮷" * 1000 + "\n")["text"] == "𠮷" * 1000
    rest()
    assert code(aoi, room, "あ" * 1001) == "too_long"
    assert kept(aoi, room, "あ", veil="ヴ" * 40)["veil"] == "ヴ" * 40
    assert code(aoi, room, "あ", veil="ヴ" * 41) == "too_long"
    assert code(aoi, room, "\n".join("あ" * 5_001)) == "too_long"
    assert code(aoi, room, FAMILY * 143) == "too_long"


def test_a_tower_of_marks_is_taken_down(aoi: Participant, room: Room):
    assert code(aoi, room, "あ" + "\u0300" * 10_000) == "too_long"
    shown = str(kept(aoi, room, "z" + "\u0300\u0316" * 100 + "い")["text"])
    assert 2 <= len(shown) <= 10
    assert shown.endswith("い")


@pytest.mark.parametrize("text", ["あ\0い", "\ud800", "あ\udfff"])
def test_what_cannot_be_stored_is_malformed(aoi: Participant, room: Room, text: str):
    assert code(aoi, room, text) == "malformed"


def test_a_veil_that_nobody_can_see_is_none(aoi: Participant, room: Room):
    assert kept(aoi, room, "ことば", veil="\u200b\u3164")["veil"] == ""


# --- crisis ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["死にたい", "ｼﾆﾀｲ", "シ ニ タ イ", "し\u200bにたい"])
def test_words_of_crisis_are_delivered_and_bring_a_card(aoi: Participant, room: Room, text: str):
    assert kept(aoi, room, text)["text"]
    assert Letter.objects.get().kind == "care"
    found = Finding.objects.get()
    assert found.classes == ["crisis"]
    assert found.words == ""  # the message keeps them


def by_hand(room: Room, aoi: Participant, now: datetime, *, hand: Hand) -> None:
    rooms.switch(room=room.pk, hand=hand, reason="", now=now)


def by_hours(room: Room, aoi: Participant, now: datetime) -> None:
    Opening.objects.filter(room=room).delete()


def restricted(room: Room, aoi: Participant, now: datetime, *, kind: RestrictionKind) -> None:
    moderation.restrict(
        participant=aoi.pk, kind=kind, room=room.pk, reason="",
        until=now + timedelta(hours=1), now=now - timedelta(seconds=1),
    )  # fmt: skip


STOPS = {
    "quiet": lambda *a: by_hand(*a, hand=Hand.QUIET),
    "locked": lambda *a: by_hand(*a, hand=Hand.LOCKED),
    "closed": by_hours,
    "muted": lambda *a: restricted(*a, kind=RestrictionKind.MUTE),
    "paused": lambda *a: restricted(*a, kind=RestrictionKind.PAUSE),
    "too_fast": lambda room, aoi, now: do(aoi, room, *(post(f"{n}") for n in range(5))),
}


@pytest.mark.parametrize("stop", STOPS)
def test_words_of_crisis_bring_a_card_and_a_flag_also_when_refused(
    stop: str, aoi: Participant, room: Room
):
    STOPS[stop](room, aoi, clock.now())
    assert code(aoi, room, "もう死にたい") == stop
    assert Letter.objects.get().kind == "care"
    found = Finding.objects.get()
    assert found.classes == ["crisis"]
    assert found.words == "もう死にたい"  # nothing else keeps them


@pytest.mark.parametrize("stop", ["quiet", "locked", "muted", "paused"])
def test_a_murmur_gets_through_where_words_dont_and_is_screened_too(
    stop: str, aoi: Participant, room: Room
):
    STOPS[stop](room, aoi, clock.now())
    nonce = "00000000-0000-4000-8000-000000000009"
    (answer,) = do(aoi, room, p.Murmur(nonce=nonce, text="死にたい"))
    assert isinstance(answer, p.Ack)
    assert Letter.objects.get().kind == "care"
    assert Finding.objects.get().murmur is not None


def test_a_note_in_a_report_is_screened_too(aoi: Participant, haha: Participant, room: Room):
    seq = kept(haha, room, "ことば")["seq"]
    do(aoi, room, p.Report(of=int(str(seq)), reason="worry", note="わたしも死にたい"))
    assert Letter.objects.get().participant_id == aoi.pk
    assert Finding.objects.get().classes == ["crisis"]


# --- what is stopped ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["電話は090-1234-5678", "ｎａｍｅ＠ｅｘａｍｐｌｅ．ｃｏｍ", "LINEのIDはtomo_123"]
)
def test_contact_details_are_refused_and_kept_nowhere(
    aoi: Participant, haha: Participant, room: Room, text: str
):
    assert code(aoi, room, text) == "contact"
    assert code(haha, room, "ことば", veil=text) == "contact"
    assert Finding.objects.count() == Letter.objects.count() == 0
    assert welcome(room)["events"] == []


def test_crisis_and_contact_together_are_refused_flagged_and_masked(aoi: Participant, room: Room):
    assert code(aoi, room, "死にたい。電話は090-1234-5678") == "contact"
    found = Finding.objects.get()
    assert found.words.startswith("死にたい。電話は＿")
    assert not any(char.isdigit() for char in found.words)
    assert Letter.objects.get().kind == "care"


@pytest.mark.parametrize("around", ["{}", "合言葉は{}です", "わすれないように\n{}\nと書く"])
def test_ones_own_passphrase_is_stopped(aoi: Participant, room: Room, around: str):
    made = passphrase.make()
    Participant.objects.filter(pk=aoi.pk).update(passphrase_key=passphrase.key_of(made))
    for written in (made, made.replace("\u3000", " "), made.replace("\u3000", "")):
        rest()
        assert code(aoi, room, around.format(written)) == "passphrase"
    assert made not in str(list(Finding.objects.values()) + list(Letter.objects.values()))


def test_somebody_elses_passphrase_is_just_words(aoi: Participant, haha: Participant, room: Room):
    made = passphrase.make()
    Participant.objects.filter(pk=haha.pk).update(passphrase_key=passphrase.key_of(made))
    assert kept(aoi, room, made)["text"] == made
