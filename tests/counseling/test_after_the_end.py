"""Who writes into a talk that is over is told so, loses nothing, and isn't left alone in need."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from chat import protocol as p
from chat.actions.carry_out import carry_out
from chat.actions.sitting import Act
from chat.models import Finding, Message, Seat
from chat.states import Hand
from counseling.actions import alarms, cases, talk
from duty.models import Call
from foundation.refusals import Refused
from tests.cast import seen_by, signed_in_as, staff_viewer
from tests.chat.deeds import rest
from tests.counseling.test_alarms import NEED, awake, sora
from tests.counseling.test_pages import page, seated
from tests.counseling.voices import asks

__all__ = ["awake", "sora"]

BY = ["form", "socket"]


def later(now, minutes=1):
    return now + timedelta(minutes=minutes)


@pytest.fixture
def over(case, aoi, kaede, now):
    """aoi wrote, kaede answered, and closed the case; the words after that are yet to come."""
    rest()
    talk.say(seen_by(aoi), code=case.code, text="こんばんは", nonce=uuid4(), now=now)
    talk.answer(staff_viewer(kaede), code=case.code, text="よみました", nonce=uuid4(), now=now)
    cases.close(staff_viewer(kaede), code=case.code, now=now)
    case.refresh_from_db()
    return case


def writes(by, case, aoi, text, *, now, nonce=None) -> str:
    """The code of the refusal."""
    nonce = nonce or uuid4()
    if by == "form":
        with pytest.raises(Refused) as no:
            talk.say(seen_by(aoi), code=case.code, text=text, nonce=nonce, now=now)
        return no.value.code
    seat = Seat.objects.get(room=case.room, participant=aoi)
    (answer,) = carry_out(
        [Act(case.room_id, seat.pk, p.Post(nonce=str(nonce), text=text))], now=now
    )
    (told,) = answer.frames
    return told.code


def calls() -> list[str]:
    return list(Call.objects.order_by("pk").values_list("staff__username", flat=True))


@pytest.mark.parametrize("by", BY)
def test_words_of_need_bring_the_card_and_call_whoever_had_the_case(over, awake, aoi, now, by):
    said = Message.objects.count()
    assert writes(by, over, aoi, NEED, now=later(now)) in ("case_closed", "closed")
    assert Message.objects.count() == said
    assert aoi.letters.filter(kind="care").count() == 1
    assert Finding.objects.get().words == "", "what two confided is kept nowhere else"
    alarms.climb(now=later(now))
    assert calls() == ["kaede"]


@pytest.mark.parametrize("by", BY)
def test_words_without_need_call_nobody(over, awake, aoi, now, by):
    assert writes(by, over, aoi, "またね", now=later(now)) in ("case_closed", "closed")
    alarms.climb(now=later(now))
    assert calls() == []


def test_the_counselor_finds_it_at_the_desk_until_it_is_seen(over, awake, aoi, kaede, now):
    desk, address = signed_in_as(kaede), f"/counseling/desk/{over.code}/"
    assert over.code not in page(desk, "/counseling/desk/")
    writes("socket", over, aoi, NEED, now=later(now))
    assert over.code in page(desk, "/counseling/desk/")
    assert "うけとりました" in page(desk, address)
    alarms.seen(staff_viewer(kaede), code=over.code, now=later(now, 2))
    assert over.code not in page(desk, "/counseling/desk/")
    alarms.climb(now=later(now, 2))
    assert calls() == []


def test_what_was_typed_stands_on_the_page_that_says_no(over, aoi, now):
    client: Client = seated(aoi)
    address = f"/counseling/mine/{over.code}/"
    answer = client.post(f"{address}say/", {"text": "まだ話したいです", "nonce": str(uuid4())})
    assert answer.status_code == 422
    assert "まだ話したいです" in answer.content.decode()
    assert "まだ話したいです" not in page(client, address)


def test_a_repeat_of_what_was_said_before_the_end_is_what_it_was(over, aoi, kaede, now):
    cases.reopen(staff_viewer(kaede), code=over.code, now=later(now))
    nonce = uuid4()
    talk.say(seen_by(aoi), code=over.code, text="ひとこと", nonce=nonce, now=later(now))
    cases.close(staff_viewer(kaede), code=over.code, now=later(now, 2))
    talk.say(seen_by(aoi), code=over.code, text="ひとこと", nonce=nonce, now=later(now, 3))
    over.refresh_from_db()
    assert over.waiting_since is None
    assert Message.objects.filter(text="ひとこと").count() == 1


@pytest.mark.parametrize("again", ["reopen", "ask"])
def test_a_case_that_goes_on_is_written_in_again(over, aoi, kaede, program, now, again):
    assert over.room.hand == Hand.CLOSED
    if again == "reopen":
        cases.reopen(staff_viewer(kaede), code=over.code, now=later(now))
    else:
        assert asks(aoi, program, now=later(now)).pk == over.pk
    talk.say(seen_by(aoi), code=over.code, text="またきました", nonce=uuid4(), now=later(now, 2))
    assert Message.objects.filter(text="またきました").exists()
