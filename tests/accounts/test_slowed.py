"""Where somebody barred came from today, a new name takes longer; nothing else is touched."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from accounts import slowed
from accounts.models import Participant
from accounts.viewer import SESSION_PARTICIPANT
from chat.actions.moderation import restrict
from chat.states import RestrictionKind
from foundation import clock
from tests.cast import make_participant


@pytest.fixture(autouse=True)
def _nobody_yet():
    cache.clear()
    yield
    cache.clear()


def enter(name: str, *, at: str = "192.0.2.9"):
    return Client(REMOTE_ADDR=at).post("/enter/", {"handle": name, "agree": "on"})


@pytest.fixture
def knocked(room):
    """Somebody who is barred looked at a room from there."""
    barred = make_participant("でいり")
    restrict(
        participant=barred.pk, kind=RestrictionKind.BAR, room=None, reason="", until=None,
        now=clock.now(),
    )  # fmt: skip
    client = Client(REMOTE_ADDR="192.0.2.9")
    session = client.session
    session[SESSION_PARTICIPANT] = barred.pk
    session.save()
    client.cookies["seat"] = session.session_key
    assert client.get(f"/rooms/{room.slug}/").status_code == 403
    return client


def test_a_second_new_name_from_there_waits_and_keeps_what_was_typed(knocked):
    assert enter("すずめ").status_code == 303
    answer = enter("つばめ")
    assert answer.status_code == 422
    assert 0 < int(answer["Retry-After"]) <= slowed.PACE
    assert "つばめ" in answer.content.decode()
    assert Participant.objects.filter(handle="つばめ").count() == 0


def test_elsewhere_nobody_waits(knocked):
    assert enter("すずめ", at="192.0.2.10").status_code == 303
    assert enter("つばめ", at="192.0.2.10").status_code == 303


def test_help_lines_one_s_own_and_the_way_back_stay_as_they_are(knocked):
    enter("すずめ"), enter("つばめ")
    for address in ("/now/", "/me/", "/me/export/"):
        assert knocked.get(address).status_code == 200
    back = Client(REMOTE_ADDR="192.0.2.9").post("/return/", {"passphrase": "ちがう ことば"})
    assert "Retry-After" not in back


def test_it_ends_with_the_day(monkeypatch):
    kept = {}
    monkeypatch.setattr(
        slowed.cache, "set", lambda key, value, timeout: kept.update({key: timeout})
    )
    eleven = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)  # 23:00 in Japan
    slowed.note("a", now=eleven)
    assert kept == {"slowed:a": 3600}


def test_after_a_while_the_next_name_may_come(knocked):
    now = clock.now()
    cache.set("slowed:b", True, timeout=600)
    assert slowed.wait_before("b", now=now) == 0
    assert slowed.wait_before("b", now=now + timedelta(seconds=60)) == pytest.approx(120)
