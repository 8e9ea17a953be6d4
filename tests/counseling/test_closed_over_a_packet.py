"""A case isn't closed over words that are still on their way, and nothing is sent once it is."""

import pytest

from counseling.actions import cases, sending
from counseling.models import Case
from counseling.states import CaseState, ReferralState, Sent
from foundation.refusals import Refused
from tests.cast import signed_in_as, staff_viewer
from tests.counseling.across import accept, agree, referral, send, state, station, way
from tests.counseling.test_pages import page, seated

__all__ = ["referral", "station", "way"]


def close(kaede, case, *, now):
    cases.close(staff_viewer(kaede), code=case.code, now=now)


def closed_all_the_same(case, *, now, **columns):
    """As data from before may stand."""
    Case.objects.filter(pk=case.pk).update(
        state=CaseState.CLOSED, closed_at=now, waiting_since=None, **columns
    )


def accepted_by_link(way, *, now):
    link = sending.open_link(token=way.token, code=way.code, now=now)
    sending.accept_by_link(token=way.token, link=link, who="係", now=now)


def test_what_was_agreed_to_is_sent_or_ended_before(case, referral, aoi, kaede, now):
    agree(aoi, referral, now=now)
    with pytest.raises(Refused, match="still_to_send"):
        close(kaede, case, now=now)
    sending.record_failure(
        staff_viewer(kaede), code=case.code, referral=referral.pk, line="", now=now
    )
    close(kaede, case, now=now)


def test_what_was_sent_is_answered_or_ended_before(way, case, referral, kaede, now):
    with pytest.raises(Refused, match="still_unanswered"):
        close(kaede, case, now=now)
    case.refresh_from_db()
    assert case.state == CaseState.OPEN
    accept(kaede, referral, now=now)
    close(kaede, case, now=now)


def test_what_was_only_suggested_waits(case, referral, kaede, now):
    close(kaede, case, now=now)
    assert state(referral) == ReferralState.PROPOSED


def test_the_page_says_what_is_under_way(way, case, kaede):
    desk = signed_in_as(kaede)
    answer = desk.post(f"/counseling/desk/{case.code}/close/")
    assert answer.status_code == 422
    assert "送って、まだ返事のないつながり先があります。" in answer.content.decode()


def test_the_person_reads_no_promise_that_isn_t_kept(case, referral, aoi, now):
    agree(aoi, referral, now=now)
    address, promise = f"/counseling/mine/{case.code}/onward/{referral.pk}/", "このままおくります"
    assert promise in page(seated(aoi), address)
    closed_all_the_same(case, now=now)
    shown = page(seated(aoi), address)
    assert promise not in shown and "いまは、なにもおくりません" in shown


@pytest.mark.parametrize("by", [Sent.LINK, Sent.FAX])
def test_nothing_is_sent_on_a_closed_case(case, referral, aoi, kaede, now, by):
    agree(aoi, referral, now=now)
    closed_all_the_same(case, now=now)
    with pytest.raises(Refused, match="case_closed"):
        send(kaede, referral, now=now, by=by)
    assert state(referral) == ReferralState.AGREED
    there = page(signed_in_as(kaede), f"/counseling/desk/{case.code}/onward/{referral.pk}/")
    assert "/send/" not in there


def test_neither_another_link_nor_paper_on_a_closed_case(way, case, referral, kaede, now):
    closed_all_the_same(case, now=now)
    for deed in (sending.new_link, sending.paper):
        with pytest.raises(Refused, match="case_closed"):
            deed(staff_viewer(kaede), code=case.code, referral=referral.pk, now=now)


def test_a_yes_brings_a_closed_case_back_to_its_counselor(way, case, kaede, now):
    closed_all_the_same(case, now=now)
    desk = signed_in_as(kaede)
    assert case.code not in page(desk, "/counseling/desk/")
    accepted_by_link(way, now=now)
    case.refresh_from_db()
    assert (case.state, case.counselor, case.closed_at, case.waiting_since) == (
        CaseState.OPEN, kaede, None, now,
    )  # fmt: skip
    assert case.code in page(desk, "/counseling/desk/")


def test_nobody_s_waits_for_the_team(way, case, kaede, now):
    closed_all_the_same(case, now=now, counselor=None)
    accepted_by_link(way, now=now)
    case.refresh_from_db()
    assert (case.state, case.waiting_since) == (CaseState.WAITING, now)
    assert case.code in page(signed_in_as(kaede), "/counseling/desk/")


def test_a_yes_by_telephone_does_so_too(way, case, referral, kaede, now):
    closed_all_the_same(case, now=now)
    accept(kaede, referral, now=now)
    case.refresh_from_db()
    assert case.state == CaseState.OPEN
