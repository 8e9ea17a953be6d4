"""Keeps the demo's two supporters at their desks. Refuses to exist in production."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import Staff
from chat.models import Room
from duty.actions.attending import take_room
from duty.actions.moves import HOUSE, move
from duty.actions.shifts import close_due, open_shift
from duty.models import Attendance, Shift
from duty.states import RUNNING, STANDING, ShiftState

ALWAYS_OPEN = ("zatsudan", "yofukashi")
KEEPERS = ("demo-haru", "demo-nagi")
SHIFT = timedelta(hours=8)
# A shift is renewed before it ends: the rooms never notice.
LEFT = timedelta(minutes=15)


def renew(*, now: datetime) -> int:
    """Renew the demo supporters' attendance; how many attend. Nothing without demo data."""
    if not settings.DEMO:
        raise RuntimeError("demo supporters are refused in production")
    rooms = list(
        Room.objects.filter(slug__in=ALWAYS_OPEN, program__is_demo=True, removed_at__isnull=True)
    )
    if not rooms:
        return 0
    close_due(now=now)
    keepers = Staff.objects.filter(is_demo=True, is_active=True, username__in=KEEPERS)
    program = rooms[0].program_id
    shifts = [_at_the_desk(one.pk, program, now=now) for one in keepers.order_by("pk")]
    for shift in shifts:
        with transaction.atomic():
            Attendance.objects.filter(shift=shift).exclude(room__in=[r.pk for r in rooms]).delete()
            for room in rooms:
                take_room(shift, room=room.pk, actor=None, role=HOUSE, now=now)
    return len(shifts)


def _at_the_desk(supporter: int, program: int, *, now: datetime) -> Shift:
    """Their running shift with enough time left; else a new one."""
    theirs = Shift.objects.filter(supporter=supporter, state__in=STANDING, ends_at__gt=now)
    good = theirs.filter(state=ShiftState.BEGUN, program=program, ends_at__gt=now + LEFT).first()
    if good is not None:
        return good
    # Whatever stands in the way in a demo makes room: an old shift, or one that a visitor planned.
    for old in theirs.filter(starts_at__lt=now + SHIFT).order_by("pk"):
        wanted = ShiftState.ENDED if old.state in RUNNING else ShiftState.CANCELLED
        with transaction.atomic():
            move(old, wanted, actor=None, role=HOUSE, now=now)
    return open_shift(
        supporter=supporter, program=program, until=now + SHIFT, actor=None, role=HOUSE, now=now
    )
