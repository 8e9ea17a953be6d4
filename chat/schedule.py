"""When a room is open: from weekly hours in Japan, the days that differ, the hand switch and who
attends. Pure.

Hours may cross midnight and belong to the day on which they begin: who closes a date closes what
begins on it, not the night before. A room without hours is closed (a missing plan must never open
a door).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from chat.states import Hand, HolidayRule, RoomState
from foundation.clock import JST, jst
from foundation.holidays import holiday

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
SUNDAY = 6
# Weeks looked ahead: for whether it is open, and for when a room that rests a while opens again.
NEAR, FAR = 2, 10
# The soft end (design rule 2): announced so long ahead, and the last minutes of opening hours
# take stamps only.
SOON, ENDING = timedelta(minutes=15), timedelta(minutes=10)
# The gate (design rule 2): so long short of people before a room falls quiet, and so long with
# enough of them before it opens again.
SHORT, STEADY = timedelta(minutes=2), timedelta(minutes=1)


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

    def phase(self, now: datetime) -> str:
        """`soon` when the end is announced, `ending` in the last minutes; else empty."""
        if self.state is not RoomState.OPEN or self.until is None or self.until - now > SOON:
            return ""
        return "ending" if self.ending(now) else "soon"

    def ending(self, now: datetime) -> bool:
        """Whether the last minutes have begun, in which only stamps are taken."""
        return (
            self.state is RoomState.OPEN and self.until is not None and self.until - now <= ENDING
        )


@dataclass(frozen=True, slots=True)
class Gate:
    """What is kept of a room's gate between two looks.

    `watched` is where it stands, None before the first look; `since` from when on it has been
    otherwise, None while it is as it stands.
    """

    watched: bool | None = None
    since: datetime | None = None


def look(gate: Gate, *, enough: bool, since: datetime, now: datetime) -> tuple[bool, Gate]:
    """Whether free text is watched at `now`, and what is kept of it.

    `enough`: whether enough supporters attend at `now`; `since`: from when on they are short, as
    far as it is known. A gate that was never looked at stands as it is found.
    """
    if gate.watched is None or gate.watched is enough:
        return enough, Gate(enough)
    # Whatever is found about the time before an earlier look, that look counts.
    began = since if gate.since is None else gate.since
    if now - began >= (STEADY if enough else SHORT):
        return enough, Gate(enough)
    return gate.watched, Gate(gate.watched, began)


# Stretches that begin on a date, in place of its weekday's; none: closed on that date.
Special = Mapping[date, Sequence[tuple[time, time]]]
USUAL: Special = {}


def special_days(
    named: Mapping[str, Sequence[Sequence[str]]],
    *,
    rule: HolidayRule,
    hours: Sequence[Hours],
    now: datetime,
) -> Special:
    """The dates around `now` that aren't like their weekday: holidays, then those named by hand.

    `named`: ISO date to [[opens, closes]], as a room keeps them.
    """
    found: dict[date, Sequence[tuple[time, time]]] = {}
    if rule is not HolidayRule.USUAL:
        sunday = [(one.opens, one.closes) for one in hours if one.weekday == SUNDAY]
        for day in _days(now, FAR):
            if holiday(day) is not None:
                found[day] = sunday if rule is HolidayRule.SUNDAY else ()
    for written, stretches in named.items():
        found[date.fromisoformat(written)] = [
            (time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in stretches
        ]
    return found


def _days(now: datetime, weeks: int) -> list[date]:
    """From a week before until so many weeks after; who begins on one of them is looked at."""
    first = jst(now).date() - WEEK
    return [first + n * DAY for n in range(7 * (weeks + 1) + 1)]


def begun_on(day: date, hours: Iterable[Hours], special: Special) -> list[tuple[time, time]]:
    """The stretches that begin on a date."""
    if day in special:
        return list(special[day])
    return [(one.opens, one.closes) for one in hours if one.weekday == day.weekday()]


def span(day: date, opens: time, closes: time) -> tuple[datetime, datetime]:
    """First instant, and the first one after, of a stretch begun on a date."""
    start, end = datetime.combine(day, opens, JST), datetime.combine(day, closes, JST)
    return start, end if end > start else end + DAY


def _stretches(
    hours: Sequence[Hours], now: datetime, special: Special, *, weeks: int
) -> list[tuple[datetime, datetime]]:
    """The stretches around `now`, from a week before to `weeks` after, touching ones joined."""
    spans = [
        span(day, opens, closes)
        for day in _days(now, weeks)
        for opens, closes in begun_on(day, hours, special)
    ]
    joined: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def door(hours: Sequence[Hours], now: datetime, special: Special = USUAL) -> Door:
    """What the weekly hours, and the days that differ from them, say at `now`."""
    found = _door(hours, now, special, weeks=NEAR)
    if not found.is_open and found.opens_at is None and (hours or special):
        return _door(hours, now, special, weeks=FAR)
    return found


def _door(hours: Sequence[Hours], now: datetime, special: Special, *, weeks: int) -> Door:
    following = None
    for start, end in _stretches(hours, now, special, weeks=weeks):
        if start <= now < end:
            # Longer than a week without a gap: nobody needs to know its end yet.
            return Door(True, None if end - now > WEEK else end, None)
        if start > now and following is None:
            following = start
    return Door(False, None, following)


def state_behind(by_hours: Door, *, hand: Hand, watched: bool) -> Now:
    """The room's state: its door first, then the hand switch, then enough people who watch."""
    if not by_hours.is_open:
        return Now(RoomState.CLOSED, by_hours.opens_at)
    if hand is not Hand.NONE:
        until = None if hand is Hand.CLOSED else by_hours.until
        return Now(RoomState(hand.value), until)
    if not watched:
        return Now(RoomState.QUIET, by_hours.until)
    return Now(RoomState.OPEN, by_hours.until)
