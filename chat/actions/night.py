"""The night room says a line as it falls quiet: something that may be answered by a stamp."""

from datetime import timedelta

from chat.actions.lines import say, seat_of
from chat.actions.sitting import Sitting
from chat.models import Message, Room
from chat.night import lines_for
from chat.states import RoomKind, RoomState

# A room that was open for a while says another line as it falls quiet again, none of them twice.
SAME_NIGHT = timedelta(hours=8)


def begin_spell(sitting: Sitting, room: Room, *, before: str) -> None:
    """Stage the line, where the night room has just fallen quiet; its row is locked."""
    if room.kind != RoomKind.NIGHT or room.state != RoomState.QUIET or before == RoomState.QUIET:
        return
    since = sitting.now - SAME_NIGHT
    told = Message.objects.filter(seat=seat_of(room), at__gt=since).order_by("pk")
    said = set(told.values_list("text", flat=True))
    line = next((one for one in lines_for(sitting.now) if one not in said), None)
    if line is not None:
        say(sitting, room, line)
