"""A coordinator starts a sheet for new years from one that is there."""

from datetime import date

import pytest

from foundation.refusals import Refused
from ledger.entries import Fact, enter
from ledger.states import Kind
from ledger.subjects import subject_of
from reports import queries
from reports.actions.own_sheets import Plan, start_sheet
from reports.rules import BadSheet, as_data, parse, shipped

PLAN = Plan(
    first_year=2023,
    targets={"kochi.new": {2023: 10, 2024: 20}, "kochi.linked": {2023: 5, 2024: 6}},
    baselines={"kochi.new": 105},
    decision="第2次",
    cost=37_500,
)


def started(viewer, program, now, plan=PLAN, from_sheet="kochi-2020"):
    return start_sheet(viewer, program=program.pk, from_sheet=from_sheet, plan=plan, now=now)


def test_it_counts_by_the_same_rules_in_its_own_program_and_years(program, coordinator, now):
    row = started(coordinator, program, now)
    assert row.slug == "hyogo-2023"
    for code, day in (("a", date(2022, 5, 1)), ("a", date(2023, 5, 1)), ("b", date(2024, 5, 1))):
        enter(
            Fact(program="hyogo", kind=Kind.NEW_CASE, occurred_on=day, cohort="yes",
                 subject=subject_of("hyogo", code)),
            confirmed_by=1,
            now=now,
        )  # fmt: skip
    found = queries.exact("hyogo-2023", as_of=None, now=now)
    assert [line.indicator.code for line in found.lines] == ["kochi.new", "kochi.linked"]
    # a came first in 2022, before this sheet.
    assert found.lines[0].actual == {2023: 0, 2024: 1}
    assert found.lines[0].indicator.baseline == 105
    assert (found.sheet.decision, found.sheet.cost) == ("第2次", 37_500)
    assert [one.slug for one in queries.sheets_of("hyogo")] == ["hyogo-2023", "hyogo-2020"]


def test_a_sheet_is_there_once_and_a_bad_one_not_at_all(program, coordinator, counselor, now):
    started(coordinator, program, now)
    with pytest.raises(Refused, match="already_there"):
        started(coordinator, program, now)
    with pytest.raises(Refused, match="not_found"):
        started(coordinator, program, now, from_sheet="atlantis-2020")
    with pytest.raises(Refused, match="not_found"):
        started(counselor, program, now)
    for targets in ({}, {"kochi.new": {2030: 1, 2032: 1}}):
        plan = Plan(first_year=2030, targets=targets, baselines={})
        with pytest.raises((BadSheet, Refused)):
            started(coordinator, program, now, plan=plan)
    assert queries.sheet("hyogo-2030") is None


def test_a_sheet_written_down_reads_back_the_same():
    for slug, sheet in shipped().items():
        assert parse(slug, as_data(sheet)) == sheet
