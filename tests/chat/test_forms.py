"""Every act without script: a plain form does what the socket does."""

from uuid import uuid4

import pytest
from django.test import Client

from accounts.doors import forget
from chat.models import Message, Murmur, Mute, Report, Room, Seat, StampGiven
from tests.chat.deeds import rest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _rested() -> None:
    rest()
    forget()


def entered(handle: str = "よるのとり") -> Client:
    someone = Client()
    answer = someone.post("/enter/", {"handle": handle, "agree": "on", "next": "/rooms/zatsudan/"})
    assert answer.status_code == 303 and answer["Location"] == "/rooms/zatsudan/"
    return someone


def test_words_are_said_once_however_often_the_form_is_sent(room: Room) -> None:
    someone, form = entered(), {"text": "こんばんは", "nonce": str(uuid4())}
    for _ in range(3):
        answer = someone.post("/rooms/zatsudan/", form)
        assert answer.status_code == 303 and answer["Location"] == "/rooms/zatsudan/"
    assert Message.objects.filter(text="こんばんは").count() == 1
    assert "こんばんは" in someone.get("/rooms/zatsudan/").content.decode()


def test_the_same_nonce_for_other_words_is_no_success(room: Room) -> None:
    someone, nonce = entered(), str(uuid4())
    someone.post("/rooms/zatsudan/", {"text": "一つめ", "nonce": nonce})
    answer = someone.post("/rooms/zatsudan/", {"text": "二つめ", "nonce": nonce})
    assert answer.status_code == 422
    assert Message.objects.filter(text="二つめ").count() == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("電話は090-1234-5678です", "連絡先"),
        ("あ" * 1001, "長い"),
        ("　\u200b　", "ことばが入っていません"),
        ("ことば\x00", "受けとれません"),
    ],
)
def test_refused_words_stay_in_the_form_with_a_sentence(
    room: Room, text: str, sentence: str
) -> None:
    someone = entered()
    answer = someone.post("/rooms/zatsudan/", {"text": text, "nonce": str(uuid4())})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert text.strip("\x00 ").strip() in page
    assert Message.objects.count() == 0


def test_a_visitor_is_led_to_the_entrance_and_nothing_is_stored(room: Room) -> None:
    stranger = Client()
    for path in ("", "murmur/", "stamp/", "withdraw/", "report/", "mute/", "handle/"):
        answer = stranger.post(f"/rooms/zatsudan/{path}", {"text": "x", "nonce": str(uuid4())})
        assert answer.status_code == 303
        assert answer["Location"].startswith("/enter/?next=")
    assert Message.objects.count() == Murmur.objects.count() == 0


def test_a_murmur_is_kept_from_the_room(room: Room) -> None:
    someone, other = entered(), entered("あさのとり")
    answer = someone.post("/rooms/zatsudan/murmur/", {"text": "ひとりごと", "nonce": str(uuid4())})
    assert answer.status_code == 303
    assert Murmur.objects.get().text == "ひとりごと"
    assert "ひとりごと" in someone.get("/rooms/zatsudan/").content.decode()
    assert "ひとりごと" not in other.get("/rooms/zatsudan/").content.decode()


def test_stamps_reports_and_withdrawing_work_by_form(room: Room) -> None:
    someone, other = entered(), entered("あさのとり")
    someone.post("/rooms/zatsudan/", {"text": "かえるの話", "nonce": str(uuid4())})
    of = Message.objects.get().seq
    stamp = {"of": of, "stamp": "わかる", "on": "true"}
    assert other.post("/rooms/zatsudan/stamp/", stamp).status_code == 303
    assert Message.objects.get().stamps == {"わかる": 1}
    assert other.post("/rooms/zatsudan/stamp/", stamp | {"on": "false"}).status_code == 303
    assert StampGiven.objects.count() == 0
    report = {"of": of, "reason": "worry", "note": "しんぱいです"}
    assert other.post("/rooms/zatsudan/report/", report).status_code == 303
    assert other.post("/rooms/zatsudan/report/", report).status_code == 303
    assert Report.objects.count() == 1
    assert other.post("/rooms/zatsudan/withdraw/", {"of": of}).status_code == 422
    assert Message.objects.get().text == "かえるの話"
    assert someone.post("/rooms/zatsudan/withdraw/", {"of": of}).status_code == 303
    assert Message.objects.get().state == "withdrawn"
    assert "かえるの話" not in other.get("/rooms/zatsudan/").content.decode()
    # What was told of stays with those who judge it, and nobody else.
    someone.post("/rooms/zatsudan/", {"text": "もうひとつ", "nonce": str(uuid4())})
    second = Message.objects.get(text="もうひとつ")
    assert someone.post("/rooms/zatsudan/withdraw/", {"of": second.seq}).status_code == 303
    second.refresh_from_db()
    assert second.text == ""


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("stamp/", {"of": "-1", "stamp": "うん"}),
        ("stamp/", {"of": "9" * 40, "stamp": "うん"}),
        ("stamp/", {"of": "1", "stamp": "なぞ"}),
        ("withdraw/", {"of": "x"}),
        ("withdraw/", {}),
        ("report/", {"of": "1", "reason": "because"}),
        ("mute/", {"seat": "nobody", "on": "true"}),
        ("handle/", {"handle": "支援者"}),
        ("handle/", {"handle": ""}),
    ],
)
def test_nonsense_in_a_form_gets_a_sentence(room: Room, path: str, form: dict[str, str]) -> None:
    assert entered().post(f"/rooms/zatsudan/{path}", form).status_code == 422


def test_whom_one_does_not_want_to_read_is_nobody_elses_business(room: Room) -> None:
    someone, other = entered(), entered("あさのとり")
    other.post("/rooms/zatsudan/", {"text": "ことば", "nonce": str(uuid4())})
    key = Seat.objects.get(handle="あさのとり").key
    assert someone.post("/rooms/zatsudan/mute/", {"seat": key, "on": "true"}).status_code == 303
    assert Mute.objects.count() == 1
    assert f'data-muted="{key}"' in someone.get("/rooms/zatsudan/").content.decode()
    assert key not in str(Room.objects.values())
    someone.post("/rooms/zatsudan/mute/", {"seat": key, "on": "false"})
    assert Mute.objects.count() == 0


def test_a_name_for_one_room_stays_in_that_room(room: Room) -> None:
    someone = entered()
    someone.post("/rooms/zatsudan/", {"text": "ことば", "nonce": str(uuid4())})
    answer = someone.post("/rooms/zatsudan/handle/", {"handle": "ここだけの名"})
    assert answer.status_code == 303
    assert Seat.objects.get().handle == "ここだけの名"
    assert someone.get("/me/").context["participant_handle"] == "よるのとり"


def test_a_supporters_look_alike_is_refused_in_a_room_too(room: Room) -> None:
    someone = entered()
    for name in ("れん", "レン", "ﾚﾝ", "れ\u200bん"):
        assert someone.post("/rooms/zatsudan/handle/", {"handle": name}).status_code == 422


def test_a_room_that_is_not_there_or_taken_away_is_not_found(room: Room) -> None:
    someone = entered()
    assert someone.get("/rooms/nanimonai/").status_code == 404
    assert someone.post("/rooms/nanimonai/", {"text": "x"}).status_code == 404
    Room.objects.filter(pk=room.pk).update(removed_at=room.program and "2026-01-01T00:00Z")
    assert someone.get("/rooms/zatsudan/").status_code == 404
    assert someone.get("/rooms/").context["rooms"] == []
