"""Need in the words of somebody who is barred is heard; the words themselves go nowhere."""

import pytest
from django.test import Client

from accounts.models import Letter
from accounts.viewer import SESSION_PARTICIPANT
from chat import protocol as p
from chat.actions.carry_out import carry_out
from chat.actions.moderation import restrict
from chat.actions.sitting import Act
from chat.models import Finding, Item, Message, Murmur, Report
from chat.states import ItemKind, RestrictionKind
from foundation import clock
from tests.chat.deeds import do, post, rest, said, seat_of

NEED = "もう死にたいです"
NONCE = "0f4b1b62-7d0e-4b93-9d1a-5a2f6c8d7e10"


@pytest.fixture
def barred(aoi, room):
    """aoi may be in no room."""
    restrict(
        participant=aoi.pk, kind=RestrictionKind.BAR, room=None, reason="", until=None,
        now=clock.now(),
    )  # fmt: skip
    rest()
    return aoi


def by_form(person, path: str, **fields: str) -> int:
    client = Client()
    session = client.session
    session[SESSION_PARTICIPANT] = person.pk
    session.save()
    client.cookies["seat"] = session.session_key
    return client.post(path, fields).status_code


@pytest.mark.parametrize("where", ["", "murmur/"])
def test_need_sent_by_a_form_brings_the_card_and_the_timer(barred, room, where):
    path = f"/rooms/{room.slug}/{where}"
    for _ in range(2):
        assert by_form(barred, path, text=NEED) == 403
    assert Letter.objects.filter(participant=barred, kind="care").count() == 1
    assert Item.objects.get(kind=ItemKind.CRISIS.value).room == room
    assert Finding.objects.get().words == NEED
    assert not Message.objects.exists() and not Murmur.objects.exists()


def test_so_does_need_from_a_socket_that_was_still_open(aoi, room):
    seat = seat_of(aoi, room)
    restrict(
        participant=aoi.pk, kind=RestrictionKind.BAR, room=room.pk, reason="", until=None,
        now=clock.now(),
    )  # fmt: skip
    (answer,) = carry_out([Act(room.pk, seat.pk, post(NEED))], now=clock.now())
    assert (answer.close, answer.frames) == (p.Close.NOT_ALLOWED, [])
    assert Letter.objects.filter(participant=aoi, kind="care").count() == 1


def test_what_a_barred_person_tells_of_is_no_try_of_theirs(haha, barred, room):
    seq = said(haha, room, "こんばんは")
    for note in ("電話は090-1234-5678", f"{NEED}。090-1234-5678"):
        frame = p.Report(of=seq, reason="other", note=note, nonce=NONCE)
        (answer,) = carry_out([Act(room.pk, seat_of(barred, room).pk, frame)], now=clock.now())
        assert answer.close == p.Close.NOT_ALLOWED
    assert Finding.objects.get().classes == ["crisis"]
    assert not Report.objects.exists()


def test_plain_words_leave_nothing(barred, room):
    assert by_form(barred, f"/rooms/{room.slug}/", text="こんばんは") == 403
    assert not Letter.objects.exists() and not Finding.objects.exists()
    assert not do(barred, room, post("こんばんは"))
    assert not Message.objects.exists()
