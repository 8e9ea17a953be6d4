"""How consultations are counted, and since when, is printed wherever the rule is."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from programs.actions.counting import decide
from programs.counting import Period
from programs.states import CountedAs
from reports import queries
from reports.rules import COUNTED, as_data, parse, shipped
from tests.cast import make_program
from tests.reports import test_every_format
from tests.reports.test_every_format import BREAKDOWN, JSON, lacking

pytestmark = pytest.mark.django_db
every_format, printed = test_every_format.every_format, test_every_format.printed
ONCE, EACH = (COUNTED[one] for one in CountedAs)
MIDSUMMER = date(2021, 7, 1)


def decided(slug: str, since: date, counted_as: CountedAs = CountedAs.EACH, *, after: int = 0):
    program = make_program(slug)
    before = datetime(since.year, since.month, since.day, tzinfo=UTC) - timedelta(days=3)
    decide(program=program.pk, counted_as=counted_as, since=since, after=after, now=before)


def said(slug: str, code: str) -> list[str]:
    return queries.sheet(slug).indicator(code).printed_choices


@pytest.mark.parametrize(
    ("slug", "code"),
    [("kochi-2020", "kochi.consultations"), ("tottori-2020", "tottori.consultations")],
)
def test_the_rule_of_each_period_stands_under_the_table(slug, code):
    program = slug.split("-")[0]
    make_program(program)
    assert said(slug, code) == list(shipped()[slug].indicator(code).choices)
    decided(program, MIDSUMMER)
    assert said(slug, code)[:2] == [
        f"令和3年6月30日まで: {ONCE}", f"令和3年7月1日から: {EACH}",
    ]  # fmt: skip
    decided(program, date(2022, 4, 1), CountedAs.ONCE_A_DAY, after=1)
    assert said(slug, code)[:3] == [
        f"令和3年6月30日まで: {ONCE}", f"令和3年7月1日から令和4年3月31日まで: {EACH}",
        f"令和4年4月1日から: {ONCE}",
    ]  # fmt: skip
    assert said(slug, code)[3:] == list(shipped()[slug].indicator(code).choices[1:])


def test_a_sheet_tells_of_its_own_years_alone():
    decided("kochi", date(2020, 3, 30))
    assert said("kochi-2020", "kochi.consultations")[0] == EACH
    decided("tottori", date(2023, 4, 1))
    assert said("tottori-2020", "tottori.consultations")[0] == ONCE
    # Another program's lines, and those that count something else, say what they said.
    assert queries.sheet("kobe-2020") == shipped()["kobe-2020"]
    assert said("kochi-2020", "kochi.new") == list(
        shipped()["kochi-2020"].indicator("kochi.new").choices
    )


def test_what_a_sheet_says_is_kept_with_a_closing_and_read_back():
    decided("kochi", MIDSUMMER)
    found = queries.sheet("kochi-2020")
    assert found.indicator("kochi.consultations").counted == (
        Period(None, CountedAs.ONCE_A_DAY), Period(MIDSUMMER, CountedAs.EACH),
    )  # fmt: skip
    assert parse("kochi-2020", as_data(found)) == found
    assert queries.sheets_of("kochi") == [found]
    assert [one.slug for one in queries.models_for("kochi")].count("kochi-2020") == 1


def test_it_is_printed_on_every_format(every_format):
    with time_machine.travel(datetime(2021, 3, 1, tzinfo=UTC), tick=False):
        decided("kochi", MIDSUMMER)
    found = every_format("kochi-2020")
    for words in (f"令和3年6月30日まで: {ONCE}", f"令和3年7月1日から: {EACH}"):
        assert lacking(found, words, but=(*BREAKDOWN, *JSON)) == []


def test_without_a_decision_every_format_says_once_a_day(every_format):
    found = every_format("kochi-2020")
    assert lacking(found, ONCE, but=(*BREAKDOWN, *JSON)) == []
    assert not [name for name, text in found.items() if EACH in text]
