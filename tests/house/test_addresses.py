"""Every address × everyone: what a GET answers, and that looking changes nothing.

A new address without a line in the grid fails. Grown by a column when staff can sign in.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts import letters
from accounts.models import Participant
from accounts.viewer import SESSION_PARTICIPANT
from chat.models import Room

ANYONE = {"visitor": 200, "participant": 200}
ENTERED = {"visitor": 303, "participant": 200}  # the visitor is shown to the entrance
NOWHERE = {"visitor": 404, "participant": 404}
POSTED = {"visitor": 405, "participant": 405}

# name: (address, who gets what)
GRID: dict[str, tuple[str, dict[str, int]]] = {
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
    "me-unlock": ("/me/unlock/", {"visitor": 303, "participant": 303}),
    "letters": ("/letters/", ENTERED),
    "letter": ("/letters/{letter}/", ENTERED),
    "now": ("/now/", ANYONE),
    "notice": ("/notice/", ANYONE),
    "picture": ("/pictures/0123456789abcdef01234567.png", NOWHERE),
    "rooms": ("/rooms/", ANYONE),
    "room": ("/rooms/zatsudan/", ENTERED),
    "room-murmur": ("/rooms/zatsudan/murmur/", POSTED),
    "room-stamp": ("/rooms/zatsudan/stamp/", POSTED),
    "room-withdraw": ("/rooms/zatsudan/withdraw/", POSTED),
    "room-report": ("/rooms/zatsudan/report/", POSTED),
    "room-mute": ("/rooms/zatsudan/mute/", POSTED),
    "room-handle": ("/rooms/zatsudan/handle/", POSTED),
    "healthz": ("/healthz", ANYONE),
    "readyz": ("/readyz", ANYONE),
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
def callers(room: Room, aoi: Participant, now) -> dict[str, Client]:
    """Who calls: browsers that accept no redirect by themselves."""
    seated = Client()
    session = seated.session
    session[SESSION_PARTICIPANT] = aoi.pk
    session.save()
    seated.cookies["seat"] = session.session_key
    return {"visitor": Client(), "participant": seated}


@pytest.fixture
def letter(aoi: Participant, now) -> int:
    return letters.write(
        aoi.pk, kind=letters.Kind.REPLY, title="おへんじ", text="よみました。", now=now
    ).pk


def test_every_address_has_a_line():
    assert {plate.name for plate in plates()} == set(GRID)


@pytest.mark.parametrize("who", ["visitor", "participant"])
@pytest.mark.parametrize("name", GRID)
def test_everyone_gets_what_the_grid_says(name, who, callers, letter):
    address, expected = GRID[name]
    answer = callers[who].get(address.format(letter=letter))
    assert answer.status_code == expected[who]
    if expected[who] == 303 and who == "visitor":
        assert answer["Location"].startswith("/enter/")


@pytest.mark.parametrize("who", ["visitor", "participant"])
@pytest.mark.parametrize("name", GRID)
def test_looking_changes_nothing(name, who, callers, letter):
    address = GRID[name][0].format(letter=letter)
    before = rows()
    callers[who].get(address)
    assert changes(before, rows()) <= (LEFT_BEHIND.get(name, set()) if who != "visitor" else set())


@pytest.mark.parametrize("name", GRID)
def test_a_glance_ahead_changes_nothing_at_all(name, callers, letter):
    address = GRID[name][0].format(letter=letter)
    before = rows()
    callers["participant"].head(address)
    callers["participant"].get(address, headers={"Sec-Purpose": "prefetch"})
    assert changes(before, rows()) == set()


def test_a_change_would_be_seen(callers, letter, aoi):
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
