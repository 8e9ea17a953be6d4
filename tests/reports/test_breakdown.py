"""Figures by municipality and by who spoke: right in every cell, and nobody to be found in them."""

import csv
import io
import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts.states import Role
from ledger.entries import Fact, enter_all
from ledger.models import Entry
from ledger.states import Cohort, Kind
from ledger.subjects import subject_of
from reports import breakdown, guarded
from reports.apart import told_apart
from reports.indicators import end_of, figures
from reports.places import guarded_year
from reports.rules import shipped
from reports.states import Along, Counting
from reports.suppression import NOTHING, TOWN, USUAL
from tests.cast import grant, make_staff, signed_in_as, staff_viewer
from tests.reports import oracle
from tests.reports.attacker import bounds
from tests.reports.kochi import TOWNS, kochi_with_towns
from tests.reports.test_oracle import START, step, write

NOW = datetime(2021, 7, 20, tzinfo=UTC)
CODE = "kochi.consultations"
PAGE = "/reports/kpi/kochi-2020/breakdown/"
YARDS = {"392014": USUAL, "392049": USUAL, "393860": TOWN, "394114": TOWN, "393649": NOTHING}
ENDS = [
    date(2020, 6, 30), date(2020, 9, 30), date(2020, 12, 31), date(2021, 3, 31), date(2021, 6, 30),
]  # fmt: skip


@pytest.fixture
def analyst(db):
    kochi = kochi_with_towns()
    person = make_staff("shukei", display_name="しゅうけい")
    grant(person, Role.ANALYST, kochi)
    return person


def consult(many: int, on: date, *, people: int | None = None, known: date | None = None, **what):
    at = datetime.combine(known or on, datetime.min.time(), UTC) + timedelta(hours=3)
    name = f"{what}{on}{known}"
    facts = [
        Fact(
            program="kochi", kind=Kind.CONSULTATION, occurred_on=on, cohort=Cohort.YES,
            subject=subject_of("kochi", f"{name}{number % (people or many)}"), **what,
        )
        for number in range(many)
    ]  # fmt: skip
    with transaction.atomic():
        enter_all(facts, confirmed_by=1, now=at)


def table(viewer, along: Along, now: datetime = NOW) -> breakdown.Table:
    found = breakdown.read(viewer, "kochi-2020", now=now)
    return next(one for one in found.tables if (one.indicator.code, one.along) == (CODE, along))


def cells(viewer, along: Along, year: int = 2020) -> dict[str, int | None]:
    return {row.code: row.years[year] for row in table(viewer, along).rows}


@pytest.mark.timeout(300)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(step, min_size=1, max_size=25),
    days=st.integers(0, 3),
    said=st.lists(st.sampled_from(["", "self", "family", "other"]), min_size=5, max_size=5),
)
def test_every_cell_equals_a_plain_count_over_the_raw_rows(db, steps, days, said):
    for number, (what, _) in enumerate(steps):
        if isinstance(what, dict):
            what["relation"] = said[number % 5]
    with transaction.atomic():
        for sheet in shipped().values():
            write(sheet.program, steps)
            rows = list(Entry.objects.filter(program=sheet.program).values())
            for upto in (end_of(date(2024, 1, 1)), end_of((START + timedelta(25 * days)).date())):
                for line in figures(sheet, upto=upto):
                    if line.indicator.count is not Counting.PLACES:
                        same(sheet, line, rows, upto)
        transaction.set_rollback(True)


def same(sheet, line, rows, upto) -> None:
    apart = told_apart(sheet.program, line.indicator, upto)
    for along, column in ((Along.MUNICIPALITY, "municipality_code"), (Along.RELATION, "relation")):
        assert apart[along].counts == oracle.apart(line.indicator.code, rows, column, upto)
        for year, total in line.actual.items():
            assert sum(n for (of, _), n in apart[along].counts.items() if of == year) == total


@pytest.mark.django_db
def test_what_is_large_is_told_and_adds_up_to_the_sheet(analyst):
    viewer = staff_viewer(analyst)
    consult(40, date(2020, 5, 1), municipality_code="392014", relation="self")
    consult(30, date(2020, 5, 2), municipality_code="392049", relation="family")
    consult(25, date(2020, 5, 3), municipality_code="393860", relation="family")
    told = cells(viewer, Along.RELATION)
    assert (told["self"], told["family"], told["supporter"]) == (40, 55, 0)
    assert table(viewer, Along.RELATION).total == {2020: 95}
    towns = cells(viewer, Along.MUNICIPALITY)
    assert towns["393649"] is None  # nothing is told of a village, so one more is hidden
    assert [towns[code] for code in ("392014", "392049")] == [40, 30]


