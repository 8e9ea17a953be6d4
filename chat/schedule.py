"""When a room is open: from weekly hours in Japan, the hand switch and who attends. Pure.

Hours may cross midnight; a room without hours is closed (a missing plan must never open a door).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from chat.states import Hand, RoomState
from foundation.clock import JST, jst

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
# The soft end (design rule 2): the last minutes of opening hours take stamps only.
ENDING = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Hours:
    """One weekly stretch: weekday (Monday = 0) and Japanese wall times.

    `closes <= opens` ends on the next day; equal times last 24 hours.
    """

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Door:
    """Whether hours hold the door open, until when (None: always), or when they next open it."""

    is_open: bool
    until: datetime | None
    opens_at: datetime | None


@dataclass(frozen=True, slots=True)
class Now:
    """A room's state at an instant; `until` is when that ends by the clock, None if it doesn't."""

    state: RoomState
    until: datetime | None

    def ending(self, now: datetime) -> bool:
        """Whether the last minutes have begun, in which only stamps are taken."""
        return (
            self.state is RoomState.OPEN and self.until is not None and self.until - now <= ENDING
        )


def _stretches(hours: Iterable[Hours], now: datetime) -> list[tuple[datetime, datetime]]:
    """The stretches around `now`, from a week before to two weeks after, touching ones joined."""
    midnight = jst(now).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = midnight - midnight.weekday() * DAY
    spans = []
    for one in hours:
        for week in (-1, 0, 1, 2):
            day = (monday + one.weekday * DAY + week * WEEK).date()
            start = datetime.combine(day, one.opens, JST)
            end = datetime.combine(day, one.closes, JST)
            spans.append((start, end if end > start else end + DAY))
    joined: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def door(hours: Sequence[Hours], now: datetime) -> Door:
    """What the weekly hours say at `now`."""
    following = None
    for start, end in _stretches(hours, now):
        if start <= now < end:
            # Longer than a week without a gap: the room never closes.
            return Door(True, None if end - now > WEEK else end, None)
        if start > now and following is None:
            following = start
    return Door(False, None, following)


def state_at(
    now: datetime, *, hours: Sequence[Hours], hand: Hand, attending: int, required: int
) -> Now:
    """The room's state: hours first, then the hand switch, then enough people who watch."""
    return state_behind(door(hours, now), hand=hand, attending=attending, required=required)


def state_behind(by_hours: Door, *, hand: Hand, attending: int, required: int) -> Now:
    """`state_at`, where the door is known already."""
    if not by_hours.is_open:
        return Now(RoomState.CLOSED, by_hours.opens_at)
    if hand is not Hand.NONE:
        until = None if hand is Hand.CLOSED else by_hours.until
        return Now(RoomState(hand.value), until)
    if attending < required:
        return Now(RoomState.QUIET, by_hours.until)
    return Now(RoomState.OPEN, by_hours.until)
