"""What a room says of itself, by role `room`: a line that may be answered by a stamp."""

import secrets
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from chat.actions.sitting import Sitting
from chat.models import Message, Room, Seat
from chat.repeats import body_key
from chat.states import MessageState

ROLE = "room"  # `protocol.Role`
MARK = "灯"
NAME = "この部屋"


def speak(*, room: int, text: str, now: datetime, nonce: UUID | None = None) -> bool:
    """Say one line in a room, once for each nonce; whether it is a new one."""
    with transaction.atomic():
        sitting = Sitting({room}, now=now)
        there = Room.objects.get(pk=room)
        if nonce is not None and seat_of(there).messages.filter(nonce=nonce).exists():
            return False
        say(sitting, there, text, nonce=nonce)
        sitting.store()
    return True


def say(sitting: Sitting, room: Room, text: str, *, nonce: UUID | None = None) -> None:
    """Stage the line; the room's row is locked."""
    seat = seat_of(room)
    sitting.add_row(
        Message(
            room=room, seat=seat, seq=sitting.next_seq(room.pk), nonce=nonce or uuid4(),
            handle=seat.handle, body_key=body_key(text, ""), text=text, state=MessageState.SHOWN,
            at=sitting.now,
        )
    )  # fmt: skip


def seat_of(room: Room) -> Seat:
    """Nobody sits there: no act ever comes from it."""
    own = Seat.objects.filter(room=room, role=ROLE).order_by("pk").first()
    return own or Seat.objects.create(
        room=room, key=secrets.token_urlsafe(8)[:11], handle=NAME, mark=MARK, role=ROLE
    )
