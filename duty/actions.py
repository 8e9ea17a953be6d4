"""Beginning a shift, and attending rooms on it. The desk and the demo call these."""

from datetime import datetime

from django.db import transaction

from duty.models import Attendance, Shift
from duty.queries import ACT_WITHIN, ROOMS_AT_ONCE
from foundation.refusals import Refused


def begin_shift(*, supporter: int, program: int, starts_at: datetime, ends_at: datetime) -> Shift:
    """A supporter's stretch of duty."""
    return Shift.objects.create(
        supporter_id=supporter, program_id=program, starts_at=starts_at, ends_at=ends_at
    )


def attend(*, shift: int, room: int, now: datetime) -> None:
    """An act at the desk for a room. Raises `Refused("too_many_rooms")` at the third room."""
    with transaction.atomic():
        held = Shift.objects.select_for_update().get(pk=shift)
        others = (
            Attendance.objects.filter(shift=held, acted_at__gt=now - ACT_WITHIN)
            .exclude(room=room)
            .count()
        )
        if others >= ROOMS_AT_ONCE:
            raise Refused("too_many_rooms")
        Attendance.objects.update_or_create(shift=held, room=room, defaults={"acted_at": now})
