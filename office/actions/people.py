"""Roles and invitations. `accounts` judges, writes and notes; only rooms are known up here."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction

from accounts.actions import invitations, people, second_factors
from accounts.actions.invitations import Terms
from accounts.models import RoleRoom
from accounts.policies import must_act_as
from accounts.states import Role
from accounts.viewer import Viewer
from audit.actions import look
from duty.actions.shifts import end_without_role, keep_to_rooms
from foundation.refusals import Refused
from office.people import room_choices
from office.policies import must_admin, must_know_people


def look_at(viewer: Viewer, *, program: int, staff: int, now: datetime) -> None:
    """Note that a colleague's page is looked at; one's own is nobody else's.

    Raises `Refused`: `not_found`, `second_factor`.
    """
    role = must_act_as(viewer, Role.COORDINATOR, Role.ADMIN, program=program)
    if staff != viewer.staff:
        look(
            viewer.staff, role=role.value, verb="office.look", object_type="staff",
            object_id=staff, program=program, now=now,
        )  # fmt: skip


def look_at_admin(viewer: Viewer, *, staff: int, now: datetime) -> None:
    """The same of an admin's page, which only admins open."""
    must_admin(viewer)
    if staff != viewer.staff:
        look(
            viewer.staff, role=Role.ADMIN.value, verb="office.look", object_type="staff",
            object_id=staff, program=None, now=now,
        )  # fmt: skip


def invite_admin(viewer: Viewer, *, display_name: str, now: datetime) -> str:
    """Invite one more admin; their link's token, shown once. Raises what `invitations.invite`
    raises.
    """
    must_admin(viewer)
    terms = Terms(role=Role.ADMIN, program=None, display_name=display_name)
    return invitations.invite(viewer, terms=terms, now=now)


def give_role(
    viewer: Viewer, *, program: int, staff: int, role: Role, rooms: Sequence[int],
    trained_on: date | None, expires_on: date | None, renewing: int | None = None,
    reason: str = "", now: datetime,
) -> None:  # fmt: skip
    """Give a role, or (`renewing` a grant) the same one anew. Raises `Refused`: `no_room_named`,
    `people.give`'s.

    A room that was taken away may stay named in a role: without it, the role would be for all.
    """
    must_know_people(viewer, program=program)
    own = _own(program, role, rooms, kept=_named(program, staff, role))
    with transaction.atomic():
        people.give(
            viewer, staff=staff, role=role, program=program, rooms=own, trained_on=trained_on,
            expires_on=expires_on, renewing=renewing, reason=reason, now=now,
        )  # fmt: skip
        if own:
            keep_to_rooms(staff=staff, program=program, rooms=own, now=now)


def invite(
    viewer: Viewer, *, program: int, role: Role, rooms: Sequence[int], display_name: str,
    trained_on: date | None, expires_on: date | None, now: datetime,
) -> str:  # fmt: skip
    """Invite somebody; their link's token, shown once. Raises as `give_role` does."""
    must_know_people(viewer, program=program)
    terms = Terms(
        role=role, program=program, rooms=_own(program, role, rooms), display_name=display_name,
        trained_on=trained_on, expires_on=expires_on,
    )  # fmt: skip
    return invitations.invite(viewer, terms=terms, now=now)


def end_role(viewer: Viewer, *, grant: int, reason: str = "", now: datetime) -> None:
    """End a role, and what its holder kept by it. Raises as `people.end` does."""
    with transaction.atomic():
        staff = people.end(viewer, grant=grant, reason=reason, now=now)
        end_without_role(staff=staff, now=now)


def close_account(viewer: Viewer, *, staff: int, reason: str = "", now: datetime) -> None:
    """Close an account, and what its holder kept. Raises as `people.close_account` does."""
    with transaction.atomic():
        people.close_account(viewer, staff=staff, reason=reason, now=now)
        end_without_role(staff=staff, now=now)


invite_again = invitations.invite_again
withdraw_invitation = invitations.withdraw
issue_sheet = second_factors.issue_sheet


def _named(program: int, staff: int, role: Role) -> set[int]:
    held = RoleRoom.objects.filter(
        grant__staff=staff, grant__program=program, grant__role=role.value,
        grant__ended_at__isnull=True,
    )  # fmt: skip
    return set(held.values_list("room", flat=True))


def _own(
    program: int, role: Role, rooms: Sequence[int], *, kept: Collection[int] = ()
) -> list[int]:
    """Rooms narrow a supporter's role alone, and only to rooms of the program."""
    if role is not Role.SUPPORTER:
        return []
    there = {number for number, _ in room_choices(program)}
    if not set(rooms) <= there | set(kept):
        raise Refused("no_room_named")
    return list(rooms)
