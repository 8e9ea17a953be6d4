"""What is past its time goes: details first, a whole case five years after it was closed."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from chat.models import Room
from counseling.actions import vault
from counseling.models import Case
from foundation.clock import years_before

YEARS = 5


def purge(*, now: datetime) -> Iterator[tuple[str, int]]:
    """Yields (class, rows gone) after each short transaction."""
    for gone in vault.purge(now=now):
        yield "vaults", gone
    due = Case.objects.filter(closed_at__lt=years_before(now, YEARS), merged__isnull=True)
    while (case := due.order_by("pk").first()) is not None:
        with transaction.atomic():
            room = case.room_id
            case.delete()
            if room is not None:
                Room.objects.filter(pk=room).delete()
        yield "cases", 1
