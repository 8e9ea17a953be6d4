"""Words beside an entry are erased; the entry and every sum of it stay."""

from datetime import datetime

from django.db import transaction

from accounts.viewer import Viewer
from foundation.refusals import Refused
from ledger import entries
from programs.models import Program
from reports import queries
from reports.actions.noting import note
from reports.policies import must_erase_notes

SHORTEST, LONGEST = 4, 200  # characters of a reason


def erase_note(viewer: Viewer, *, program: int, evidence: str, reason: str, now: datetime) -> None:
    """Erase the words beside the entry of an evidence number.

    Raises what `must_erase_notes` raises, and `Refused`: `no_reason`, `no_note`.
    """
    must_erase_notes(viewer, program=program)
    why = reason.strip()
    if not SHORTEST <= len(why) <= LONGEST:
        raise Refused("no_reason")
    with transaction.atomic():
        house = Program.objects.get(pk=program)
        seq = queries.entry_with_note(house.slug, evidence)
        if seq is None or not entries.erase_note(house.slug, seq=seq):
            raise Refused("no_note")
        note(
            viewer, "note.erased", what="entry", number=f"{house.slug}:{evidence}",
            program=program, reason=why, now=now,
        )  # fmt: skip
