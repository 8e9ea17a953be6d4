"""Who gives and ends roles, and what that does at once."""

from datetime import timedelta

import pytest

from accounts.actions import invitations, people, second_factors
from accounts.actions.invitations import Terms
from accounts.models import Invitation, RoleGrant, Staff
from accounts.queries import grants_of
from accounts.states import Role
from accounts.viewer import VISITOR, Viewer
from audit.models import AuditEntry
from foundation import clock
from foundation.bell import bell
from foundation.clock import jst_day
from foundation.refusals import Refused
from tests.cast import grant, make_program, make_staff, signed_in_as, staff_viewer


@pytest.fixture
def boss(db) -> Staff:
    made = make_staff("boss")
    grant(made, Role.ADMIN)
    return made


@pytest.fixture
def kochi(db):
    return make_program("kochi")


def refusal(deed, *args, **kwargs) -> str:
    with pytest.raises(Refused) as no:
        deed(*args, now=clock.now(), **kwargs)
    return no.value.code


def test_a_coordinator_gives_any_role_in_their_program_and_none_elsewhere(
    mori, ren, program, kochi, now
):
    viewer, held = staff_viewer(mori), {Role.SUPPORTER: ren.grants.get().pk}
    for role in set(Role) - {Role.ADMIN}:
        people.give(
            viewer, staff=ren.pk, role=role, program=program.pk, renewing=held.get(role), now=now
        )
        elsewhere = {"staff": ren.pk, "role": role, "program": kochi.pk}
        assert refusal(people.give, viewer, **elsewhere) == "not_found"
    admin = {"staff": ren.pk, "role": Role.ADMIN, "program": None}
    assert refusal(people.give, viewer, **admin) == "not_found"
    assert {one.role for one in grants_of(ren.pk, now=now)} == set(Role) - {Role.ADMIN}
    assert AuditEntry.objects.filter(actor=mori.pk, role="coordinator", verb="given").count() == 6


@pytest.mark.parametrize("who", ["ren", "kaede", "visitor", "participant", "unverified"])
def test_nobody_else_gives_anything(who, ren, kaede, mori, aoi, program):
    viewer = {
        "ren": staff_viewer(ren),
        "kaede": staff_viewer(kaede),
        "visitor": VISITOR,
        "participant": Viewer(participant=aoi.pk),
        "unverified": staff_viewer(mori, verified=False),
    }[who]
    wanted = "second_factor" if who == "unverified" else "not_found"
    terms = Terms(role=Role.SUPPORTER, program=program.pk)
    for deed, what in (
        (people.give, {"staff": kaede.pk, "role": Role.SUPPORTER, "program": program.pk}),
        (invitations.invite, {"terms": terms}),
        (invitations.invite_again, {"staff": kaede.pk, "drops_factors": True}),
        (people.close_account, {"staff": kaede.pk if who != "kaede" else ren.pk}),
        (
            second_factors.issue_sheet,
            {"staff": kaede.pk if who != "kaede" else ren.pk, "after": 0},
        ),
    ):
        assert refusal(deed, viewer, **what) == wanted, deed.__name__
    assert not AuditEntry.objects.exists()
    assert not Invitation.objects.exists()


def test_nobody_gives_themselves_anything(mori, boss, program):
    own = {"staff": mori.pk, "role": Role.AUDITOR, "program": program.pk}
    assert refusal(people.give, staff_viewer(mori), **own) == "not_oneself"
    more = {"staff": boss.pk, "role": Role.COORDINATOR, "program": program.pk}
    assert refusal(people.give, staff_viewer(boss), **more) == "not_oneself"
    assert (
        refusal(second_factors.issue_sheet, staff_viewer(mori), staff=mori.pk, after=0)
        == "not_oneself"
    )


