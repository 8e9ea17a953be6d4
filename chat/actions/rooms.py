"""What a room is told of itself: state by clock, hand and duty; slow mode; its end."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from chat import asked, rooms_now
from chat.actions.night import begin_spell
from chat.actions.sitting import Sitting, lock_rooms
from chat.models import Room
from chat.schedule import Gate, Now
from chat.states import Hand
from foundation.clock import wire


def bring_up_to_date(*, now: datetime, rooms: Collection[int] | None = None) -> int:
    """Look at every gate, and tell each room whose state isn't what it was told; how many were.

    Any process may run it at any time: the row is locked and compared again before the event.
    """
    return sum(_tell(room, now) for room in asked.told_otherwise(now=now, rooms=rooms))


def _is_news(room: Room, state: Now) -> bool:
    return (room.state, room.until) != (state.state.value, state.until)


def _kept(room: Room) -> Gate:
    return Gate(room.watched, room.turning_since)


def _tell(room_id: int, now: datetime) -> int:
    with transaction.atomic():
        sitting = Sitting({room_id}, now=now)
        room = Room.objects.filter(pk=room_id).first()
        if room is None:
            return 0
        gates = rooms_now.gates_of([room], now=now)
        gate = gates[room_id][1]
        if _kept(room) != gate:
            room.watched, room.turning_since = gate.watched, gate.since
            room.save(update_fields=["watched", "turning_since"])
        state = rooms_now.states_by([room], gates, now=now)[room_id]
        if not _is_news(room, state):
            return 0
        body: dict[str, object] = {"until": wire(state.until) if state.until else None}
        if room.state != state.state.value:
            body["state"] = state.state.value
        before, room.state, room.until = room.state, state.state.value, state.until
        room.save(update_fields=["state", "until"])
        sitting.add_event(room_id, "room", body=body)
        begin_spell(sitting, room, before=before)
        sitting.store()
    return 1


def switch(*, room: int, hand: Hand, reason: str, now: datetime) -> None:
    """Set the hand switch; the room hears of it at once."""
    Room.objects.filter(pk=room).update(hand=hand.value, hand_reason=reason)
    bring_up_to_date(now=now, rooms=[room])


def set_slow(*, room: int, seconds: int, now: datetime) -> None:
    """Slow mode: so many seconds between one person's posts; 0 ends it."""
    with transaction.atomic():
        sitting = Sitting({room}, now=now)
        row = Room.objects.get(pk=room)
        if row.slow_s == seconds:
            return
        row.slow_s = seconds
        row.save(update_fields=["slow_s"])
        sitting.add_event(room, "room", body={"slow_s": seconds})
        sitting.store()


def hold_posts(*, room: int, everyone: bool | None = None, newcomers: bool | None = None) -> None:
    """Whether posts wait for a supporter: everyone's, newcomers'; None leaves it as it is.

    The room isn't told: whoever is concerned learns it with their post.
    """
    wanted = {"premoderated": everyone, "newcomers_held": newcomers}
    columns = {name: value for name, value in wanted.items() if value is not None}
    with transaction.atomic():
        lock_rooms([room])
        Room.objects.filter(pk=room).update(**columns)


def take_away(*, room: int, now: datetime) -> None:
    """For good: sockets close with 4410, the list forgets it."""
    Room.objects.filter(pk=room, removed_at__isnull=True).update(removed_at=now)
