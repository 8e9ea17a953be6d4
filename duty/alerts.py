"""Who is called next, and over which channel: the ladder (design rule 6). Pure.

Two minutes each: whoever attends and everyone else on duty, one after another → all who said yes
for this hour, together → the coordinators, together, and again every ten minutes. A step where
nobody can be reached takes no time: it is skipped, and the call says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from duty.states import Channel

STEP = timedelta(minutes=2)
AGAIN = timedelta(minutes=10)


class Rung(StrEnum):
    """A step of the ladder."""

    ON_DUTY = "on_duty"
    WILLING = "willing"  # said yes for this hour
    COORDINATOR = "coordinator"


class Why(StrEnum):
    """Why a step, or a person on it, was skipped."""

    NOBODY = "nobody"  # there is no such person now
    UNREACHABLE = "unreachable"  # none of the channels they chose can reach them now


@dataclass(frozen=True, slots=True)
class Colleague:
    """Someone who may be called, as things stand now.

    `channels` in the order they chose; `open` are those that can reach them at this moment.
    """

    staff: int
    attending: bool = False
    on_duty: bool = False
    willing: bool = False
    coordinator: bool = False
    channels: tuple[Channel, ...] = (Channel.DESK,)
    open: frozenset[Channel] = frozenset()


@dataclass(frozen=True, slots=True)
class Called:
    """A call that was made."""

    staff: int
    rung: Rung
    channel: Channel
    at: datetime


@dataclass(frozen=True, slots=True)
class Skipped:
    """A step, or one person on it, that was passed over."""

    rung: Rung
    why: Why
    staff: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Whom to call when, and who was passed over on the way. Empty `to`: nobody can be reached."""

    rung: Rung | None
    to: tuple[tuple[int, Channel], ...]
    due_at: datetime
    skipped: tuple[Skipped, ...]


def next_call(
    team: Sequence[Colleague],
    *,
    raised_at: datetime,
    called: Sequence[Called] = (),
    again: timedelta = AGAIN,
) -> Call:
    """The next call for something that nobody acknowledged yet.

    `team` in the order of the rota. The first call is due when it was raised, each further one
    two minutes after the last; once the ladder is climbed, the coordinators `again` after that.
    """
    due_at = max(one.at for one in called) + STEP if called else raised_at
    if any(one.rung is Rung.COORDINATOR for one in called):
        due_at += again - STEP
    skipped: list[Skipped] = []
    for rung, people in _steps(team, called):
        if found := _reach(people, rung, called, skipped):
            return Call(rung, found, due_at, tuple(skipped))
        if not people:
            skipped.append(Skipped(rung, Why.NOBODY))
    return Call(None, (), due_at, tuple(skipped))


def _steps(
    team: Sequence[Colleague], called: Sequence[Called]
) -> Iterator[tuple[Rung, list[Colleague]]]:
    """The steps that are left, each with its people."""
    heard = {one.staff for one in called}
    climbed = {one.rung for one in called}
    if climbed <= {Rung.ON_DUTY}:
        there = sorted((one for one in team if one.on_duty), key=lambda one: not one.attending)
        for one in there:
            if one.staff not in heard:
                yield Rung.ON_DUTY, [one]
        if not there:
            yield Rung.ON_DUTY, []
    if not climbed & {Rung.WILLING, Rung.COORDINATOR}:
        yield Rung.WILLING, [one for one in team if one.willing and one.staff not in heard]
    yield Rung.COORDINATOR, [one for one in team if one.coordinator]


def _reach(
    people: Sequence[Colleague], rung: Rung, called: Sequence[Called], skipped: list[Skipped]
) -> tuple[tuple[int, Channel], ...]:
    found = []
    for one in people:
        channel = _channel(one, called)
        if channel is None:
            skipped.append(Skipped(rung, Why.UNREACHABLE, one.staff))
        else:
            found.append((one.staff, channel))
    return tuple(found)


def _channel(one: Colleague, called: Sequence[Called]) -> Channel | None:
    """The first of their channels that can reach them and wasn't tried; else the first that can."""
    can = [channel for channel in one.channels if channel in one.open]
    tried = {call.channel for call in called if call.staff == one.staff}
    return next((channel for channel in can if channel not in tried), can[0] if can else None)
