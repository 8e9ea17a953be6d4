"""The inspection shows its columns, and answers no question about any other."""

import re

import pytest

from accounts.states import Role
from audit.actions import record
from tests.cast import grant, make_staff, signed_in_as


@pytest.fixture
def boss(db):
    made = make_staff("boss")
    grant(made, Role.ADMIN)
    return signed_in_as(made)


@pytest.mark.parametrize(
    "asked",
    [
        "staff/?password__startswith=argon2",
        "staff/?password=x",
        "staff/?is_superuser__exact=1",
        "rolegrant/?staff__password__startswith=argon2",
        "rolegrant/?program__slug__startswith=h",
        "invitation/?key__startswith=a",
    ],
)
def test_nobody_learns_a_hidden_column_by_asking_about_it(boss, asked):
    assert boss.get(f"/admin/accounts/{asked}").status_code == 400


@pytest.mark.parametrize("table", ["accounts/rolegrant", "audit/auditentry"])
def test_every_filter_that_a_list_offers_is_answered(boss, table, mori, program, now):
    for verb in ("given", "ended"):
        record(
            mori.pk, role="coordinator", verb=verb, object_type=verb, object_id=5,
            program=program.pk, now=now,
        )  # fmt: skip
    address = f"/admin/{table}/"
    offered = re.findall(r'href="(\?[^"]+)"', boss.get(address).content.decode())
    filters = {one for one in offered if re.match(r"\?(role|verb|object_type|program)", one)}
    assert len(filters) > 2
    for one in filters:
        assert boss.get(address + one.replace("&amp;", "&")).status_code == 200
