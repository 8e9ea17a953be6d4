"""What the ledger counted otherwise than a case says is taken back and counted anew.

Counter-entry and new entry stand in the mend's own transaction, on the day on which it happened: a
sheet that was closed before keeps its figures and tells the difference as 過年度修正.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime

from django.db.models import Model

from accounts.viewer import Viewer
from counseling import facts
from counseling.actions.moves import note
from counseling.models import Case, Occasion, Referral, StageDone
from counseling.states import Mended

Put = Callable[[int], None]


def recount(
    viewer: Viewer, case: Case, *, mended: Collection[Mended], reason: str, now: datetime
) -> int:
    """How many entries were counted anew; the case is locked and bears what is right."""
    wrong = facts.otherwise_counted(case, mended)
    kept = dict(_kept(case))
    for number, told in sorted(wrong.items()):
        anew = facts.counted_anew(viewer, case, number, told=told, now=now)
        if number in kept:  # what a file brought is kept by no row
            kept[number](anew)
    if wrong:
        note(viewer, case, "recount", reason=reason, fields=sorted(mended), now=now)
    return len(wrong)


def _kept(case: Case) -> Iterator[tuple[int, Put]]:
    """Each number of an entry that the case's rows keep, and how its successor is put there."""
    if case.new_entry is not None:
        yield case.new_entry, _setting(case, "new_entry")
    for row in Occasion.objects.filter(case=case, voided_at__isnull=True).order_by("pk"):
        for place, number in enumerate(list(row.entries)):
            yield number, _in_list(row, place)
    for link in Referral.objects.filter(case=case, entry__isnull=False).order_by("pk"):
        yield link.entry or 0, _setting(link, "entry")
    stages = StageDone.objects.filter(referral__case=case, entry__isnull=False)
    for stage in stages.order_by("pk"):
        yield stage.entry or 0, _setting(stage, "entry")


def _setting(row: Model, name: str) -> Put:
    def put(number: int) -> None:
        setattr(row, name, number)
        row.save(update_fields=[name])

    return put


def _in_list(row: Occasion, place: int) -> Put:
    def put(number: int) -> None:
        row.entries[place] = number
        row.save(update_fields=["entries"])

    return put
