"""Whatever is changed in the ledger behind its back is found."""

import contextlib
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import chain
from ledger.entries import Fact, counter_enter, enter, merge_subjects
from ledger.models import Entry, Head
from ledger.queries import verify
from ledger.states import Kind, Reason
from ledger.subjects import subject_of
from ledger.triggers import DOWN

NUMBERS = {"quantity", "seq", "counters"}


@pytest.fixture
def ledger(db, now):
    """Ten entries, one of them countered, one a merge; and no triggers: someone took them away."""
    for day in range(8):
        enter(
            Fact(
                program="kochi", kind=Kind.LINKED, occurred_on=date(2020, 4, 1 + day),
                subject=subject_of("kochi", f"K{day}"), destination="サポステ", cohort="yes",
                channel="web", relation="self", origin="ibasho", municipality_code="392014",
                evidence=f"case:{day}",
            ),
            confirmed_by=7,
            now=now + timedelta(seconds=day),
        )  # fmt: skip
    counter_enter("kochi", seq=3, reason=Reason.TWICE, confirmed_by=7, now=now)
    one, other = subject_of("kochi", "K1"), subject_of("kochi", "K2")
    merge_subjects("kochi", subject=one, into=other, on=date(2020, 5, 1), confirmed_by=7, now=now)
    with connection.cursor() as cursor:
        for statement in DOWN[connection.vendor]:
            cursor.execute(statement)


def broken(**noted) -> str:
    return "".join(verdict.broken for verdict in verify(**noted))


def tampered(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_an_untouched_ledger_holds(ledger):
    assert broken() == ""
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    assert "kochi: 10件、変わりなし" in out.getvalue()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seq=st.integers(1, 10),
    column=st.sampled_from([*chain.CONTENT, "previous", "hash"]),
    place=st.integers(0, 79),
    bit=st.integers(0, 6),
)
def test_one_changed_byte_of_one_entry_is_found(ledger, seq, column, place, bit):
    was = getattr(Entry.objects.get(program="kochi", seq=seq), column)
    if column in NUMBERS:
        new = (was or 0) ^ (1 << bit) or 99
    elif hasattr(was, "isoformat"):
        new = was + timedelta(days=1)
    else:
        raw = bytearray(was.encode() or b" ")
        raw[place % len(raw)] ^= 1 << bit
        new = raw.decode("utf-8", "replace").replace("\0", "0")
        new = new[: Entry._meta.get_field(column).max_length]
    if new == was:
        return
    with contextlib.suppress(DatabaseError), transaction.atomic():
        # The database's own constraints refuse some already.
        Entry.objects.filter(program="kochi", seq=seq).update(**{column: new})
        found = broken()
        transaction.set_rollback(True)
        assert found, (seq, column, was, new)


def test_an_entry_that_was_cut_out_moved_or_added_is_found(ledger):
    point = connection.savepoint()
    for statement in (
        "DELETE FROM ledger_entry WHERE seq = 10",
        "DELETE FROM ledger_entry WHERE seq = 4",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_entry SET seq = seq + 100 WHERE seq = 10",
        "DELETE FROM ledger_head",
        "UPDATE ledger_entry SET program = 'hyogo' WHERE seq = 10",
    ):
        tampered(statement)
        assert broken(), statement
        connection.savepoint_rollback(point)
        point = connection.savepoint()


def test_a_sum_that_was_changed_beside_the_entries_is_found(ledger):
    tampered("UPDATE ledger_tally SET quantity = quantity + 1")
    assert "集計" in broken()


def test_a_chain_made_anew_as_a_whole_no_longer_fits_a_head_noted_elsewhere(ledger):
    head = Head.objects.get(pk="kochi")
    noted = {("kochi", head.seq): head.hash}
    assert broken(noted=noted) == ""
    Entry.objects.filter(seq=1).update(quantity=50)
    hash_ = chain.first("kochi")
    for entry in Entry.objects.order_by("seq"):
        row = {name: getattr(entry, name) for name in chain.CONTENT}
        new = chain.link(hash_, row)
        Entry.objects.filter(pk=entry.pk).update(previous=hash_, hash=new)
        hash_ = new
    Head.objects.update(hash=hash_)
    tampered("UPDATE ledger_tally SET quantity = quantity + 49 WHERE destination <> ''"
             " AND quantity > 1")  # fmt: skip
    tampered("UPDATE ledger_headcount SET quantity = quantity + 49 WHERE subject = %s",
             Entry.objects.get(seq=1).subject)  # fmt: skip
    assert broken() == ""
    assert "控えと違います" in broken(noted=noted)


def test_the_command_ends_with_an_error(ledger):
    Entry.objects.filter(seq=5).update(quantity=2)
    err = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_ledger", stderr=err)
    assert "kochi: 5番が、書かれたときと違います。" in err.getvalue()
