"""One way to change a row that two people may have open: by version, telling what changed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from foundation.refusals import Refused
from programs.models import Agency, Place

Row = TypeVar("Row", Agency, Place)
# Column: [before, after].
Changes = dict[str, list[object]]


def change(
    kind: type[Row], *, program: int, pk: int, version: int, values: Mapping[str, object],
    now: datetime,
) -> Changes:  # fmt: skip
    """Write `values` over version `version`; what was different, before and after.

    Raises `Refused`: `gone`, or `changed_meanwhile` when somebody else was faster.
    """
    with transaction.atomic():
        row = locked(kind, program=program, pk=pk)
        if row.version != version:
            raise Refused("changed_meanwhile")
        changes: Changes = {
            name: [getattr(row, name), value]
            for name, value in values.items()
            if getattr(row, name) != value
        }
        if changes:
            for name, value in values.items():
                setattr(row, name, value)
            row.version += 1
            row.changed_at = now
            row.save()
    return changes


def take_away(
    kind: type[Row], *, program: int, pk: int, version: int, names: Iterable[str], now: datetime
) -> Changes:
    """Off every list, what stood in `names`; the row stays for what points to it.

    Raises as `change` does.
    """
    with transaction.atomic():
        row = locked(kind, program=program, pk=pk)
        if row.version != version:
            raise Refused("changed_meanwhile")
        row.removed_at = row.changed_at = now
        row.version += 1
        row.save(update_fields=["removed_at", "changed_at", "version"])
    return {name: [getattr(row, name), None] for name in names}


def locked(kind: type[Row], *, program: int, pk: int) -> Row:
    """The row, until the transaction ends. Raises `Refused("gone")`."""
    rows = kind.objects.select_for_update(of=("self",))
    row = rows.filter(program_id=program, pk=pk, removed_at__isnull=True).first()
    if row is None:
        raise Refused("gone")
    return row
