"""Parts are told by how many people stand behind them; entries whole by who confirmed them."""

from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from accounts.states import Role
from audit.models import AuditEntry
from ledger.entries import Fact, counter_enter, enter_all, merge_subjects
from ledger.states import Cohort, Kind, Reason
from ledger.subjects import subject_of
from reports import evidence, guarded
from reports.behind import behind
from reports.indicators import end_of
from reports.publishing import Told, lone_told, parts_told
from reports.rules import shipped
from reports.states import Split
from tests.cast import grant, make_program, make_staff, signed_in_as, staff_viewer

pytestmark = pytest.mark.django_db
NOW = datetime(2021, 4, 20, tzinfo=UTC)
CODE = "kochi.consultations"
FIRST, SECOND = date(2020, 6, 30), date(2020, 9, 30)


@pytest.fixture
def viewer(db):
    person = make_staff("shukei", display_name="しゅうけい")
    grant(person, Role.ANALYST, make_program("kochi"))
    return staff_viewer(person)


def consult(many: int, channel: str, on: date, *, people: int, by: int = 1, **what) -> list:
    facts = [
        Fact(
            program="kochi", kind=Kind.CONSULTATION, occurred_on=on,
            subject=subject_of("kochi", f"{channel}{number % people}") if people else "",
            channel=channel, **{"cohort": Cohort.YES, **what},
        )
        for number in range(many)
    ]  # fmt: skip
    with transaction.atomic():
        return enter_all(
            facts, confirmed_by=by, now=datetime(on.year, on.month, on.day, 3, tzinfo=UTC)
        )


def part(viewer, words: str, as_of: date) -> int | None:
    reading = guarded.read(viewer, "kochi-2020", as_of=as_of, now=NOW)
    line = next(one for one in reading.lines if one.indicator.code == CODE)
    return next(one for one in line.parts if one.words == words).years[2020]


@pytest.mark.parametrize(("people", "told"), [(9, None), (10, 40)])
def test_many_consultations_of_few_people_stay_hidden(viewer, people, told):
    consult(40, "web", date(2020, 5, 1), people=people)
    consult(40, "phone", date(2020, 5, 2), people=30)
    assert part(viewer, "うちWeb", FIRST) == told


@pytest.mark.parametrize(("people", "told"), [(9, None), (10, 40)])
def test_the_rest_is_judged_by_people_too(viewer, people, told):
    consult(40, "web", date(2020, 5, 1), people=30)
    consult(40, "phone", date(2020, 5, 2), people=people)
    assert part(viewer, "うちWeb", FIRST) == told


@pytest.mark.parametrize(("people", "told"), [(9, None), (10, 40)])
def test_where_many_came_from_the_electronic_ibasho_is_judged_by_people(viewer, people, told):
    consult(40, "web", date(2020, 5, 1), people=people, origin="ibasho")
    consult(40, "phone", date(2020, 5, 2), people=30)
    assert part(viewer, "うち電子居場所から", FIRST) == told


@pytest.mark.parametrize(("people", "told"), [(9, None), (10, 40)])
def test_people_of_unknown_cohort_are_judged_by_people(viewer, people, told):
    consult(40, "phone", date(2020, 5, 1), people=people, cohort=Cohort.UNKNOWN)
    assert part(viewer, "世代がわからない人", FIRST) == told


def test_what_came_since_is_judged_alone(viewer):
    """A quarter of one busy person isn't told, though the year holds many."""
    consult(40, "web", date(2020, 5, 1), people=30)
    consult(40, "phone", date(2020, 5, 2), people=30)
    consult(20, "web", date(2020, 8, 1), people=1)
    consult(40, "phone", date(2020, 8, 2), people=30)
    assert (part(viewer, "うちWeb", FIRST), part(viewer, "うちWeb", SECOND)) == (40, 40)


def test_records_without_a_code_and_what_was_taken_back_at_once(viewer):
    consult(12, "web", date(2020, 5, 1), people=0)
    rows = consult(12, "phone", date(2020, 5, 2), people=12)
    with transaction.atomic():
        for row in rows[:4]:
            counter_enter(
                "kochi", seq=row.seq, reason=Reason.TWICE, confirmed_by=1,
                now=datetime(2020, 5, 3, tzinfo=UTC),
            )  # fmt: skip
    sheet = shipped()["kochi-2020"]
    found = behind(sheet, sheet.indicator(CODE), [end_of(FIRST), end_of(SECOND)])
    assert found[2020][0].parts[Split.WEB] == 12
    assert found[2020][0].rests[Split.WEB] == 8
    assert found[2020][1].parts[Split.WEB] == 0
    assert found[2021][0].rests[Split.WEB] == 0


