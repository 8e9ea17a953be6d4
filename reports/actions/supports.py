"""Adviser visits, support of municipalities, network meetings."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.viewer import Viewer
from foundation.refusals import Refused
from ledger.entries import Fact, counter_enter, enter
from ledger.states import Kind, Reason
from programs.models import Municipality, Program
from reports.actions.noting import note
from reports.models import Support
from reports.policies import must_keep_registers
from reports.states import SUPPORTS, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What happened. `stage`: how far the municipality had come then."""

    kind: Kind
    on: date
    municipality: str = ""
    by_whom: str = ""
    bodies: int = 1
    words: str = ""
    stage: Stage | None = None


def note_support(viewer: Viewer, *, program: int, occasion: Occasion, now: datetime) -> Support:
    """Enter one. Raises `Refused`: `incomplete`, `no_such_place`, `too_early`."""
    actor = must_keep_registers(viewer, program=program)
    if occasion.kind not in SUPPORTS:
        raise Refused("incomplete")
    with transaction.atomic():
        house = Program.objects.get(pk=program)
        place = occasion.municipality
        if place and not (
            place.startswith(house.prefecture_code)
            and Municipality.objects.filter(pk=place).exists()
        ):
            raise Refused("no_such_place")
        # The entry names the row: its own number follows within the same transaction.
        row = Support.objects.create(
            program=house, kind=occasion.kind, municipality_id=place or None, on=occasion.on,
            by_whom=occasion.by_whom, bodies=occasion.bodies, words=occasion.words,
            stage=occasion.stage or "", changed_at=now, seq=0,
        )  # fmt: skip
        entry = enter(
            Fact(
                program=house.slug,
                kind=occasion.kind,
                occurred_on=occasion.on,
                municipality_code=place,
                evidence=f"support:{row.pk}",
            ),
            confirmed_by=actor,
            now=now,
        )
        row.seq = entry.seq
        row.save(update_fields=["seq"])
        note(viewer, "open", what="support", number=row.pk, program=program, now=now)
    return row


def withdraw_support(
    viewer: Viewer, *, program: int, support: int, reason: Reason, now: datetime
) -> None:
    """Take one back that was entered by mistake."""
    actor = must_keep_registers(viewer, program=program)
    with transaction.atomic():
        row = (
            Support.objects.select_for_update(of=["self"])
            .select_related("program")
            .filter(pk=support, program=program, withdrawn_at=None)
            .first()
        )
        if row is None:
            raise Refused("not_found")
        counter_enter(row.program.slug, seq=row.seq, reason=reason, confirmed_by=actor, now=now)
        row.withdrawn_at = row.changed_at = now
        row.save(update_fields=["withdrawn_at", "changed_at"])
        note(
            viewer, "withdraw", what="support", number=row.pk, program=program, reason=reason,
            now=now,
        )  # fmt: skip
