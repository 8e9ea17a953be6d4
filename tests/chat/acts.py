"""Doing what a socket does, without one: a frame in, the answer out."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from accounts.models import Participant
from chat import protocol as p
from chat import queries
from chat.actions import seats
from chat.actions.carry_out import carry_out
from chat.actions.sitting import Act, Answer
from chat.models import Room, Seat
from chat.policies import FREE
from tests.cast import seen_by
from tests.reader import Reader

Wire = dict[str, Any]


def wire(frame: p.Outgoing) -> Wire:
    """A frame as a client reads it."""
    read: Wire = json.loads(p.encode(frame))
    return read


def wires(frames: Iterable[p.Outgoing]) -> list[Wire]:
    return [wire(one) for one in frames]


def sit(room: Room, person: Participant) -> Seat:
    """That person's seat in the room."""
    return seats.take(seen_by(person), room=room, standing=FREE)


def do(seat: Seat, frame: p.Incoming, *, now: datetime, session: str | None = None) -> Answer:
    """Carry out one frame."""
    return carry_out([Act(seat.room_id, seat.pk, frame, session)], now=now)[0]


def told(seat: Seat, frame: p.Incoming, *, now: datetime) -> list[Wire]:
    """What the author of a frame is told."""
    return wires(do(seat, frame, now=now).frames)


def post(text: str, *, nonce: str | None = None, veil: str = "") -> p.Post:
    return p.Post(nonce=nonce or str(uuid4()), text=text, veil=veil)


def say(seat: Seat, text: str, *, now: datetime, veil: str = "", nonce: str | None = None) -> Wire:
    """Post, and what comes back."""
    (answer,) = told(seat, post(text, veil=veil, nonce=nonce), now=now)
    return answer


def welcome(
    room: Room, *, now: datetime, since: int | None = None, epoch: str | None = None
) -> Wire:
    """What a page that opens now is given, as far as its memory of the room goes."""
    row = Room.objects.get(pk=room.pk)
    caught_up = queries.catch_up(row, epoch=epoch, since=since)
    return {
        "type": "welcome",
        "epoch": row.epoch,
        "head": row.head,
        "recovered": caught_up.recovered,
        "events": wires(caught_up.events),
        "more": caught_up.more,
        "room": json.loads(
            p.encode(queries.room_now(row, queries.states_of([row], now=now)[row.pk]))
        ),
    }


def page(room: Room, *, now: datetime) -> Reader:
    """The memory of a page that opens now."""
    reader = Reader()
    reader.take(welcome(room, now=now), at=0.0)
    return reader


def replayed(room: Room, *, now: datetime) -> Reader:
    """A client that begins at nothing and applies every number there ever was."""
    reader = Reader()
    head = welcome(room, now=now)
    reader.take({**head, "events": [], "head": 0}, at=0.0)
    while True:
        frame = wire(queries.missed(room.pk, since=reader.last or 0))
        reader.take(frame, at=0.0)
        if not frame["more"]:
            return reader
