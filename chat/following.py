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
FROM unnest(%s::bigint[], %s::bigint[]) AS x(id, since)
JOIN chat_room r ON r.id = x.id
LEFT JOIN LATERAL (
  SELECT * FROM chat_message WHERE room_id = x.id AND seq > x.since AND seq <= x.since + %s OFFSET 0
) AS m ON true
LEFT JOIN chat_seat s ON s.id = m.seat_id
ORDER BY x.id, m.seq
"""


def following(since: Mapping[int, int]) -> dict[int, list[Encoded]]:
    """Events above each room's number, encoded: in order, without holes, at most `MOST_EACH`.

    Of at most `MOST_ROOMS` rooms; those that weren't read are missing, a room where nothing
    follows has an empty list.
    """
    asked = dict(islice(since.items(), MOST_ROOMS))
    if connection.vendor != "postgresql":
        # Beside SQLite there is seldom a second process.
        return {room: _by_itself(room, number) for room, number in asked.items()}
    [rows] = ask(following_statement(asked))
    by_room: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        by_room[row[0]].append(row)
    return {
        room: _of_messages(by_room[room], number) or _by_itself(room, number)
        for room, number in asked.items()
    }


def following_statement(since: Mapping[int, int]) -> Statement:
    """The question of `following`, to PostgreSQL."""
    asked = [list(since), list(since.values()), MOST_EACH]
    return Statement(_FOLLOWING, asked, columns=13)


def _by_itself(room: int, since: int) -> list[Encoded]:
    """The careful way: what is no message, and what is gone, has its number too."""
    events = events_after(room, since=since, limit=MOST_EACH)
    return [(event.seq, p.encode(event)) for event in events]


def _of_messages(rows: Sequence[Row], since: int) -> list[Encoded]:
    """What was read, if all that follows is messages; else nothing."""
    if not rows:
        return []
    head = rows[0][1]
    upto = min(head, since + MOST_EACH)
    there = [row for row in rows if row[2] is not None and row[2] <= upto]
    if [row[2] for row in there] != list(range(since + 1, upto + 1)):
        return []
    return [(row[2], p.encode(frame(row[2:]))) for row in there]