def test_whoever_can_let_somebody_in_again_has_every_right_that_they_have(
    mori, ren, boss, kochi, now
):
    grant(ren, Role.SUPPORTER, kochi)
    viewer = staff_viewer(mori)
    for deed, more in (
        (invitations.invite_again, {"drops_factors": False}),
        (second_factors.issue_sheet, {"after": 0}),
        (people.close_account, {}),
    ):
        assert refusal(deed, viewer, staff=ren.pk, **more) == "not_found"
        assert refusal(deed, viewer, staff=boss.pk, **more) == "not_found"
    assert second_factors.issue_sheet(staff_viewer(boss), staff=ren.pk, after=0, now=now)


@pytest.mark.parametrize("role", [Role.SUPPORTER, Role.ADMIN])
def test_a_role_whose_last_day_is_over_counts_until_it_is_ended(mori, ren, boss, kochi, role, now):
    over = grant(ren, role, kochi, expires_on=jst_day(now) - timedelta(days=1))
    deeds = (
        (invitations.invite_again, {"drops_factors": True}),
        (second_factors.issue_sheet, {"after": 0}),
        (people.close_account, {}),
    )
    for deed, more in deeds:
        assert refusal(deed, staff_viewer(mori), staff=ren.pk, **more) == "not_found"
    people.end(staff_viewer(boss), grant=over.pk, now=now)
    assert second_factors.issue_sheet(staff_viewer(mori), staff=ren.pk, after=0, now=now)


def test_whose_last_day_is_over_can_still_be_let_go_by_their_coordinator(mori, ren, program, now):
    RoleGrant.objects.filter(staff=ren).update(expires_on=jst_day(now) - timedelta(days=1))
    Staff.objects.filter(pk=ren.pk).update(email="ren@example.org")
    people.close_account(staff_viewer(mori), staff=ren.pk, now=now)
    gone = Staff.objects.get(pk=ren.pk)
    assert (gone.is_active, gone.email) == (False, "")
    assert AuditEntry.objects.get(verb="closed").program == program.pk


def test_a_link_is_good_no_longer_once_more_is_held_than_its_sender_may_give(mori, ren, kochi, now):
    token = invitations.invite_again(staff_viewer(mori), staff=ren.pk, drops_factors=True, now=now)
    grant(ren, Role.AUDITOR, kochi, expires_on=jst_day(now) - timedelta(days=1))
    came = {"username": "", "display_name": "", "password": "ame no hi no tokage"}
    assert refusal(invitations.accept, token=token, **came) == "invitation_withdrawn"


def test_nobody_is_given_a_role_beside_a_colleague_of_the_same_name(mori, ren, kochi, boss, now):
    Staff.objects.filter(pk=ren.pk).update(display_name="れん")
    other = make_staff("ren-kochi", display_name="レン(支援者)")
    given = {"staff": other.pk, "role": Role.SUPPORTER}
    here = ren.grants.get().program_id
    assert refusal(people.give, staff_viewer(boss), **given, program=here) == "name_alike"
    assert not other.grants.exists()
    people.give(staff_viewer(boss), **given, program=kochi.pk, now=now)
    # One's own role anew, and a further one, is no second person.
    own = {"staff": ren.pk, "program": here, "now": now}
    people.give(staff_viewer(mori), role=Role.SUPPORTER, renewing=ren.grants.get().pk, **own)
    people.give(staff_viewer(mori), role=Role.COUNSELOR, **own)


def test_a_role_given_again_takes_the_place_of_the_old_one(mori, ren, program, now):
    given = {"staff": ren.pk, "role": Role.SUPPORTER, "program": program.pk}
    held = ren.grants.get().pk
    people.give(staff_viewer(mori), **given, rooms=(4, 3, 3), renewing=held, reason="研修", now=now)
    assert AuditEntry.objects.get(verb="given").reason == "研修"
    (held,) = grants_of(ren.pk, now=now)
    assert held.rooms == {3, 4}
    assert RoleGrant.objects.filter(staff=ren).count() == 2


