"""Where a client goes on that comes back, and what one sees first that comes anew."""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import connection

from chat import protocol as p
from chat.models import Room
from chat.queries import events_after
from chat.rows import frame
from foundation.statements import Statement, ask

# Below the floor only evidence under a report is kept, and that for nobody here.
_NEWEST = {
    "postgresql": """
SELECT x.id, m.seq, m.handle, m.text, m.veil, m.state, m.stamps, m.at,
  s.key, s.handle AS named, s.mark, s.role
FROM unnest(%s::bigint[], %s::bigint[]) AS x(id, head)
JOIN chat_room r ON r.id = x.id
CROSS JOIN LATERAL (
  SELECT * FROM chat_message WHERE room_id = x.id AND seq > r.floor AND seq <= x.head
  ORDER BY seq DESC LIMIT %s
) AS m
LEFT JOIN chat_seat s ON s.id = m.seat_id
ORDER BY x.id, m.seq
""",
    "sqlite": """
SELECT r.id, m.seq, m.handle, m.text, m.veil, m.state, m.stamps, m.at,
  s.key, s.handle AS named, s.mark, s.role
FROM json_each(%s) AS x
JOIN chat_room r ON r.id = json_extract(x.value, '$[0]')
CROSS JOIN chat_message m ON m.id IN (
  SELECT id FROM chat_message WHERE room_id = r.id AND seq > r.floor
  AND seq <= json_extract(x.value, '$[1]') ORDER BY seq DESC LIMIT %s
)
LEFT JOIN chat_seat s ON s.id = m.seat_id
ORDER BY r.id, m.seq
""",
}


@dataclass(frozen=True, slots=True)
class CatchUp:
    """What a client gets that names a position, or none: encoded `events`, reaching to `head`."""

    recovered: bool
    events: msgspec.Raw
    head: int
    more: bool


# The newest messages by room, for as long as nothing happens there: every change of any of them
# is an event, and moves the head. Whoever comes back after a cut comes with many others; words that
# are erased elsewhere meanwhile, or purged, don't stay here for longer than that takes.
KEPT_S = 60.0
_Kept = tuple[tuple[str, int, int], msgspec.Raw, float]
_newest: dict[int, _Kept] = {}


def catch_up(room: Room, *, epoch: str | None, since: int | None) -> CatchUp:
    """Continue after `since` when its epoch and range allow it; else start fresh."""
    if since is None or not goes_on(room, epoch=epoch, since=since):
        return CatchUp(False, _newest_of(room), room.head, False)
    events = events_after(room.pk, since=since, limit=p.MAX_EVENTS, head=room.head)
    reached = events[-1].seq if events else since
    return CatchUp(True, msgspec.Raw(p.encode(events)), max(reached, since), reached < room.head)


def goes_on(room: Room, *, epoch: str | None, since: int | None) -> bool:
    """Whether a client may continue where it left off; else it starts fresh."""
    return since is not None and epoch == room.epoch and room.floor <= since <= room.head


def read_newest(there: Iterable[Room]) -> dict[int, msgspec.Raw]:
    """The newest messages of each room up to its head as this `room` was read, by one statement.

    Kept for `catch_up`.
    """
    heads = {room.pk: room for room in there}
    [found] = ask(newest_statement([(pk, room.head) for pk, room in heads.items()]))
    frames: dict[int, list[p.Message | p.Gone]] = defaultdict(list)
    for pk, *columns in found:
        frames[pk].append(frame(tuple(columns)))
    encoded = {pk: msgspec.Raw(p.encode(frames[pk])) for pk in heads}
    at = time.monotonic()
    _newest.update((pk, (_version(room), encoded[pk], at)) for pk, room in heads.items())
    return encoded


def newest_statement(heads: Sequence[tuple[int, int]]) -> Statement:
    """The newest messages of rooms, each (room, head) up to its head."""
    if connection.vendor == "postgresql":
        pairs: list[list[Any]] = [list(one) for one in zip(*heads, strict=True)]
    else:
        pairs = [[list(one) for one in heads]]
    return Statement(_NEWEST[connection.vendor], [*pairs, p.NEWEST], columns=12)


def forget_old() -> None:
    """Words that were read a minute ago are not kept any longer; asked by the rounds."""
    old = time.monotonic() - KEPT_S
    for pk in [pk for pk, (_, _, at) in list(_newest.items()) if at < old]:
        _newest.pop(pk, None)


def unread(there: Iterable[Room]) -> list[Room]:
    """The rooms whose newest messages aren't kept as they are now."""
    return [room for room in there if _kept(room) is None]


def _newest_of(room: Room) -> msgspec.Raw:
    kept = _kept(room)
    return read_newest([room])[room.pk] if kept is None else kept


def _kept(room: Room) -> msgspec.Raw | None:
    version, encoded, _ = _newest.get(room.pk, (None, None, 0.0))
    return encoded if version == _version(room) else None


def _version(room: Room) -> tuple[str, int, int]:
    return room.epoch, room.head, room.floor