@pytest.mark.parametrize(("merged", "told"), [(date(2020, 6, 1), None), (date(2020, 8, 1), 40)])
def test_two_codes_of_one_person_are_one_person(viewer, merged, told):
    """As soon as it is known: what was told before stays told."""
    consult(40, "web", date(2020, 5, 1), people=10)
    consult(40, "phone", date(2020, 5, 2), people=30)
    assert part(viewer, "うちWeb", FIRST) == 40
    one, other = (subject_of("kochi", f"web{number}") for number in (1, 2))
    with transaction.atomic():
        merge_subjects(
            "kochi", subject=one, into=other, on=merged, confirmed_by=1,
            now=datetime(merged.year, merged.month, merged.day, 3, tzinfo=UTC),
        )  # fmt: skip
    assert part(viewer, "うちWeb", FIRST) == told
    sheet = shipped()["kochi-2020"]
    (found,) = behind(sheet, sheet.indicator(CODE), [end_of(SECOND)])[2020]
    assert (found.parts[Split.WEB], found.rests[Split.WEB], found.unknown) == (9, 30, 0)


def test_a_year_that_no_calendar_has_is_refused():
    person = make_staff("tashika")
    grant(person, Role.COUNSELOR, make_program("kochi"))
    client = signed_in_as(person)
    for year in ("9999", "0000", "1999", "3000", "x"):
        address = f"/reports/entries/?year={year}"
        assert "年度を読めませんでした" in client.get(address).content.decode()
        assert client.post(address, {"reason": "つきあわせ"}).status_code == 422
    for year in ("2000", "2999"):
        assert client.get(f"/reports/entries/?year={year}").status_code == 200


def test_people_of_several_quarters_are_not_added_up():
    """Who came in each of three quarters may be the same few."""
    totals, parts = [20, 40, 60], [10, 20, 30]
    assert parts_told(totals, parts, [(6, 20)] * 3)[-1] == Told(None, None)
    assert parts_told(totals, parts, [(6, 20), (6, 20), (10, 20)])[-1] == Told(30, 2)
    assert parts_told(totals, parts)[-1] == Told(30, 2)
    assert lone_told([10, 20], [9, 9])[-1] == Told(None, None)
    assert lone_told([10, 20], [9, 10])[-1] == Told(20, 1)


def test_who_confirmed_a_record_reads_it_whole_with_a_reason_and_nobody_elses(viewer):
    kochi = make_program("kochi")
    people = [make_staff(name) for name in ("tashika", "betsu")]
    for one in people:
        grant(one, Role.COUNSELOR, kochi)
    (own,) = consult(1, "web", date(2020, 5, 1), people=1, by=people[0].pk)
    (other,) = consult(1, "phone", date(2020, 5, 1), people=1, by=people[1].pk)
    client = signed_in_as(people[0])
    address = "/reports/entries/?program=kochi&year=2020"
    assert own.subject not in client.get(address).content.decode()
    assert client.post(address, {"reason": " "}).status_code == 422
    assert not AuditEntry.objects.filter(verb="entries.looked").exists()
    page = client.post(address, {"reason": "ケースとの突き合わせ"}).content.decode()
    assert own.subject in page and other.subject not in page
    noted = AuditEntry.objects.get(verb="entries.looked")
    assert (noted.actor, noted.reason) == (people[0].pk, "ケースとの突き合わせ")
    assert client.get("/reports/entries/?program=hyogo").status_code == 404


def spread(viewer, as_of: date = FIRST):
    _, cell = evidence.opened(
        viewer, "kochi-2020", code=CODE, year=2020, as_of=as_of, after=0, now=NOW
    )
    return cell.spread


@pytest.mark.parametrize(("merged", "told"), [(date(2020, 6, 1), None), (date(2020, 8, 1), 40)])
def test_two_codes_of_one_person_are_one_person_behind_a_cell_too(viewer, merged, told):
    consult(40, "web", date(2020, 5, 1), people=10)
    assert spread(viewer).cell("1", "web") == 40
    one, other = (subject_of("kochi", f"web{number}") for number in (1, 2))
    with transaction.atomic():
        merge_subjects(
            "kochi", subject=one, into=other, on=merged, confirmed_by=1,
            now=datetime(merged.year, merged.month, merged.day, 3, tzinfo=UTC),
        )  # fmt: skip
    found = spread(viewer, SECOND)
    assert (None if found is None else found.cell("1", "web")) == told


def test_a_record_without_a_code_makes_no_crowd_of_one_person(viewer):
    consult(30, "web", date(2020, 5, 1), people=1)
    consult(1, "web", date(2020, 5, 1), people=0)
    assert spread(viewer) is None


def test_who_was_taken_back_at_once_is_nobody_behind_a_cell(viewer):
    rows = consult(40, "web", date(2020, 5, 1), people=12)
    with transaction.atomic():
        for row in rows:
            if row.subject in {one.subject for one in rows[:4]}:
                counter_enter(
                    "kochi", seq=row.seq, reason=Reason.TWICE, confirmed_by=1,
                    now=datetime(2020, 5, 3, tzinfo=UTC),
                )  # fmt: skip
    assert spread(viewer) is None
