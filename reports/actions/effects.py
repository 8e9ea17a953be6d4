"""Records of what the family program changes, by the practitioner."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.viewer import Viewer
from foundation.clock import jst_day
from foundation.refusals import Refused
from ledger.subjects import subject_of
from programs.models import Program
from reports import queries
from reports.actions.noting import note
from reports.effects import told_of
from reports.models import EffectRecord, FamilyRun, Improvement
from reports.policies import must_coordinate, must_keep_registers
from reports.states import INSTRUMENT, Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """One family at one point; `typed` stands for it and isn't kept."""

    typed: str
    point: Point
    on: date
    burden: int | None = None
    relation: int | None = None
    used_service: bool | None = None


def start_run(
    viewer: Viewer,
    *,
    program: int,
    name: str,
    started_on: date,
    instrument: Mapping[str, Any] | None = None,
    now: datetime,
) -> FamilyRun:
    """A run begins. `instrument`: names and ranges of its scales, as `INSTRUMENT`."""
    must_keep_registers(viewer, program=program)
    scales = dict(instrument or INSTRUMENT)
    if set(scales) != set(INSTRUMENT) or any(s["lowest"] >= s["highest"] for s in scales.values()):
        raise Refused("incomplete")
    with transaction.atomic():
        house = Program.objects.get(pk=program)
        row = FamilyRun.objects.create(
            program=house, name=name, started_on=started_on, instrument=scales, changed_at=now
        )
        note(viewer, "open", what="family_run", number=row.pk, program=program, now=now)
    return row


def record_effect(
    viewer: Viewer, *, program: int, run: int, answers: Answers, now: datetime
) -> EffectRecord:
    """Record one family at one point; a second time it replaces the first, until it is told.

    Raises `Refused`: `not_found`, `incomplete`, `too_early`, `out_of_range`, `told` where it is
    part of a mean that was told: the difference would be this family's.
    """
    actor = must_keep_registers(viewer, program=program)
    if answers.on > jst_day(now):
        raise Refused("too_early")
    with transaction.atomic():
        runs = FamilyRun.objects.select_for_update(of=("self",)).select_related("program")
        row = runs.filter(pk=run, program=program).first()
        if row is None:
            raise Refused("not_found")
        code = subject_of(row.program.slug, answers.typed)
        if not code:
            raise Refused("incomplete")
        for name, value in (("burden", answers.burden), ("relation", answers.relation)):
            scale = row.instrument[name]
            if value is not None and not scale["lowest"] <= value <= scale["highest"]:
                raise Refused("out_of_range")
        if (code, answers.point) in told_of(queries.records_of(row)):
            raise Refused("told")
        found, _ = EffectRecord.objects.update_or_create(
            run=row, subject=code, point=answers.point,
            defaults={
                "on": answers.on, "burden": answers.burden, "relation": answers.relation,
                "used_service": answers.used_service, "by": actor, "at": now,
            },
        )  # fmt: skip
        note(viewer, "record", what="family_run", number=row.pk, program=program, now=now)
    return found


def note_improvement(viewer: Viewer, *, program: int, year: int, words: str, now: datetime) -> None:
    """What the program changes after a year; written anew, it replaces what was there."""
    actor = must_coordinate(viewer, program=program)
    if not words.strip():
        raise Refused("empty")
    with transaction.atomic():
        Improvement.objects.update_or_create(
            program_id=program, year=year, defaults={"words": words.strip(), "by": actor, "at": now}
        )
        note(viewer, "change", what="improvement", number=year, program=program, now=now)
