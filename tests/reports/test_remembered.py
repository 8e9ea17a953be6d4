"""A count that is extended is what counting all gives, at every moment, after anything."""

from datetime import date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.entries import Fact, enter, enter_all, merge_subjects
from ledger.models import Entry
from ledger.states import Kind
from ledger.subjects import subject_of
from reports import indicators, remembered, whole
from reports.indicators import end_of, figures
from reports.models import Remembered
from reports.rules import shipped
from tests.reports import oracle
from tests.reports.test_oracle import MOMENTS, START, compare, step, write

KOCHI = shipped()["kochi-2020"]
RULES = 4  # three lines, and the people beside one
# Before everything, in the middle of what comes, after most of it.
UPTO = [end_of((START + timedelta(days=days)).date()) for days in (-1, 0, 45, 400)]


@pytest.fixture
def as_in_another_process(monkeypatch):
    """Nothing is kept in this process's memory; everything in between is extended."""
    monkeypatch.setattr(indicators, "MOST_KEPT", 1)
    monkeypatch.setattr(remembered, "KEPT_EVERY", 3)
    return indicators._KEPT.clear


class Killed(Exception):
    pass


look = st.tuples(
    st.sampled_from(["new", "of a day", "killed while looking", "killed while writing", "no"]),
    st.integers(0, len(UPTO) - 1),
)


@pytest.mark.timeout(300)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    sheet=st.sampled_from(sorted(shipped())).map(shipped().__getitem__),
    steps=st.lists(st.tuples(step, look), min_size=2, max_size=14),
    back=st.integers(0, 12),
)
def test_looked_at_between_the_entries_every_cell_is_what_a_plain_count_gives(
    db, as_in_another_process, sheet, steps, back
):
    with transaction.atomic():
        _live(sheet, steps, as_in_another_process, back)
        assert remembered.differing(sheet.program) == []
        transaction.set_rollback(True)


def _live(sheet, steps, forget, back):
    """Entries, and looks between them; some look or write and are killed."""
    at = START
    kinds = [one.kind.value for one in sheet.indicators]
    for number, ((told, later), (how, day)) in enumerate(steps):
        # A few come as if known earlier: an as-of that was told before counts them too.
        at += later
        what = told
        if isinstance(told, dict) and told["place"] != "281000":
            what = told | {"kind": kinds[told["quantity"] % len(kinds)]}  # what the sheet counts
        known = at
        if number == back:  # but never before the day on which it was
            early = at - timedelta(days=50)
            known = (
                min(at, max(early, end_of(told["at"].date()))) if isinstance(told, dict) else early
            )
        if how == "killed while writing":
            with pytest.raises(Killed):
                _killed(sheet, [(what, timedelta(0))], known)
            forget()
            compare(sheet, None)
            continue
        write(sheet.program, [(what, timedelta(0))], start=known)
        if how == "no":
            continue
        forget()
        if how == "killed while looking":
            with pytest.raises(Killed):
                _killed(sheet, [], known)
            forget()
        compare(sheet, UPTO[day] if how == "of a day" else None)
    forget()
    compare(sheet, None)
    for upto in UPTO:
        compare(sheet, upto)


def _killed(sheet, steps, start):
    with transaction.atomic():
        write(sheet.program, steps, start=start)
        figures(sheet)
        raise Killed


@pytest.fixture
def counted_whole(monkeypatch):
    """How often all was counted."""
    calls = []
    all_of_it = whole.counts
    monkeypatch.setattr(
        whole, "counts", lambda rule, upto: calls.append(rule) or all_of_it(rule, upto)
    )
    return calls


def some(number: int, *, first: int = 0, day=date(2021, 5, 1)) -> list[Fact]:
    kinds = [Kind.NEW_CASE, Kind.CONSULTATION, Kind.LINKED, Kind.CONSULTATION]
    return [
        Fact(
            program="kochi", kind=kinds[n % 4], occurred_on=day, cohort="yes", channel="web",
            subject=subject_of("kochi", f"K{n % 997}"),
            destination="サポステ" if n % 4 == 2 else "",
        )
        for n in range(first, first + number)
    ]  # fmt: skip


def test_after_the_first_look_only_what_came_since_is_counted(
    db, now, as_in_another_process, counted_whole
):
    enter_all(some(400), confirmed_by=1, now=now)
    figures(KOCHI)
    assert len(counted_whole) == RULES
    one, other = subject_of("kochi", "K1"), subject_of("kochi", "K5")
    for number in range(30):
        enter_all(some(1, first=400 + number), confirmed_by=1, now=now)
        if number == 10:
            merge_subjects(
                "kochi", subject=one, into=other, on=date(2021, 5, 2), confirmed_by=1, now=now
            )
        as_in_another_process()
        compare(KOCHI, None)
    assert len(counted_whole) == RULES


def test_as_of_a_day_is_led_from_what_is_known_of_today(
    db, now, as_in_another_process, counted_whole
):
    enter_all(some(400), confirmed_by=1, now=now)
    figures(KOCHI)
    enter_all(some(40, first=400), confirmed_by=1, now=now + timedelta(days=2))
    as_in_another_process()
    compare(KOCHI, end_of(now.date()))
    assert len(counted_whole) == RULES


