"""What a room is just now: its hours, its gate, its state, and where it leads; for many at once."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chat.doors import door_by
from chat.models import Opening, Room
from chat.schedule import (
    USUAL,
    Door,
    Gate,
    Hours,
    Now,
    Special,
    door,
    look,
    special_days,
    state_behind,
)
from chat.states import Audience, Hand, HolidayRule, RoomKind, RoomState
from duty.watch import NOBODY, Watch
from duty.watching import attending, watching


def hours_of(rooms: Iterable[int]) -> dict[int, list[Hours]]:
    """Weekly hours by room."""
    found: dict[int, list[Hours]] = {}
    openings = Opening.objects.filter(room_id__in=list(rooms)).order_by("room_id", "weekday")
    for room, day, opens, closes in openings.values_list("room_id", "weekday", "opens", "closes"):
        found.setdefault(room, []).append(Hours(day, opens, closes))
    return found


def special_of(room: Room, hours: Sequence[Hours], *, now: datetime) -> Special:
    """The days around now on which a room's hours aren't the week's."""
    if not room.special_days and room.holidays == HolidayRule.USUAL:
        return USUAL
    rule = HolidayRule(room.holidays)
    return special_days(room.special_days, rule=rule, hours=hours, now=now)


def gate_of(
    *, watched: bool | None, since: datetime | None, watch: Watch, required: int, now: datetime
) -> tuple[bool, Gate]:
    """Whether a room is watched at `now`, from what is kept of its gate and who attends."""
    return look(
        # A row by hand brings SQLite's numbers.
        Gate(None if watched is None else bool(watched), since),
        enough=watch.enough(required),
        since=now if watch.enough(required) else watch.since(required, now=now),
        now=now,
    )


def gates_of(rooms: Sequence[Room], *, now: datetime) -> dict[int, tuple[bool, Gate]]:
    """Each room's gate: how it stands, and what is to be kept of it. One query."""
    there = watching([room.pk for room in rooms], now=now)
    return {
        room.pk: gate_of(
            watched=room.watched,
            since=room.turning_since,
            watch=there.get(room.pk, NOBODY),
            required=room.required_supporters,
            now=now,
        )
        for room in rooms
    }


def states_of(rooms: Sequence[Room], *, now: datetime) -> dict[int, Now]:
    """The present state of each room, from clock, hand and duty: two queries."""
    return states_by(rooms, gates_of(rooms, now=now), now=now)


def states_by(
    rooms: Sequence[Room], gates: Mapping[int, tuple[bool, Gate]], *, now: datetime
) -> dict[int, Now]:
    """`states_of`, where the gates are known already."""
    hours = hours_of([room.pk for room in rooms])
    return {
        room.pk: state_behind(
            _door(room, hours.get(room.pk, ()), now=now),
            hand=Hand(room.hand),
            watched=gates[room.pk][0],
        )
        for room in rooms
    }


def _door(room: Room, hours: Sequence[Hours], *, now: datetime) -> Door:
    timetable = room.holidays, json.dumps(room.special_days), tuple(hours)
    return door_by(timetable, lambda: door(hours, now, special_of(room, hours, now=now)), now=now)


@dataclass(frozen=True, slots=True)
class RoomCard:
    """A room on the list, and the head of its page."""

    id: int
    slug: str
    name: str
    kind: str
    about: str
    audience: str
    rules: str
    state: str
    until: datetime | None
    # By its hours: when a closed one opens, when an open one opens again after its end.
    opens_at: datetime | None
    again_at: datetime | None
    # `soon`, `ending`: the last minutes of its hours.
    phase: str
    band: str
    supporter: bool


def room_cards(rooms: Sequence[Room], *, now: datetime) -> list[RoomCard]:
    """Rooms with their present state; presence as last told."""
    ids = [room.pk for room in rooms]
    states, people, hours = states_of(rooms, now=now), attending(ids, now=now), hours_of(ids)
    return [
        _card(room, states[room.pk], people.get(room.pk, 0), hours.get(room.pk, ()), now)
        for room in rooms
    ]


def _card(
    room: Room, state: Now, attending: int, hours: Sequence[Hours], now: datetime
) -> RoomCard:
    opens_at, again_at = _openings(room, hours, now)
    return RoomCard(
        id=room.pk,
        slug=room.slug,
        name=room.name,
        kind=room.kind,
        about=room.about,
        audience=room.audience,
        rules=room.rules,
        state=state.state.value,
        until=state.until,
        opens_at=opens_at,
        again_at=again_at,
        phase=state.phase(now),
        band=room.told_band,
        supporter=attending > 0,
    )


def elsewhere(room: Room, *, now: datetime) -> RoomCard | None:
    """Where a room that takes no words now leads: one of its program that does, or, in the hours
    without supporters, the night room. None from a room that is open, or one that is meant to be
    without words.
    """
    if room.kind == RoomKind.CALM:
        return None
    rows = Room.objects.filter(program=room.program_id, removed_at__isnull=True)
    there = list(rows.exclude(kind=RoomKind.COUNSELING).order_by("position", "pk"))
    states = states_of(there, now=now)
    if states[room.pk].state is RoomState.OPEN:
        return None
    # A room for some people, or where it is recorded who takes part, is no place to send
    # everybody to.
    others = [
        one
        for one in there
        if one.pk != room.pk
        and one.kind != RoomKind.TRAINING
        and one.audience in (Audience.EVERYONE, room.audience)
    ]
    found = [one for one in others if states[one.pk].state is RoomState.OPEN]
    if not found and room.kind != RoomKind.NIGHT:
        found = [
            one
            for one in others
            if one.kind == RoomKind.NIGHT and states[one.pk].state is RoomState.QUIET
        ]
    return room_cards(found[:1], now=now)[0] if found else None


def _openings(
    room: Room, hours: Sequence[Hours], now: datetime
) -> tuple[datetime | None, datetime | None]:
    special = special_of(room, hours, now=now)
    found = door(hours, now, special)
    return found.opens_at, door(hours, found.until, special).opens_at if found.until else None
