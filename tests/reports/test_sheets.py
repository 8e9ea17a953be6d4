"""The six sheets are those of the grant document, and a bad one says what is wrong with it."""

import copy
import tomllib

import pytest

from reports.rules import SHIPPED, BadSheet, parse, reiwa, shipped

# Columns as printed: before the project, 令和2・3・4年度, sum.
PRINTED = {
    "shizuoka.windows": ("市町", 13, 5, 10, 5, 20),
    "hyogo.ibasho": ("市町", 3, 3, 24, 11, 38),
    "hyogo.craft": ("人(延べ)", 0, 100, 150, 150, 400),
    "kobe.outreach": ("人", 0, 24, 24, 24, 72),
    "kobe.counseling": ("人", 0, 40, 60, 80, 180),
    "tottori.consultations": ("件", 133, 160, 170, 180, 510),
    "tottori.work_experience": ("件", 0, 8, 16, 16, 40),
    "tottori.employment": ("件", 0, 4, 8, 8, 20),
    "kochi.new": ("件", 0, 20, 35, 50, 105),
    "kochi.consultations": ("件", 0, 300, 525, 750, 1575),
    "kochi.linked": ("件", 0, 10, 27, 43, 80),
    "fukuoka.satellite_users": ("人", 0, 60, 64, 68, 192),
}


def test_the_twelve_indicators_are_as_printed_and_their_sums_are_right():
    found = {
        one.code: (one.unit, one.baseline, *one.targets.values(), one.target_sum)
        for sheet in shipped().values()
        for one in sheet.indicators
    }
    assert found == PRINTED
    assert all(a + b + c == total for _, _, a, b, c, total in PRINTED.values())


def test_there_are_six_sheets_of_six_bodies():
    assert sorted(shipped()) == [
        "fukuoka-2020", "hyogo-2020", "kobe-2020", "kochi-2020", "shizuoka-2020", "tottori-2020",
    ]  # fmt: skip
    assert {s.program for s in shipped().values()} == {slug[:-5] for slug in shipped()}


def test_every_municipality_of_hyogo_is_the_baseline_and_the_target_together():
    one = shipped()["hyogo-2020"].indicator("hyogo.ibasho")
    assert one.baseline + one.target_sum == 41


def test_an_indicator_of_the_cohort_says_whom_it_means():
    for sheet in shipped().values():
        for one in sheet.indicators:
            assert ("1970年4月2日〜1986年4月1日" in one.rule) is one.cohort


def test_only_the_figures_whose_label_names_the_cohort_are_of_the_cohort():
    for sheet in shipped().values():
        for one in sheet.indicators:
            assert one.cohort is ("氷河期世代" in one.label), one.code


@pytest.fixture
def raw() -> dict:
    return tomllib.loads((SHIPPED / "kochi-2020.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["indicators"][0].update(sum=104), "合計"),
        (lambda d: d["indicators"][0]["targets"].pop("2021"), "年度"),
        (lambda d: d["indicators"][0].update(kind="smiles"), "読めません"),
        (lambda d: d["indicators"][0].update(kind="window_opened"), "かぞえられません"),
        (lambda d: d["indicators"][0].update(rule=""), "ことば"),
        (lambda d: d["indicators"].clear(), "指標"),
        (lambda d: d["indicators"].append(copy.deepcopy(d["indicators"][0])), "同じ符号"),
        (lambda d: d.update(years=[2020, 2022]), "続いた"),
        (lambda d: d.pop("program"), "読めません"),
    ],
)
def test_a_sheet_that_can_not_be_right_is_refused_with_a_sentence(raw, change, said):
    parse("kochi-2020", raw)
    change(raw)
    with pytest.raises(BadSheet, match=said):
        parse("kochi-2020", raw)


def test_years_are_printed_as_offices_print_them():
    assert [reiwa(y) for y in (2018, 2019, 2020)] == ["平成30年度", "令和元年度", "令和2年度"]
