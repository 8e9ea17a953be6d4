"""A file of records that was taken in by mistake: countered as a whole."""

from datetime import datetime

from django.db import transaction

from accounts.viewer import Viewer
from foundation.refusals import Refused
from ledger.entries import counter_all
from ledger.states import Reason
from programs.models import Program
from reports.actions.noting import note
from reports.models import RecordImport
from reports.taken_in import came_of, taken_in


def take_back(viewer: Viewer, *, imported: int, reason: Reason, now: datetime) -> int:
    """Counter every entry of a file; returns how many. It can be taken in again then.

    Raises `Refused("not_found")`, also for whoever may not import in a program that it touched.
    """
    with transaction.atomic():
        came = taken_in(viewer, imported=imported)
        if came is None:
            raise Refused("not_found")
        countered = counter_import(imported, by=str(viewer.staff), reason=reason, now=now)
        numbers = Program.objects.filter(slug__in=came.programs).order_by("slug")
        for program in numbers.values_list("pk", flat=True):
            note(
                viewer, "withdraw", what="import", number=imported, program=program,
                reason=reason, now=now,
            )  # fmt: skip
    return countered


def counter_import(imported: int, *, by: str, reason: Reason, now: datetime) -> int:
    """The same without asking who: the command's, and what `take_back` does when it has asked."""
    with transaction.atomic():
        row = (
            RecordImport.objects.select_for_update()
            .filter(pk=imported, applied_at__isnull=False, taken_back_at=None)
            .first()
        )
        if row is None:
            raise Refused("not_found")
        countered = 0
        # Sorted, as a file is taken in: two deeds over several ledgers wait for each other in line.
        for program, seqs in sorted(came_of(row).standing.items()):
            countered += len(
                counter_all(program, seqs=seqs, reason=reason, confirmed_by=by, now=now)
            )
        row.taken_back_at = now
        row.save(update_fields=["taken_back_at"])
    return countered
