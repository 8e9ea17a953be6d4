"""What a transaction of acts reads before it decides: a handful of statements for all of them.

The rooms under their locks, then who attends, who sits where, their sessions, and what their
nonces already said. What someone is, is remembered (`chat/known.py`).
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from django.db import connection

from chat import known, rooms_now
from chat.doors import door_by
from chat.known import Known
from chat.models import Room
from chat.schedule import Door, Gate, Hours, Now, door, special_days, state_behind
from chat.states import Hand, HolidayRule
from duty.watch import NOBODY, Watch
from duty.watching import watched, watching, watching_statement
from foundation.clock import jst_day
from foundation.statements import Statement, ask, ask_in_turn, instant

# A room's timetable as one text, for `_door`.
_HOURS = """holidays || '|' || CAST(special_days AS text) || '|' ||
    coalesce((SELECT string_agg(o.weekday || ' ' || o.opens || ' ' || o.closes, ',')
    FROM chat_opening o WHERE o.room_id = chat_room.id), '')"""
_ROOMS = """
SELECT id, head, slow_s, premoderated, newcomers_held, removed_at, hand, required_supporters,
  program_id, kind, watched, turning_since,
  {hours}
FROM chat_room WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""
_ROOM = """
SELECT id, slug, name, kind, removed_at, epoch, head, floor, slow_s, stamps, hand,
  required_supporters, program_id, watched, turning_since, told_band, told_here, capacity,
  {hours}
FROM chat_room WHERE slug = ANY(%s)
"""
_TOLD = """
SELECT id, hand, required_supporters, watched, turning_since, state, until,
  {hours}
FROM chat_room WHERE removed_at IS NULL ORDER BY id
"""
_ROOMS, _ROOM, _TOLD = (one.format(hours=_HOURS) for one in (_ROOMS, _ROOM, _TOLD))
_SESSIONS = """
SELECT session_key, session_data FROM django_session
WHERE session_key = ANY(%s) AND expire_date > %s
"""
_SAID = {
    "postgresql": """
SELECT m.seat_id, m.nonce, m.body_key, m.seq, m.at FROM unnest(%s::bigint[], %s::uuid[]) AS x(s, n)
CROSS JOIN LATERAL (
  SELECT * FROM chat_message WHERE seat_id = x.s AND nonce = x.n OFFSET 0
) AS m
""",
    "sqlite": """
SELECT m.seat_id, m.nonce, m.body_key, m.seq, m.at FROM json_each(%s) AS x
JOIN chat_message m
  ON m.seat_id = json_extract(x.value, '$[0]') AND m.nonce = json_extract(x.value, '$[1]')
""",
}


@dataclass(slots=True)
class RoomRow:
    """A locked room as acts see it."""

    pk: int
    head: int
    slow_s: int
    premoderated: bool
    newcomers_held: bool
    removed_at: object | None
    hand: str
    required: int
    program: int
    kind: str
    watched: bool | None
    turning_since: datetime | None
    hours: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a nonce already said. `seq` is None while it is held."""

    body_key: str
    seq: int | None
    at: datetime


@dataclass(slots=True)
class Found:
    """The answer to `read`."""

    rooms: dict[int, RoomRow]
    states: dict[int, Now]
    known: dict[int, Known]
    sessions: Mapping[str, str]
    said: dict[tuple[int, str], Said]  # by seat and nonce


def read(
    *, rooms: Iterable[int], seats: Iterable[int], sessions: Iterable[str],
    nonces: Sequence[tuple[int, str]], now: datetime,
) -> Found:  # fmt: skip
    """Lock the rooms in id order and read all that their acts will ask."""
    ids, sitting = sorted(set(rooms)), list(set(seats))
    statements = [watching_statement(ids, now=now), known.seats_statement(sitting)]
    if new := known.strangers(sitting):
        statements += known.stranger_statements(new)
    if keys := list(set(sessions)):
        statements.append(_sessions_of(keys, now=now))
    if nonces:
        statements.append(_said(nonces))
    # All the rest is read as it is once the rooms are ours.
    locked, *answers = ask_in_turn(Statement(_ROOMS, [ids]), *statements)
    said = answers.pop() if nonces else []
    live: dict[str, str] = {row[0]: row[1] for row in answers.pop()} if keys else {}
    attended, there, *told = answers
    if told:
        known.introduce(*told, rows=there)
    known.forget(set(sitting) - {row[0] for row in there})
    found = {row[0]: RoomRow(*row) for row in locked}
    people = watched(attended, now=now)
    return Found(
        rooms=found,
        states={key: _state(room, people.get(key, NOBODY), now) for key, room in found.items()},
        known=known.recognised(there, jst_day(now)),
        sessions=live,
        said={
            (seat, str(UUID(nonce))): Said(key, seq, instant(at))
            for seat, nonce, key, seq, at in said
        },
    )


def rooms_and_sessions(
    slugs: Iterable[str], sessions: Iterable[str | None], *, now: datetime
) -> tuple[dict[str, tuple[Room, str]], dict[str, str]]:
    """Rooms by their slugs, each with its hours for `state_of`, and the data of living sessions."""
    # What no session is called (a cookie may hold anything) isn't asked for.
    keys = {one for one in sessions if one and one.isascii() and one.isalnum()}
    rooms, living = ask(Statement(_ROOM, [list(set(slugs))]), _sessions_of(list(keys), now=now))
    found = {}
    for *columns, hours in rooms:
        room = Room(**dict(zip(_COLUMNS, columns, strict=True)))
        room.stamps, room.told_here = _parsed(room.stamps), _parsed(room.told_here)
        found[room.slug] = room, hours
    return found, dict(living)


_COLUMNS = (
    "id", "slug", "name", "kind", "removed_at", "epoch", "head", "floor", "slow_s", "stamps",
    "hand", "required_supporters", "program_id", "watched", "turning_since", "told_band",
    "told_here", "capacity",
)  # fmt: skip


def _parsed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def state_of(room: Room, hours: str, *, watch: Watch, now: datetime) -> Now:
    """A room's state, from `rooms_and_sessions` and who attends."""
    stands, _ = rooms_now.gate_of(
        watched=room.watched,
        since=instant(room.turning_since) if room.turning_since else None,
        watch=watch,
        required=room.required_supporters,
        now=now,
    )
    return state_behind(_door(hours, now), hand=Hand(room.hand), watched=stands)


