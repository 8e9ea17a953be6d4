"""Every address × everyone: what a GET answers, and that looking changes nothing.

A new address without a line in the grid fails. Grown by a column when staff can sign in.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from accounts import letters
from accounts.models import Participant
from tests.house.everyone import (
    ELSEWHERE,
    EVERYONE,
    ROLES,
    Row,
    always,
    anyone,
    callers,
    entered,
    passkey_of,
    staff,
)

__all__ = ["callers"]

ANYONE, ENTERED = anyone(), entered()
SIGNED_IN = staff()  # every member of staff
POSTED = anyone(405)
# A page on the way to the second factor: also for those who have none yet.
EARLY = staff() | {"unverified": 200}
# Signing in: the signed-in are led on, participants are told to leave their seat first.
SIGN_IN = (
    staff(code=302) | {"unverified": 302} | dict.fromkeys(("participant", "barred", "mother"), 200)
)
# Who has no second factor is led to the password.
WITH_ONE = staff(code=302) | {"unverified": 302, "coordinator": 200}
# Until they have begun to set one up.
NOBODY = dict.fromkeys(EVERYONE, 404) | {"visitor": 303}
OWN = staff("coordinator")  # a thing of mori's own, who is the coordinator

# name: (address, who gets what)
GRID: dict[str, tuple[str, Row]] = {
    "home": ("/", ANYONE),
    "enter": ("/enter/", ANYONE),
    "return": ("/return/", ANYONE),
    "leave": ("/leave/", POSTED),
    "me": ("/me/", ENTERED),
    "me-export": ("/me/export/", ENTERED),
    "me-rename": ("/me/rename/", POSTED),
    "me-erase": ("/me/erase/", POSTED),
    "me-passphrase": ("/me/passphrase/", POSTED),
    # Without a 合言葉 there is nothing to unlock.
    "me-unlock": ("/me/unlock/", entered(303)),
    "letters": ("/letters/", ENTERED),
    "letter": ("/letters/{letter}/", entered(404) | {"participant": 200}),
    "now": ("/now/", always()),
    "rooms": ("/rooms/", ANYONE),
    "room": ("/rooms/zatsudan/", entered() | {"barred": 403}),
    "room-murmur": ("/rooms/zatsudan/murmur/", POSTED),
    "room-stamp": ("/rooms/zatsudan/stamp/", POSTED),
    "room-withdraw": ("/rooms/zatsudan/withdraw/", POSTED),
    "room-report": ("/rooms/zatsudan/report/", POSTED),
    "room-mute": ("/rooms/zatsudan/mute/", POSTED),
    "room-handle": ("/rooms/zatsudan/handle/", POSTED),
    "healthz": ("/healthz", always()),
    "readyz": ("/readyz", always()),
    "staff-home": ("/accounts/", SIGNED_IN),
    "staff-session-end": ("/accounts/sessions/1/end/", staff(code=405)),
    "staff-log": ("/accounts/audit/", staff("coordinator", "admin", everywhere=True)),
    "invitation": (
        "/accounts/invitation/abc/",
        anyone(404, participant=200, barred=200, mother=200, unverified=404),
    ),
    "account_login": ("/accounts/login/", SIGN_IN | {"visitor": 200}),
    "account_logout": ("/accounts/logout/", EARLY),
    "account_inactive": ("/accounts/inactive/", always()),
    "account_reauthenticate": ("/accounts/reauthenticate/", EARLY),
    "account_change_password": ("/accounts/password/change/", SIGNED_IN),
    "mfa_index": ("/accounts/2fa/", EARLY),
    "mfa_authenticate": ("/accounts/2fa/authenticate/", SIGN_IN | {"visitor": 302}),
    "mfa_reauthenticate": ("/accounts/2fa/reauthenticate/", WITH_ONE),
    # Who has one is led to taking it away.
    "mfa_activate_totp": ("/accounts/2fa/totp/activate/", EARLY | {"coordinator": 302}),
    "mfa_totp_picture": ("/accounts/2fa/totp/picture/", NOBODY),
    "mfa_deactivate_totp": ("/accounts/2fa/totp/deactivate/", OWN),
    "mfa_view_recovery_codes": ("/accounts/2fa/recovery-codes/", OWN),
    "mfa_generate_recovery_codes": ("/accounts/2fa/recovery-codes/generate/", SIGNED_IN),
    "mfa_list_webauthn": ("/accounts/2fa/webauthn/", SIGNED_IN),
    "mfa_add_webauthn": ("/accounts/2fa/webauthn/add/", EARLY),
    "mfa_login_webauthn": ("/accounts/2fa/webauthn/login/", SIGN_IN | {"visitor": 302}),
    "mfa_reauthenticate_webauthn": ("/accounts/2fa/webauthn/reauthenticate/", WITH_ONE),
    "mfa_remove_webauthn": ("/accounts/2fa/webauthn/keys/{passkey}/remove/", OWN),
    "index": ("/admin/", staff("admin")),
    "app_list": ("/admin/accounts/", staff("admin")),
    "accounts_staff_changelist": ("/admin/accounts/staff/", staff("admin")),
    "accounts_rolegrant_changelist": ("/admin/accounts/rolegrant/", staff("admin")),
    "accounts_invitation_changelist": ("/admin/accounts/invitation/", staff("admin")),
    "audit_auditentry_changelist": ("/admin/audit/auditentry/", staff("admin")),
    "audit_purge_changelist": ("/admin/audit/purge/", staff("admin")),
    "programs_program_changelist": ("/admin/programs/program/", staff("admin")),
    "programs_municipality_changelist": ("/admin/programs/municipality/", staff("admin")),
    "mfa_edit_webauthn": ("/accounts/2fa/webauthn/keys/{passkey}/edit/", OWN),
}

# The only things that a look may leave behind: (address, model, fields).
LEFT_BEHIND: dict[str, set[tuple[str, str]]] = {
    # A letter's first reading.
    "letter": {("accounts.Letter", "read_at"), ("accounts.Participant", "version")},
}


def plates(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for plate in (resolver or get_resolver()).url_patterns:
        if isinstance(plate, URLResolver):
            yield from plates(plate)
        else:
            yield plate


def rows() -> dict[str, dict[Any, dict[str, Any]]]:
    """Every row of the house; sessions' own bookkeeping passes by."""
    return {
        model._meta.label: {row["pk"]: row for row in model._base_manager.values("pk", *columns)}
        for model in apps.get_models()
        if model._meta.app_label not in ("sessions", "contenttypes", "auth")
        for columns in [[f.attname for f in model._meta.concrete_fields]]
    }


