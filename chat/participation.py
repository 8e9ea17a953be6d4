"""What participation is told by: rungs of the ladder, stretches of the week, spans. Pure.

Watching counts as participation like anything else (design, rule 1); nothing here ranks anybody.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from foundation.clock import jst


class Rung(StrEnum):
    """How far up the ladder a stay went; in the ladder's order."""

    WATCHING = "watching"
    STAMPING = "stamping"
    MURMURING = "murmuring"
    TALKING = "talking"


class Coming(StrEnum):
    """Whether someone entered in this month or before; the later one of the two wins."""

    RETURNING = "returning"
    FIRST = "first"


class ReadWithin(StrEnum):
    """How long something waited until a supporter looked at it."""

    FIVE_MINUTES = "5m"
    QUARTER_HOUR = "15m"
    HOUR = "1h"
    DAY = "24h"
    LATER = "later"  # or not at all


# Hours of a day are told in stretches of three: a single hour of a weekday points at few people.
STRETCH_H = 3
_WITHIN = (
    (timedelta(minutes=5), ReadWithin.FIVE_MINUTES),
    (timedelta(minutes=15), ReadWithin.QUARTER_HOUR),
    (timedelta(hours=1), ReadWithin.HOUR),
    (timedelta(hours=24), ReadWithin.DAY),
)


def rung(*, stamps: int, murmurs: int, posts: int) -> Rung:
    """The highest rung of a stay in which so much was given."""
    if posts:
        return Rung.TALKING
    if murmurs:
        return Rung.MURMURING
    return Rung.STAMPING if stamps else Rung.WATCHING


def stretch_of_week(at: datetime) -> str:
    """Weekday (Monday = 0) and first hour of the stretch, in Japan: `4-21`."""
    there = jst(at)
    return f"{there.weekday()}-{there.hour - there.hour % STRETCH_H:02d}"


def stretch_of_day(at: datetime) -> str:
    """First hour of the stretch, in Japan, whatever the day: `h21`."""
    hour = jst(at).hour
    return f"h{hour - hour % STRETCH_H:02d}"


def read_within(said: datetime, read: datetime | None) -> ReadWithin:
    """Into which span the wait for a reader falls."""
    if read is not None:
        for span, name in _WITHIN:
            if read - said <= span:
                return name
    return ReadWithin.LATER


def minutes_by_state(
    start: datetime, end: datetime, *, at_first: str, changes: Sequence[tuple[datetime, str]]
) -> Mapping[str, int]:
    """Whole minutes that a room spent in each state between two instants.

    `changes`: (when, into which state), in order, all within the span.
    """
    spent: dict[str, timedelta] = {}
    since, state = start, at_first
    for at, into in (*changes, (end, at_first)):
        spent[state] = spent.get(state, timedelta()) + (at - since)
        since, state = at, into
    return {name: round(time / timedelta(minutes=1)) for name, time in spent.items() if time}
