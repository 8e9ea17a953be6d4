"""What follows a number in several rooms: one read for all that rang, encoded once.

Of what another process wrote, a ring tells numbers only. Where fifty rooms talk, a read for each
would cost more than all the rest.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import islice

from django.db import connection

from chat import protocol as p
from chat.queries import events_after
from chat.rows import frame
from foundation.statements import Row, Statement, ask

# Bounds of one read. Whatever is left of a room or of the rooms is read next.
MOST_ROOMS, MOST_EACH = 64, 100
Encoded = tuple[int, bytes]

_FOLLOWING = """
SELECT x.id, r.head, m.seq, m.handle, m.text, m.veil, m.state, m.stamps, m.at,
  s.key, s.handle AS named, s.mark, s.role
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS x(id, since, upto)
JOIN chat_room r ON r.id = x.id
LEFT JOIN LATERAL (
  SELECT * FROM chat_message WHERE room_id = x.id AND seq > x.since AND seq <= x.upto OFFSET 0
) AS m ON true
LEFT JOIN chat_seat s ON s.id = m.seat_id
ORDER BY x.id, m.seq
"""


def following(wanted: Mapping[int, tuple[int, int]]) -> dict[int, list[Encoded]]:
    """Events of each room above the first number and up to the second, encoded: in order, without
    holes, at most `MOST_EACH`.

    Of at most `MOST_ROOMS` rooms; those that weren't read are missing, a room where nothing
    follows has an empty list.
    """
    asked = {
        room: (since, min(upto, since + MOST_EACH))
        for room, (since, upto) in islice(wanted.items(), MOST_ROOMS)
    }
    if connection.vendor != "postgresql":
        # Beside SQLite there is seldom a second process.
        return {room: _by_itself(room, *numbers) for room, numbers in asked.items()}
    columns = zip(*((room, *numbers) for room, numbers in asked.items()), strict=True)
    [rows] = ask(Statement(_FOLLOWING, [list(one) for one in columns]))
    by_room: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        by_room[row[0]].append(row)
    return {
        room: _of_messages(by_room[room], *numbers) or _by_itself(room, *numbers)
        for room, numbers in asked.items()
    }


def _by_itself(room: int, since: int, upto: int) -> list[Encoded]:
    """The careful way: what is no message, and what is gone, has its number too."""
    events = events_after(room, since=since, limit=upto - since)
    return [(event.seq, p.encode(event)) for event in events]


def _of_messages(rows: Sequence[Row], since: int, upto: int) -> list[Encoded]:
    """What was read, if all that follows is messages; else nothing."""
    if not rows:
        return []
    head = rows[0][1]
    there = [row for row in rows if row[2] is not None and row[2] <= head]
    if [row[2] for row in there] != list(range(since + 1, min(head, upto) + 1)):
        return []
    return [(row[2], p.encode(frame(row[2:]))) for row in there]
