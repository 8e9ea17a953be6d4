"""Every "may I" of `duty`. Who holds a role is asked of `accounts.policies.must_hold`."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from accounts.policies import must_hold
from accounts.states import Role
from accounts.viewer import Viewer
from duty.models import Relief, Shift
from duty.rota import Stretch, last_day
from duty.states import ShiftState
from duty.watch import ROOMS_ALONE, ROOMS_AT_ONCE
from foundation.refusals import Refused

# A shift may be begun so long before its time: to read what was handed over.
EARLY = timedelta(minutes=15)
# Off duty for less than this isn't a rest: the time at a stretch goes on.
REST_AT_LEAST = timedelta(minutes=10)
STEP_IN_MOST = timedelta(hours=4)

TEAM = (Role.SUPPORTER, Role.COORDINATOR)
# Whom an alarm of some kind may reach; the others read figures, logs and accounts.
CALLABLE = (*TEAM, Role.COUNSELOR, Role.REVIEWER)


def must_be_of_the_team(viewer: Viewer, *, program: int) -> int:
    """Supporters and coordinators of the program; their number."""
    return must_hold(viewer, *TEAM, program=program)


def must_be_callable(viewer: Viewer) -> int:
    """Whoever an alarm may reach says how they are called; their number."""
    return must_hold(viewer, *CALLABLE)


def role_called_in(viewer: Viewer) -> Role:
    """In which role they act where any of `CALLABLE` would do; the team's roles come first."""
    return next(role for role in CALLABLE if viewer.holds(role))


def must_plan(viewer: Viewer, *, program: int) -> int:
    """The rota is the coordinators'; their number."""
    return must_hold(viewer, Role.COORDINATOR, program=program)


def must_keep(viewer: Viewer, *, program: int, room: int | None = None) -> int:
    """Supporters of the program, and of the room; their number."""
    return must_hold(viewer, Role.SUPPORTER, program=program, room=room)


def must_relieve(viewer: Viewer, *, program: int, rooms: Collection[int]) -> int:
    """Supporters who may attend one of the rooms at least; any, if there are none; their number.

    Raises `Refused`: `not_found`, `not_your_room`: nobody would be left in the room.
    """
    staff = must_keep(viewer, program=program)
    if rooms and not any(
        viewer.holds(Role.SUPPORTER, program=program, room=room) for room in rooms
    ):
        raise Refused("not_your_room")
    return staff


def may_relieve(viewer: Viewer, relief: Relief) -> bool:
    """Whether they could take it, once they are on duty."""
    try:
        must_relieve(viewer, program=relief.shift.program_id, rooms=relief.rooms)
    except Refused:
        return False
    return True


def must_be_own(viewer: Viewer, shift: Shift | None) -> Shift:
    """Somebody else's shift isn't there. Raises `Refused("not_found")`."""
    if shift is None or shift.supporter_id != viewer.staff:
        raise Refused("not_found")
    must_keep(viewer, program=shift.program_id)
    return shift


def may_begin(shift: Shift, *, now: datetime) -> None:
    """Raises `Refused`: `moved_on`, `too_early` (more than 15 minutes), `shift_over`."""
    if shift.state != ShiftState.PLANNED:
        raise Refused("moved_on")
    if now < shift.starts_at - EARLY:
        raise Refused("too_early")
    if now >= shift.ends_at:
        raise Refused("shift_over")


def may_step_in(until: datetime, *, now: datetime) -> None:
    """A shift that nobody planned. Raises `Refused`: `no_length`, `shift_too_long` (4 hours)."""
    if until <= now:
        raise Refused("no_length")
    if until - now > STEP_IN_MOST:
        raise Refused("shift_too_long")


def must_be_at_the_desk(shift: Shift, *, now: datetime) -> None:
    """Raises `Refused`: `not_begun` (or resting), `shift_over`."""
    if shift.state != ShiftState.BEGUN:
        raise Refused("not_begun")
    if now >= shift.ends_at:
        raise Refused("shift_over")


def may_attend_one_more(others: int, *, alone: bool) -> None:
    """`others` are the rooms attended besides. Raises `Refused`: `too_many_rooms`, `alone`."""
    if alone and others >= ROOMS_ALONE:
        raise Refused("alone")
    if others >= ROOMS_AT_ONCE:
        raise Refused("too_many_rooms")


def may_be_planned(when: Stretch, *, now: datetime) -> None:
    """Raises `Refused("in_the_past")`."""
    if when.ends_at <= now:
        raise Refused("in_the_past")


def may_keep_rooms(
    rooms: Collection[int], *, trained_on: date | None, only: Collection[int], today: date
) -> None:
    """Whether somebody with such a grant may keep a shift for these rooms.

    `only` are the rooms that their grant is narrowed to, none for all. Raises `Refused`:
    `not_trained`, `not_their_room`.
    """
    if trained_on is None or trained_on > today:
        raise Refused("not_trained")
    if only and (not rooms or not set(rooms) <= set(only)):
        raise Refused("not_their_room")


def may_keep_until(when: Stretch, *, expires_on: date | None) -> None:
    """A shift lies within its keeper's role, whose last day in Japan this is (None: it has none).

    Raises `Refused("after_the_role")`.
    """
    if expires_on is not None and last_day(when) > expires_on:
        raise Refused("after_the_role")


def must_be_free(when: Stretch, taken: Collection[Stretch]) -> None:
    """One person's shifts never overlap. Raises `Refused("shifts_overlap")`."""
    if any(when.meets(other) for other in taken):
        raise Refused("shifts_overlap")
