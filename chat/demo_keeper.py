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
    # After a night with the house shut nobody has to wait for the gate's minute.
    for room in rooms:
        Room.objects.filter(pk=room.pk).update(watched=True, turning_since=None)
    return len(shifts)


def _at_the_desk(supporter: int, program: int, *, now: datetime) -> Shift:
    """Their running shift with enough time left; else the one on the rota, or one besides it."""
    theirs = Shift.objects.filter(supporter=supporter, state__in=STANDING, ends_at__gt=now)
    good = theirs.filter(state=ShiftState.BEGUN, program=program, ends_at__gt=now + LEFT).first()
    if good is not None:
        return good
    for old in theirs.filter(state__in=RUNNING):
        with transaction.atomic():
            move(old, ShiftState.ENDED, actor=None, role=HOUSE, now=now, ended_at=now)
    planned = theirs.filter(state=ShiftState.PLANNED, program=program).order_by("starts_at").first()
    if planned is not None and planned.starts_at <= now + LEFT:
        with transaction.atomic():
            move(
                planned, ShiftState.BEGUN, actor=None, role=HOUSE, now=now,
                begun_at=now, stretch_at=now,
            )  # fmt: skip
        return planned
    until = now + SHIFT if planned is None else min(now + SHIFT, planned.starts_at)
    return open_shift(
        supporter=supporter, program=program, until=until, actor=None, role=HOUSE, now=now
    )
