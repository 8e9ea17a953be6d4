"""Keeps the demo's two supporters at their desks. Refuses to exist in production."""

from datetime import datetime, timedelta

from django.conf import settings

from accounts.models import Staff
from chat.models import Room
from duty.actions import attend, begin_shift
from duty.models import Shift

ALWAYS_OPEN = ("zatsudan", "yofukashi")
SHIFT = timedelta(hours=8)


def renew(*, now: datetime) -> int:
    """Renew the demo supporters' attendance; how many attend. Nothing without demo data."""
    if not settings.DEMO:
        raise RuntimeError("demo supporters are refused in production")
    rooms = list(
        Room.objects.filter(slug__in=ALWAYS_OPEN, program__is_demo=True, removed_at__isnull=True)
    )
    if not rooms:
        return 0
    supporters = Staff.objects.filter(is_demo=True, is_active=True, username__startswith="demo-")
    count = 0
    for person in supporters.order_by("pk"):
        shift = Shift.objects.filter(
            supporter=person, starts_at__lte=now, ends_at__gt=now + timedelta(minutes=15)
        ).first() or begin_shift(
            supporter=person.pk, program=rooms[0].program_id, starts_at=now, ends_at=now + SHIFT
        )
        for room in rooms:
            attend(shift=shift.pk, room=room.pk, now=now)
        count += 1
    return count
