"""Facts come, are never changed, and are taken back only by another entry."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum

from foundation.refusals import Refused
from ledger import chain
from ledger.entries import Fact, counter_enter, enter, enter_all, merge_subjects
from ledger.models import Entry, Head, Headcount, Note, Tally
from ledger.states import Kind, Reason
from ledger.subjects import subject_of

FACT = Fact(
    program="kochi",
    kind=Kind.CONSULTATION,
    occurred_on=date(2021, 3, 31),
    subject=subject_of("kochi", "K-7F3Q"),
    municipality_code="392014",
    channel="web",
    cohort="yes",
    relation="family",
    origin="ibasho",
    evidence="case:12",
)


def entered(now, **what) -> Entry:
    return enter(replace(FACT, **what), confirmed_by=7, now=now)


@pytest.fixture
def entry(db, now) -> Entry:
    return entered(now)


def refused(*statements: str) -> None:
    for statement in statements:
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_no_entry_is_changed_or_removed_by_any_statement(entry):
    refused(
        "UPDATE ledger_entry SET quantity = 2",
        "UPDATE ledger_entry SET kind = kind",
        "DELETE FROM ledger_entry",
    )
    if connection.vendor == "postgresql":
        refused("TRUNCATE ledger_entry")
    assert Entry.objects.get().quantity == 1


@pytest.mark.parametrize(
    ("unique", "elsewhere"),
    [
        ("id", {}),
        ("(program, seq)", {"id": "id + 10"}),
        ("(program, counters)", {"id": "id + 10", "seq": "seq + 10"}),
    ],
)
def test_no_entry_is_written_over_whatever_of_it_is_unique(entry, now, unique, elsewhere):
    counter_enter("kochi", seq=entry.seq, reason=Reason.TWICE, confirmed_by=8, now=now)
    columns = [one.column for one in Entry._meta.concrete_fields]
    told = ", ".join(elsewhere.get(one, one) for one in columns)
    again = f"INTO ledger_entry ({', '.join(columns)}) SELECT {told} FROM ledger_entry"
    again += " WHERE counters IS NOT NULL"
    if connection.vendor == "sqlite":
        refused(f"REPLACE {again}", f"INSERT OR REPLACE {again}")
    where = " WHERE counters IS NOT NULL" if "counters" in unique else ""
    on = unique if unique.startswith("(") else f"({unique})"
    refused(f"INSERT {again} ON CONFLICT {on}{where} DO UPDATE SET quantity = -9")
    assert set(Entry.objects.values_list("quantity", flat=True)) == {1, -1}


def test_entries_are_numbered_without_a_gap_and_chained_in_each_program(db, now):
    for program in ("kochi", "kochi", "hyogo", "kochi"):
        entered(now, program=program)
    mine = list(Entry.objects.filter(program="kochi").order_by("seq"))
    assert [e.seq for e in mine] == [1, 2, 3]
    assert [e.previous for e in mine] == [chain.first("kochi"), mine[0].hash, mine[1].hash]
    assert Head.objects.get(pk="kochi").hash == mine[-1].hash
    assert Entry.objects.get(program="hyogo").seq == 1


def test_what_was_wrong_is_taken_back_whole_by_an_entry_of_its_own(entry, now):
    back = counter_enter(
        "kochi", seq=entry.seq, reason=Reason.WRONG_DAY, confirmed_by=8, now=now, note="31日"
    )
    assert (back.counters, back.quantity, back.occurred_on) == (1, -1, entry.occurred_on)
    assert Entry.objects.aggregate(Sum("quantity"))["quantity__sum"] == 0
    assert Note.objects.get().body == "31日"
    for seq in (entry.seq, back.seq):
        with pytest.raises(Refused, match="already"):
            counter_enter("kochi", seq=seq, reason=Reason.TWICE, confirmed_by=8, now=now)
    with pytest.raises(Refused, match="not_found"):
        counter_enter("hyogo", seq=1, reason=Reason.TWICE, confirmed_by=8, now=now)


def test_nothing_is_taken_back_before_it_is_known_even_by_a_clock_set_back(entry, now):
    early = now - timedelta(hours=1)
    back = counter_enter("kochi", seq=entry.seq, reason=Reason.TWICE, confirmed_by=8, now=early)
    assert back.recorded_at == entry.recorded_at


def test_the_sums_kept_beside_follow_each_entry(entry, now):
    entered(now, quantity=3)
    counter_enter("kochi", seq=1, reason=Reason.TWICE, confirmed_by=8, now=now)
    tally = Tally.objects.get()
    assert (tally.quantity, tally.quarter) == (3, 2020 * 4 + 3)
    head = Headcount.objects.get()
    assert (head.quantity, head.year, head.subject) == (3, 2020, FACT.subject)


def test_the_first_of_april_is_another_year(db, now):
    entered(now, occurred_on=date(2021, 4, 1))
    entered(now)
    assert set(Tally.objects.values_list("quarter", flat=True)) == {2020 * 4 + 3, 2021 * 4}


@pytest.mark.parametrize(
    "what",
    [
        {"kind": Kind.NEW_CASE, "subject": ""},
        {"kind": Kind.LINKED, "destination": ""},
        {"kind": Kind.WINDOW_OPENED, "municipality_code": ""},
        {"kind": Kind.SUBJECT_MERGED},
        {"quantity": 0},
    ],
    ids=str,
)
def test_a_fact_that_could_not_be_counted_is_refused(db, now, what):
    with pytest.raises(Refused, match="incomplete"):
        entered(now, **what)
    assert not Entry.objects.exists()


def test_a_day_that_has_not_come_is_refused(db, now):
    with pytest.raises(Refused, match="too_early"):
        entered(now, occurred_on=(now + timedelta(days=2)).date())


def test_what_the_columns_may_not_hold_is_refused_by_the_database(db, now):
    for what in ({"channel": "fax"}, {"cohort": "maybe"}, {"municipality_code": "3920"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            entered(now, **what)


def test_an_entry_stands_and_falls_with_the_deed_it_counts(db, now):
    with transaction.atomic():
        entered(now)
        transaction.set_rollback(True)
    assert not Entry.objects.exists()
    assert not Tally.objects.exists()
    assert not Head.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_entered_outside_a_transaction(now):
    with pytest.raises(transaction.TransactionManagementError):
        entered(now)


def test_many_facts_are_entered_in_their_order(db, now):
    days = [date(2020, 4, 1) + timedelta(days=n) for n in range(30)]
    enter_all([replace(FACT, occurred_on=day) for day in days], confirmed_by="import", now=now)
    assert list(Entry.objects.order_by("seq").values_list("occurred_on", flat=True)) == days


def test_two_codes_of_one_person_are_merged_by_an_entry(db, now):
    other = subject_of("kochi", "K-2222")
    on = date(2021, 4, 2)
    merged = merge_subjects(
        "kochi", subject=other, into=FACT.subject, on=on, confirmed_by=8, now=now
    )
    assert (merged.subject, merged.merged_into) == (other, FACT.subject)
    with pytest.raises(Refused, match="same"):
        merge_subjects("kochi", subject=other, into=other, on=on, confirmed_by=8, now=now)


def test_a_code_is_one_however_it_was_typed_and_another_in_another_program():
    assert subject_of("kochi", "K-7F3Q") == subject_of("kochi", " ｋ－７ｆ３ｑ　")
    assert subject_of("kochi", "K-7F3Q") != subject_of("hyogo", "K-7F3Q")
    assert subject_of("kochi", " ") == ""
    assert "7f3q" not in subject_of("kochi", "K-7F3Q")


def test_a_note_can_be_erased_and_no_sum_changes(db, now):
    enter(FACT, confirmed_by=7, now=now, note="母から")
    before = Entry.objects.get().hash
    Note.objects.all().delete()
    assert Entry.objects.get().hash == before
