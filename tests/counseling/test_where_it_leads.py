"""What somewhere leads to is said by its kind: its steps, and the facts that they make."""

import pytest

from counseling.actions import linking, occasions, referrals
from counseling.states import Evidence, Goal
from foundation.clock import jst_day
from tests.cast import seen_by, staff_viewer
from tests.counseling.places import make_agency, make_place
from tests.counseling.voices import call


def wished(aoi, case, agency, *, now):
    return referrals.wish(seen_by(aoi), code=case.code, agency=agency.pk, now=now)


def choose(aoi, referral, *, now, **where):
    referrals.choose(seen_by(aoi), code=referral.case.code, referral=referral.pk, now=now, **where)
    referral.refresh_from_db()
    return referral.goal


@pytest.mark.parametrize(
    ("kind", "goal"),
    [
        ("workplace", Goal.WORK_EXPERIENCE), ("hello_work", Goal.EMPLOYMENT),
        ("household", Goal.HOUSEHOLD), ("youth_station", Goal.AGENCY),
    ],
)  # fmt: skip
def test_whoever_chose_it_the_kind_leads(case, aoi, kaede, program, now, kind, goal):
    agency = make_agency(program, now=now, kind=kind)
    assert wished(aoi, case, agency, now=now).goal == goal
    proposed = referrals.propose(
        staff_viewer(kaede), code=case.code, goal=Goal.AGENCY, typed={}, agency=agency.pk, now=now
    )
    assert proposed.goal == goal


def test_chosen_anew_it_leads_anew(case, aoi, program, now):
    plain, work, money = (
        make_agency(program, now=now, kind=kind, name=kind)
        for kind in ("youth_station", "workplace", "household")
    )
    referral = wished(aoi, case, plain, now=now)
    assert choose(aoi, referral, now=now, agency=work.pk) == Goal.WORK_EXPERIENCE
    assert choose(aoi, referral, now=now, agency=money.pk) == Goal.HOUSEHOLD
    assert choose(aoi, referral, now=now, agency=plain.pk) == Goal.AGENCY
    place = make_place(program, now=now)
    assert choose(aoi, referral, now=now, place=place.pk) == Goal.PLACE
    assert choose(aoi, referral, now=now, agency=work.pk) == Goal.WORK_EXPERIENCE


def test_a_counselor_s_own_goal_stays_where_the_agency_has_none(case, aoi, kaede, program, now):
    plain = make_agency(program, now=now)
    proposed = referrals.propose(
        staff_viewer(kaede), code=case.code, goal=Goal.WORK_EXPERIENCE, typed={}, now=now
    )
    assert choose(aoi, proposed, now=now, agency=plain.pk) == Goal.WORK_EXPERIENCE
    jobs = make_agency(program, now=now, kind="hello_work", name="ハローワーク")
    assert choose(aoi, proposed, now=now, agency=jobs.pk) == Goal.WORK_EXPERIENCE


def test_who_only_calls_and_went_there_has_its_steps(kaede, program, now):
    case = occasions.enter(
        staff_viewer(kaede), program=program.pk, told=call(now=now), now=now
    ).case
    work = make_agency(program, now=now, kind="workplace")
    came = linking.record_arrival(
        staff_viewer(kaede), code=case.code, agency=work.pk, place=None, on=jst_day(now),
        evidence=Evidence.PERSON_TOLD, line="", now=now,
    )  # fmt: skip
    assert came.goal == Goal.WORK_EXPERIENCE
