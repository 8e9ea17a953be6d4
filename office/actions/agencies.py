"""Agencies (支援機関): one at a time, and a whole list at once."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from accounts.viewer import Viewer
from foundation import tables
from office.actions.noting import begun, note
from office.policies import must_coordinate
from programs.actions import agencies, imports
from programs.actions.imports import Applied


def add_agency(
    viewer: Viewer, *, program: int, values: Mapping[str, object], now: datetime
) -> None:
    """A new agency. Raises `Refused("already_there")`."""
    actor = must_coordinate(viewer, program=program)
    with transaction.atomic():
        row = agencies.add(program=program, values=values, now=now)
        note(
            actor, "create", what="agency", number=row.pk, program=program, now=now,
            changes=begun(values),
        )  # fmt: skip


def change_agency(
    viewer: Viewer, *, program: int, agency: int, version: int, values: Mapping[str, object],
    now: datetime,
) -> None:  # fmt: skip
    """Change one. Raises `Refused`: `gone`, `changed_meanwhile`, `already_there`."""
    actor = must_coordinate(viewer, program=program)
    with transaction.atomic():
        changes = agencies.change(
            program=program, agency=agency, version=version, values=values, now=now
        )
        if changes:
            note(
                actor, "change", what="agency", number=agency, program=program, now=now,
                changes=changes,
            )  # fmt: skip


def remove_agency(
    viewer: Viewer, *, program: int, agency: int, version: int, reason: str, now: datetime
) -> None:
    """Off every list. Raises `Refused`: `gone`, `changed_meanwhile`."""
    actor = must_coordinate(viewer, program=program)
    with transaction.atomic():
        changes = agencies.take_away(program=program, agency=agency, version=version, now=now)
        note(
            actor, "remove", what="agency", number=agency, program=program, now=now,
            changes=changes, reason=reason,
        )  # fmt: skip


def stage_agencies(
    viewer: Viewer, *, program: int, data: bytes, file_name: str, instead_of: int | None,
    now: datetime,
) -> None:  # fmt: skip
    """Lay a list ready, where nobody sees it. Raises `NotATable` and `Refused("list_waits")`;
    nothing is changed then.

    In many small transactions, so that nobody waits; what people see changes only by
    `apply_agencies`, which is what the log tells of.
    """
    must_coordinate(viewer, program=program)
    imports.stage(
        program=program, table=tables.read(data), file_name=file_name, instead_of=instead_of,
        now=now,
    )  # fmt: skip


def mend_agencies(
    viewer: Viewer, *, program: int, imported: int, version: int,
    cells: Mapping[int, Mapping[str, str]], left_out: Iterable[int], now: datetime,
) -> None:  # fmt: skip
    """Rows of the list written anew, or left out. Raises `Refused`: `gone`, `list_mended`."""
    must_coordinate(viewer, program=program)
    imports.mend(
        program=program, imported=imported, version=version, cells=cells, left_out=left_out,
        now=now,
    )  # fmt: skip


def apply_agencies(viewer: Viewer, *, program: int, imported: int, now: datetime) -> Applied:
    """All of the list at once, or rows are asked about again. Raises `Refused`: `gone`,
    `not_ready`.
    """
    actor = must_coordinate(viewer, program=program)
    return _apply(actor, program=program, imported=imported, now=now)


def apply_by_command(*, program: int, imported: int, now: datetime) -> Applied:
    """The same for `manage.py import_agencies`: whoever may use the machine itself may do this."""
    return _apply(None, program=program, imported=imported, now=now)


def _apply(actor: int | None, *, program: int, imported: int, now: datetime) -> Applied:
    with transaction.atomic():
        done = imports.apply(program=program, imported=imported, now=now)
        if done.asked:
            return done
        changes = {"added": done.added, "changed": done.changed, "same": done.same}
        note(
            actor, "import", what="agency_import", number=imported, program=program, now=now,
            changes=changes,
        )  # fmt: skip
    return done


def drop_agencies(viewer: Viewer, *, program: int, imported: int, now: datetime) -> None:
    """Let a waiting list go. Raises `Refused("gone")`."""
    must_coordinate(viewer, program=program)
    imports.drop(program=program, imported=imported, now=now)
