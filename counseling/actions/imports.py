"""A list of occasions from Excel or CSV: looked through first, taken in at once or not at all."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from typing import cast
from uuid import UUID, uuid5

from django.db import transaction

from accounts.viewer import Viewer
from counseling import policies
from counseling.actions import occasions
from counseling.forms import Told
from counseling.models import Case, Occasion, OccasionImport
from counseling.occasion_rows import Row, Wrong, read, twice
from counseling.states import CaseState, Channel, Cohort, Origin, Relation
from counseling.words import must_hold_no_contact
from foundation import tables
from foundation.clock import jst_day
from foundation.refusals import Refused
from programs import queries as programs
from programs.counting import counted_on
from programs.states import CountedAs

_NAMESPACE = UUID("6d1b53a5-8a6e-4a65-9d7c-6f5a2f0f4b11")


def stage(viewer: Viewer, *, program: int, data: bytes, now: datetime) -> OccasionImport:
    """Read the file and keep what is in it to be looked at; what waited before is dropped.

    Raises `NotATable`; `Refused`: `not_found`, `second_factor`, `same_file`.
    """
    staff = policies.must_be_counselor(viewer, program=program)
    digest = hashlib.sha256(data).hexdigest()
    mine = OccasionImport.objects.filter(counselor_id=staff)
    if mine.filter(digest=digest, applied_at__isnull=False).exists():
        raise Refused("same_file")
    good, bad = read(tables.read(data), today=jst_day(now))
    bad += _judged(viewer, program, good)
    wrong = {one["at"] for one in bad}
    with transaction.atomic():
        waiting = mine.filter(applied_at__isnull=True, dropped_at__isnull=True)
        waiting.update(dropped_at=now, rows=[], bad=[])
        return OccasionImport.objects.create(
            program_id=program,
            counselor_id=staff,
            digest=digest,
            rows=[row for row in good if row["at"] not in wrong],
            bad=sorted(bad, key=lambda one: one["at"]),
            at=now,
        )


def _judged(viewer: Viewer, program: int, rows: Iterable[Row]) -> list[Wrong]:
    """What only the database knows: whose the case is, what is there already."""
    rows = list(rows)
    codes = {row["code"] for row in rows if row["code"]}
    mine = Case.objects.filter(
        code__in=codes, counselor_id=viewer.staff, program_id=program, state=CaseState.OPEN
    )
    known = dict(mine.values_list("code", "pk"))
    there = {
        (code, relation, on.isoformat(), channel)
        for code, relation, on, channel in Occasion.objects.filter(
            case_id__in=known.values(), split="", each=False, voided_at__isnull=True
        ).values_list("case__code", "relation", "on", "channel")
    }
    periods = programs.counting(program).periods
    once = [
        row
        for row in rows
        if counted_on(periods, date.fromisoformat(row["on"])) is CountedAs.ONCE_A_DAY
    ]
    found = twice(once)
    for row in rows:
        try:
            must_hold_no_contact(row["line"], row["split"])
        except Refused as no:
            found.append({"at": row["at"], "why": no.code})
        key = (row["code"], row["relation"], row["on"], row["channel"])
        if row["code"] and row["code"] not in known:
            found.append({"at": row["at"], "why": "no_case"})
        elif key in there and not row["split"]:
            found.append({"at": row["at"], "why": "same_day"})
    return found


def apply(viewer: Viewer, *, imported: int, now: datetime) -> int:
    """All of it, confirmed by the counselor who brought it; how many occasions.

    Raises `Refused`: `not_found`, `second_factor`, `not_ready`, `moved_on`, and what `enter` does
    where something changed meanwhile; then nothing was taken in.
    """
    with transaction.atomic():
        waiting = _mine(viewer, imported)
        if waiting.bad or not waiting.rows:
            raise Refused("not_ready")
        for row in waiting.rows:
            told = _told(cast(Row, row), waiting.digest)
            made = occasions.enter(viewer, program=waiting.program_id, told=told, now=now)
            Occasion.objects.filter(pk=made.pk).update(brought_by=waiting)
        OccasionImport.objects.filter(pk=waiting.pk).update(applied_at=now, rows=[])
    return len(waiting.rows)


def drop(viewer: Viewer, *, imported: int, now: datetime) -> None:
    """None of it; its rows go at once. Raises `Refused`: `not_found`, `moved_on`."""
    with transaction.atomic():
        waiting = _mine(viewer, imported)
        OccasionImport.objects.filter(pk=waiting.pk).update(dropped_at=now, rows=[], bad=[])


def _mine(viewer: Viewer, number: int) -> OccasionImport:
    staff = policies.must_be_counselor(viewer)
    found = OccasionImport.objects.select_for_update().filter(pk=number, counselor_id=staff)
    waiting = found.first()
    if waiting is None:
        raise Refused("not_found")
    policies.must_be_counselor(viewer, program=waiting.program_id)
    if waiting.applied_at is not None or waiting.dropped_at is not None:
        raise Refused("moved_on")
    return waiting


def _told(row: Row, digest: str) -> Told:
    return Told(
        nonce=uuid5(_NAMESPACE, f"{digest}-{row['at']}"),
        code=row["code"],
        on=date.fromisoformat(row["on"]),
        minutes=row["minutes"],
        channel=Channel(row["channel"]),
        relation=Relation(row["relation"]),
        line=row["line"],
        psychological=row["psychological"],
        add=False,
        split=row["split"],
        origin=Origin.UNKNOWN,
        cohort=Cohort.UNKNOWN,
        confirmed=True,
    )
