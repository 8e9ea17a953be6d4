"""What the room does about what screening saw: stopped, held, slowed, or delivered with a card."""

from datetime import timedelta

import pytest

from accounts.models import Letter, Participant
from chat import protocol as p
from chat.actions import pace
from chat.models import Finding, Message, Room
from foundation import clock
from foundation.limits import Buckets
from tests.chat.deeds import do, post, rest, welcome

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "電話は090-1234-5678です"
NONCE = "00000000-0000-4000-8000-000000000002"


@pytest.fixture(autouse=True)
def _rested() -> None:
    rest()


def _refused(answer: list[p.Outgoing]) -> str:
    (frame,) = answer
    assert isinstance(frame, p.RefusedFrame), frame
    return frame.code


def _shown(room: Room) -> list[str]:
    return [one["text"] for one in welcome(room)["events"] if one["t"] == "message"]


def test_what_may_hurt_waits_for_a_supporter(room: Room, aoi: Participant) -> None:
    (frame,) = do(aoi, room, post("お前なんか消えろ", nonce=NONCE))
    assert isinstance(frame, p.Held) and frame.reason == "screened"
    assert Message.objects.get().state == "held"
    assert Finding.objects.get().classes == ["attack"]
    assert Finding.objects.get().message == Message.objects.get()
    assert _shown(room) == []
    (again,) = do(aoi, room, post("お前なんか消えろ", nonce=NONCE))
    assert again == frame and Message.objects.count() == 1


def test_what_was_done_to_someone_is_heard_at_once(room: Room, aoi: Participant) -> None:
    (frame,) = do(aoi, room, post("「死ね」と言われてつらかった"))
    assert isinstance(frame, p.Ack)
    assert Finding.objects.count() == Letter.objects.count() == 0


def test_a_call_for_help_is_delivered_though_it_is_harsh(room: Room, aoi: Participant) -> None:
    (frame,) = do(aoi, room, post("うるせえ黙れ、もう死にたいんだよ"))
    assert isinstance(frame, p.Ack)
    assert Finding.objects.get().classes == ["attack", "crisis"]
    assert Letter.objects.filter(participant=aoi, kind="care").count() == 1


def test_contact_once_is_a_slip_and_twice_within_a_day_is_told(
    room: Room, aoi: Participant, yoso: Participant
) -> None:
    now = clock.now()
    assert _refused(do(aoi, room, post(PHONE), now=now)) == "contact"
    assert Finding.objects.count() == 0
    assert _refused(do(yoso, room, post(PHONE), now=now)) == "contact"
    assert Finding.objects.count() == 0
    assert _refused(do(aoi, room, post(PHONE), now=now + timedelta(hours=23))) == "contact"
    found = Finding.objects.get()
    assert found.classes == ["contact"] and "1234" not in found.words
    assert Message.objects.count() == 0


def test_contact_again_after_a_day_is_a_slip_again(room: Room, aoi: Participant) -> None:
    now = clock.now()
    do(aoi, room, post(PHONE), now=now)
    do(aoi, room, post(PHONE), now=now + timedelta(hours=25))
    assert Finding.objects.count() == 0


def _until_slowed(person: Participant, room: Room, texts: list[str]) -> int:
    for said, text in enumerate(texts):
        # Each with a full pace: only that it is said again slows it.
        pace.BUCKETS["posts"] = Buckets("posts")
        (frame,) = do(person, room, post(text))
        if isinstance(frame, p.RefusedFrame):
            assert frame.code == "too_fast" and float(frame.retry_after or 0) > 20
            return said
    return len(texts)


def test_the_same_said_again_and_again_in_posts_of_its_own_is_slowed(
    room: Room, aoi: Participant, haha: Participant
) -> None:
    assert _until_slowed(aoi, room, ["見て見て"] * 12) == 5
    assert _until_slowed(haha, room, ["見て見て"] * 2) == 2, "what others say is no repeat"
    assert _until_slowed(aoi, room, ["べつのこと", "見て見て"]) == 2
    assert _until_slowed(aoi, room, ["見て見て"]) == 0


def test_so_it_is_where_all_come_at_once(room: Room, aoi: Participant) -> None:
    answers = do(aoi, room, *(post("見て") for _ in range(3)))
    pace.BUCKETS["posts"] = Buckets("posts")
    answers += do(aoi, room, *(post("見て") for _ in range(4)))
    assert [isinstance(one, p.Ack) for one in answers] == [True] * 5 + [False] * 2


def test_two_texts_by_turns_and_a_call_for_help_are_no_repeats(
    room: Room, aoi: Participant
) -> None:
    assert _until_slowed(aoi, room, ["うん", "そうだね"] * 6) == 12
    assert _until_slowed(aoi, room, ["もう死にたい"] * 12) == 12


def test_filling_the_room_is_paid_for_like_several_posts(room: Room, aoi: Participant) -> None:
    def until_slowed(text: str) -> int:
        rest()
        for said in range(30):
            (frame,) = do(aoi, room, post(text))
            if isinstance(frame, p.RefusedFrame):
                assert frame.code == "too_fast"
                return said
        return 30

    assert until_slowed("あ" * 200) * 2 < until_slowed("おはよう")
