"""A role opens its own program and rooms, to a second factor, until its last day."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse

from accounts import policies
from accounts.models import RoleGrant
from accounts.staff_doors import recently_proven, staff_only
from accounts.states import Role
from accounts.viewer import VISITOR, Viewer
from foundation.clock import jst_day
from foundation.refusals import Refused
from tests.cast import grant, make_program, make_staff, staff_viewer


def refusal(viewer, *roles, **where) -> str:
    with pytest.raises(Refused) as no:
        policies.must_hold(viewer, *roles, **where)
    return no.value.code


def test_a_role_opens_its_own_program_and_no_other(mori, program):
    elsewhere = make_program("kochi")
    viewer = staff_viewer(mori)
    assert policies.must_hold(viewer, Role.COORDINATOR, program=program.pk) == mori.pk
    assert refusal(viewer, Role.COORDINATOR, program=elsewhere.pk) == "not_found"
    assert refusal(viewer, Role.ANALYST, program=program.pk) == "not_found"
    assert viewer.programs(Role.COORDINATOR, Role.ANALYST) == {program.pk}
    assert viewer.programs(Role.ANALYST) == frozenset()


def test_a_supporter_of_some_rooms_keeps_those_alone(db, program):
    viewer = staff_viewer(_supporter_of(program, 3, 4))
    assert viewer.holds(Role.SUPPORTER, program=program.pk, room=3)
    assert not viewer.holds(Role.SUPPORTER, program=program.pk, room=5)
    assert viewer.holds(Role.SUPPORTER, program=program.pk)


def test_a_supporter_of_no_named_room_keeps_all_of_the_program(ren, program):
    assert staff_viewer(ren).holds(Role.SUPPORTER, program=program.pk, room=5)


def _supporter_of(program, *rooms):
    staff = make_staff("nao")
    grant(staff, Role.SUPPORTER, program, rooms=rooms)
    return staff


def test_without_a_second_factor_a_role_opens_nothing(mori, program):
    viewer = staff_viewer(mori, verified=False)
    assert viewer.grants
    assert refusal(viewer, Role.COORDINATOR) == "second_factor"
    assert not viewer.holds(Role.COORDINATOR)
    assert viewer.programs(Role.COORDINATOR) == frozenset()


def test_who_is_not_staff_learns_of_nothing(aoi):
    assert refusal(VISITOR, Role.ADMIN) == "not_found"
    assert refusal(Viewer(participant=aoi.pk)) == "not_found"


def test_a_role_holds_through_its_last_day_and_no_longer(kaede, now):
    for days, held in ((0, True), (-1, False), (1, True)):
        kaede.grants.update(expires_on=jst_day(now) + timedelta(days=days))
        assert staff_viewer(kaede).holds(Role.COUNSELOR) is held


def test_a_role_that_ended_and_an_account_that_was_closed_hold_nothing(kaede, ren, now):
    kaede.grants.update(ended_at=now)
    type(ren).objects.filter(pk=ren.pk).update(is_active=False)
    assert not staff_viewer(kaede).grants
    assert not staff_viewer(ren).grants


def test_the_database_holds_one_open_grant_and_admins_of_no_program(mori, program, now):
    boss = make_staff("boss")
    grant(boss, Role.ADMIN)
    wrong = (
        {"staff": mori, "role": "coordinator", "program": program},
        {"staff": mori, "role": "admin", "program": program},
        {"staff": mori, "role": "analyst", "program": None},
        {"staff": mori, "role": "king", "program": program},
        {"staff": boss, "role": "admin", "program": None},
    )
    for columns in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleGrant.objects.create(granted_at=now, **columns)


# --- doors ----------------------------------------------------------------------------------------


@staff_only(Role.COORDINATOR)
@recently_proven
def a_door(request):
    policies.must_hold(request.viewer, Role.COORDINATOR, program=request.program)
    return HttpResponse("welcome")


@pytest.fixture
def knock(rf, program):
    def knocking(viewer, *, at=None, proven=True, program=program):
        request = rf.get("/manage/rooms/?page=2")
        request.viewer, request.program = viewer, program.pk
        stamp = at.timestamp() if at else 0
        request.session = {"account_authentication_methods": [{"at": stamp}]} if proven else {}
        return a_door(request)

    return knocking


def test_a_door_answers_each_as_they_may_know(knock, mori, ren, aoi, now):
    assert knock(staff_viewer(mori), at=now).content == b"welcome"
    visitor = knock(VISITOR, at=now)
    assert visitor.status_code == 303
    assert visitor["Location"] == "/accounts/login/?next=%2Fmanage%2Frooms%2F%3Fpage%3D2"
    unverified = knock(staff_viewer(mori, verified=False), at=now)
    assert unverified["Location"].startswith("/accounts/2fa/?next=")
    for viewer in (Viewer(participant=aoi.pk), staff_viewer(ren)):
        assert knock(viewer, at=now).status_code == 404
    assert knock(staff_viewer(mori), at=now, program=make_program("kochi")).status_code == 404


def test_a_door_to_what_is_delicate_asks_for_a_proof_again(knock, mori, now):
    stale = knock(staff_viewer(mori), at=now - timedelta(minutes=6))
    assert stale["Location"].startswith("/accounts/reauthenticate/?next=")
    assert knock(staff_viewer(mori), proven=False).status_code == 303


def test_what_was_typed_while_a_proof_grew_old_is_given_back(rf, mori, program, now):
    def sent(typed, **headers):
        request = rf.post("/moderation/people/7/propose/", typed, headers=headers)
        request.viewer, request.program = staff_viewer(mori), program.pk
        stamp = (now - timedelta(minutes=6)).timestamp()
        request.session = {"account_authentication_methods": [{"at": stamp}]}
        return a_door(request)

    written = {"display_name": "みどり", "mail": "m@example.org", "password": "himitsu"}
    answer = sent(written, referer="http://testserver/moderation/people/7/?said=1")
    page = answer.content.decode()
    assert answer.status_code == 403 and "no-store" in answer["Cache-Control"]
    assert "みどり" in page and "m@example.org" in page and "himitsu" not in page
    # The form's own address may only take: one comes back to the page on which it stood.
    assert 'href="/accounts/reauthenticate/?next=%2Fmoderation%2Fpeople%2F7%2F"' in page
    elsewhere = sent(written, referer="http://evil.example/x/").content.decode()
    assert "next=%2Fmoderation%2Fpeople%2F7%2Fpropose%2F" in elsewhere
    assert sent({"role": "supporter", "room": "3"}).status_code == 303


def test_no_answer_of_a_staff_door_is_kept(knock, mori, now):
    for viewer in (staff_viewer(mori), VISITOR):
        assert "no-store" in knock(viewer, at=now)["Cache-Control"]
