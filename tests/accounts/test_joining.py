"""An invitation that somebody takes into the account that they are signed in to."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.actions import invitations, people
from accounts.models import Invitation, Staff
from accounts.states import Role
from audit.models import AuditEntry
from foundation.clock import jst_day
from tests.accounts.staff_door import PASSWORD
from tests.cast import grant, long_proven, make_program, make_staff, signed_in_as, staff_viewer
from tests.house.everyone import seated

JOIN = "いまのアカウントに、この役割を加える"


@pytest.fixture
def kochi(db):
    return make_program("kochi")


@pytest.fixture
def umi(kochi) -> Staff:
    """The coordinator of another program, who invites."""
    made = make_staff("umi")
    grant(made, Role.COORDINATOR, kochi)
    return made


@pytest.fixture
def link(umi, kochi, now) -> str:
    return invited(umi, kochi, now)


def invited(umi, kochi, now, *, role=Role.REVIEWER, **more) -> str:
    terms = invitations.Terms(role=role, program=kochi.pk, **more)
    token = invitations.invite(staff_viewer(umi), terms=terms, now=now)
    return f"/accounts/invitation/{token}/"


def join(client: Client, link: str):
    return client.post(link, {"join": "1"})


def unspent() -> bool:
    return Invitation.objects.get().used_at is None


def test_an_invitation_adds_its_role_to_the_account_of_who_is_signed_in(
    link, ren, umi, program, kochi, now
):
    browser = signed_in_as(ren)
    page = browser.get(link).content.decode()
    assert JOIN in page and "ren" in page and f"{kochi.name}の「審査役」" in page
    accounts = Staff.objects.count()
    assert join(browser, link)["Location"] == "/accounts/"
    assert Staff.objects.count() == accounts
    held = {(one.role, one.program_id) for one in ren.grants.filter(ended_at=None)}
    assert held == {("supporter", program.pk), ("reviewer", kochi.pk)}
    assert ren.grants.get(program=kochi).granted_by == umi
    assert kochi.name in browser.get("/accounts/").content.decode()
    noted = AuditEntry.objects.get(verb="accepted")
    assert (noted.actor, noted.program) == (ren.pk, kochi.pk)
    assert join(browser, link).status_code == 404
    assert "もう使われています" in browser.get(link).content.decode()
    theirs = signed_in_as(umi).get("/manage/people/").content.decode()
    assert "ren" in theirs and program.name not in theirs


def test_the_training_day_the_rooms_and_the_last_day_come_along(ren, umi, kochi, now):
    day = jst_day(now)
    ends = day + timedelta(days=90)
    more = {"rooms": [7], "trained_on": day, "expires_on": ends}
    join(signed_in_as(ren), invited(umi, kochi, now, role=Role.SUPPORTER, **more))
    made = ren.grants.get(program=kochi)
    assert (made.trained_on, made.expires_on) == (day, ends)
    assert [one.room for one in made.rooms.all()] == [7]


def test_it_asks_for_a_fresh_proof_first_and_stays_open(link, ren, kochi):
    answer = join(long_proven(signed_in_as(ren)), link)
    assert answer["Location"].startswith("/accounts/reauthenticate/?next=%2Faccounts%2Finvitation")
    assert unspent() and not ren.grants.filter(program=kochi).exists()


def test_nobody_else_sees_the_offer(link, ren, aoi, client, kochi):
    half = signed_in_as(ren, verified=False)
    for browser in (client, half, seated(aoi)):
        assert JOIN not in browser.get(link).content.decode()
        assert join(browser, link).status_code == 422
    assert unspent() and not ren.grants.filter(program=kochi).exists()


def test_whoever_holds_the_role_already_is_told_and_the_link_stays_good(link, ren, kochi):
    grant(ren, Role.REVIEWER, kochi)
    answer = join(signed_in_as(ren), link)
    assert answer.status_code == 422
    assert "もうあります" in answer.content.decode()
    assert unspent()


def test_nobody_takes_what_they_offered_themselves(link, umi):
    answer = join(signed_in_as(umi), link)
    assert answer.status_code == 422
    assert "ほかの人にたのんで" in answer.content.decode()
    assert unspent()


def test_who_could_be_taken_for_a_colleague_there_is_told(link, ren, umi):
    Staff.objects.filter(pk__in=(ren.pk, umi.pk)).update(display_name="はる")
    answer = join(signed_in_as(ren), link)
    assert answer.status_code == 422
    assert "見分けがつきません" in answer.content.decode()
    assert unspent()


def test_a_link_whose_sender_left_adds_nothing(link, ren, umi, kochi, now):
    grant(make_staff("other"), Role.COORDINATOR, kochi)
    umi.grants.update(expires_on=jst_day(now) - timedelta(days=1))
    assert join(signed_in_as(ren), link).status_code == 404
    assert not ren.grants.filter(program=kochi).exists()


def test_a_link_to_come_back_is_joined_by_nobody(ren, mori, kaede, now):
    token = invitations.invite_again(
        staff_viewer(mori), staff=kaede.pk, drops_factors=True, now=now
    )
    link = f"/accounts/invitation/{token}/"
    browser = signed_in_as(ren)
    assert JOIN not in browser.get(link).content.decode()
    assert join(browser, link).status_code == 422
    assert unspent()


def test_a_role_whose_last_day_is_past_is_taken_by_nobody(
    ren, umi, kochi, now, client, time_machine
):
    link = invited(umi, kochi, now, expires_on=jst_day(now) + timedelta(days=2))
    time_machine.move_to(now + timedelta(days=3))
    new = {"username": "kei", "display_name": "けい", "password": PASSWORD, "again": PASSWORD}
    for answer in (client.get(link), client.post(link, new), join(signed_in_as(ren), link)):
        assert answer.status_code == 404
        assert "さいごの日がもうすぎています" in answer.content.decode()
    assert unspent() and not Staff.objects.filter(username="kei").exists()


def test_a_role_is_taken_on_its_last_day(ren, umi, kochi, now):
    link = invited(umi, kochi, now, expires_on=jst_day(now))
    assert join(signed_in_as(ren), link).status_code == 303
    assert people.queries.grants_of(ren.pk, now=now)[-1].program == kochi.pk


def test_whoever_holds_no_role_any_more_is_let_in_again_by_one(link, ren, kochi, now):
    ren.grants.update(ended_at=now)
    browser = signed_in_as(ren)
    assert JOIN in browser.get(link).content.decode()
    assert join(browser, link)["Location"] == "/accounts/"
    assert browser.get("/accounts/").status_code == 200
