"""What is past its time goes by itself; what isn't, and what is evidence, stays."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import call_command

from accounts.models import Participant
from chat import protocol as p
from chat import rounds
from chat.actions.daily import purge_all
from chat.models import Message, Murmur, RoomEvent, Seat
from chat.models import Room as RoomRow
from foundation import clock
from tests.chat.deeds import do, said, welcome

pytestmark = pytest.mark.django_db(transaction=True)
NOW = clock.now()
NONCE = "00000000-0000-4000-8000-000000000001"


def test_words_go_after_thirty_days_and_not_before(room: RoomRow, aoi: Participant) -> None:
    said(aoi, room, "ことば")
    do(aoi, room, p.Murmur(nonce=NONCE, text="ひとりごと"))
    purge_all(now=NOW + timedelta(days=29))
    assert Message.objects.count() == Murmur.objects.count() == 1
    gone = purge_all(now=NOW + timedelta(days=31))
    assert Message.objects.count() == Murmur.objects.count() == RoomEvent.objects.count() == 0
    assert gone["events"] == 1 and gone["murmurs"] == 1


def test_words_under_a_report_stay_for_the_supporters_and_show_to_nobody(
    room: RoomRow, aoi: Participant, haha: Participant
) -> None:
    of = said(aoi, room, "しらせたいことば")
    do(haha, room, p.Report(of=of, reason="abuse"))
    Participant.objects.update(passphrase_key=None, seen_at=NOW + timedelta(days=20))
    purge_all(now=NOW + timedelta(days=31))
    assert Message.objects.get().text == "しらせたいことば"
    assert "しらせたいことば" not in str(welcome(room))


@pytest.mark.parametrize(("has_passphrase", "days", "stays"), [
    (False, 29, True), (False, 31, False), (True, 31, True), (True, 364, True), (True, 366, False),
])  # fmt: skip
def test_people_who_do_not_come_back_are_erased(
    room: RoomRow, aoi: Participant, has_passphrase: bool, days: int, stays: bool
) -> None:
    said(aoi, room, "ことば")
    Participant.objects.update(passphrase_key="k" if has_passphrase else None, seen_at=NOW)
    purge_all(now=NOW + timedelta(days=days))
    assert Participant.objects.filter(pk=aoi.pk).exists() is stays
    assert Seat.objects.filter(participant=aoi.pk).exists() is stays


def test_sessions_that_expired_go(room: RoomRow) -> None:
    Session.objects.create(session_key="x", session_data="", expire_date=NOW)
    purge_all(now=NOW + timedelta(seconds=1))
    assert Session.objects.count() == 0


def test_running_it_again_takes_nothing_more(room: RoomRow, aoi: Participant) -> None:
    said(aoi, room, "ことば")
    later = NOW + timedelta(days=40)
    assert sum(purge_all(now=later).values()) > 0
    assert sum(purge_all(now=later).values()) == 0


@pytest.mark.parametrize("ahead", [timedelta(days=400), timedelta(0)], ids=["wrong", "right"])
def test_a_clock_that_is_ahead_throws_nothing_away(
    room: RoomRow, aoi: Participant, ahead: timedelta
) -> None:
    said(aoi, room, "きょう")
    said(aoi, room, "まえ")
    Message.objects.filter(text="まえ").update(at=clock.now() - timedelta(days=31), seq=None)
    with time_machine.travel(clock.now() + ahead):
        call_command("purge", stdout=io.StringIO())
        rounds._purge()
    assert [one.text for one in Message.objects.all()] == ["きょう"]
