"""Every address × everyone: what a GET answers, and that looking changes nothing.

A new address without a line in the grid fails. The house is set up once for the whole file, in a
transaction that is taken back at its end; each test's own changes are taken back after it.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts import letters
from accounts.models import Participant, Staff
from accounts.states import Role
from audit.models import AuditEntry
from chat.models import Room
from counseling import codes
from foundation import clock
from tests.cast import attend, grant, just_proven, make_participant, make_room, make_staff
from tests.house.counseling_lines import COUNSELING, counseling_things
from tests.house.desk_lines import DESK_LINES, desk_things
from tests.house.duty_lines import DUTY
from tests.house.emergency_lines import EMERGENCIES, emergency_things
from tests.house.everyone import (
    ELSEWHERE,
    EVERYONE,
    OTHER_ROOM,
    ROLES,
    UNASSIGNED,
    Row,
    always,
    anyone,
    entered,
    everyone,
    passkey_of,
    staff,
)
from tests.house.left_behind import LEFT_BEHIND, LISTS, LOOKS, changes, rows
from tests.house.named_rows import Nothing, named_rows, sent
from tests.house.office_lines import OFFICE, office_things
from tests.house.onward_lines import ONWARD, onward_things
from tests.house.plates import plates
from tests.house.reports_lines import REPORTS, reports_things

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
LATELY = timedelta(minutes=2)
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
    "now-health": ("/now/health", always()),
    "notice": ("/notice/", ANYONE),
    "picture": ("/pictures/{picture}", ANYONE),
    "rooms": ("/rooms/", ANYONE),
    "room": ("/rooms/zatsudan/", entered() | {"barred": 403, "supporter": 200, "coordinator": 200}),
    "room-murmur": ("/rooms/zatsudan/murmur/", POSTED),
    "room-aloud": ("/rooms/zatsudan/aloud/", POSTED),
    "room-stamp": ("/rooms/zatsudan/stamp/", POSTED),
    "room-withdraw": ("/rooms/zatsudan/withdraw/", POSTED),
    "room-report": ("/rooms/zatsudan/report/", POSTED),
    "room-mute": ("/rooms/zatsudan/mute/", POSTED),
    "room-handle": ("/rooms/zatsudan/handle/", POSTED),
    **OFFICE,
    **COUNSELING,
    **EMERGENCIES,
    **ONWARD,
    **DESK_LINES,
    **REPORTS,
    "healthz": ("/healthz", always()),
    "readyz": ("/readyz", always()),
    # The test's browsers are on this machine.
    "metrics": ("/metrics", always()),
    "staff-home": ("/accounts/", SIGNED_IN),
    "staff-session-end": ("/accounts/sessions/{session}/end/", staff(code=405)),
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
    **DUTY,
}


@pytest.fixture(scope="module")
def whole_house(django_db_setup, django_db_blocker) -> Iterator[dict[str, Any]]:
    """Everyone, and what an address may name; once for all."""
    with django_db_blocker.unblock(), transaction.atomic():
        now = clock.now()
        aoi, haha = make_participant("あおい"), make_participant("はは")
        cast = {}
        for name, role in (("ren", "supporter"), ("kaede", "counselor"), ("mori", "coordinator")):
            cast[role] = make_staff(name, display_name=name)
            grant(cast[role], Role(role))
        room, ren = make_room(), cast["supporter"]
        attend(room, ren, make_staff("nao", display_name="なお"))
        callers = everyone(room, aoi=aoi, haha=haha, known=cast, now=now)
        things = named_things(aoi, cast, room, now)
        keep = {who: (client, SimpleCookie(client.cookies)) for who, client in callers.items()}
        yield {
            "at": now,
            "callers": keep,
            "things": things,
            "aoi": aoi.pk,
            "mori": cast["coordinator"].pk,
        }
        transaction.set_rollback(True)


def named_things(
    aoi: Participant, cast: dict[str, Staff], room: Room, now: datetime
) -> dict[str, int | str]:
    """aoi's letter, mori's passkey, ren's shift, the office's things."""
    letter = letters.write(
        aoi.pk, kind=letters.Kind.REPLY, title="おへんじ", text="よみました。", now=now
    )
    ren, passkey = cast["supporter"], passkey_of(cast["coordinator"].pk)
    own = {"letter": letter.pk, "passkey": passkey, "shift": ren.shifts.get().pk}
    own |= counseling_things(aoi, cast["counselor"], ren, room, now)
    own |= onward_things(str(own["own"]), cast["counselor"], now)
    own |= emergency_things(str(own["own"]), cast["counselor"], now)
    own |= reports_things(cast["coordinator"], cast["counselor"], room.program, now)
    own |= office_things(room, ren, now) | desk_things(room, aoi, ren, now)
    return own | named_rows(own, room, cast, now)


@pytest.fixture
def callers(whole_house, db) -> dict[str, Client]:
    """The browsers as they were when everybody had signed in; what they do is taken back."""
    found = {}
    for who, (client, cookies) in whole_house["callers"].items():
        client.cookies = SimpleCookie(cookies)
        # On a slow machine the house stands for longer than a proof of who somebody is.
        aged = clock.now() - whole_house["at"] > LATELY
        found[who] = just_proven(client) if aged else client
    return found


@pytest.fixture
def things(whole_house) -> dict[str, int | str]:
    """What an address may name."""
    return whole_house["things"]


@pytest.fixture
def aoi(whole_house, callers) -> Participant:
    return Participant.objects.get(pk=whole_house["aoi"])


@pytest.fixture
def mori(whole_house, callers) -> Staff:
    return Staff.objects.get(pk=whole_house["mori"])


def test_every_address_has_a_line():
    assert sorted(str(plate.name) for plate in plates()) == sorted(GRID)


def test_every_number_in_an_address_is_that_of_a_row_which_is_there():
    # The code of a town, and a year of a sheet, are no rows' numbers.
    free = {"town": "281000", "reports-cell": "2020", "reports-entries": "2020"}
    free["reports-baseline-withdraw"] = free["town"]
    found = {name: re.findall(r"/(\d+)/", address) for name, (address, _) in GRID.items()}
    assert {name: numbers for name, numbers in found.items() if numbers} == {
        name: [number] for name, number in free.items()
    }


@pytest.mark.parametrize("name", GRID)
def test_everybody_stands_in_every_line(name):
    assert set(GRID[name][1]) == set(EVERYONE)


@pytest.mark.parametrize("name", GRID)
def test_everyone_gets_what_the_grid_says_and_looking_changes_nothing(name, callers, things):
    address, expected = GRID[name]
    before, found = rows(), {}
    # A glance ahead by the browser is no look at all.
    for who in ("participant", "coordinator") if name in LEFT_BEHIND else ():
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


# What an address may name that is one person's, or somebody's of whom something was told.
PERSONAL = {"own", "onward", "emergency", "meeting", "visit", "item", "seat", "appeal", "above"}


def test_every_page_about_one_person_leaves_a_look_in_the_log():
    named = {
        name
        for name, (address, row) in GRID.items()
        if PERSONAL & set(re.findall(r"{(\w+)}", address))
        and 200 in {row[who] for who in (*ROLES, UNASSIGNED)}
    }
    # A colleague's page, too; the forms that lead on from it show no more than a name.
    assert named | {"manage-person", "manage-admin"} == LOOKS


@pytest.mark.parametrize("name", sorted(LOOKS | LISTS))
def test_who_looks_stands_in_the_log_and_nobody_else(name, callers, things):
    address, expected = GRID[name]
    lay = AuditEntry.objects.count()
    for client in callers.values():
        client.get(address.format(**things))
    new = AuditEntry.objects.order_by("pk")[lay:]
    lines = list(new.values_list("actor", "object_type", "object_id"))
    looked = [who for who, code in expected.items() if code == 200]
    assert len(lines) == len(set(lines))
    assert len({actor for actor, *_ in lines}) == len(looked)


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


# Any counselor may be the second whom danger to life asks for, or take on a call about a visit or
# words of need; one was offered a case.
SECONDS = {
    f"counseling-{one}"
    for one in (
        "emergency-agree", "emergency-decline", "overdue-hear", "needs-hear", "accept", "decline",
    )
}  # fmt: skip
# The whole team's, whichever rooms somebody's role is narrowed to.
TEAMS = {"handover-read", "alarm-acknowledge"}
NAMED = [name for name in OF_STAFF if "{" in GRID[name][0]]


# What a colleague may know of without being let in: of danger to life while it waits, of かわって,
# of a visit that is overdue, of words of need that nobody answers, of what waited in the team's
# inbox a moment ago. The registers are every counselor's.
KNOWN = (
    "counseling-emergency", "counseling-overdue", "counseling-needs", "counseling-take",
    "relief-take", "reports-",
)  # fmt: skip


def strangers(name: str) -> tuple[str, ...]:
    """Whose the things that a line names aren't, whatever else they may do here."""
    beside = {OTHER_ROOM: name not in TEAMS, UNASSIGNED: name not in SECONDS}
    return *ELSEWHERE, *(who for who, is_one in beside.items() if is_one)


@pytest.mark.parametrize("name", NAMED)
def test_nobody_from_elsewhere_changes_a_thing_of_this_house(name, callers, things):
    before = rows()
    for who in strangers(name):
        callers[who].post(GRID[name][0].format(**things))
    # To who may look at it a refusal shows the page again: that look is noted.
    page = "counseling-emergency" if name.startswith("counseling-emergency-") else ""
    page = {"counseling-take": "counseling-desk", "relief-take": "desk"}.get(name, page)
    assert changes(before, rows()) <= LEFT_BEHIND.get(page, set())


@pytest.mark.parametrize("name", NAMED)
def test_a_row_is_there_for_somebody_and_from_elsewhere_is_as_if_it_weren_t(name, callers, things):
    address, row = GRID[name]
    may = [who for who in EVERYONE if row[who] not in (303, 404)]
    found = {sent(callers[who], name, address.format(**things), things)[0] for who in may}
    assert found - {404}, "nobody finds it"
    nowhere = address.format_map(Nothing(own=codes.make()))
    for who in ELSEWHERE if name.startswith(KNOWN) else strangers(name):
        there = sent(callers[who], name, address.format(**things), things)
        assert there == sent(callers[who], name, nowhere, things), who


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
