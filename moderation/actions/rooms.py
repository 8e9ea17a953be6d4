"""Acts on a room: slow mode, pre-moderation, lock. Several may stand; each ends by itself."""

from datetime import datetime

from django.db import transaction

from accounts.viewer import Viewer
from chat.actions.sitting import lock_rooms
from chat.models import Room
from chat.states import Hand
from foundation.refusals import Refused
from foundation.tidy import tidy
from moderation import policies
from moderation.actions import acts
from moderation.actions.contact import must_hold_no_contact
from moderation.actions.undo import base_of, settle_room
from moderation.models import Act
from moderation.states import ON_ROOMS, ActKind, Reason

MOST_NOTE = 200
SLOW = (10, 30, 60, 120, 300)  # seconds between one person's posts


def act_on_room(
    viewer: Viewer, kind: ActKind, *, room: int, until: datetime | None, reason: Reason,
    note: str = "", seconds: int | None = None, now: datetime,
) -> Act:  # fmt: skip
    """One of `ON_ROOMS`, but stepping away. Raises `Refused`: `not_found`, `no_end`,
    `too_long_for_you`, `no_seconds`, `contact`, what `tidy` raises.
    """
    if kind not in ON_ROOMS or kind is ActKind.AWAY:
        raise Refused("not_found")
    row = Room.objects.filter(pk=room, removed_at__isnull=True).first()
    if row is None:
        raise Refused("not_found")
    role = policies.must_keep(viewer, room=row)
    policies.may_last(kind, role, until=until, now=now)
    if kind is ActKind.SLOW and seconds not in SLOW:
        raise Refused("no_seconds")
    note = tidy(note, most=MOST_NOTE) if note.strip() else ""
    must_hold_no_contact(viewer, note, room=row, now=now)
    value = {ActKind.SLOW: seconds, ActKind.LOCK: Hand.LOCKED.value}.get(kind, True)
    with transaction.atomic():
        lock_rooms([room])
        base = base_of(room, kind)
        done = acts.keep(
            viewer, kind, role=role, program_id=row.program_id, room_id=room, reason=reason.value,
            note=note, before=base, value=value, until=until, now=now,
        )  # fmt: skip
        settle_room(room, kind, base=base, now=now)
    return done
