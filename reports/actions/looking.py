"""A look at the ledger itself, or at who was in a training room, is noted beside it."""

from datetime import date, datetime

from django.db import transaction

from accounts.states import Role
from accounts.viewer import Viewer
from audit.actions import look, record
from foundation.clock import jst_day
from foundation.refusals import Refused
from programs.models import Program
from reports import evidence, queries, registers
from reports.actions.noting import note
from reports.models import Training
from reports.policies import must_audit, must_keep_registers
from reports.rules import Figures, Sheet

SHORTEST = 4  # characters of a reason


def entries(
    viewer: Viewer,
    slug: str,
    *,
    code: str,
    year: int,
    as_of: date,
    reason: str,
    now: datetime,
    after: int = 0,
) -> list[evidence.Full]:
    """The entries behind a cell, whole, on any day, from a number on.

    Raises what `must_audit` raises, and `Refused`: `not_found`, `no_reason`, `too_late` for a day
    that hasn't come.
    """
    program, sheet = _sheet(viewer, slug, as_of=as_of, reason=reason, now=now)
    indicator = sheet.indicator(code)
    if indicator is None or year not in sheet.years:
        raise Refused("not_found")
    with transaction.atomic():
        _note(
            viewer, program, f"{slug}/{code}/{year}", verb="entries.looked", reason=reason, now=now
        )
        return evidence.full(sheet, indicator, year=year, as_of=as_of, after=after)


def confirmed(
    viewer: Viewer, *, program: int, year: int, reason: str, now: datetime, after: int = 0
) -> list[evidence.Full]:
    """The entries of a year that the viewer confirmed, whole; nobody else's.

    Raises what `must_keep_registers` raises, and `Refused("no_reason")`.
    """
    actor = must_keep_registers(viewer, program=program)
    if len(reason.strip()) < SHORTEST:
        raise Refused("no_reason")
    with transaction.atomic():
        house = Program.objects.get(pk=program)
        note(
            viewer, "entries.looked", what="sheet", number=f"{house.slug}/own/{year}",
            program=program, reason=reason.strip(), now=now,
        )  # fmt: skip
        return evidence.confirmed(house.slug, by=actor, year=year, after=after)


def exact(
    viewer: Viewer, slug: str, *, as_of: date, reason: str, now: datetime
) -> tuple[Sheet, list[Figures]]:
    """A sheet with nothing hidden, on any day. Raises as `entries`."""
    program, _ = _sheet(viewer, slug, as_of=as_of, reason=reason, now=now)
    with transaction.atomic():
        _note(viewer, program, slug, verb="sheet.looked", reason=reason, now=now)
        found = queries.exact(slug, as_of=as_of, now=now)
    if found is None:
        raise Refused("not_found")
    return found.sheet, found.lines


def at_presence(
    viewer: Viewer, row: Training, *, room: int, day: int, now: datetime
) -> registers.Proposed:
    """Whom a training room proposes for a day of a course. Raises `Refused("not_found")`."""
    must_keep_registers(viewer, program=row.program_id)
    found = registers.proposed(row, room=room, day=day)
    role = next(role for role in registers.KEEPERS if viewer.holds(role, program=row.program_id))
    look(
        viewer.staff, role=role, verb="presence.looked", object_type="training",
        object_id=f"{row.pk}/{day}/{room}", program=row.program_id, now=now,
    )  # fmt: skip
    return found


def _sheet(
    viewer: Viewer, slug: str, *, as_of: date, reason: str, now: datetime
) -> tuple[Program, Sheet]:
    sheet = queries.sheet(slug)
    program = None if sheet is None else Program.objects.filter(slug=sheet.program).first()
    if sheet is None or program is None:
        raise Refused("not_found")
    must_audit(viewer, program=program.pk)
    if len(reason.strip()) < SHORTEST:
        raise Refused("no_reason")
    if as_of > jst_day(now):
        raise Refused("too_late")
    return program, sheet


def _note(
    viewer: Viewer, program: Program, what: str, *, verb: str, reason: str, now: datetime
) -> None:
    record(
        viewer.staff,
        role=Role.AUDITOR,
        verb=verb,
        object_type="sheet",
        object_id=what,
        now=now,
        program=program.pk,
        reason=reason.strip(),
    )
