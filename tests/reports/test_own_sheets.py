"""A coordinator starts a sheet for new years from one that is there."""

from dataclasses import replace
from datetime import date

import pytest

from foundation.refusals import Refused
from ledger.entries import Fact, enter
from ledger.states import Kind
from ledger.subjects import subject_of
from reports import queries
from reports.actions.own_sheets import Plan, start_sheet
from reports.rules import OWN_ROOM, BadSheet, as_data, parse, shipped

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


@pytest.mark.parametrize(("own", "linked"), [(None, 0), (False, 0), (True, 1)])
def test_whether_our_own_room_counts_is_a_setting_and_printed(
    program, coordinator, now, own, linked
):
    plan = replace(PLAN, targets={"kochi.linked": {2023: 5}}, own_room=own)
    started(coordinator, program, now, plan=plan)
    enter(
        Fact(program="hyogo", kind=Kind.LINKED, occurred_on=date(2023, 5, 1), cohort="yes",
             subject=subject_of("hyogo", "a"), destination="own_room"),
        confirmed_by=1,
        now=now,
    )  # fmt: skip
    (line,) = queries.exact("hyogo-2023", as_of=None, now=now).lines
    assert line.actual == {2023: linked}
    printed = line.indicator.printed_choices
    assert ("電子居場所の部屋への参加も、居場所等に入れています。" in printed) is (own is True)
    assert ("電子居場所の部屋への参加は、居場所等に入れていません。" in printed) is (
        own is not True
    )


def test_what_an_older_closing_holds_is_not_said_twice_nor_otherwise():
    one = shipped()["kochi-2020"].indicator("kochi.linked")
    older = replace(one, choices=(OWN_ROOM[False], *one.choices))
    assert older.printed_choices == one.printed_choices
    assert OWN_ROOM[False] not in replace(older, own_room=True).printed_choices


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