def _sessions_of(keys: Sequence[str], *, now: datetime) -> Statement:
    return Statement(_SESSIONS, [keys, now], columns=2)


def _said(nonces: Sequence[tuple[int, str]]) -> Statement:
    sql = _SAID[connection.vendor]
    if connection.vendor == "postgresql":
        asked = [[seat for seat, _ in nonces], [nonce for _, nonce in nonces]]
        return Statement(sql, asked, columns=5)
    return Statement(sql, [[[seat, nonce.replace("-", "")] for seat, nonce in nonces]])


# --- states ----------------------------------------------------------------------------------


def told_otherwise(*, now: datetime, rooms: Collection[int] | None = None) -> list[int]:
    """Those of these rooms, or of all, that were told another state than they are in, or whose gate
    isn't as it is kept. Asked every few seconds, so by hand: two statements.
    """
    [rows] = ask(Statement(_TOLD, [], columns=8))
    there = [row for row in rows if rooms is None or row[0] in rooms]
    people = watching([row[0] for row in there], now=now)
    found = []
    for pk, hand, required, watched_, since, told, until, hours in there:
        kept = Gate(None if watched_ is None else bool(watched_), instant(since) if since else None)
        stands, gate = rooms_now.gate_of(
            watched=kept.watched,
            since=kept.since,
            watch=people.get(pk, NOBODY),
            required=required,
            now=now,
        )
        state = state_behind(_door(hours, now), hand=Hand(hand), watched=stands)
        was = told, instant(until) if until else None
        if was != (state.state.value, state.until) or kept != gate:
            found.append(pk)
    return found


def _state(room: RoomRow, watch: Watch, now: datetime) -> Now:
    stands, _ = rooms_now.gate_of(
        watched=room.watched,
        since=instant(room.turning_since) if room.turning_since else None,
        watch=watch,
        required=room.required,
        now=now,
    )
    return state_behind(_door(room.hours, now), hand=Hand(room.hand), watched=stands)


def _door(hours: str, now: datetime) -> Door:
    return door_by(hours, partial(_looked_at, hours, now), now=now)


def _looked_at(hours: str, now: datetime) -> Door:
    rule, _, rest = hours.partition("|")
    named, _, weekly = rest.rpartition("|")
    week = _hours(weekly)
    special = special_days(json.loads(named), rule=HolidayRule(rule), hours=week, now=now)
    return door(week, now, special)


@lru_cache(maxsize=1024)
def _hours(text: str) -> tuple[Hours, ...]:
    found = (one.split(" ") for one in text.split(",") if one)
    return tuple(
        Hours(int(day), time.fromisoformat(opens), time.fromisoformat(closes))
        for day, opens, closes in found
    )
