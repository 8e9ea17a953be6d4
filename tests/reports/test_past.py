"""What was worked out of the past once is told again, and only as long as it is true."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import OperationalError

from accounts.states import Role
from ledger.entries import Fact, counter_enter, enter_all, merge_subjects
from ledger.models import Entry
from ledger.states import Kind, Reason
from ledger.subjects import subject_of
from reports import behind, breakdown, evidence, guarded, indicators, past, rounds
from reports.indicators import end_of
from reports.models import Past
from reports.rules import shipped
from tests.cast import grant, make_program, make_staff, staff_viewer

pytestmark = pytest.mark.django_db
KOCHI = shipped()["kochi-2020"]
LINE = KOCHI.indicator("kochi.consultations")
ENDS = [end_of(date(2020, month, day)) for month, day in ((6, 30), (9, 30), (12, 31))]
NOW = datetime(2021, 7, 20, tzinfo=UTC)


def consult(many: int, at: datetime, *, people: int | None = None, channel: str = "web") -> None:
    enter_all(
        [
            Fact(
                program="kochi", kind=Kind.CONSULTATION, occurred_on=date(2020, 5, 1),
                cohort="yes", channel=channel, relation="self", municipality_code="392014",
                subject=subject_of("kochi", f"{channel}{number % (people or many)}"),
            )
            for number in range(many)
        ],
        confirmed_by=1,
        now=at,
    )  # fmt: skip


def before(end: datetime) -> datetime:
    return end - timedelta(days=3)


def new_process() -> None:
    for kept in (indicators._KEPT, guarded._known, guarded._behind, breakdown._known):
        kept.clear()


@pytest.fixture
def worked(monkeypatch):
    """From which stretch on people were counted."""
    firsts = []
    work = behind._worked_out

    def noted(*what, first):
        firsts.append(first)
        return work(*what, first=first)

    monkeypatch.setattr(behind, "_worked_out", noted)
    return firsts


def people(moments) -> list[int]:
    found = behind.behind(KOCHI, LINE, moments)[2020]
    return [sum(one.parts.values()) + sum(one.rests.values()) for one in found]


def test_a_stretch_is_worked_out_once_and_a_new_one_alone(worked):
    consult(12, before(ENDS[0]))
    consult(7, before(ENDS[1]), channel="phone")
    first = people(ENDS[:2])
    assert worked == [0] and first == [24, 14]
    consult(5, before(ENDS[2]))
    assert people(ENDS) == [24, 14, 10]
    assert worked == [0, 2]
    assert people(ENDS) == [24, 14, 10] and worked == [0, 2]
    # A closing between two ends: what lies before it stays.
    between = ENDS[1] + timedelta(days=20)
    assert people([*ENDS[:2], between, ENDS[2]]) == [24, 14, 0, 10]
    assert worked == [0, 2, 2]


def test_it_is_what_counting_anew_gives_whatever_was_kept(worked):
    consult(12, before(ENDS[0]))
    people(ENDS[:1])
    consult(9, before(ENDS[1]), channel="phone")
    merge_subjects(
        "kochi", subject=subject_of("kochi", "web1"), into=subject_of("kochi", "web2"),
        on=date(2020, 5, 1), confirmed_by=1, now=before(ENDS[1]),
    )  # fmt: skip
    people(ENDS[:2])
    consult(12, before(ENDS[2]))
    led = people(ENDS)
    Past.objects.all().delete()
    assert led == people(ENDS) == [24, 18, 22]
    assert worked == [0, 1, 2, 0]


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_however_many_stretches_are_counted_at_once_they_are_the_same(monkeypatch, at_once):
    consult(12, before(ENDS[0]))
    consult(9, before(ENDS[1]), channel="phone")
    # Taken back in the same stretch, and in the next one.
    for seq, at in ((13, before(ENDS[1])), (1, before(ENDS[2]))):
        counter_enter("kochi", seq=seq, reason=Reason.TWICE, confirmed_by=1, now=at)
    consult(12, before(ENDS[2]))
    monkeypatch.setattr(behind, "AT_ONCE", at_once)
    assert people(ENDS) == [24, 16, 24]


def test_what_comes_as_if_known_earlier_is_counted(worked):
    """A clock was set back."""
    consult(12, before(ENDS[0]))
    people(ENDS)
    consult(3, before(ENDS[1]), channel="phone")
    assert people(ENDS) == [24, 6, 0]
    assert worked == [0, 1]


def test_what_was_kept_of_another_chain_is_never_told(worked):
    consult(12, before(ENDS[0]))
    people(ENDS)
    Past.objects.update(hash="0" * 64, found=[[2020, [99, 99], [99, 99], 99]])
    assert people(ENDS) == [24, 0, 0]


def test_it_is_told_where_it_cannot_be_kept(monkeypatch):
    def locked(*args, **kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr(Past.objects, "bulk_create", locked)
    consult(12, before(ENDS[0]))
    assert people(ENDS) == [24, 0, 0]
    assert not Past.objects.exists()


def test_far_from_where_it_was_kept_it_is_written_down_anew(monkeypatch, worked):
    monkeypatch.setattr(past, "FAR", 5)
    consult(12, before(ENDS[0]))
    people(ENDS)
    consult(6, NOW)
    assert people(ENDS) == [24, 0, 0] and worked == [0]
    assert set(Past.objects.values_list("seq", flat=True)) == {18}


@pytest.fixture
def viewer(monkeypatch):
    person = make_staff("shukei", display_name="しゅうけい")
    grant(person, Role.ANALYST, make_program("kochi"))
    monkeypatch.setattr("foundation.clock.now", lambda: NOW)
    return staff_viewer(person)


def test_after_a_round_nobody_waits_for_a_count(viewer, worked, monkeypatch):
    consult(40, before(ENDS[0]))
    consult(40, before(ENDS[1]), channel="phone")
    rounds.turn()
    new_process()
    worked.clear()

    def nobody_asks(*what, **more):
        raise AssertionError("counted while somebody waits")

    for place in ("reports.whole.counts", "reports.remembered.counts_at"):
        monkeypatch.setattr(place, nobody_asks)
    monkeypatch.setattr(breakdown, "told_apart", nobody_asks)
    reading = guarded.read(viewer, "kochi-2020", as_of=None, now=NOW)
    line = next(one for one in reading.lines if one.indicator == LINE)
    assert line.exact.actual[2020] == 80
    assert next(one for one in line.parts if one.words == "うちWeb").years[2020] == 40
    tables = breakdown.read(viewer, "kochi-2020", now=NOW).tables
    assert {2020: 80} in [one.total for one in tables]
    assert not worked


def test_an_opened_cell_is_judged_the_same_when_it_is_opened_again(viewer, monkeypatch):
    consult(40, before(ENDS[0]))
    consult(40, before(ENDS[1]), channel="phone")
    told = {"code": LINE.code, "year": 2020, "as_of": None, "after": 0, "now": NOW}
    _, first = evidence.opened(viewer, "kochi-2020", **told)
    assert first.spread is not None and first.spread.whole
    monkeypatch.delattr(evidence, "_counts")
    _, again = evidence.opened(viewer, "kochi-2020", **told)
    assert again == first
    monkeypatch.undo()
    consult(1, before(ENDS[0]), channel="mail")
    _, few = evidence.opened(viewer, "kochi-2020", **told)
    assert few.spread is None and Entry.objects.count() == 81