@pytest.mark.django_db
@pytest.mark.parametrize(("people", "told"), [(9, None), (10, 40)])
def test_many_consultations_of_few_people_stay_hidden(analyst, people, told):
    consult(40, date(2020, 5, 1), people=people, relation="self")
    consult(40, date(2020, 5, 2), relation="family")
    assert cells(staff_viewer(analyst), Along.RELATION)["self"] == told


@pytest.mark.django_db
def test_a_year_is_told_once_and_what_comes_later_changes_nothing(analyst):
    viewer = staff_viewer(analyst)
    consult(40, date(2020, 5, 1), relation="self")
    consult(40, date(2020, 5, 1), relation="family")
    before = breakdown.read(viewer, "kochi-2020", now=datetime(2021, 6, 30, 14, 59, tzinfo=UTC))
    assert not before.told and before.later[2020] == date(2021, 6, 30)
    after = datetime(2021, 6, 30, 15, 0, tzinfo=UTC)
    told = table(viewer, Along.RELATION, after)
    consult(1, date(2020, 6, 1), known=date(2021, 7, 2), relation="self")
    breakdown._known.clear()
    assert table(viewer, Along.RELATION, NOW) == told
    assert table(viewer, Along.RELATION, datetime(2022, 8, 1, tzinfo=UTC)).total[2020] == 80


@pytest.mark.django_db
def test_page_csv_and_excel_hide_the_same(analyst):
    consult(40, date(2020, 5, 1), municipality_code="392014", relation="self")
    consult(30, date(2020, 5, 1), municipality_code="392049", relation="family")
    consult(3, date(2020, 5, 2), municipality_code="394114", relation="other")
    client = signed_in_as(analyst)
    with_hidden = {
        (row.words, number)
        for along in Along
        for row in table(staff_viewer(analyst), along).printed
        for number in row.years.values()
    }
    assert ("その他", None) in with_hidden and ("津野町", None) in with_hidden
    page = client.get(PAGE).content.decode()
    assert "高知市" in page and "＊" in page and "6月30日現在" in page
    data = client.get(f"{PAGE}breakdown.csv").content
    assert data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    start = next(at for at, one in enumerate(lines) if one[:1] == [CODE])
    told = {tuple(one[:2]) for one in lines[start : start + 22] if len(one) > 2}
    for words, number in with_hidden:
        assert (words, "＊" if number is None else str(number)) in told
    book = load_workbook(io.BytesIO(client.get(f"{PAGE}breakdown.xlsx").content))
    found = {(row[0], row[1]) for row in book[CODE].iter_rows(values_only=True)}
    for words, number in with_hidden:
        assert (words, "＊" if number is None else number) in found
    old = client.get(f"{PAGE}breakdown.csv?encoding=cp932").content.decode("cp932")
    assert "複数の立場" in old


@pytest.mark.django_db
def test_municipalities_that_are_0_are_named_in_one_line_and_hidden_ones_keep_theirs(analyst):
    consult(40, date(2020, 5, 1), municipality_code="392014", relation="self")
    consult(3, date(2020, 5, 2), municipality_code="394114", relation="other")
    consult(30, date(2020, 5, 3), municipality_code="", relation="other")
    client = signed_in_as(analyst)
    towns = table(staff_viewer(analyst), Along.MUNICIPALITY)
    told = {row.words: row.years[2020] for row in towns.rows}
    zero = [name for name, number in told.items() if number == 0 and name in ZEROS]
    assert towns.zeros == zero == ["南国市", "いの町"]
    assert told["津野町"] is None and told["大川村"] is None
    page = client.get(PAGE).content.decode()
    for name, number in told.items():
        assert (f'<th scope="row">{name}</th>' in page) == (number != 0 or name not in ZEROS), name
    assert "ほかの2市町村は、どの年度も0です。" in page and "南国市、いの町" in page
    lines = client.get(f"{PAGE}breakdown.csv").content.decode("utf-8-sig").splitlines()
    assert "ほかの2市町村は、どの年度も0です: 南国市、いの町" in lines
    assert not [line for line in lines if line.startswith("南国市,")]
    assert '<td class="number actual">73</td></tr></tfoot>' in page
    with time_machine.travel(NOW, tick=False):
        early = signed_in_as(analyst).get(PAGE).content.decode()
    assert '<td class="number actual">-</td></tr></tfoot>' in early  # two years aren't told yet
    book = load_workbook(io.BytesIO(client.get(f"{PAGE}breakdown.xlsx").content))
    first = [row[0] for row in book[CODE].iter_rows(values_only=True)]
    assert "ほかの2市町村は、どの年度も0です: 南国市、いの町" in first and "南国市" not in first


