"""Doing things in a room without a socket: the acts that sockets and forms hand over."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from accounts.models import Participant
from accounts.viewer import Viewer
from chat import protocol as p
from chat import queries
from chat.actions import pace, seats
from chat.actions.carry_out import carry_out
from chat.actions.sitting import Act
from chat.arrivals import Knock, LetIn, TurnedAway, arrive_all
from chat.catching_up import catch_up
from chat.models import Room, Seat
from chat.policies import FREE
from foundation import clock
from foundation.limits import Buckets


def rest() -> None:
    """Nobody has been too fast: every bucket is full again."""
    for name in pace.BUCKETS:
        pace.BUCKETS[name] = Buckets(name)
    pace.LAST = pace.LastSaid()


def seat_of(person: Participant, room: Room) -> Seat:
    """Their seat, taken if need be."""
    return seats.take(Viewer(participant=person.pk), room=room, standing=FREE)


def arrive(knock: Knock, now: datetime) -> TurnedAway | LetIn:
    """What becomes of someone who knocks alone."""
    return arrive_all([knock], now)[0]


def do(
    person: Participant, room: Room, *frames: p.Incoming, now: datetime | None = None
) -> list[p.Outgoing]:
    """Carry out frames as one batch; the answers' frames."""
    seat = seat_of(person, room)
    acts = [Act(room.pk, seat.pk, frame) for frame in frames]
    return [f for a in carry_out(acts, now=now or clock.now()) for f in a.frames]


def post(text: str, *, nonce: str | None = None, veil: str = "") -> p.Post:
    """A post with a nonce of its own."""
    return p.Post(nonce=nonce or str(uuid4()), text=text, veil=veil)


def said(person: Participant, room: Room, text: str, **more: Any) -> int:
    """Say it; its number."""
    rest()
    (answer,) = do(person, room, post(text, **more))
    assert isinstance(answer, p.Ack) and isinstance(answer.seq, int), answer
    return answer.seq


def wire(frame: Any) -> dict[str, Any]:
    """A frame as a client reads it."""
    read: dict[str, Any] = json.loads(p.encode(frame))
    return read


def welcome(room: Room, *, epoch: str | None = None, since: int | None = None) -> dict[str, Any]:
    """What a connection would be told first (without `you` and `presence`)."""
    room = Room.objects.get(pk=room.pk)
    caught = catch_up(room, epoch=epoch, since=since)
    state = queries.states_of([room], now=clock.now())[room.pk]
    return {
        "type": "welcome",
        "epoch": room.epoch,
        "head": room.head,
        "recovered": caught.recovered,
        "events": json.loads(bytes(caught.events)),
        "more": caught.more,
        "room": wire(queries.room_now(room, state)),
    }


LATER = timedelta(seconds=1)
