"""A case ends, and nothing that was planned in it is still to come, for anybody."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from audit.models import AuditEntry
from counseling import belongings, onward
from counseling.actions import asking, cases, meetings, overdue, visits
from counseling.models import Case, Meeting, Visit
from counseling.states import CaseState, Channel, MeetingState, VisitState
from foundation.refusals import Refused
from tests.cast import seen_by, signed_in_as, staff_viewer
from tests.counseling.test_pages import page, seated
from tests.counseling.test_visits import agree, plan


def offer(case, kaede, *, now, days=2):
    return meetings.offer(
        staff_viewer(kaede), code=case.code, channel=Channel.WEB, minutes=50, about="",
        choices=[now + timedelta(days=days)], now=now,
    )  # fmt: skip


def close(case, kaede, *, now):
    cases.close(staff_viewer(kaede), code=case.code, now=now)


@pytest.fixture
def visit(case, kaede, ren, mori, now):
    return plan(case, kaede, [ren], alone="本人の希望", now=now)


@pytest.fixture
def meeting(case, kaede, now):
    return offer(case, kaede, now=now)


def test_what_was_only_put_to_the_person_ends_with_the_case(
    case, visit, meeting, aoi, kaede, ren, now
):
    none = offer(case, kaede, now=now)
    meetings.choose(seen_by(aoi), code=case.code, meeting=none.pk, time="none", now=now)
    later = now + timedelta(hours=1)
    close(case, kaede, now=later)
    assert list(Visit.objects.values_list("state", "ended_at")) == [("cancelled", later)]
    assert set(Meeting.objects.values_list("state", "changed_at")) == {("cancelled", later)}
    # And nobody can say yes to it any more.
    with pytest.raises(Refused, match="moved_on"):
        agree(aoi, visit, [ren], now=later)
    with pytest.raises(Refused, match="moved_on"):
        meetings.choose(
            seen_by(aoi), code=case.code, meeting=meeting.pk, time=meeting.choices[0], now=later
        )


def test_each_has_its_line_in_the_log_and_the_person_reads_that_nobody_comes(
    case, visit, meeting, aoi, kaede, now
):
    close(case, kaede, now=now)
    lines = AuditEntry.objects.filter(object_type="case", object_id=str(case.pk))
    told = {(one.verb, one.actor, one.reason) for one in lines if "take_off" in one.verb}
    assert told == {
        ("counseling.take_off_visit", kaede.pk, f"visit:{visit.pk}"),
        ("counseling.take_off_meeting", kaede.pk, f"meeting:{meeting.pk}"),
    }
    assert "だれも行きません" in aoi.letters.latest("pk").text


def test_without_plans_the_letter_says_nothing_of_them(case, aoi, kaede, now):
    close(case, kaede, now=now)
    assert "だれも行きません" not in aoi.letters.latest("pk").text
    assert not AuditEntry.objects.filter(verb__contains="take_off").exists()


def test_what_took_place_or_was_to_be_by_now_is_not_called_off(case, aoi, kaede, ren, now):
    gone = offer(case, kaede, now=now, days=1)
    meetings.choose(seen_by(aoi), code=case.code, meeting=gone.pk, time=gone.choices[0], now=now)
    held = plan(case, kaede, [ren], alone="本人の希望", now=now)
    agree(aoi, held, [ren], now=now)
    visits.check_in(staff_viewer(ren), visit=held.pk, now=held.starts_at)
    visits.check_out(staff_viewer(ren), visit=held.pk, met=True, everyone=True, now=held.ends_at)
    close(case, kaede, now=now + timedelta(days=5))
    assert Meeting.objects.get().state == MeetingState.CHOSEN
    assert Visit.objects.get().state == VisitState.ENDED


def test_whoever_takes_it_back_while_nobody_has_it_is_visited_by_nobody(case, visit, aoi, ren, now):
    agree(aoi, visit, [ren], now=now)
    assert onward.visits_of(staff_viewer(ren), now=now)
    Case.objects.filter(pk=case.pk).update(state="waiting", counselor=None, assigned_at=None)
    case.askings.update(state="asked")
    asking.withdraw(seen_by(aoi), code=case.code, now=now)
    case.refresh_from_db()
    visit.refresh_from_db()
    assert (case.state, visit.state) == (CaseState.CLOSED, VisitState.CANCELLED)
    assert onward.visits_of(staff_viewer(ren), now=now) == []
    assert overdue.alarm(now=visit.starts_at + timedelta(hours=1)) == 0


def test_erasing_oneself_calls_everything_off(case, visit, meeting, aoi, ren, now):
    agree(aoi, visit, [ren], now=now)
    belongings.erase(aoi.pk, now=now)
    assert Visit.objects.get().state == VisitState.CANCELLED
    assert Meeting.objects.get().state == MeetingState.CANCELLED


def test_no_page_shows_anything_to_come_of_a_closed_case(
    case, visit, meeting, aoi, kaede, ren, now
):
    desk, own = f"/counseling/desk/{case.code}/onward/", f"/counseling/mine/{case.code}/onward/"
    her, counselor = seated(aoi), signed_in_as(kaede)
    for client, address in ((her, own), (counselor, desk)):
        assert "こうほです" in page(client, address)
    close(case, kaede, now=now)
    for client, address in ((her, own), (counselor, desk)):
        shown = page(client, address)
        assert "こうほです" not in shown
        assert "取りやめ" in shown
    assert "名前があがっている訪問は、ありません" in page(signed_in_as(ren), "/counseling/visits/")


# --- cases that were closed before this was so ----------------------------------------------------


def left_over(case, visit, aoi, ren, *, now):
    """A visit agreed to, in a case that is closed all the same."""
    agree(aoi, visit, [ren], now=now)
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=now, counselor=None)


def test_a_visit_left_over_in_a_closed_case_is_on_no_list(case, visit, aoi, ren, now):
    left_over(case, visit, aoi, ren, now=now)
    assert onward.visits_of(staff_viewer(ren), now=now) == []


@pytest.mark.django_db(transaction=True)
def test_what_was_left_over_before_is_called_off_once(case, visit, meeting, aoi, ren, kaede, now):
    another = plan(case, kaede, [ren], alone="本人の希望", now=now)
    left_over(case, visit, aoi, ren, now=now)
    executor = MigrationExecutor(connection)
    leaves = [one for one in executor.loader.graph.leaf_nodes() if one[0] == "counseling"]
    try:
        executor.migrate([("counseling", "0009_emergencies_released")])
    finally:
        MigrationExecutor(connection).migrate(leaves)
    for one in (visit, meeting, another):
        one.refresh_from_db()
        assert one.state == "cancelled"
