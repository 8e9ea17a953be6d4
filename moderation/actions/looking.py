"""Someone at the desk looks at what is one person's; the look is noted before anything is shown."""

from datetime import datetime

from accounts.policies import must_act_as
from accounts.states import Role
from accounts.viewer import Viewer
from audit.actions import look
from foundation.refusals import Refused
from moderation import looks, policies
from moderation.models import Appeal


def at_item(viewer: Viewer, *, item: int, now: datetime, above: bool = False) -> looks.Detail:
    """One item, with what is needed to decide; `above` the desk, or at it.

    Raises `Refused("not_found")`.
    """
    found = looks.detail(viewer, item=item, now=now)
    if found.above is not above:
        raise Refused("not_found")
    role = policies.must_see_item(viewer, found.item)
    _looked(
        viewer, object_type="item", number=item, role=role,
        program=policies.logged_at(found.item), now=now,
    )  # fmt: skip
    return found


def at_person(viewer: Viewer, *, seat: int, item: int | None = None, now: datetime) -> looks.Person:
    """Someone in a room, by their seat; `item` led there. Raises `Refused("not_found")`."""
    found = looks.person(viewer, seat=seat, item=item)
    room = found.seat.room
    role = policies.must_keep(viewer, room=room)
    _looked(viewer, object_type="person", number=seat, role=role, program=room.program_id, now=now)
    return found


def at_appeal(viewer: Viewer, *, appeal: int, now: datetime) -> Appeal:
    """An objection with its evidence. Raises `Refused("not_found")`."""
    found = looks.appeal(viewer, appeal=appeal)
    program = found.act.program_id
    role = policies.must_be_above(viewer, program=program)
    _looked(viewer, object_type="appeal", number=appeal, role=role, program=program, now=now)
    return found


def at_list(viewer: Viewer, *, what: str, program: int, now: datetime) -> None:
    """A list of a program with people's words in it (`queue`, `acts`, `appeals`).

    Raises `Refused`: `not_found`, `second_factor`.
    """
    role = must_act_as(viewer, Role.COORDINATOR, Role.SUPPORTER, Role.REVIEWER, program=program)
    _looked(viewer, object_type=what, number=program, role=role, program=program, now=now)


def _looked(
    viewer: Viewer,
    *,
    object_type: str,
    number: int,
    role: Role,
    program: int | None,
    now: datetime,
) -> None:
    look(
        viewer.staff, role=role.value, verb="moderation.look", object_type=object_type,
        object_id=number, program=program, now=now,
    )  # fmt: skip
