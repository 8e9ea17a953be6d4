"""A file of records: read, laid ready, taken into the ledger as a whole or not at all."""

import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.viewer import Viewer
from foundation import tables
from foundation.clock import jst_day
from foundation.refusals import Refused
from ledger.entries import Fact, enter_all, lock_programs
from ledger.states import Kind, Reason
from programs.models import Program
from programs.queries import known_codes
from reports import record_rows
from reports.actions.taking_back import counter_import
from reports.models import RecordImport
from reports.policies import must_import
from reports.record_rows import Bad, Flag, Reading
from reports.rules import shipped
from reports.taken_in import standing_rows

BY_COMMAND = "import"
KEPT = timedelta(days=1)  # a preview that nobody takes in or drops


@dataclass(frozen=True, slots=True)
class Laid:
    """What was read. `imported` is None where something is wrong: nothing was laid ready then."""

    imported: int | None
    rows: int
    bad: list[Bad]
    flags: list[Flag]
    sums: dict[tuple[str, str, int], int]  # (program, kind, fiscal year of day) → quantity
    before: datetime | None = None  # when the same file was taken in
    standing: list[int] = field(default_factory=list)  # lines that stand already from other files


def stage_records(viewer: Viewer, *, data: bytes, now: datetime) -> Laid:
    """Read a file and lay it ready. Raises `NotATable`; `Refused` for whoever may not import.

    A row of a program in which they may not import reads as one of no program at all.
    """
    mine = must_import(viewer)
    known = Program.objects.filter(pk__in=mine).values_list("slug", "prefecture_code")
    return _stage(data, programs=dict(known), by=str(viewer.staff), now=now)


def apply_records(viewer: Viewer, *, imported: int, anew: bool = True, now: datetime) -> int:
    """Take what was laid ready into the ledger; the importing user confirms. Returns the rows.

    `anew`: also rows that stand already from other files: they are other events that look alike.

    Raises `Refused`: `gone` when it isn't waiting any more or is another's, `already` when the
    same file was taken in meanwhile.
    """
    must_import(viewer)
    return _apply(imported, by=str(viewer.staff), anew=anew, now=now)


def drop_records(viewer: Viewer, *, imported: int, now: datetime) -> None:
    """Let go what was laid ready. What isn't there needs no letting go."""
    must_import(viewer)
    RecordImport.objects.filter(
        pk=imported, by=str(viewer.staff), applied_at=None, dropped_at=None
    ).update(dropped_at=now, waiting=[])


def let_old_go(*, now: datetime) -> int:
    """Let previews go that nobody took in within a day, with the words in them; how many."""
    old = RecordImport.objects.filter(at__lt=now - KEPT, applied_at=None, dropped_at=None)
    return old.update(dropped_at=now, waiting=[])


def import_by_command(
    *, data: bytes, by: str, preview: bool, anew: bool = True, now: datetime
) -> Laid:
    """Read a file and, when nothing is wrong with it, take it in. Raises `NotATable`.

    `anew`: as `apply_records`.
    """
    known = _every_program()
    if preview:
        with transaction.atomic():
            laid = _stage(data, programs=known, by=by, now=now)
            transaction.set_rollback(True)
        return laid
    with transaction.atomic():
        laid = _stage(data, programs=known, by=by, now=now)
        if laid.imported is not None:
            _apply(laid.imported, by=by, anew=anew, now=now)
    return laid


def take_back_by_command(*, data: bytes, by: str, reason: Reason, now: datetime) -> int:
    """Take back what this file was taken in as; how many entries. Raises `NotATable`,
    `Refused("not_found")`.
    """
    known = _every_program()
    reading = record_rows.read(
        tables.read(data), programs=known, towns=known_codes(), today=jst_day(now)
    )
    with transaction.atomic():
        found = _standing(_digest(reading))
        if found is None:
            raise Refused("not_found")
        return counter_import(found.pk, by=by, reason=reason, now=now)


def _every_program() -> dict[str, str]:
    """Slug → prefecture code, for a command: also those of shipped sheets that aren't here."""
    known = {sheet.program: "" for sheet in shipped().values()}
    return known | dict(Program.objects.values_list("slug", "prefecture_code"))


def _stage(data: bytes, *, programs: dict[str, str], by: str, now: datetime) -> Laid:
    reading = record_rows.read(
        tables.read(data), programs=programs, towns=known_codes(), today=jst_day(now)
    )
    digest = _digest(reading)
    earlier = _standing(digest)
    laid = Laid(
        None, len(reading.facts), reading.bad, reading.flags, _sums(reading.facts),
        None if earlier is None else earlier.applied_at,
    )  # fmt: skip
    if reading.bad or earlier or not reading.facts:
        return laid
    waiting = [
        [_as_json(fact), note, line]
        for fact, note, line in zip(reading.facts, reading.notes, reading.lines, strict=True)
    ]
    made = RecordImport.objects.create(
        digest=digest, by=by, at=now, rows=len(waiting), waiting=waiting
    )
    standing = [reading.lines[at] for at in standing_rows(reading.facts)]
    return replace(laid, imported=made.pk, standing=standing)


def _apply(imported: int, *, by: str, anew: bool, now: datetime) -> int:
    with transaction.atomic():
        row = RecordImport.objects.select_for_update().filter(pk=imported, by=by).first()
        if row is None or row.applied_at or row.dropped_at:
            raise Refused("gone")
        if _standing(row.digest):
            raise Refused("already")
        of: defaultdict[str, list[tuple[Fact, str]]] = defaultdict(list)
        facts = [
            _from_json(values, evidence=f"import:{row.pk}:{line}")
            for values, _, line in row.waiting
        ]
        # Held from here on: what another upload takes in meanwhile is seen below, or waits.
        lock_programs({fact.program for fact in facts})
        passed = set() if anew else set(standing_rows(facts))
        for at, (fact, (_, note, _)) in enumerate(zip(facts, row.waiting, strict=True)):
            if at not in passed:
                of[fact.program].append((fact, note))
        for program in sorted(of):
            those, notes = zip(*of[program], strict=True)
            enter_all(those, confirmed_by=by, now=now, notes=notes)
        row.waiting, row.applied_at = [], now
        row.save(update_fields=["waiting", "applied_at"])
    return row.rows - len(passed)


def _standing(digest: str) -> RecordImport | None:
    return RecordImport.objects.filter(
        digest=digest, applied_at__isnull=False, taken_back_at=None
    ).first()


def _as_json(fact: Fact) -> dict[str, Any]:
    return asdict(fact) | {"occurred_on": fact.occurred_on.isoformat()}


def _from_json(values: dict[str, Any], *, evidence: str) -> Fact:
    day = date.fromisoformat(values["occurred_on"])
    changed = {"occurred_on": day, "kind": Kind(values["kind"]), "evidence": evidence}
    return Fact(**{**values, **changed})


def _digest(reading: Reading) -> str:
    text = json.dumps([_as_json(fact) for fact in reading.facts], sort_keys=True)
    return hmac.new(settings.SUBJECT_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def _sums(facts: Collection[Fact]) -> dict[tuple[str, str, int], int]:
    sums: defaultdict[tuple[str, str, int], int] = defaultdict(int)
    for fact in facts:
        year = fact.occurred_on.year - (fact.occurred_on.month < 4)
        sums[fact.program, fact.kind.value, year] += fact.quantity
    return dict(sorted(sums.items()))
