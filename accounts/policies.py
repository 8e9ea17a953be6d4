"""Every "may I" of `accounts`."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase

from accounts import nicknames, seats
from accounts.states import Role
from accounts.viewer import Viewer
from foundation.refusals import Refused


def must_be_entered(viewer: Viewer) -> int:
    """The participant's number. Raises `Refused("not_entered")` for anybody else."""
    if viewer.participant is None:
        raise Refused("not_entered")
    return viewer.participant


def sits(viewer: Viewer) -> bool:
    """Whether somebody sits in this browser, participant or staff."""
    return viewer.entered or viewer.staff is not None


def must_be_free(viewer: Viewer) -> None:
    """A second entry never overwrites a seat. Raises `Refused("seated")`."""
    if sits(viewer):
        raise Refused("seated")


def must_be_awake(session: SessionBase, *, has_passphrase: bool, now: datetime) -> None:
    """What is private asks again after 15 minutes. Raises `Refused("asleep")`.

    Without a 合言葉 there is nothing that could be asked for.
    """
    if has_passphrase and not seats.awake(session, now=now):
        raise Refused("asleep")


def must_agree(agreed: bool) -> None:
    """The house rules are agreed to. Raises `Refused("not_agreed")`."""
    if not agreed:
        raise Refused("not_agreed")


def may_be_called(handle: str, *, taken: Iterable[str], supporters: Iterable[str]) -> str:
    """The name as it is kept. Raises what `nicknames.check` raises."""
    return nicknames.check(handle, taken=taken, supporters=supporters)


def may_be_a_colleague(name: str, *, colleagues: Iterable[str]) -> None:
    """Two who keep the same rooms can be told apart. Raises `Refused("name_alike")`."""
    if nicknames.same_to_the_eye(name, colleagues):
        raise Refused("name_alike")


def must_be_staff(viewer: Viewer) -> int:
    """The number of a member of staff, whatever they hold.

    Raises `Refused`: `not_found`, `second_factor`.
    """
    if viewer.staff is None:
        raise Refused("not_found")
    if not viewer.verified:
        raise Refused("second_factor")
    return viewer.staff


def must_hold(
    viewer: Viewer, *roles: Role, program: int | None = None, room: int | None = None
) -> int:
    """The number of a member of staff who holds one of the roles there; any role, if none is named.

    Raises `Refused`: `not_found` for whoever may not know that something is here, `second_factor`
    for staff who signed in without one.
    """
    staff = must_be_staff(viewer)
    asked = roles or tuple(Role)
    if not any(viewer.holds(role, program=program, room=room) for role in asked):
        raise Refused("not_found")
    return staff


def must_act_as(viewer: Viewer, *roles: Role, program: int) -> Role:
    """In which of these roles they act in a program: the first that they hold.

    Raises `Refused` as `must_hold`.
    """
    must_hold(viewer, *roles, program=program)
    return next(role for role in roles if viewer.holds(role, program=program))


def may_give(viewer: Viewer, role: Role, *, program: int | None, to: int | None = None) -> Role:
    """In which role the viewer may give or end a role there: coordinator of the program, or admin.

    Nobody gives themselves anything. Raises `Refused`: `not_found`, `second_factor`,
    `not_oneself`.
    """
    must_hold(viewer, Role.COORDINATOR, Role.ADMIN)
    if to is not None and to == viewer.staff:
        raise Refused("not_oneself")
    if viewer.holds(Role.ADMIN):
        return Role.ADMIN
    if role is Role.ADMIN or program is None:
        raise Refused("not_found")
    must_hold(viewer, Role.COORDINATOR, program=program)
    return Role.COORDINATOR


def may_keep(viewer: Viewer, staff: int, *, held: Iterable[tuple[Role, int | None]]) -> Role:
    """In which role the viewer may let somebody in again, give them a sheet or close their account.

    Whoever can do that can become them, so it takes the right over every role they hold, also over
    one whose last day is over.
    Raises what `may_give` raises.
    """
    roles = {may_give(viewer, role, program=program, to=staff) for role, program in held}
    if not roles and not viewer.holds(Role.ADMIN):
        raise Refused("not_found")
    if staff == viewer.staff:
        raise Refused("not_oneself")
    return Role.ADMIN if viewer.holds(Role.ADMIN) else Role.COORDINATOR