def test_more_than_can_be_extended_is_counted_whole(
    db, now, as_in_another_process, counted_whole, monkeypatch
):
    monkeypatch.setattr(remembered, "FEW", 10)
    enter_all(some(40), confirmed_by=1, now=now)
    figures(KOCHI)
    enter_all(some(11, first=40), confirmed_by=1, now=now)
    as_in_another_process()
    compare(KOCHI, None)
    assert len(counted_whole) == 2 * RULES


def test_what_is_remembered_of_another_chain_is_never_used(db, now, as_in_another_process):
    enter_all(some(8), confirmed_by=1, now=now)
    figures(KOCHI)
    Remembered.objects.update(hash="0" * 64, counts=[["yes", 2021, 99, 99, 99]])
    as_in_another_process()
    compare(KOCHI, None)


def test_a_remembered_count_that_was_changed_is_found(db, now, as_in_another_process, capsys):
    enter_all(some(8), confirmed_by=1, now=now)
    figures(KOCHI)
    call_command("verify_ledger")
    Remembered.objects.filter(rule__contains="new_case").update(counts=[["yes", 2021, 9, 9, 9]])
    with pytest.raises(CommandError):
        call_command("verify_ledger")
    assert "new_case" in capsys.readouterr().err


def test_an_untouched_count_of_two_channels_is_in_order(db, now, as_in_another_process):
    """The database tells a year in several rows, one for each mark."""
    for number, channel in enumerate(["web", "phone", "web"]):
        fact = Fact(
            program="kochi", kind=Kind.NEW_CASE, occurred_on=date(2021 - number // 2, 5, 1),
            cohort="yes", channel=channel, subject=subject_of("kochi", f"K{number}"),
        )  # fmt: skip
        enter(fact, confirmed_by=1, now=now)
    figures(KOCHI)
    assert remembered.differing("kochi") == []
    call_command("verify_ledger")
    compare(KOCHI, None)


def test_an_entry_that_comes_while_it_is_counted_is_not_of_a_moment_before_it(
    db, now, as_in_another_process, monkeypatch
):
    enter_all(some(4), confirmed_by=1, now=now)
    upto, newest = now + timedelta(days=1), indicators._newest
    late = iter([some(4, first=4)])

    def then_one_comes(program):
        found = newest(program)
        for facts in late:
            enter_all(facts, confirmed_by=1, now=upto + timedelta(seconds=1))
        return found

    monkeypatch.setattr(indicators, "_newest", then_one_comes)
    told = next(one for one in figures(KOCHI, upto=upto) if one.indicator.kind == Kind.CONSULTATION)
    assert sum(told.actual.values()) == 2


def test_of_days_that_were_asked_once_the_oldest_are_forgotten(
    db, now, as_in_another_process, monkeypatch
):
    monkeypatch.setattr(remembered, "INSTANTS", 3)
    enter_all(some(8), confirmed_by=1, now=now)
    enter_all(some(8), confirmed_by=1, now=now + timedelta(days=20))
    figures(KOCHI)
    days = [now + timedelta(days=number) for number in (5, 4, 3, 2, 1)]
    for upto in days:
        figures(KOCHI, upto=upto)
    kept = set(Remembered.objects.values_list("upto", flat=True))
    assert kept == {"", *(upto.isoformat() for upto in days[2:])}
    compare(KOCHI, days[0])


def test_a_figure_is_told_where_it_cannot_be_remembered(
    db, now, as_in_another_process, monkeypatch
):
    def locked(*args, **kwargs):
        raise OperationalError("database is locked")

    monkeypatch.setattr(Remembered.objects, "bulk_create", locked)
    enter_all(some(8), confirmed_by=1, now=now)
    compare(KOCHI, None)
    assert not Remembered.objects.exists()


@pytest.mark.timeout(300)
def test_in_a_long_ledger_a_new_entry_costs_a_bounded_number_of_rows(
    db, now, as_in_another_process, counted_whole
):
    for first in range(0, 100_000, 5000):
        enter_all(some(5000, first=first), confirmed_by=1, now=now)
    figures(KOCHI)
    counted_whole.clear()
    enter(some(1, day=date(2022, 5, 1))[0], confirmed_by=1, now=now)
    as_in_another_process()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        figures(KOCHI)
    assert not counted_whole
    assert len(asked) <= 14
    read = [one["sql"] for one in asked if "ledger_" in one["sql"]]
    assert not [sql for sql in read if "headcount" in sql or "tally" in sql]
    for sql in read:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("EXPLAIN QUERY PLAN " + sql)
                plan = [row[3] for row in cursor.fetchall()]
                assert not [step for step in plan if step.startswith("SCAN")], (sql, plan)
            else:
                cursor.execute("ANALYZE ledger_entry")
                cursor.execute("EXPLAIN " + sql)
                plan = [row[0] for row in cursor.fetchall()]
                assert not [step for step in plan if "Seq Scan on ledger_entry" in step], plan


def test_the_oracle_knows_when_things_were_known(db):
    """That the histories above really tell days apart."""
    first = {
        "kind": "new_case", "at": MOMENTS[6], "born": date(1970, 4, 2), "who": "a", "pick": 0,
        "place": "392014", "channel": "web", "origin": "", "quantity": 1,
    }  # fmt: skip
    write("kochi", [(first, timedelta(0))])
    rows = list(Entry.objects.values())
    assert [sum(oracle.cell("kochi.new", rows, upto).values()) for upto in UPTO] == [0, 1, 1, 1]
    assert isinstance(UPTO[0], datetime)
