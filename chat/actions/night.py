"""The night room says one line as it falls quiet: something that may be answered by a stamp."""

import secrets
from datetime import timedelta
from uuid import uuid4

from chat.actions.sitting import Sitting
from chat.models import Message, Room, Seat
from chat.night import line_for
from chat.repeats import body_key
from chat.states import MessageState, RoomKind, RoomState

ROLE = "room"  # `protocol.Role`
MARK = "灯"
NAME = "この部屋"
# A room that was open for a while in the same night says nothing twice.
SAME_NIGHT = timedelta(hours=8)


def begin_spell(sitting: Sitting, room: Room, *, before: str) -> None:
    """Stage the line, where the night room has just fallen quiet; its row is locked."""
    if room.kind != RoomKind.NIGHT or room.state != RoomState.QUIET or before == RoomState.QUIET:
        return
    seat = _seat_of(room)
    since = sitting.now - SAME_NIGHT
    if Message.objects.filter(seat=seat, at__gt=since).exists():
        return
    text = line_for(sitting.now)
    sitting.add_row(
        Message(
            room=room, seat=seat, seq=sitting.next_seq(room.pk), nonce=uuid4(), handle=seat.handle,
            body_key=body_key(text, ""), text=text, state=MessageState.SHOWN, at=sitting.now,
        )
    )  # fmt: skip


def _seat_of(room: Room) -> Seat:
    """Nobody sits there: no act ever comes from it."""
    own = Seat.objects.filter(room=room, role=ROLE).order_by("pk").first()
    return own or Seat.objects.create(
        room=room, key=secrets.token_urlsafe(8)[:11], handle=NAME, mark=MARK, role=ROLE
    )
