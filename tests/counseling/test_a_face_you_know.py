"""The supporter who comes along is told when and where, and nothing of who or why."""

from datetime import timedelta

import pytest

from counseling.actions import cases, meetings, referrals
from counseling.models import NextStep
from counseling.states import Channel, Goal, Heading, MeetingState
from foundation.clock import jst, jst_day
from foundation.refusals import Refused
from tests.cast import grant, make_staff, seen_by, signed_in_as, staff_viewer
from tests.counseling.across import SAID, accept, agree, link, send, station
from tests.counseling.test_pages import page, seated

__all__ = ["station"]


@pytest.fixture
def together(case, kaede, ren, station, now):
    """Proposed by kaede, with ren as a face aoi knows."""
    return referrals.propose(
        staff_viewer(kaede), code=case.code, goal=Goal.AGENCY, typed={Heading.SELF: SAID},
        agency=station.pk, companion=ren.pk, now=now,
    )  # fmt: skip


def meet(aoi, kaede, referral, *, now, channel=Channel.IN_PERSON):
    """A time for it, chosen by aoi."""
    made = meetings.offer(
        staff_viewer(kaede), code=referral.case.code, channel=channel, minutes=50,
        choices=[now + timedelta(days=2)], about="二階です。しずかに話したい人です",
        referral=referral.pk, now=now,
    )  # fmt: skip
    meetings.choose(
        seen_by(aoi), code=referral.case.code, meeting=made.pk, time=made.choices[0], now=now
    )
    return made


def told(ren):
    return page(signed_in_as(ren), "/counseling/visits/")


def test_when_and_where_and_no_more(together, aoi, kaede, ren, station, case, now):
    agree(aoi, together, now=now, along=True)
    send(kaede, together, now=now)
    assert "いっしょに行く" not in told(ren), "there is no time yet"
    made = meet(aoi, kaede, together, now=now)
    shown = told(ren)
    at = jst(now + timedelta(days=2))
    for words in (f"{at.month}/{at.day} {at.hour}:{at.minute:02d}", station.name, "神戸市"):
        assert words in shown
    for words in (case.code, aoi.handle, "夜のほう", "しずかに話したい"):
        assert words not in shown
    assert f"/{made.pk}/" not in shown
    # Another supporter is told of nothing.
    other = make_staff("hoka")
    grant(other, "supporter")
    assert station.name not in told(other)


@pytest.mark.parametrize("along", [True, False])
def test_only_whom_the_person_asked_along(together, aoi, kaede, ren, station, along, now):
    agree(aoi, together, now=now, along=along)
    meet(aoi, kaede, together, now=now)
    assert (station.name in told(ren)) is along


def test_not_by_telephone(together, aoi, kaede, ren, station, now):
    agree(aoi, together, now=now, along=True)
    meet(aoi, kaede, together, now=now, channel=Channel.TELEPHONE)
    assert station.name not in told(ren)


@pytest.mark.parametrize("over", ["taken back", "thought again", "called off", "they have met"])
def test_what_is_over_is_told_no_longer(together, aoi, kaede, ren, station, over, now):
    agree(aoi, together, now=now, along=True)
    made, code = meet(aoi, kaede, together, now=now), together.case.code
    assert station.name in told(ren)
    mine = {"code": code, "now": now}
    if over == "taken back":
        referrals.withdraw(seen_by(aoi), referral=together.pk, **mine)
    elif over == "thought again":
        referrals.think_again(seen_by(aoi), referral=together.pk, **mine)
    elif over == "called off":
        meetings.call_off(seen_by(aoi), meeting=made.pk, **mine)
    else:
        meetings.settle(
            staff_viewer(kaede), code=code, meeting=made.pk, outcome=MeetingState.HELD,
            now=now + timedelta(days=3),
        )  # fmt: skip
        meet(aoi, kaede, together, now=now)
    assert station.name not in told(ren)


def test_the_counselor_says_for_which_place_a_time_is(together, kaede, station, case, now):
    desk = signed_in_as(kaede)
    shown = page(desk, f"/counseling/desk/{case.code}/onward/")
    assert f'<option value="{together.pk}">{station.name}</option>' in shown
    at = (jst(now) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    sent = {"channel": "in_person", "choice": at, "minutes": "50", "referral": together.pk}
    answer = desk.post(f"/counseling/desk/{case.code}/meetings/", sent)
    assert answer.status_code == 303
    assert together.meetings.count() == 1
    assert page(seated(case.participant), f"/counseling/mine/{case.code}/onward/{together.pk}/")


def test_it_is_agreed_to_by_name(together, aoi, ren, case):
    mine = page(seated(aoi), f"/counseling/mine/{case.code}/onward/{together.pk}/")
    assert f"サポーターの{ren.display_name}さんに、いっしょに来てほしい" in mine
    assert f"いっしょに行く人: {ren.display_name}」と入り" in mine
    assert "部屋で話したことのある人" not in mine


@pytest.mark.parametrize(("hours", "title"), [(2, "きょうの予定"), (22, "あしたの予定")])
def test_the_letter_says_today_when_it_is_today(case, aoi, kaede, hours, title, now):
    noon = jst(now).replace(hour=10, minute=0)
    made = meetings.offer(
        staff_viewer(kaede), code=case.code, channel=Channel.WEB, minutes=50, about="",
        choices=[noon + timedelta(hours=hours)], now=noon,
    )  # fmt: skip
    meetings.choose(seen_by(aoi), code=case.code, meeting=made.pk, time=made.choices[0], now=noon)
    assert meetings.remind(now=noon) == 1
    assert aoi.letters.filter(title=title).exists()


def test_a_case_isn_t_closed_over_an_appointment_and_asking_after_outlives_it(
    together, case, aoi, kaede, now
):
    viewer = staff_viewer(kaede)
    agree(aoi, together, now=now)
    send(kaede, together, now=now)
    accept(kaede, together, now=now)
    made = meet(aoi, kaede, together, now=now)
    with pytest.raises(Refused, match="still_to_come"):
        cases.close(viewer, code=case.code, now=now)
    meetings.call_off(seen_by(aoi), code=case.code, meeting=made.pk, now=now)
    link(kaede, together, now=now)
    cases.plan_step(viewer, code=case.code, text="電話", due_on=jst_day(now), now=now)
    cases.close(viewer, code=case.code, now=now)
    left = NextStep.objects.filter(case=case, done_at__isnull=True)
    assert sorted(one.due_on - jst_day(now) for one in left) == [
        timedelta(days=14), timedelta(days=91),
    ]  # fmt: skip
