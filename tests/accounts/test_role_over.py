"""Whoever signs in after their last role ended is told so, kindly, and nothing else."""

import pytest
from django.test import Client

from accounts.models import RoleGrant, Staff
from accounts.states import Role
from tests.accounts.codes import code_of
from tests.accounts.staff_door import CODE, SECRET, sato, signed_in, typed
from tests.cast import grant, make_program, make_staff, signed_in_as
from tests.house.endings import ENDS
from tests.house.everyone import seated

__all__ = ["sato"]


@pytest.mark.parametrize("end", ENDS)
def test_a_sign_in_after_the_last_role_ended_says_so_and_leads_out(client, sato, program, end):
    ENDS[end](sato.grants.get())
    make_staff("hana", display_name="はな")
    typed(client)
    answer = client.post(CODE, {"code": code_of(SECRET)})
    assert answer["Location"] == "/accounts/"
    answer = client.get("/accounts/")
    page = answer.content.decode()
    # To the house it stays an address that isn't there; nothing of it is kept by a browser.
    assert answer.status_code == 404 and "no-store" in answer["Cache-Control"]
    assert "役割は、いまはありません" in page and "統括か管理者に聞いて" in page
    people = [*Staff.objects.values_list("username", flat=True), "はな", "さとう"]
    assert not [told for told in (*people, program.name, "/manage/") if told in page]
    assert 'action="/accounts/logout/"' in page
    client.post("/accounts/logout/")
    assert client.get("/accounts/")["Location"].startswith("/accounts/login/")


AT_STAFF = ("/moderation/", "/manage/people/", "/accounts/audit/", "/admin/", "/reports/")


@pytest.mark.parametrize("end", ENDS)
def test_a_bookmark_and_next_lead_to_the_same_words(client, sato, program, end):
    ENDS[end](sato.grants.get())
    typed(client)
    answer = client.post(CODE, {"code": code_of(SECRET), "next": "/moderation/"})
    assert answer["Location"] == "/moderation/"
    for address in AT_STAFF:
        answer = client.get(address)
        page = answer.content.decode()
        assert answer.status_code == 404 and "no-store" in answer["Cache-Control"]
        assert "役割は、いまはありません" in page and 'action="/accounts/logout/"' in page
        assert program.name not in page


def test_nobody_else_is_told_more_than_of_an_address_that_is_not_there(aoi, sato):
    sato.grants.all().delete()
    grant(sato, Role.ANALYST)
    nowhere = Client().get("/nowhere/")
    for client in (signed_in_as(sato), seated(aoi)):
        answer = client.get("/manage/people/")
        assert (answer.status_code, answer.content) == (404, nowhere.content)
    assert Client().get("/manage/people/")["Location"].startswith("/accounts/login/")


def test_a_role_given_anew_opens_the_page_again(client, sato):
    RoleGrant.objects.all().delete()
    typed(client)
    client.post(CODE, {"code": code_of(SECRET)})
    assert not signed_in(client)
    grant(sato, Role.ANALYST)
    assert signed_in(client)


def test_before_the_second_factor_nothing_is_told_of_a_role(sato):
    RoleGrant.objects.all().delete()
    answer = signed_in_as(sato, verified=False).get("/accounts/")
    assert answer["Location"].startswith("/accounts/2fa/")


def test_whoever_holds_a_role_elsewhere_has_their_own_page(sato):
    sato.grants.all().delete()
    grant(sato, Role.SUPPORTER, make_program("kochi"))
    assert signed_in_as(sato).get("/accounts/").status_code == 200