ZEROS = {name for name, _ in TOWNS.values()}
MANY, FEW = [0, 1, 11, 14, 30], [0, 0, 0, 1, 2]
PLACES = [
    ("392014", "self", MANY), ("392049", "family", MANY), ("393860", "other", FEW),
    ("394114", "supporter", FEW), ("393649", "", FEW), ("", "self", MANY),
]  # fmt: skip


def make_history(seed: int) -> None:
    dice = random.Random(seed)
    for quarter, layer in ((q, known) for q in range(4) for known in range(q, 5)):
        for place, relation, much in PLACES:
            many = dice.choice(
                much if layer == quarter else [0, 0, 0, 1, 12 if much is MANY else 0]
            )
            consult(
                many, ENDS[quarter] - timedelta(days=9), people=dice.choice([1, 8, 30, 30, 30]),
                known=ENDS[layer] - timedelta(days=3), municipality_code=place, relation=relation,
            )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(6))
def test_an_attacker_with_every_total_of_every_date_finds_no_hidden_cell(analyst, seed):
    make_history(seed)
    viewer = staff_viewer(analyst)
    exact = []
    for end in ENDS:
        reading = guarded.read(viewer, "kochi-2020", as_of=end, now=NOW)
        line = next(one for one in reading.lines if one.indicator.code == CODE)
        exact.append(line.exact.actual[2020])
    steps = [after - before for before, after in pairwise((0, *exact))]
    rows = list(Entry.objects.filter(program="kochi").values())
    for along, column in ((Along.MUNICIPALITY, "municipality_code"), (Along.RELATION, "relation")):
        told = cells(viewer, along)
        true = oracle.apart(CODE, rows, column, end_of(ENDS[-1]))
        yards = dict.fromkeys(told, USUAL) | (YARDS if along is Along.MUNICIPALITY else {})
        # Worth an attack: something is told, something hidden.
        assert {type(number) for number in told.values()} == {int, type(None)}
        attack(told, {code: true.get((2020, code), 0) for code in told}, steps, yards)


def attack(told, true, steps, yards) -> None:
    layers = range(len(steps))
    sums = [({(layer, code): 1 for code in told}, steps[layer]) for layer in layers]
    bare = list(sums)
    for code, number in told.items():
        if number is None:
            continue
        assert number == true[code] and not yards[code].hides(number)
        sums.append(({(layer, code): 1 for layer in layers}, number))
    for code, number in told.items():
        sought = ({**{(layer, code): 1 for layer in layers}, "sought": -1}, 0)
        if number is None:
            low, high = bounds("sought", [*sums, sought])
            least, most = bounds("sought", [*bare, sought])
            assert high - low >= min(yards[code].room, most - least), (code, low, high)
        elif number:
            # Nor how few of a told one a quarter brought.
            for layer in layers:
                low, high = bounds((layer, code), sums)
                room = min(yards[code].room, steps[layer])
                assert high - low >= room or low > 9, (code, layer, low, high)


def test_the_attack_finds_a_cell_that_a_careless_table_gives_back():
    with pytest.raises(AssertionError):
        attack({"a": 40, "b": None}, {"a": 40, "b": 3}, [43], {"a": USUAL, "b": USUAL})


def test_what_is_hidden_together_is_many_people_s_too():
    """20 and 30 by one person each, hidden: their sum would be two people's."""
    counts, people = {"a": 20, "b": 30, "c": 40, "d": 50}, {"a": 1, "b": 1, "c": 40, "d": 50}
    shown = guarded_year(counts, people, [140], of=dict.fromkeys(counts, USUAL))
    assert shown == {"a": None, "b": None, "c": None, "d": 50}


def test_a_few_that_came_late_are_not_told_by_a_place_that_has_all():
    one = {"a": 60, "b": 0, "c": 0}
    of = dict.fromkeys(one, USUAL)
    assert guarded_year(one, one, [60], of=of)["a"] == 60
    assert guarded_year(one, one, [57, 60], of=of)["a"] is None
    two = {"a": 40, "b": 30, "c": 0}
    assert guarded_year(two, two, [68, 70], of=of) == two
