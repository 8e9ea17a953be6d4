"""Sheets of one program that tell the same years: together they tell no more than one of them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from accounts.states import Role
from ledger.entries import Fact, enter_all
from ledger.states import Kind
from ledger.subjects import subject_of
from programs.models import Program
from reports import breakdown, evidence, guarded
from reports.actions.own_sheets import Plan, start_sheet
from reports.around import around
from reports.rules import Sheet, parse, shipped
from tests.cast import grant, make_staff, staff_viewer
from tests.reports.kochi import kochi_with_towns

pytestmark = pytest.mark.django_db
DAY = date(2021, 5, 10)
NOW = datetime(2021, 7, 20, tzinfo=UTC)
LATER = datetime(2022, 7, 20, tzinfo=UTC)
OWN, OLD = "kochi-2021", "kochi-2020"


@pytest.fixture
def coordinator():
    kochi = kochi_with_towns()
    person = make_staff("matome", display_name="まとめ")
    grant(person, Role.COORDINATOR, kochi)
    return staff_viewer(person)


def enter(kind: Kind, numbers: range, **told: str) -> None:
    facts = [
        Fact(
            program="kochi", kind=kind, occurred_on=DAY, cohort="yes",
            subject=subject_of("kochi", str(number)), municipality_code="392014", **told,
        )
        for number in numbers
    ]  # fmt: skip
    at = datetime.combine(DAY, datetime.min.time(), UTC) + timedelta(hours=3)
    with transaction.atomic():
        enter_all(facts, confirmed_by=1, now=at)


def start(viewer, *codes: str, years=(2021, 2022), own_room: bool = False) -> None:
    targets = {code: dict.fromkeys(years, 1) for code in codes}
    plan = Plan(first_year=years[0], targets=targets, baselines={}, own_room=own_room)
    start_sheet(
        viewer, program=Program.objects.get().pk, from_sheet=OLD, plan=plan, now=NOW
    )  # fmt: skip


def parts(viewer, slug: str, code: str, year: int = 2021) -> dict[str, int | None]:
    reading = guarded.read(viewer, slug, as_of=None, now=NOW)
    line = next(one for one in reading.lines if one.indicator.code == code)
    return {part.words: part.years[year] for part in line.parts}


def spread(viewer, slug: str, code: str):
    _, cell = evidence.opened(viewer, slug, code=code, year=2021, as_of=None, after=0, now=NOW)
    return cell.spread


def broken_down(viewer, slug: str, code: str) -> set[int | None]:
    found = breakdown.read(viewer, slug, now=LATER).tables
    return {row.years[2021] for one in found if one.indicator.code == code for row in one.rows}


def test_two_settings_subtracted_would_be_three_people_s(coordinator):
    """20 of 30 links by Web without our own room, 23 of 33 with it."""
    enter(Kind.LINKED, range(20), channel="web", destination="ハローワーク")
    enter(Kind.LINKED, range(20, 30), channel="phone", destination="ハローワーク")
    enter(Kind.LINKED, range(30, 33), channel="web", destination="own_room")
    start(coordinator, "kochi.linked", "kochi.new", own_room=True)
    first = parts(coordinator, OLD, "kochi.linked")
    assert first["うちWeb"] == 20
    assert set(parts(coordinator, OWN, "kochi.linked").values()) == {None}
    assert spread(coordinator, OLD, "kochi.linked") is not None
    assert spread(coordinator, OWN, "kochi.linked") is None
    assert broken_down(coordinator, OLD, "kochi.linked") > {None}
    assert broken_down(coordinator, OWN, "kochi.linked") == {None}
    # What both count alike, both tell.
    new = parts(coordinator, OLD, "kochi.new")
    assert new == parts(coordinator, OWN, "kochi.new") and new["うちWeb"] == 0


def test_a_sheet_with_the_same_setting_tells_the_same(coordinator):
    enter(Kind.LINKED, range(20), channel="web", destination="ハローワーク")
    enter(Kind.LINKED, range(20, 30), channel="phone", destination="ハローワーク")
    start(coordinator, "kochi.linked")
    assert parts(coordinator, OWN, "kochi.linked") == parts(coordinator, OLD, "kochi.linked")
    assert spread(coordinator, OWN, "kochi.linked") == spread(coordinator, OLD, "kochi.linked")
    own, old = (broken_down(coordinator, slug, "kochi.linked") for slug in (OWN, OLD))
    assert own == old and own > {None}


def test_consultations_on_a_sheet_of_their_own_are_guarded_with_new_cases(coordinator):
    """10 of 40 by Web; 35 of the 40 are new, so 5 to 10 of them came so."""
    enter(Kind.NEW_CASE, range(6), channel="web")
    enter(Kind.NEW_CASE, range(6, 35), channel="phone")
    enter(Kind.CONSULTATION, range(10), channel="web")
    enter(Kind.CONSULTATION, range(10, 40), channel="phone")
    start(coordinator, "kochi.consultations")
    for slug in (OLD, OWN):
        told = parts(coordinator, slug, "kochi.consultations")["うちWeb"]
        assert told in (0, None), "0 is that of a quarter before"
        assert spread(coordinator, slug, "kochi.consultations") is None, slug
    own, old = (broken_down(coordinator, slug, "kochi.consultations") for slug in (OWN, OLD))
    assert own == old


def sheet(slug: str, years: list[int], own_room: bool = False) -> Sheet:
    model = shipped()[OLD].indicator("kochi.linked")
    one = {
        "code": model.code, "label": "l", "unit": "u", "kind": "linked", "count": "once",
        "baseline": 0, "rule": "r", "cohort": True, "each_destination": True,
        "own_room": own_room, "targets": {str(year): 1 for year in years},
    }  # fmt: skip
    data = {"program": "kochi", "body": "b", "name": "n", "years": years, "indicators": [one]}
    return parse(slug, data)


def test_of_each_year_the_first_sheet_s_setting_is_told():
    first, second = sheet("a", [2020, 2021]), sheet("b", [2021, 2022], own_room=True)
    third = sheet("c", [2021, 2022, 2023])
    every = [first, second, third]
    hidden = [around(one, every).untold for one in every]
    assert hidden == [(frozenset(),), (frozenset({2021}),), (frozenset({2022}),)]
    assert around(first, every).whole == first
