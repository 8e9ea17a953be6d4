"""知っている人かもしれない: off the room, and that person hidden. No reason, told to nobody."""

from contextlib import suppress
from datetime import datetime

from django.db import transaction

from accounts.policies import must_hold
from accounts.states import Role
from accounts.viewer import Viewer
from chat.actions import items, seats
from chat.models import Item, Mute, Recusal, Seat
from chat.policies import FREE
from chat.states import ItemState
from duty.actions.relief import hand_over_room
from duty.policies import TEAM
from foundation.refusals import Refused
from moderation import policies


def recuse(viewer: Viewer, *, seat: int, now: datetime) -> None:
    """Their words, items and page aren't there for the viewer any more, in any room; in this one
    the viewer is off duty until the shift ends, and what they had claimed of them waits anew.

    The log has no line of it: it would say that somebody here is known. Raises
    `Refused("not_found")`, also for the seats of staff.
    """
    row = Seat.objects.filter(pk=seat).select_related("room").first()
    if row is None or row.participant_id is None:
        raise Refused("not_found")
    policies.must_keep(viewer, room=row.room)
    staff = viewer.staff or 0
    with transaction.atomic():
        Recusal.objects.get_or_create(
            staff_id=staff, participant_id=row.participant_id, defaults={"at": now}
        )
        with suppress(Refused):  # whoever may not sit there reads nothing there
            seats.take(viewer, room=row.room, standing=FREE)
        _hide_in_rooms(staff, row.participant_id, now=now)
        mine = Item.objects.filter(
            state=ItemState.CLAIMED.value, claimed_by=staff,
            seat__participant=row.participant_id,
        )  # fmt: skip
        for item in list(mine.order_by("pk").values_list("pk", flat=True)):
            items.let_go(item, by=staff)
        if viewer.holds(Role.SUPPORTER, program=row.room.program_id, room=row.room_id):
            hand_over_room(viewer, program=row.room.program_id, room=row.room_id, now=now)
        items.changed([row.room.program_id])


def _hide_in_rooms(staff: int, participant: int, *, now: datetime) -> None:
    theirs = dict(
        Seat.objects.filter(participant=participant).order_by("pk").values_list("room", "pk")
    )
    own = Seat.objects.filter(staff=staff, room__in=theirs).order_by("pk")
    for seat, room in own.values_list("pk", "room"):
        Mute.objects.get_or_create(seat_id=seat, muted_id=theirs[room], defaults={"at": now})


def forget(viewer: Viewer) -> None:
    """It was somebody else after all: everyone is shown again, at the desk and in the rooms."""
    staff = must_hold(viewer, *TEAM)
    with transaction.atomic():
        known = Recusal.objects.filter(staff=staff)
        people = list(known.order_by("pk").values_list("participant", flat=True))
        Mute.objects.filter(seat__staff=staff, muted__participant__in=people).delete()
        known.delete()