@pytest.mark.parametrize("renewing", ["nothing", "an older one", "somebody else's"])
def test_a_role_is_given_anew_only_in_place_of_what_was_seen(mori, ren, program, now, renewing):
    given = {"staff": ren.pk, "role": Role.SUPPORTER, "program": program.pk}
    seen = ren.grants.get().pk
    people.give(staff_viewer(mori), **given, trained_on=jst_day(now), renewing=seen, now=now)
    kept = ren.grants.get(ended_at=None)
    of = {"nothing": None, "an older one": seen, "somebody else's": mori.grants.get().pk}[renewing]
    assert refusal(people.give, staff_viewer(mori), **given, renewing=of) == "role_changed"
    assert ren.grants.get(ended_at=None).pk == kept.pk
    assert refusal(people.end, staff_viewer(mori), grant=seen) == "not_found"


def test_a_role_that_nobody_holds_any_more_is_not_renewed(mori, ren, program, now):
    seen = ren.grants.get().pk
    people.end(staff_viewer(mori), grant=seen, now=now)
    given = {"staff": ren.pk, "role": Role.SUPPORTER, "program": program.pk}
    assert refusal(people.give, staff_viewer(mori), **given, renewing=seen) == "role_changed"
    assert not ren.grants.filter(ended_at=None).exists()


def test_whose_role_is_renewed_in_the_moment_in_which_it_is_ended_keeps_it(
    mori, ren, program, now, monkeypatch
):
    given = {"staff": ren.pk, "role": Role.SUPPORTER, "program": program.pk}
    seen, look = ren.grants.get().pk, people._must_leave_somebody

    def renewed_first(found, *, now):
        monkeypatch.setattr(people, "_must_leave_somebody", look)
        people.give(staff_viewer(mori), **given, renewing=seen, now=now)

    monkeypatch.setattr(people, "_must_leave_somebody", renewed_first)
    assert refusal(people.end, staff_viewer(mori), grant=seen) == "role_changed"


def test_an_ended_role_closes_doors_and_rings_at_once(
    mori, ren, program, monkeypatch, now, django_capture_on_commit_callbacks
):
    rung = []
    monkeypatch.setattr(bell, "staff", lambda staff, version: rung.append((staff, version)))
    client = signed_in_as(ren)
    assert client.get("/accounts/").status_code == 200
    before = Staff.objects.get(pk=ren.pk).version
    with django_capture_on_commit_callbacks(execute=True):
        people.end(staff_viewer(mori), grant=ren.grants.get().pk, reason="卒業", now=now)
    assert rung == [(ren.pk, before + 1)]
    assert client.get("/accounts/").status_code == 404
    assert AuditEntry.objects.get(verb="ended").reason == "卒業"


def test_a_closed_account_is_out_at_once_everywhere(mori, ren, now):
    clients = [signed_in_as(ren), signed_in_as(ren)]
    people.close_account(staff_viewer(mori), staff=ren.pk, now=now)
    assert [one.get("/accounts/").status_code for one in clients] == [303, 303]
    assert not ren.grants.filter(ended_at__isnull=True).exists()
    assert refusal(people.give, staff_viewer(mori), staff=ren.pk, role=Role.SUPPORTER,
                   program=mori.grants.get().program_id) == "not_found"  # fmt: skip


def test_the_last_coordinator_stays_until_there_is_another(mori, boss, program, now):
    last = mori.grants.get().pk
    assert refusal(people.end, staff_viewer(mori), grant=last) == "last_coordinator"
    assert refusal(people.close_account, staff_viewer(boss), staff=mori.pk) == "last_coordinator"
    grant(make_staff("next"), Role.COORDINATOR, program)
    people.end(staff_viewer(mori), grant=last, now=now)
    assert not mori.grants.filter(ended_at__isnull=True).exists()


