"""Where a family goes for itself has a line of its own: 家族会, CRAFT, the household's money."""

import re

import pytest

from counseling.actions import referrals
from counseling.states import Goal, Heading, Relation
from tests.cast import seen_by, signed_in_as, staff_viewer
from tests.counseling.places import make_agency
from tests.counseling.test_pages import page, seated
from tests.counseling.voices import asks, taken


@pytest.fixture
def hers(haha, kaede, program, now):
    return taken(asks(haha, program, now=now, relation=Relation.FAMILY), kaede, now=now)


@pytest.fixture
def there(program, now):
    """A サポステ, 家族会, and somebody who looks at the household's money with one."""
    return {
        kind: make_agency(program, kind=kind, name=name, now=now)
        for kind, name in (
            ("youth_station", "サポステ"), ("family_group", "あおぞら家族会"),
            ("household", "くらしの家計室"),
        )
    }  # fmt: skip


def section(shown: str, name: str) -> str:
    found = re.search(rf'<section[^>]*aria-labelledby="{name}".*?</section>', shown, re.S)
    return found.group(0) if found else ""


def propose(kaede, case, goal, agency=None, *, now):
    return referrals.propose(
        staff_viewer(kaede), code=case.code, goal=goal, agency=agency and agency.pk, now=now,
        typed={Heading.CALLER: "母です。"} if case.relation == "family" else {},
    )  # fmt: skip


def test_her_own_stand_by_themselves_on_her_page_and_at_the_desk(hers, haha, kaede, there, now):
    propose(kaede, hers, Goal.FAMILY, now=now)
    propose(kaede, hers, Goal.HOUSEHOLD, there["household"], now=now)
    propose(kaede, hers, Goal.AGENCY, there["youth_station"], now=now)
    # By where it leads, too: she found it herself.
    referrals.wish(seen_by(haha), code=hers.code, agency=there["family_group"].pk, now=now)
    mine, desk = seated(haha), signed_in_as(kaede)
    assert "#own" in page(mine, f"/counseling/mine/{hers.code}/")
    for client, address in (
        (mine, f"/counseling/mine/{hers.code}/onward/"),
        (desk, f"/counseling/desk/{hers.code}/onward/"),
    ):
        shown = page(client, address)
        own, others = section(shown, "own"), section(shown, "referrals")
        for name in ("CRAFT", "くらしの家計室", "あおぞら家族会"):
            assert name in own
        for name in ("くらしの家計室", "あおぞら家族会"):
            assert name not in others
        assert "サポステ" in others and "サポステ" not in own


def test_the_line_stands_there_before_anything_was_proposed(hers, haha, kaede):
    for client, address in (
        (seated(haha), f"/counseling/mine/{hers.code}/onward/"),
        (signed_in_as(kaede), f"/counseling/desk/{hers.code}/onward/"),
    ):
        assert "まだ、ありません。" in section(page(client, address), "own")


def test_where_she_looks_they_come_first_and_once(hers, haha, there):
    browser, where = seated(haha), f"/counseling/mine/{hers.code}/onward/where/"
    shown = page(browser, where)
    own, rest = section(shown, "own"), section(shown, "agencies")
    for name in ("あおぞら家族会", "くらしの家計室"):
        assert name in own and name not in rest
    assert "サポステ" in rest and "サポステ" not in own
    # What is looked for by its kind is one list.
    shown = page(browser, f"{where}?kind=family_group")
    assert not section(shown, "own") and "あおぞら家族会" in section(shown, "agencies")


@pytest.mark.parametrize("relation", [Relation.SELF, Relation.SUPPORTER])
def test_nobody_else_has_such_a_line(aoi, kaede, program, there, relation, now):
    case = taken(asks(aoi, program, now=now, relation=relation), kaede, now=now)
    propose(kaede, case, Goal.HOUSEHOLD, there["household"], now=now)
    mine, desk = seated(aoi), signed_in_as(kaede)
    own = f"/counseling/mine/{case.code}/"
    assert "#own" not in page(mine, own)
    for client, address in (
        (mine, f"{own}onward/"), (mine, f"{own}onward/where/"),
        (desk, f"/counseling/desk/{case.code}/onward/"),
    ):  # fmt: skip
        assert not section(page(client, address), "own")
    assert "くらしの家計室" in section(page(mine, f"{own}onward/"), "referrals")
