"""Courses that were held, and who was there: counted when staff confirm it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.viewer import Viewer
from foundation.refusals import Refused
from ledger.entries import Fact, counter_enter, enter
from ledger.states import Kind, Reason
from ledger.subjects import subject_of
from programs.models import Program
from reports.actions.noting import note
from reports.models import Attendance, Training
from reports.policies import must_keep_registers
from reports.presence import present_in
from reports.registers import days_proposed


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What is told of a course. `each_day`: whether each of its days counts."""

    course: str
    name: str
    held_on: date
    days: int = 1
    each_day: bool = True
    online: bool = False


def hold_training(viewer: Viewer, *, program: int, course: Course, now: datetime) -> Training:
    """Enter a course that was held; `held_on` is its first day."""
    actor = must_keep_registers(viewer, program=program)
    if not course.course or course.days < 1:
        raise Refused("incomplete")
    with transaction.atomic():
        house = Program.objects.get(pk=program)
        slug = course.course.casefold()
        # The entry names the row: its own number follows within the same transaction.
        row = Training.objects.create(
            program=house, course=slug, name=course.name, held_on=course.held_on,
            days=course.days, each_day=course.each_day, online=course.online, changed_at=now,
            seq=0,
        )  # fmt: skip
        entry = enter(
            Fact(
                program=house.slug,
                kind=Kind.TRAINING_HELD,
                occurred_on=course.held_on,
                destination=slug,
                quantity=course.days,
                evidence=f"training:{row.pk}",
            ),
            confirmed_by=actor,
            now=now,
        )
        row.seq = entry.seq
        row.save(update_fields=["seq"])
        note(viewer, "open", what="training", number=row.pk, program=program, now=now)
    return row


def confirm_attendance(
    viewer: Viewer, *, program: int, training: int, day: int, typed: Iterable[str], now: datetime
) -> int:
    """Confirm who was there on a day (1 is the first), by what is typed for each of them.

    Nothing that is typed is kept. Returns how many were new. Raises `Refused`: `not_found`,
    `no_such_day`, `too_early`.
    """
    actor = must_keep_registers(viewer, program=program)
    with transaction.atomic():
        row = _locked(program, training)
        if not 1 <= day <= row.days:
            raise Refused("no_such_day")
        there = {code for text in typed if (code := subject_of(row.program.slug, text))}
        known = row.attendances.filter(withdrawn_at=None)
        there -= set(known.filter(day=day).values_list("subject", flat=True))
        counted = set(known.filter(seq__isnull=False).values_list("subject", flat=True))
        for code in sorted(there):
            seq = None
            if row.each_day or code not in counted:
                seq = _enter(row, code, day, actor=actor, now=now)
            Attendance.objects.create(
                training=row, subject=code, day=day, confirmed_by=actor, confirmed_at=now, seq=seq
            )
        note(viewer, "confirm", what="training", number=row.pk, program=program, now=now)
    return len(there)


def confirm_presence(
    viewer: Viewer,
    *,
    program: int,
    training: int,
    day: int,
    room: int,
    participants: Collection[int],
    now: datetime,
) -> int:
    """Confirm an online day by who was in its room: only of those whom the room proposes.

    Returns how many were new; raises as `confirm_attendance`.
    """
    must_keep_registers(viewer, program=program)
    row = Training.objects.filter(pk=training, program=program).first()
    if row is None or day not in days_proposed(row):
        raise Refused("not_found")
    there = present_in(room, program=program, on=row.held_on + timedelta(days=day - 1))
    typed = [f"participant:{one.participant}" for one in there if one.participant in participants]
    return confirm_attendance(
        viewer, program=program, training=training, day=day, typed=typed, now=now
    )


def withdraw_attendance(
    viewer: Viewer, *, program: int, attendance: int, reason: Reason, now: datetime
) -> None:
    """Take one back. Where the course counts once, another day of the same person counts then."""
    actor = must_keep_registers(viewer, program=program)
    with transaction.atomic():
        found = Attendance.objects.filter(pk=attendance, training__program=program).first()
        if found is None:
            raise Refused("not_found")
        row = _locked(program, found.training_id)
        gone = row.attendances.filter(pk=attendance, withdrawn_at=None).first()
        if gone is None:
            raise Refused("not_found")
        gone.withdrawn_at = now
        gone.save(update_fields=["withdrawn_at"])
        if gone.seq is not None:
            counter_enter(
                row.program.slug, seq=gone.seq, reason=reason, confirmed_by=actor, now=now
            )
            other = (
                row.attendances.filter(subject=gone.subject, withdrawn_at=None, seq=None)
                .order_by("day")
                .first()
            )
            if other is not None:
                other.seq = _enter(row, other.subject, other.day, actor=actor, now=now)
                other.save(update_fields=["seq"])
        note(
            viewer, "withdraw", what="attendance", number=gone.pk, program=program, reason=reason,
            now=now,
        )  # fmt: skip


def _enter(row: Training, code: str, day: int, *, actor: int, now: datetime) -> int:
    fact = Fact(
        program=row.program.slug,
        kind=Kind.TRAINING_ATTENDED,
        occurred_on=row.held_on + timedelta(days=day - 1),
        subject=code,
        destination=row.course,
        channel="web" if row.online else "in_person",
        evidence=f"training:{row.pk}",
    )
    return enter(fact, confirmed_by=actor, now=now).seq


def _locked(program: int, training: int) -> Training:
    row = (
        Training.objects.select_for_update(of=["self"])
        .select_related("program")
        .filter(pk=training, program=program)
        .first()
    )
    if row is None:
        raise Refused("not_found")
    return row
