"""How long a talk by chat lasted is proposed from server time; the counselor may correct it."""

import re
from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest

from accounts.states import Role
from counseling import sessions
from counseling.actions import talk
from counseling.models import Occasion
from foundation.clock import JST, jst_day
from tests.cast import grant, make_staff, seen_by, signed_in_as, staff_viewer
from tests.counseling.test_pages import page

FORM = "/counseling/desk/occasions/"


@pytest.fixture
def noon(now):
    return datetime.combine(jst_day(now), time(12), tzinfo=JST)


@pytest.fixture
def talked(case, aoi, kaede, noon):
    """At noon for 46 minutes, and in the evening for 10 seconds."""
    _write(case, noon, aoi=aoi)
    _write(case, noon + timedelta(minutes=20), kaede=kaede)
    _write(case, noon + timedelta(minutes=45, seconds=10), aoi=aoi)
    _write(case, noon + timedelta(hours=6), aoi=aoi)
    _write(case, noon + timedelta(hours=6, seconds=10), kaede=kaede)
    return case


def _write(case, at, *, aoi=None, kaede=None):
    if aoi is not None:
        talk.say(seen_by(aoi), code=case.code, text="こんばんは", nonce=uuid4(), now=at)
    else:
        viewer = staff_viewer(kaede)
        talk.answer(viewer, code=case.code, text="よみました", nonce=uuid4(), now=at)


def test_a_long_silence_is_no_part_of_it(talked, noon):
    found = sessions.proposed(talked, on=noon.date())
    assert [one.ends - one.begins for one in found.sessions] == [
        timedelta(minutes=45, seconds=10), timedelta(seconds=10),
    ]  # fmt: skip
    assert found.minutes == 46


def test_one_message_is_a_minute_and_no_message_is_no_proposal(case, aoi, noon):
    assert sessions.proposed(case, on=noon.date()) is None
    _write(case, noon, aoi=aoi)
    case.refresh_from_db()
    assert sessions.proposed(case, on=noon.date()).minutes == 1
    assert sessions.proposed(case, on=noon.date() - timedelta(days=1)) is None


def test_a_session_past_midnight_belongs_to_the_day_on_which_it_began(case, aoi, noon):
    late = noon + timedelta(hours=11, minutes=50)
    _write(case, late, aoi=aoi)
    _write(case, late + timedelta(minutes=30), aoi=aoi)
    case.refresh_from_db()
    assert sessions.proposed(case, on=noon.date()).minutes == 30
    assert sessions.proposed(case, on=noon.date() + timedelta(days=1)) is None


def _minutes(told: str) -> str:
    return re.search(r'id="minutes"[^>]*value="([^"]*)"', told)[1]


def test_the_form_proposes_it_and_the_counselor_corrects_it(talked, kaede, program):
    desk = signed_in_as(kaede)
    asked = f"{FORM}?code={talked.code}&channel=web"
    assert asked.split("?")[1].split("&")[0] in page(desk, f"/counseling/desk/{talked.code}/")
    told = page(desk, asked)
    assert _minutes(told) == "46"
    assert "12:00–12:45" in told
    sent = {"nonce": str(uuid4()), "code": talked.code, "relation": "self", "channel": "web"}
    # Left empty: the form comes back with the proposal, and nothing is written yet.
    answer = desk.post(FORM, {**sent, "minutes": ""})
    assert answer.status_code == 422
    assert _minutes(answer.content.decode()) == "46"
    assert not Occasion.objects.exists()
    assert desk.post(FORM, {**sent, "minutes": "50"}).status_code == 303
    assert Occasion.objects.get().minutes == 50


def test_nothing_is_proposed_by_telephone_or_of_a_colleague_s_case(talked, kaede, program):
    sora = make_staff("sora", display_name="そら")
    grant(sora, Role.COUNSELOR)
    assert _minutes(page(signed_in_as(kaede), f"{FORM}?code={talked.code}&channel=telephone")) == ""
    assert _minutes(page(signed_in_as(sora), f"{FORM}?code={talked.code}&channel=web")) == ""
    assert _minutes(page(signed_in_as(kaede), f"{FORM}?code=0000000&channel=web")) == ""
