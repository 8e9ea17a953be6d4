"""What stands in a talk by a button alone answers nobody: whoever waits goes on waiting."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.models import Letter
from accounts.states import Role
from audit.models import AuditEntry
from counseling import queries, sessions
from counseling.actions import alarms, talk
from counseling.models import Case
from duty.actions import own
from duty.models import Call
from duty.rota import hour_of_week
from duty.states import Channel
from foundation.clock import jst_day
from foundation.refusals import Refused
from tests.cast import grant, make_staff, seen_by, signed_in_as, staff_viewer
from tests.counseling.voices import asks, taken

NEED = "もう死にたいです"


@pytest.fixture
def sora(db):
    made = make_staff("sora", display_name="そら")
    grant(made, Role.COUNSELOR)
    return made


@pytest.fixture
def awake(kaede, now):
    hours = {hour_of_week(now), hour_of_week(now + timedelta(hours=1))}
    own.choose_alerts(staff_viewer(kaede), channels=[Channel.EMAIL], hours=hours, now=now)


def press(what, case, kaede, sora, *, now):
    """What a counselor says by a button; a colleague leaves who was asked in before."""
    viewer = staff_viewer(kaede)
    if what == "time":
        talk.ask_for_time(viewer, code=case.code, nonce=uuid4(), now=now)
        return
    talk.ask_in(viewer, code=case.code, colleague=sora.pk, now=now)
    if what == "out":
        talk.let_go(viewer, code=case.code, colleague=sora.pk, now=now)


@pytest.mark.parametrize("what", ["time", "in", "out"])
def test_who_wrote_in_need_waits_on_and_calls(case, awake, aoi, kaede, sora, program, now, what):
    talk.say(seen_by(aoi), code=case.code, text=NEED, nonce=uuid4(), now=now)
    since = Case.objects.get(pk=case.pk).waiting_since
    later = now + timedelta(seconds=30)
    press(what, case, kaede, sora, now=later)
    case.refresh_from_db()
    assert case.waiting_since == since is not None
    assert queries.is_in_need(case)
    (row,) = queries.own_desk(staff_viewer(kaede), program=program.pk)
    assert (row.in_need, row.since) == (True, since)
    alarms.climb(now=later)
    assert Call.objects.filter(staff=kaede).exists()
    talk.answer(staff_viewer(kaede), code=case.code, text="ここにいます", nonce=uuid4(),
                now=later + timedelta(seconds=1))  # fmt: skip
    case.refresh_from_db()
    assert case.waiting_since is None and not queries.is_in_need(case)


@pytest.mark.parametrize("what", ["time", "in", "out"])
def test_who_asked_in_need_waits_on_too(aoi, awake, kaede, sora, program, now, what):
    case = asks(aoi, program, now=now, words=NEED)
    # As when what they ask comes to a case that somebody has.
    taken(case, kaede, now=now)
    Case.objects.filter(pk=case.pk).update(need_at=now, waiting_since=now)
    press(what, case, kaede, sora, now=now + timedelta(seconds=30))
    case.refresh_from_db()
    assert queries.asked_in_need([case]) == {case.pk} and case.waiting_since == now
    alarms.climb(now=now + timedelta(seconds=31))
    assert Call.objects.filter(staff=kaede).exists()


def test_the_room_says_it_and_the_page_shows_it(case, aoi, kaede, sora, now):
    talk.say(seen_by(aoi), code=case.code, text="こんばんは", nonce=uuid4(), now=now)
    Letter.objects.all().delete()
    nonce, desk = uuid4(), signed_in_as(kaede)
    for _again in range(2):  # the same form twice
        sent = desk.post(
            f"/counseling/desk/{case.code}/answer/", {"nonce": str(nonce), "wait": "on"}
        )
        assert sent.status_code == 303
    case.refresh_from_db()
    assert list(case.room.messages.order_by("seq").values_list("seat__role", flat=True)) == [
        "participant", "room",
    ]  # fmt: skip
    assert "相談員が読みました。" in desk.get(f"/counseling/desk/{case.code}/").content.decode()
    letter = Letter.objects.get(participant=aoi)
    assert letter.title == "相談員が読みました" and "返事を書きました" not in letter.text
    verbs = AuditEntry.objects.filter(verb__in=["counseling.ask_for_time", "counseling.answer"])
    assert [one.verb for one in verbs] == ["counseling.ask_for_time"]


def test_it_is_no_part_of_a_session(case, aoi, kaede, sora, now):
    talk.say(seen_by(aoi), code=case.code, text="こんばんは", nonce=uuid4(), now=now)
    press("in", case, kaede, sora, now=now + timedelta(minutes=40))
    case.refresh_from_db()
    assert sessions.proposed(case, on=jst_day(now)).minutes == 1


def test_nobody_else_presses_it(case, sora, now):
    with pytest.raises(Refused, match="not_found"):
        talk.ask_for_time(staff_viewer(sora), code=case.code, nonce=uuid4(), now=now)
    with pytest.raises(Refused, match="not_found"):
        talk.let_go(staff_viewer(sora), code=case.code, colleague=sora.pk, now=now)
