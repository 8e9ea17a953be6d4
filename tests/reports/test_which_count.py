"""Behind a cell of distinct people or municipalities it is said which entries made the figure."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from accounts.states import Role
from ledger.entries import Fact, counter_enter, enter, merge_subjects
from ledger.models import Entry
from ledger.states import Kind, Reason
from ledger.subjects import evidence_number, subject_of
from reports import evidence
from reports.indicators import end_of, figures
from reports.rules import shipped
from reports.which_count import which_count
from tests.cast import grant, make_program, make_staff, signed_in_as

pytestmark = pytest.mark.django_db
KNOWN, NOW = datetime(2022, 5, 2, tzinfo=UTC), datetime(2022, 7, 20, tzinfo=UTC)
DAY, NEXT, YEAR_AFTER = date(2020, 5, 1), date(2020, 6, 1), date(2021, 5, 1)


def told(program: str, kind: Kind, who: str, on: date, **more) -> int:
    fact = Fact(program=program, kind=kind, occurred_on=on, cohort="yes",
                subject=subject_of(program, who) if who else "", **more)  # fmt: skip
    return enter(fact, confirmed_by=1, now=KNOWN).seq


def made(code: str, year: int) -> list[int]:
    """The entries that count; there are as many as the cell says."""
    sheet = shipped()[f"{code.split('.')[0]}-2020"]
    indicator = sheet.indicator(code)
    upto = end_of(date(2022, 6, 30))
    rows = evidence.entries(sheet.program, indicator, year=year, upto=upto)
    found = which_count(
        sheet, indicator, year=year, upto=upto, among=list(rows.values_list("seq", flat=True))
    )
    line = next(one for one in figures(sheet, upto=upto) if one.indicator.code == code)
    assert line.actual[year] == sum(one.quantity for one in rows if one.seq in found)
    return sorted(found)


def test_of_each_person_the_first_entry_of_the_year_counts():
    first = told("fukuoka", Kind.OFFICE_VISIT, "a", DAY)
    told("fukuoka", Kind.OFFICE_VISIT, "a", NEXT)
    other = told("fukuoka", Kind.OFFICE_VISIT, "b", NEXT)
    again = told("fukuoka", Kind.OFFICE_VISIT, "a", YEAR_AFTER)
    assert made("fukuoka.satellite_users", 2020) == [first, other]
    assert made("fukuoka.satellite_users", 2021) == [again]


def test_what_was_taken_back_counts_no_more_and_the_next_one_does():
    first = told("fukuoka", Kind.OFFICE_VISIT, "a", DAY)
    second = told("fukuoka", Kind.OFFICE_VISIT, "a", NEXT)
    counter_enter("fukuoka", seq=first, reason=Reason.MISTYPED, confirmed_by=1, now=KNOWN)
    assert made("fukuoka.satellite_users", 2020) == [second]


def test_two_codes_of_one_person_count_once():
    first = told("kochi", Kind.NEW_CASE, "mother", DAY)
    told("kochi", Kind.NEW_CASE, "son", YEAR_AFTER)
    merge_subjects(
        "kochi", subject=subject_of("kochi", "mother"), into=subject_of("kochi", "son"),
        on=NEXT, confirmed_by=1, now=KNOWN,
    )  # fmt: skip
    assert made("kochi.new", 2020) == [first]
    assert made("kochi.new", 2021) == []


def test_a_person_counts_once_ever_for_each_destination():
    first = told("kochi", Kind.LINKED, "a", DAY, destination="福祉事務所")
    other = told("kochi", Kind.LINKED, "a", YEAR_AFTER, destination="サポステ")
    told("kochi", Kind.LINKED, "a", YEAR_AFTER, destination="福祉事務所")
    assert made("kochi.linked", 2020) == [first]
    assert made("kochi.linked", 2021) == [other]


def test_of_a_sum_everything_counts_but_what_was_taken_back():
    stays = told("kochi", Kind.CONSULTATION, "a", DAY, quantity=2)
    gone = told("kochi", Kind.CONSULTATION, "a", NEXT)
    counter_enter("kochi", seq=gone, reason=Reason.TWICE, confirmed_by=1, now=KNOWN)
    assert made("kochi.consultations", 2020) == [stays]


@pytest.fixture
def hyogo():
    """Himeji opens twice, Kobe stood in the baseline."""
    ibasho = Kind.IBASHO_OPENED
    first = told("hyogo", ibasho, "", DAY, municipality_code="282014")
    second = told("hyogo", ibasho, "", NEXT, municipality_code="282014")
    told("hyogo", ibasho, "", NEXT, municipality_code="281000")
    told("hyogo", Kind.BASELINE_LISTED, "", DAY, municipality_code="281000",
         destination=ibasho.value)  # fmt: skip
    return first, second


def test_of_each_municipality_its_first_counts_unless_it_was_there_before(hyogo):
    assert made("hyogo.ibasho", 2020) == [hyogo[0]]


def page(person, address: str, **sent) -> str:
    with time_machine.travel(NOW, tick=False):
        client = signed_in_as(person)
        answer = client.post(address, sent) if sent else client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_staff_see_which_of_a_municipality_counts(hyogo):
    reader = make_staff("shukei")
    grant(reader, Role.ANALYST, make_program("hyogo"))
    shown = page(reader, "/reports/kpi/hyogo-2020/hyogo.ibasho/2020/")
    for seq, mark in zip(hyogo, (" ○", ""), strict=True):
        assert f'<span class="code">{evidence_number("hyogo", seq)}</span>{mark}</span>' in shown


def test_of_people_staff_see_how_many_count_and_an_auditor_which():
    told("fukuoka", Kind.OFFICE_VISIT, "a", DAY)
    told("fukuoka", Kind.OFFICE_VISIT, "a", NEXT)
    reader, auditor = make_staff("shukei"), make_staff("kansa")
    house = make_program("fukuoka")
    grant(reader, Role.ANALYST, house)
    grant(auditor, Role.AUDITOR, house)
    cell = "/reports/kpi/fukuoka-2020/fukuoka.satellite_users/2020/"
    shown = page(reader, cell)
    assert "数に入った記録は、このうち 1 です" in shown
    assert "</span> ○" not in shown
    whole = page(auditor, f"{cell}entries/", as_of="2022-06-30", reason="会計検査の抽出")
    assert Entry.objects.count() == 2
    assert (whole.count("<td>○</td>"), whole.count("<td>-</td>")) == (1, 1)