def changes(before: dict, after: dict) -> set[tuple[str, str]]:
    """(model, field) of everything that differs; a new or missing row is (model, "*")."""
    found = set()
    for label, old in before.items():
        new = after[label]
        if set(old) != set(new):
            found.add((label, "*"))
        for key in set(old) & set(new):
            found |= {(label, f) for f in old[key] if old[key][f] != new[key][f]}
    return found


@pytest.fixture
def things(aoi: Participant, callers, mori, now) -> dict[str, int]:
    """What an address may name: aoi's letter, mori's passkey."""
    letter = letters.write(
        aoi.pk, kind=letters.Kind.REPLY, title="おへんじ", text="よみました。", now=now
    )
    return {"letter": letter.pk, "passkey": passkey_of(mori.pk)}


def test_every_address_has_a_line():
    assert {plate.name for plate in plates()} == set(GRID)


@pytest.mark.parametrize("name", GRID)
def test_everybody_stands_in_every_line(name):
    assert set(GRID[name][1]) == set(EVERYONE)


@pytest.mark.parametrize("name", GRID)
def test_everyone_gets_what_the_grid_says_and_looking_changes_nothing(name, callers, things):
    address, expected = GRID[name]
    before, found = rows(), {}
    for who in ("participant", "coordinator"):  # a glance ahead by the browser is no look at all
        callers[who].head(address.format(**things))
        callers[who].get(address.format(**things), headers={"Sec-Purpose": "prefetch"})
    assert changes(before, rows()) == set()
    for who, client in callers.items():
        answer = client.get(address.format(**things))
        found[who] = answer.status_code
        if who == "visitor" and answer.status_code == 303:
            led = "/accounts/login/?next=" if expected["participant"] == 404 else "/enter/"
            assert answer["Location"].startswith(led)
        if who == "unverified" and answer.status_code == 303:
            assert answer["Location"].startswith("/accounts/2fa/?next=")
    assert found == expected
    assert changes(before, rows()) <= LEFT_BEHIND.get(name, set())


OF_STAFF = [
    name
    for name, (_, row) in GRID.items()
    if (row["visitor"], row["participant"], row["unverified"]) == (303, 404, 303)
]


@pytest.mark.parametrize("name", OF_STAFF)
def test_where_one_may_not_look_one_may_not_send(name, callers, things):
    address, expected = GRID[name]
    before = rows()
    closed = {who: code for who, code in expected.items() if code in (303, 404)}
    found = {who: callers[who].post(address.format(**things)).status_code for who in closed}
    assert {who: code for who, code in found.items() if code not in (closed[who], 405)} == {}
    assert changes(before, rows()) == set()


def test_every_place_that_one_s_own_page_names_opens(callers):
    named = 0
    for who in (*ROLES, *ELSEWHERE):
        page = callers[who].get("/accounts/").content.decode()
        section = page.split("開けるところ")[1].split("</section>")[0]
        for address in re.findall(r'href="([^"]+)"', section):
            assert callers[who].get(address).status_code == 200, (who, address)
            named += 1
    assert named


@pytest.mark.parametrize(
    "address", ["login/", "logout/", "password_change/", "accounts/staff/1/change/", "jsi18n/"]
)
def test_the_inspection_has_no_other_door(callers, address):
    assert callers["admin"].get(f"/admin/{address}").status_code == 404
    assert callers["visitor"].post(f"/admin/{address}").status_code == 404


def test_a_role_that_ends_closes_its_doors_at_the_next_request(callers, mori, now):
    client = callers["coordinator"]
    assert client.get("/accounts/").status_code == 200
    mori.grants.update(ended_at=now)
    assert client.get("/accounts/").status_code == 404


def test_an_account_that_is_closed_is_a_visitor_at_the_next_request(callers, mori):
    client = callers["coordinator"]
    type(mori).objects.filter(pk=mori.pk).update(is_active=False)
    assert client.get("/accounts/").status_code == 303


def test_a_change_would_be_seen(callers, things, aoi):
    before = rows()
    aoi.handle = "かわった"
    aoi.save(update_fields=["handle"])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_letter")
    assert changes(before, rows()) == {("accounts.Participant", "handle"), ("accounts.Letter", "*")}


@pytest.mark.parametrize(
    "address", ["/uradoori/", "/rooms/uradoori/", "/letters/987654/", "/me/uradoori"]
)
def test_an_address_that_is_none_says_so_and_nothing_more(address, callers):
    answer = callers["participant"].get(address)
    assert answer.status_code == 404
    page = answer.content.decode()
    assert "uradoori" not in page
    assert "987654" not in page
