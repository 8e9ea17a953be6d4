"""What is past its time goes: details first, lists that nobody took in, a whole case five years
after it was closed.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from chat.models import Room
from counseling.actions import vault
from counseling.models import Case, OccasionImport
from foundation.clock import years_before

YEARS = 5
LIST_WAITS = timedelta(days=7)  # brought, looked through, and neither taken in nor dropped
_AT_ONCE = 100


def purge(*, now: datetime) -> Iterator[tuple[str, int]]:
    """Yields (class, rows gone) after each short transaction."""
    for gone in vault.purge(now=now):
        yield "vaults", gone
    waiting = OccasionImport.objects.filter(
        at__lt=now - LIST_WAITS, applied_at__isnull=True, dropped_at__isnull=True
    ).order_by("pk")
    while some := list(waiting.values_list("pk", flat=True)[:_AT_ONCE]):
        # Whoever takes one in at this moment has it: the rows are theirs then.
        gone = waiting.filter(pk__in=some).update(dropped_at=now, rows=[], bad=[])
        yield "lists of occasions", gone
    due = Case.objects.filter(closed_at__lt=years_before(now, YEARS), merged__isnull=True)
    while (case := due.order_by("pk").first()) is not None:
        with transaction.atomic():
            room = case.room_id
            case.delete()
            if room is not None:
                Room.objects.filter(pk=room).delete()
        yield "cases", 1
