"""The list of municipalities is taken in."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from programs.models import Municipality
from programs.municipalities import Row, read

CHUNK = 250  # rows a transaction: SQLite's one lock is never held longer than 50 ms


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows a load added, changed, and found as they were."""

    added: int
    changed: int
    same: int


def load_municipalities(lines: Iterable[str]) -> Loaded:
    """Take in a CSV file's lines. Raises `BadFile` before anything is written.

    Applied in chunks, so that nobody waits for it; a load that was cut off is simply run again.
    Rows that the file doesn't name stay: records may point to them.
    """
    rows = read(lines)
    known = {
        row.code: row
        for row in (
            Row(*values)
            for values in Municipality.objects.values_list(
                "code", "prefecture", "name", "kana", "population"
            )
        )
    }
    due = [row for row in rows if known.get(row.code) != row]
    for start in range(0, len(due), CHUNK):
        _write(due[start : start + CHUNK])
    added = sum(row.code not in known for row in due)
    return Loaded(added=added, changed=len(due) - added, same=len(rows) - len(due))


def _write(rows: Iterable[Row]) -> None:
    made = [
        Municipality(
            code=row.code,
            prefecture=row.prefecture,
            name=row.name,
            kana=row.kana,
            population=row.population,
        )
        for row in rows
    ]
    with transaction.atomic():
        Municipality.objects.bulk_create(
            made,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["prefecture", "name", "kana", "population"],
        )
