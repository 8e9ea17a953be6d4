"""Who attends which room now: `chat` asks it at every act, in SQL by hand."""

from collections.abc import Iterable
from datetime import datetime

from duty.watch import REMEMBERED, Attended, Watch, watches
from foundation.statements import Row, Statement, ask, instant

# All rooms of those who attend one of these: nobody counts in more than they can watch. Who is on
# duty is read from the index of the few shifts that run (`shift_runs_once`), and from no other: the
# states stand there by name, the other columns where no index is tried for them.
_WATCHING = """
SELECT a.id, a.room, s.id AS shift, a.acted_at, s.ends_at,
  (SELECT count(*) FROM duty_shift o
   WHERE o.supporter_id > 0 AND o.state IN ('begun', 'resting') AND o.state = 'begun'
     AND o.program_id + 0 = s.program_id AND coalesce(o.ends_at, o.ends_at) > %s),
  p.may_open_alone
FROM duty_attendance a JOIN duty_shift s ON s.id = a.shift_id
JOIN programs_program p ON p.id = s.program_id
WHERE a.shift_id IN (SELECT b.shift_id FROM duty_attendance b WHERE b.room = ANY(%s))
  AND a.acted_at > %s AND s.state = 'begun'
"""


def watching_statement(rooms: Iterable[int], *, now: datetime) -> Statement:
    """The question of `watching`, to be asked together with others."""
    return Statement(_WATCHING, [now, list(rooms), now - REMEMBERED])


def watched(rows: Iterable[Row], *, now: datetime) -> dict[int, Watch]:
    """The answer to `watching_statement`; rooms that nobody attends are missing."""
    return watches(
        [
            Attended(key, room, shift, instant(acted), instant(ends), colleagues, bool(alone))
            for key, room, shift, acted, ends, colleagues, alone in rows
        ],
        now=now,
    )


def watching(rooms: Iterable[int], *, now: datetime) -> dict[int, Watch]:
    """How each room is watched; rooms that nobody attends are missing. One query."""
    return watched(ask(watching_statement(rooms, now=now))[0], now=now)


def attending(rooms: Iterable[int], *, now: datetime) -> dict[int, int]:
    """How many supporters attend each room; rooms without any are missing."""
    asked = set(rooms)
    there = watching(asked, now=now).items()
    return {room: one.attending for room, one in there if room in asked and one.attending}
