"""The audit log only grows; after five years its oldest part goes, behind a record of it."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from audit.actions import purge, record
from audit.models import AuditEntry, Purge
from audit.queries import Sought, entries
from chat.actions.daily import purge_all

OLD = timedelta(days=5 * 366)


@pytest.fixture
def entry(db, now) -> AuditEntry:
    return noted(now)


def noted(at, **what) -> AuditEntry:
    note = {"role": "coordinator", "verb": "grant", "object_type": "staff", "object_id": 7} | what
    record(3, now=at, **note)
    return AuditEntry.objects.latest("pk")


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
        "UPDATE audit_auditentry SET verb = 'nothing'",
        "UPDATE audit_auditentry SET at = at",
        "DELETE FROM audit_auditentry",
        f"DELETE FROM audit_auditentry WHERE id = {entry.pk}",
    )
    if connection.vendor == "postgresql":
        refused("TRUNCATE audit_auditentry", "TRUNCATE audit_auditentry, audit_purge CASCADE")
    assert AuditEntry.objects.get().verb == "grant"


def test_no_entry_is_written_over(entry, now):
    Purge.objects.create(at=now, upto=now, entries=1)
    for table, column in (("audit_auditentry", "actor"), ("audit_purge", "entries")):
        again = f"INTO {table} SELECT * FROM {table} WHERE true"
        refused(f"INSERT {again} ON CONFLICT (id) DO UPDATE SET {column} = 9")
        if connection.vendor == "sqlite":
            refused(f"REPLACE {again}", f"INSERT OR REPLACE {again}")
    assert AuditEntry.objects.get().actor == 3
    assert Purge.objects.get().entries == 1
    assert noted(now).pk > entry.pk


def test_an_old_entry_stays_too_until_its_going_is_on_record(db, now):
    noted(now - OLD)
    refused("DELETE FROM audit_auditentry")
    assert AuditEntry.objects.count() == 1


def test_a_record_can_not_open_the_door_for_what_is_younger(db, now):
    noted(now)
    noted(now - timedelta(days=4 * 365))
    Purge.objects.create(at=now, upto=now + timedelta(days=1), entries=2)
    refused("DELETE FROM audit_auditentry")
    assert AuditEntry.objects.count() == 2


def test_what_is_older_than_five_years_goes_and_leaves_a_record(db, now):
    noted(now - OLD)
    noted(now - OLD)
    young = noted(now - timedelta(days=5 * 365 - 2))
    assert sum(purge(now=now)) == 2
    assert AuditEntry.objects.get() == young
    assert Purge.objects.get().entries == 2
    assert sum(purge(now=now)) == 0
    assert Purge.objects.count() == 1, "nothing went, so nothing is recorded"


def test_the_daily_round_goes_through_that_door(db, now):
    noted(now - OLD)
    young = noted(now)
    assert purge_all(now=now)["audit"] == 1
    assert AuditEntry.objects.get() == young


def test_the_record_of_a_purge_stays(db, now):
    noted(now - OLD)
    sum(purge(now=now))
    refused("UPDATE audit_purge SET entries = 0", "DELETE FROM audit_purge")


def test_a_coordinator_finds_what_concerns_their_program_alone(db, now):
    here, elsewhere, nowhere = (noted(now, program=program) for program in (1, 2, None))
    assert entries({1}, sought=Sought()) == [here]
    assert entries(None, sought=Sought()) == [nowhere, elsewhere, here]
    assert entries(set(), sought=Sought()) == []


def test_an_entry_is_found_by_whatever_it_holds(db, now):
    one = noted(now, verb="look", object_type="case", object_id="12")
    noted(now, verb="grant")
    for sought in (Sought(verb="look"), Sought(object_type="case", object_id="12")):
        assert entries(None, sought=sought) == [one]
    assert entries(None, sought=Sought(actor=4)) == []
    assert entries(None, sought=Sought(until=now)) == []
    assert entries(None, sought=Sought(before=one.pk)) == []
