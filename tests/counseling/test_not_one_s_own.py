"""A case of somebody else's is not there: at every address of the desk, read or written."""

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.states import Role
from tests.cast import grant, make_program, make_staff, signed_in_as
from tests.counseling.across import referral, station
from tests.counseling.test_pages import seated

__all__ = ["referral", "station"]

DESK = "counseling/desk/<code:code>/"
MINE = "counseling/mine/<code:code>/"


def plates(resolver):
    """Every door plate of the house."""
    for one in resolver.url_patterns:
        yield from plates(one) if hasattr(one, "url_patterns") else (one,)


def addresses(prefix):
    """The names of all addresses under it, with what else they ask for."""
    return [
        (one.name, "<number:number>" in str(one.pattern))
        for one in plates(get_resolver())
        if str(one.pattern).startswith(prefix)
    ]


def at(name, code, numbered, number):
    return reverse(name, args=(code, number) if numbered else (code,))


def answers(who, prefix, code, number):
    """What each address says to a look and to an empty form; a look where only forms go is 405."""
    found = {}
    for name, numbered in addresses(prefix):
        address = at(name, code, numbered, number)
        for method in ("get", "post"):
            status = getattr(who, method)(address).status_code
            if status != 405:
                found[f"{method} {name}"] = status
    return found


def strangers():
    """A counselor of the same program, and one of another."""
    sora, far = make_staff("sora"), make_staff("far")
    grant(sora, Role.COUNSELOR)
    grant(far, Role.COUNSELOR, make_program("kochi"))
    return {"the same program": sora, "another program": far}


def test_there_are_addresses_to_try():
    assert len(addresses(DESK)) >= 30
    assert len(addresses(MINE)) >= 15


@pytest.mark.parametrize("who", ["the same program", "another program"])
def test_a_counselor_who_isn_t_assigned_finds_nothing(case, referral, who):
    found = answers(signed_in_as(strangers()[who]), DESK, case.code, referral.pk)
    # Of the same team, who tries to take what waits is told that another one was quicker.
    taken = found.pop("post counseling-take")
    assert taken == (422 if who == "the same program" else 404)
    assert {name: status for name, status in found.items() if status != 404} == {}


def test_coordinators_and_supporters_find_nothing(case, referral, mori, ren):
    for who in (mori, ren):
        found = answers(signed_in_as(who), DESK, case.code, referral.pk)
        assert {name: status for name, status in found.items() if status != 404} == {}


def test_another_person_finds_nothing(case, referral, yoso):
    found = answers(seated(yoso), MINE, case.code, referral.pk)
    assert {name: status for name, status in found.items() if status != 404} == {}
    outside = answers(Client(), MINE, case.code, referral.pk)
    assert set(outside.values()) <= {303, 403, 404}


def test_whoever_is_responsible_finds_it(case, referral, kaede, aoi):
    """Else the tests above would pass for any address that is broken."""
    desk = answers(signed_in_as(kaede), DESK, case.code, referral.pk)
    for name in ("counseling-case", "counseling-desk-onward", "counseling-desk-onward-one"):
        assert desk[f"get {name}"] == 200
    mine = answers(seated(aoi), MINE, case.code, referral.pk)
    for name in ("counseling-own", "counseling-onward", "counseling-onward-one"):
        assert mine[f"get {name}"] == 200
