"""A whole list of agencies at once: laid ready where nobody sees it, then one moment for all.

Its rows come in in small transactions, so that nobody waits; applying sets one column of one row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from foundation.clock import jst_day
from foundation.refusals import Refused
from foundation.tables import Table
from programs import agency_rows
from programs.agency_rows import HEADERS, Bad, Good, Reading, key
from programs.models import Agency, AgencyImport, Municipality, Program

CHUNK = 50  # rows a transaction: SQLite's one lock is never held longer than 50 ms
COLUMNS = (
    "kind", "name", "municipality_id", "address", "telephone", "hours_text", "hours", "accepts",
    "note", "url", "source", "verified_on",
)  # fmt: skip
MOST_CELL = 2000  # of a bad row's cell that waits to be mended


def stage(*, program: int, table: Table, file_name: str, now: datetime) -> AgencyImport:
    """Lay a list ready. One that was waiting is dropped. Raises `NotATable`; nothing is changed."""
    reading = agency_rows.read(table, towns=_towns(), today=jst_day(now))
    with transaction.atomic():
        Program.objects.select_for_update().get(pk=program)
        waiting = _waiting(program)
        dropped = [one.pk for one in waiting]
        waiting.update(dropped_at=now, bad=[], notes=[])
        made = AgencyImport.objects.create(
            program_id=program, file_name=file_name[-120:], at=now,
            notes=[asdict(one) for one in reading.notes], bad=_kept(reading.bad),
        )  # fmt: skip
    for one in dropped:
        _sweep(one)
    _lay(made, reading.good)
    AgencyImport.objects.filter(pk=made.pk).update(staged_at=now)
    made.refresh_from_db()
    return made


def mend(
    *, program: int, imported: int, cells: Mapping[int, Mapping[str, str]], left_out: Iterable[int],
    now: datetime,
) -> AgencyImport:  # fmt: skip
    """Bad rows written anew, by line, or left out. What is good now is laid beside the rest.

    Raises `Refused("gone")` when the list isn't waiting any more.
    """
    drop_lines = set(left_out)
    with transaction.atomic():
        row = _locked(program, imported)
        bad = [one for one in row.bad if one["line"] not in drop_lines]
        names = list(HEADERS)
        rows = [
            (one["line"], tuple({**one["cells"], **cells.get(one["line"], {})}.get(n, "")
             for n in names))
            for one in bad
        ]  # fmt: skip
        staged = Agency.objects.filter(brought_by=row).order_by("pk")
        seen = [key(*pair) for pair in staged.values_list("name", "municipality_id")]
        reading = Reading()
        if rows:
            table = Table(tuple(HEADERS[name] for name in names), tuple(rows))
            reading = agency_rows.read(table, towns=_towns(), today=jst_day(now), seen=seen)
        row.bad = _kept(reading.bad)
        row.notes = [
            *row.notes,
            *(asdict(one) for one in reading.notes),
            *({"line": line, "said": "取りこみません。"} for line in sorted(drop_lines)),
        ]
        row.save(update_fields=["bad", "notes"])
        _lay(row, reading.good)
    row.refresh_from_db()
    return row


@dataclass(frozen=True, slots=True)
class Applied:
    """How many agencies a list added, changed, and found as they were."""

    added: int
    changed: int
    same: int


def apply(*, program: int, imported: int, now: datetime) -> Applied:
    """All of it takes effect at once. Raises `Refused`.

    `gone`: not waiting any more · `not_ready`: bad rows are left, or it was cut off ·
    `changed_meanwhile`: someone changed an agency by hand after it was laid ready.
    """
    with transaction.atomic():
        Program.objects.select_for_update().get(pk=program)
        row = _locked(program, imported)
        if row.bad or row.staged_at is None:
            raise Refused("not_ready")
        later = Agency.objects.filter(program_id=program, changed_at__gt=row.at)
        if later.exclude(brought_by=row).exists():
            raise Refused("changed_meanwhile")
        changed = Agency.objects.filter(leaves_with=row).count()
        added = Agency.objects.filter(brought_by=row).count() - changed
        row.applied_at = now
        row.save(update_fields=["applied_at"])
    return Applied(added=added, changed=changed, same=row.same)


def drop(*, program: int, imported: int, now: datetime) -> None:
    """Let a waiting list go. Raises `Refused("gone")`."""
    with transaction.atomic():
        row = _locked(program, imported)
        row.dropped_at, row.bad, row.notes = now, [], []
        row.save(update_fields=["dropped_at", "bad", "notes"])
    _sweep(row.pk)


def _waiting(program: int) -> QuerySet[AgencyImport]:
    return AgencyImport.objects.filter(
        program_id=program, applied_at__isnull=True, dropped_at__isnull=True
    )


def _locked(program: int, imported: int) -> AgencyImport:
    row = _waiting(program).select_for_update().filter(pk=imported).first()
    if row is None:
        raise Refused("gone")
    return row


def _towns() -> set[str]:
    return set(Municipality.objects.order_by().values_list("code", flat=True))


def _kept(bad: Sequence[Bad]) -> list[dict[str, object]]:
    return [
        {
            "line": one.line,
            "cells": {name: cell[:MOST_CELL] for name, cell in one.cells.items()},
            "wrong": dict(one.wrong),
        }
        for one in bad
    ]


def _lay(row: AgencyImport, good: Sequence[Good]) -> None:
    """Rows beside those that stand; the ones that they replace are marked to leave with them."""
    there = {
        key(one.name, one.municipality_id): one
        for one in Agency.objects.standing().filter(program_id=row.program_id).order_by("pk")
    }
    same = 0
    for start in range(0, len(good), CHUNK):
        rows = good[start : start + CHUNK]
        fresh, leaving = [], []
        for one in rows:
            old = there.get(key(one.values["name"], one.values["municipality_id"]))
            if old is not None and all(getattr(old, c) == one.values[c] for c in COLUMNS):
                same += 1
                continue
            if old is not None:
                leaving.append(old.pk)
            fresh.append(
                Agency(program_id=row.program_id, changed_at=row.at, brought_by=row, **one.values)
            )
        with transaction.atomic():
            Agency.objects.bulk_create(fresh)
            Agency.objects.filter(pk__in=leaving).update(leaves_with=row)
    if same:
        AgencyImport.objects.filter(pk=row.pk).update(same=row.same + same)


def _sweep(imported: int) -> None:
    """The rows of a list that was dropped."""
    Agency.objects.filter(leaves_with=imported).update(leaves_with=None)
    rows = Agency.objects.filter(brought_by=imported, brought_by__dropped_at__isnull=False)
    while chunk := list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        Agency.objects.filter(pk__in=chunk).delete()
