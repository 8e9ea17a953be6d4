"""A closed year stays as it was; what comes later is told beside it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from foundation.refusals import Refused
from ledger.entries import Fact, enter, merge_subjects
from ledger.models import Entry, Head
from ledger.queries import verify
from ledger.states import Kind
from ledger.subjects import subject_of
from programs.models import Program
from reports.actions.closings import check_closing, close_sheet
from reports.indicators import figures
from reports.queries import closings, noted_heads, revisions
from reports.rules import shipped
from tests.cast import grant, staff_viewer

KOCHI = shipped()["kochi-2020"]


@pytest.fixture
def kochi(db) -> Program:
    return Program.objects.create(slug="kochi", name="高知", prefecture_code="39")


@pytest.fixture
def mine(kochi, mori, coordinator):
    grant(mori, "coordinator", kochi)
    return staff_viewer(mori)


def new_case(code: str, now, day=date(2020, 9, 1)) -> Entry:
    return enter(
        Fact(program="kochi", kind=Kind.NEW_CASE, occurred_on=day, cohort="yes",
             subject=subject_of("kochi", code)),
        confirmed_by=1,
        now=now,
    )  # fmt: skip


@pytest.fixture
def closed(mine, kochi, now):
    for code in "abc":
        new_case(code, now)
    return close_sheet(mine, program=kochi.pk, sheet="kochi-2020", year=2020, now=now)


def test_a_closing_holds_figures_rules_and_the_end_of_the_chain(closed, mine):
    assert closed.figures[0] == {
        "code": "kochi.new",
        "actual": {"2020": 3, "2021": 0, "2022": 0},
        "unknown": {"2020": 0, "2021": 0, "2022": 0},
        "listed": None,
    }
    assert closed.rules["indicators"][0]["targets"] == {"2020": 20, "2021": 35, "2022": 50}
    assert (closed.head_seq, closed.head_hash) == (3, Head.objects.get().hash)
    assert closed.made_by == mine.staff
    assert closings("kochi-2020") == [closed]


def test_what_is_entered_taken_back_or_merged_later_is_a_revision(closed, now):
    assert revisions(closed, figures(KOCHI)) == []
    later = now + timedelta(days=30)
    new_case("d", later)
    new_case("e", later, day=date(2021, 5, 1))
    (found,) = revisions(closed, figures(KOCHI))
    assert (found.code, found.year, found.closed, found.now, found.difference) == (
        "kochi.new", 2020, 3, 4, 1,
    )  # fmt: skip
    one, other = (subject_of("kochi", code) for code in "ab")
    for into in (other, subject_of("kochi", "d")):
        merge_subjects(
            "kochi", subject=one, into=into, on=date(2021, 5, 1), confirmed_by=1, now=later
        )
    (found,) = revisions(closed, figures(KOCHI))
    assert found.difference == -1
    closed.refresh_from_db()
    assert closed.figures[0]["actual"]["2020"] == 3


def test_a_closing_is_checked_by_somebody_else(closed, mine, kochi, colleague, now):
    with pytest.raises(Refused, match="own"):
        check_closing(mine, program=kochi.pk, closing=closed.pk, now=now)
    with pytest.raises(Refused, match="not_found"):
        check_closing(colleague, program=kochi.pk, closing=closed.pk, now=now)
    other = replace(mine, staff=colleague.staff)
    check_closing(other, program=kochi.pk, closing=closed.pk, now=now)
    closed.refresh_from_db()
    assert closed.checked_by == colleague.staff
    with pytest.raises(Refused, match="already"):
        check_closing(other, program=kochi.pk, closing=closed.pk, now=now)


def test_a_year_is_closed_once_and_not_before_it_is_over(closed, mine, kochi, now):
    with pytest.raises(Refused, match="already"):
        close_sheet(mine, program=kochi.pk, sheet="kochi-2020", year=2020, now=now)
    with pytest.raises(Refused, match="not_found"):
        close_sheet(mine, program=kochi.pk, sheet="hyogo-2020", year=2020, now=now)
    early = now.replace(year=2022, month=3, day=31, hour=14, minute=59)
    with pytest.raises(Refused, match="too_early"):
        close_sheet(mine, program=kochi.pk, sheet="kochi-2020", year=2021, now=early)
    close_sheet(
        mine, program=kochi.pk, sheet="kochi-2020", year=2021, now=early + timedelta(minutes=1)
    )


def test_the_ledger_is_verified_against_what_closings_noted(closed):
    assert noted_heads() == {("kochi", 3): closed.head_hash}
    assert [v.broken for v in verify(noted=noted_heads())] == [""]
    assert "控えと違います" in next(verify(noted={("kochi", 3): "0" * 64})).broken
