"""Every "may I" of the desk. Who holds a role is asked of `accounts.policies.must_hold`."""

from datetime import datetime, timedelta

from accounts.policies import must_act_as, must_hold
from accounts.states import Role
from accounts.viewer import Viewer
from chat import in_force
from chat.models import Item, Message, Room
from chat.screening import screen
from chat.states import RoomKind
from foundation.refusals import Refused
from moderation.models import Act, Appeal, Proposal
from moderation.states import APPEALABLE, ActKind, AppealState, ProposalState

# What one supporter decides alone ends by itself within a day; a coordinator's within a month.
SUPPORTER_MOST = timedelta(hours=24)
COORDINATOR_MOST = timedelta(days=30)
# So long after its end an act may still be objected to.
APPEAL_WITHIN = timedelta(days=20)
ANSWER_WITHIN = timedelta(hours=72)
JUDGES = (Role.COORDINATOR, Role.REVIEWER)


def must_keep_room(viewer: Viewer, *, program: int, room: int | None) -> Role:
    """A supporter of the room or a coordinator of the program; in which role.

    Without a room only coordinators. Raises `Refused`: `not_found`, `second_factor`.
    """
    must_hold(viewer, Role.SUPPORTER, Role.COORDINATOR, program=program)
    if viewer.holds(Role.COORDINATOR, program=program):
        return Role.COORDINATOR
    if room is None:
        raise Refused("not_found")
    must_hold(viewer, Role.SUPPORTER, program=program, room=room)
    return Role.SUPPORTER


def must_keep(viewer: Viewer, *, room: Room) -> Role:
    """The same of a room as it stands: a talk of two is nobody's to keep.

    Raises `Refused`: `not_found`, `second_factor`.
    """
    if room.kind == RoomKind.COUNSELING:
        raise Refused("not_found")
    return must_keep_room(viewer, program=room.program_id, room=room.pk)


def must_see_item(viewer: Viewer, item: Item | None) -> Role:
    """In which role someone sees an item. What is about a member of staff isn't there for the desk,
    and least of all for them. Raises `Refused("not_found")`.
    """
    if item is None:
        raise Refused("not_found")
    if item.about_staff_id is not None:
        if item.about_staff_id == viewer.staff:
            raise Refused("not_found")
        return must_be_above(viewer, program=item.program_id)
    return must_keep_room(viewer, program=item.program_id, room=item.room_id)


def logged_at(item: Item) -> int | None:
    """In whose log a deed with an item stands: of what is about staff in no program's, where the
    one it is about may look, but only in the admins'.
    """
    return item.program_id if item.about_staff_id is None else None


def must_be_above(viewer: Viewer, *, program: int) -> Role:
    """Coordinators and reviewers of the program. Raises `Refused("not_found")`."""
    return must_act_as(viewer, *JUDGES, program=program)


def may_last(kind: ActKind, role: Role, *, until: datetime | None, now: datetime) -> None:
    """Raises `Refused`: `no_end`, `too_long_for_you` (a supporter's day, a coordinator's month),
    `not_found` (a bar from everywhere is the coordinators').
    """
    if kind is ActKind.SITE_BAR and role is not Role.COORDINATOR:
        raise Refused("not_found")
    if until is None or until <= now:
        raise Refused("no_end")
    most = COORDINATOR_MOST if role is Role.COORDINATOR else SUPPORTER_MOST
    if until - now > most:
        raise Refused("too_long_for_you")


def must_hold_no_contact(text: str, *, program: int) -> None:
    """No contact details leave the house, whoever says them: by the house's rules and by the
    program's own. Raises `Refused("contact")`.
    """
    if screen(text, more=in_force.lexicons(program)).contact:
        raise Refused("contact")


def must_not_be_own(viewer: Viewer, message: Message) -> None:
    """Nobody lets their own words into a room. Raises `Refused("own_words")`."""
    if message.seat is not None and message.seat.staff_id == viewer.staff:
        raise Refused("own_words")


def may_undo(viewer: Viewer, act: Act | None) -> Role:
    """Whoever keeps the room may undo what stands there.

    Raises `Refused`: `not_found`, `closed`.
    """
    if act is None:
        raise Refused("not_found")
    role = must_keep_room(viewer, program=act.program_id, room=act.room_id)
    if act.closed_at is not None:
        raise Refused("closed")
    return role


def may_appeal(act: Act, *, now: datetime) -> None:
    """Raises `Refused`: `not_appealable`, `too_late` (20 days after its end)."""
    if ActKind(act.kind) not in APPEALABLE or act.undone_at is not None:
        raise Refused("not_appealable")
    end = act.closed_at or act.until or now
    if now > max(end, act.at) + APPEAL_WITHIN:
        raise Refused("too_late")


def may_judge(viewer: Viewer, appeal: Appeal | None) -> Role:
    """Somebody else than who acted, or agreed to it. Raises `Refused`: `not_found`, `same_judge`,
    `settled`.
    """
    if appeal is None:
        raise Refused("not_found")
    role = must_be_above(viewer, program=appeal.act.program_id)
    if viewer.staff in no_judges(appeal):
        raise Refused("same_judge")
    if appeal.state != AppealState.OPEN:
        raise Refused("settled")
    return role


def no_judges(appeal: Appeal) -> set[int]:
    """Whoever did what is objected to, or proposed it: they don't judge it."""
    proposal = getattr(appeal.act, "proposal", None)
    mine = (appeal.act.by_id, proposal.by_id if proposal else None)
    return {one for one in mine if one is not None}


# Whom one has just let in is no second voice yet: two rights must not be one person's.
SECOND_AFTER = timedelta(days=7)


def may_settle_proposal(viewer: Viewer, proposal: Proposal | None, *, near: bool) -> None:
    """Raises `Refused`: `not_found`, `same_coordinator`, `settled`, `too_near` (`near`:
    one of the two gave the other a role, or let them in again, within `SECOND_AFTER`).
    """
    if proposal is None:
        raise Refused("not_found")
    must_hold(viewer, Role.COORDINATOR, program=proposal.program_id)
    if proposal.state != ProposalState.ASKED:
        raise Refused("settled")
    if proposal.by_id == viewer.staff:
        raise Refused("same_coordinator")
    if near:
        raise Refused("too_near")
