"""Doors that were looked at a moment ago: what a timetable says holds until its next turn."""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta

from chat.schedule import Door

KEPT = timedelta(minutes=1)
MOST = 20_000

# By timetable: from, until, and the door.
_doors: dict[Hashable, tuple[datetime, datetime, Door]] = {}


def door_by(timetable: Hashable, look: Callable[[], Door], *, now: datetime) -> Door:
    """What `look` says of this timetable at `now`; it is asked once a minute and at each turn.

    `timetable` must hold everything that `look` goes by.
    """
    since, until, found = _doors.get(timetable, (now, now, None))
    if found is None or not since <= now < until:
        found = look()
        turn = found.until or found.opens_at
        until = now + KEPT
        if len(_doors) > MOST:
            _doors.clear()
        _doors[timetable] = (now, min(until, turn) if turn else until, found)
    return found
