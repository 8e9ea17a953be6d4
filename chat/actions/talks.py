"""A room for two: kind `counseling`. It has no gate and no list; only who was given a seat sits.

`counseling` says who that is. Nobody need watch, so free text is always open there.
"""

import secrets
from datetime import time

from accounts.models import Participant, Staff
from chat.models import Opening, Room, Seat
from chat.states import RoomKind

_MARKS = ("月", "灯", "窓", "舟", "橋")


def open_talk(*, program: int, name: str) -> Room:
    """A new one, inside the caller's transaction."""
    room = Room.objects.create(
        slug=f"talk-{secrets.token_hex(10)}",
        name=name,
        kind=RoomKind.COUNSELING,
        program_id=program,
        required_supporters=0,
        epoch=secrets.token_hex(6),
    )
    Opening.objects.bulk_create(
        Opening(room=room, weekday=day, opens=time(0), closes=time(0)) for day in range(7)
    )
    return room


def seat_person(room: int, *, person: Participant) -> Seat:
    """The participant's seat there."""
    seat, _new = Seat.objects.get_or_create(
        room_id=room,
        participant=person,
        defaults={"key": _key(), "handle": person.handle, "mark": _mark(room)},
    )
    return seat


def seat_staff(room: int, *, staff: Staff, role: str, handle: str) -> Seat:
    """A counselor's or a supervisor's; everyone in the room sees that they are there."""
    seat, _new = Seat.objects.get_or_create(
        room_id=room,
        staff=staff,
        defaults={"key": _key(), "handle": handle[:20], "mark": _mark(room), "role": role},
    )
    return seat


def _key() -> str:
    return secrets.token_urlsafe(8)[:11]


def _mark(room: int) -> str:
    taken = set(Seat.objects.filter(room_id=room).values_list("mark", flat=True))
    return next((mark for mark in _MARKS if mark not in taken), _MARKS[0])
