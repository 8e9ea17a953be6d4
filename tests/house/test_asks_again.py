"""Every address × somebody whose proof of who they are is ten minutes old."""

import pytest
from django.test import Client
from django.urls import resolve

from accounts.models import Staff
from accounts.staff_doors import PROVE_AGAIN
from accounts.states import Role
from counseling import codes
from tests.cast import grant, long_proven, make_staff, signed_in_as
from tests.house.everyone import some_password
from tests.house.test_addresses import GRID

# Contact data, links and codes that are shown once, bars for good, roles, exports: there a screen
# left open isn't enough. A list of support bodies is public, and still a whole list in one file;
# the empty list (`manage-agencies-template`) holds nothing.
ASKS_AGAIN = {
    "counseling-details", "counseling-emergency-open", "counseling-visit-look", "counseling-send",
    "counseling-new-link", "counseling-sheet",
    "propose", "item-proposal",
    "manage-invite", "manage-role-give", "manage-role-renew", "manage-person-sheet",
    "manage-person-again", "manage-agencies-file", "manage-admin-invite", "manage-admin-sheet",
    "manage-admin-again",
    "reports-usage-csv", "reports-sheet-csv", "reports-sheet-json",
    "reports-sheet-xlsx", "reports-sheet-pdf",
    "reports-monthly", "reports-breakdown-csv", "reports-breakdown-xlsx", "reports-return-write",
    "reports-return-join",
    # allauth's own, for whoever has a password alone.
    "mfa_reauthenticate", "mfa_activate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn",
}  # fmt: skip


class Anything(dict):
    """What an address may name: the door asks before it looks whether that is there."""

    def __missing__(self, name: str) -> int:
        return 1


ANYTHING = Anything(own=codes.make(), calendar="a" * 43, picture=f"{'a' * 24}.png")


@pytest.fixture
def long_ago(db) -> Client:
    """Somebody with every role there is."""
    made = make_staff("zenbu", display_name="ぜんぶ")
    for role in Role:
        grant(made, role)
    Staff.objects.filter(pk=made.pk).update(password=some_password())
    made.refresh_from_db()
    return long_proven(signed_in_as(made))


@pytest.mark.parametrize("name", GRID)
def test_what_is_delicate_asks_again_who_one_is_and_nothing_else_does(name, long_ago):
    address = GRID[name][0].format_map(ANYTHING)
    assert resolve(address).url_name == name
    answers = [long_ago.get(address), long_ago.post(address, {"agree": "on"})]
    led = [one.get("Location", "") for one in answers]
    assert any(one.startswith(PROVE_AGAIN) for one in led) is (name in ASKS_AGAIN)