def test_a_closed_or_expired_coordinator_is_none(mori, boss, program, now):
    gone = make_staff("gone")
    grant(gone, Role.COORDINATOR, program)
    Staff.objects.filter(pk=gone.pk).update(is_active=False)
    past = make_staff("past")
    grant(past, Role.COORDINATOR, program, expires_on=now.date().replace(year=2020))
    assert refusal(people.end, staff_viewer(mori), grant=mori.grants.get().pk) == "last_coordinator"


def test_who_will_be_gone_within_a_month_is_not_left_alone(mori, boss, program, now):
    today = jst_day(now)
    following = make_staff("following")
    grant(following, Role.COORDINATOR, program)

    def anew(staff, **terms):
        of = {"staff": staff.pk, "role": Role.COORDINATOR, "program": program.pk, "now": now}
        seen = staff.grants.get(ended_at=None).pk
        people.give(staff_viewer(boss), **of, renewing=seen, **terms)

    soon = today + timedelta(days=30)
    anew(following, expires_on=soon)
    last = mori.grants.get().pk
    assert refusal(people.end, staff_viewer(mori), grant=last) == "last_coordinator"
    own = {"staff": mori.pk, "role": Role.COORDINATOR, "program": program.pk, "renewing": last}
    shortened = refusal(people.give, staff_viewer(boss), **own, expires_on=today)
    assert shortened == "last_coordinator"
    assert mori.grants.get().expires_on is None
    anew(following, expires_on=soon + timedelta(days=1))
    anew(mori, expires_on=today)
    people.end(staff_viewer(mori), grant=mori.grants.get(ended_at=None).pk, now=now)


def test_a_last_coordinator_s_day_may_come_later(mori, boss, program, now):
    mori.grants.update(expires_on=jst_day(now) + timedelta(days=3))
    later = jst_day(now) + timedelta(days=9)
    own = {"staff": mori.pk, "role": Role.COORDINATOR, "program": program.pk}
    people.give(staff_viewer(boss), **own, renewing=mori.grants.get().pk, expires_on=later, now=now)
    assert mori.grants.get(ended_at=None).expires_on == later


def test_an_expiry_that_comes_near_reminds_its_holder_and_their_coordinator(
    mori, ren, kochi, now, django_assert_max_num_queries
):
    today = jst_day(now)
    far = make_staff("far")
    grant(far, Role.ANALYST, expires_on=today + timedelta(days=31))
    elsewhere = make_staff("elsewhere")
    grant(elsewhere, Role.ANALYST, kochi, expires_on=today + timedelta(days=3))
    ren.grants.update(expires_on=today + timedelta(days=30))
    at_home = signed_in_as(mori)
    with django_assert_max_num_queries(11):
        of_mori = at_home.get("/accounts/").content.decode()
    assert "もうすぐ期限の役割" in of_mori
    assert "ren" in of_mori
    assert "far" not in of_mori
    assert "elsewhere" not in of_mori
    of_ren = signed_in_as(ren).get("/accounts/").content.decode()
    assert "もうすぐ期限です" in of_ren
    assert "もうすぐ期限の役割" not in of_ren


def test_the_last_admin_stays(boss, now):
    assert refusal(people.end, staff_viewer(boss), grant=boss.grants.get().pk) == "last_admin"


def test_one_may_leave_one_s_own_role(ren, now):
    people.end(staff_viewer(ren), grant=ren.grants.get().pk, now=now)
    assert not grants_of(ren.pk, now=now)
    assert AuditEntry.objects.get().role == "supporter"


def test_an_invitation_withdrawn_or_used_is_not_withdrawn_again(mori, kaede, program, now):
    terms = Terms(role=Role.SUPPORTER, program=program.pk)
    invitations.invite(staff_viewer(mori), terms=terms, now=now)
    number = Invitation.objects.get().pk
    assert refusal(invitations.withdraw, staff_viewer(kaede), invitation=number) == "not_found"
    invitations.withdraw(staff_viewer(mori), invitation=number, now=now)
    assert refusal(invitations.withdraw, staff_viewer(mori), invitation=number) == "not_found"
