"""Admins answer for each other: seen, invited, let in again, ended; and never nobody left."""

import re

import pytest
from django.test import Client

from accounts.models import Invitation, RoleGrant, Staff
from accounts.states import Role
from audit.models import AuditEntry
from tests.accounts.test_running_out import sheet_with
from tests.cast import grant, make_staff, signed_in_as
from tests.office.desk import fields, send, words

pytestmark = pytest.mark.django_db

ADDRESS = "/manage/admins/"
WHY = "電話をぬすまれたため"


@pytest.fixture
def sumire() -> Staff:
    made = make_staff("sumire", display_name="すみれ")
    grant(made, Role.ADMIN)
    return made


@pytest.fixture
def botan() -> Staff:
    made = make_staff("botan", display_name="ぼたん")
    grant(made, Role.ADMIN)
    return made


@pytest.fixture
def boss(sumire: Staff) -> Client:
    return signed_in_as(sumire)


def end(client: Client, staff: Staff, reason: str = WHY):
    page = f"{ADDRESS}{staff.pk}/"
    held = staff.grants.get()
    return send(client, page, to=f"{page}roles/{held.pk}/end/", **{"end-reason": reason})


def test_one_more_is_invited_without_any_program_and_becomes_one(boss, sumire):
    assert "管理者をまねく" in words(boss.get(ADDRESS))
    answer = send(boss, f"{ADDRESS}invite/", display_name="ぼたん")
    assert answer.status_code == 200
    (link,) = re.findall(r"/accounts/invitation/[\w-]+/", answer.content.decode())
    made = Invitation.objects.get()
    assert (made.role, made.program_id, made.invited_by_id) == (Role.ADMIN, None, sumire.pk)
    assert AuditEntry.objects.get(verb="invited").actor == sumire.pk
    assert "ぼたん" in Client().get(link).content.decode()
    page = boss.get(ADDRESS).content.decode()
    assert "まねいている人" in page and link not in page
    to = f"{ADDRESS}invitations/{made.pk}/withdraw/"
    assert boss.post(to, fields(page, to)).status_code == 303
    assert Client().get(link).status_code == 404
    assert "もうありません" in words(boss.post(to, fields(page, to)))


def test_it_is_found_from_one_s_own_page_and_where_sheets_run_out(boss, botan, program, now):
    assert f'href="{ADDRESS}"' in boss.get("/accounts/").content.decode()
    sheet_with(botan, 3, now=now)
    page = words(boss.get("/manage/"))
    assert "botan" in page and "管理者には「管理者」のページから" in page


def test_a_name_that_looks_like_a_colleague_s_is_told(boss):
    answer = send(boss, f"{ADDRESS}invite/", display_name="すみれ")
    assert answer.status_code == 422
    assert "見分けがつきません" in words(answer)
    assert not Invitation.objects.exists()


def test_another_s_role_ends_at_once_with_a_reason(boss, sumire, botan):
    theirs = signed_in_as(botan)
    assert "ぼたん" in words(boss.get(ADDRESS))
    without = end(boss, botan, reason="")
    assert without.status_code == 422 and "わけを、ひとこと" in words(without)
    assert theirs.get(ADDRESS).status_code == 200
    assert end(boss, botan).status_code == 303
    assert theirs.get(ADDRESS).status_code == 404
    assert "ぼたん" not in words(boss.get(ADDRESS))
    said = AuditEntry.objects.get(verb="ended")
    assert (said.actor, said.role, said.program, said.reason) == (sumire.pk, "admin", None, WHY)
    assert said.values == {"staff": botan.pk, "role": "admin"}


def test_the_last_one_stays(boss, sumire, botan):
    assert end(boss, botan).status_code == 303
    answer = end(boss, sumire)
    assert answer.status_code == 422
    assert "管理者が、ひとりもいなくなって" in words(answer)
    assert sumire.grants.get().ended_at is None


def test_one_s_own_role_may_be_left_and_nobody_lets_themselves_in(boss, sumire, botan):
    own = f"{ADDRESS}{sumire.pk}/"
    assert "アカウントを閉じる" not in words(boss.get(own))
    for door in ("sheet", "again"):
        assert boss.get(f"{own}{door}/").status_code == 404
    assert boss.post(f"{own}close/", {"close-reason": WHY}).status_code == 404
    assert end(boss, sumire).status_code == 303
    assert boss.get(ADDRESS).status_code == 404


def test_a_sheet_is_issued_and_a_link_drops_a_stolen_telephone(boss, botan):
    page = f"{ADDRESS}{botan.pk}/"
    sheet = send(boss, f"{page}sheet/", reason=WHY)
    assert len(re.findall(r"<code>\d{8}</code>", sheet.content.decode())) == 40
    link = send(boss, f"{page}again/", reason=WHY, drops_factors="on")
    assert "/accounts/invitation/" in words(link)
    made = Invitation.objects.get()
    assert (made.staff_id, made.drops_factors) == (botan.pk, True)
    assert "もどるためのリンク" in words(boss.get(ADDRESS))
    noted = AuditEntry.objects.filter(verb__in=("sheet_issued", "invited_again"))
    assert {(one.object_id, one.reason) for one in noted} == {(str(botan.pk), WHY)}
    assert noted.count() == 2


def test_an_account_is_closed_and_its_sign_ins_end(boss, botan):
    theirs = signed_in_as(botan)
    page = f"{ADDRESS}{botan.pk}/"
    answer = send(boss, page, to=f"{page}close/", **{"close-reason": WHY})
    assert answer.status_code == 303
    assert not Staff.objects.get(pk=botan.pk).is_active
    assert theirs.get(ADDRESS).status_code == 303


def test_a_grant_that_is_no_admin_s_has_no_door_here(boss, botan, mori, program):
    other = grant(botan, Role.COORDINATOR, program)
    to = f"{ADDRESS}{botan.pk}/roles/{other.pk}/end/"
    assert boss.post(to, {"end-reason": WHY}).status_code == 404
    assert boss.get(f"{ADDRESS}{mori.pk}/").status_code == 404
    assert RoleGrant.objects.get(pk=other.pk).ended_at is None


def test_for_a_coordinator_none_of_it_is_there(mori, program, botan):
    client = signed_in_as(mori)
    assert "管理者" not in words(client.get("/manage/"))
    for address in (ADDRESS, f"{ADDRESS}invite/", f"{ADDRESS}{botan.pk}/"):
        assert client.get(address).status_code == 404
