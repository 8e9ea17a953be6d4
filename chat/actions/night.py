"""The night room says one line as it falls quiet: something that may be answered by a stamp."""

from datetime import timedelta

from chat.actions.lines import say, seat_of
from chat.actions.sitting import Sitting
from chat.models import Message, Room
from chat.night import line_for
from chat.states import RoomKind, RoomState

# A room that was open for a while in the same night says nothing twice.
SAME_NIGHT = timedelta(hours=8)


def begin_spell(sitting: Sitting, room: Room, *, before: str) -> None:
    """Stage the line, where the night room has just fallen quiet; its row is locked."""
    if room.kind != RoomKind.NIGHT or room.state != RoomState.QUIET or before == RoomState.QUIET:
        return
    since = sitting.now - SAME_NIGHT
    if not Message.objects.filter(seat=seat_of(room), at__gt=since).exists():
        say(sitting, room, line_for(sitting.now))
