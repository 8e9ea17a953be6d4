"""A card in a talk of two says whom a call reaches at that minute, and promises nobody else."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.states import Role
from counseling.actions import talk
from duty.actions import own
from duty.rota import hour_of_week
from duty.states import Channel
from tests.cast import grant, make_staff, seen_by, staff_viewer

NEED = "もう死にたいです"


@pytest.fixture
def sora(db):
    made = make_staff("sora")
    grant(made, Role.COUNSELOR)
    return made


@pytest.fixture(autouse=True)
def _mails(settings):
    settings.CAN_MAIL = True


def has_mail(*people) -> None:
    for one in people:
        type(one).objects.filter(pk=one.pk).update(email=f"{one.username}@example.com")


def awake(*people, now) -> None:
    for one in people:
        own.choose_alerts(
            staff_viewer(one), channels=[Channel.EMAIL], hours={hour_of_week(now)}, now=now
        )


def card(case, aoi, now) -> str:
    talk.say(seen_by(aoi), code=case.code, text=NEED, nonce=uuid4(), now=now)
    return aoi.letters.get(kind="care").text


def test_who_said_yes_for_the_hour_and_has_a_way_is_being_called(case, aoi, kaede, now):
    has_mail(kaede)
    awake(kaede, now=now)
    assert "相談員をよんでいます" in card(case, aoi, now)


@pytest.mark.parametrize("missing", ["way", "hour"])
def test_where_only_others_can_be_reached_it_is_said_so(case, aoi, kaede, sora, now, missing):
    has_mail(sora, *([] if missing == "way" else [kaede]))
    awake(sora, now=now)
    awake(kaede, now=now + timedelta(hours=5 if missing == "hour" else 0))
    said = card(case, aoi, now)
    assert "担当の相談員には、いま届きません" in said
    assert "ほかの相談員をよびます" in said


def test_where_no_counselor_can_be_reached_it_is_the_coordinators(case, aoi, mori, now):
    has_mail(mori)
    said = card(case, aoi, now)
    assert "コーディネーターをよびます" in said
    assert "相談員をよんでいます" not in said


def test_where_nobody_can_be_reached_nobody_is_promised(case, aoi, kaede, mori, now):
    said = card(case, aoi, now)
    assert "いま読める人は、いません" in said
    assert "よびます" not in said and "よんでいます" not in said
