"""Who is on duty and attending which room now; `chat` asks at every act."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from foundation.statements import Statement, ask

# Attending needs an act at the desk within this time (design rule 2).
ACT_WITHIN = timedelta(minutes=10)
# Nobody can keep an eye on more open rooms than this.
ROOMS_AT_ONCE = 2


_ATTENDING = """
SELECT a.room, count(DISTINCT s.supporter_id)
FROM duty_attendance a JOIN duty_shift s ON s.id = a.shift_id
WHERE a.room = ANY(%s) AND a.acted_at > %s AND s.starts_at <= %s AND s.ends_at > %s GROUP BY a.room
"""


def attending_statement(rooms: Iterable[int], *, now: datetime) -> Statement:
    """The question of `attending`, to be asked together with others."""
    return Statement(_ATTENDING, [list(rooms), now - ACT_WITHIN, now, now])


def attending(rooms: Iterable[int], *, now: datetime) -> dict[int, int]:
    """How many supporters attend each room; rooms without any are missing."""
    return dict(ask(attending_statement(rooms, now=now))[0])
