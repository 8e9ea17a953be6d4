"""Every "may I" of a room. Pure: each raises `Refused` with the protocol's code, or returns."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.states import Role
from accounts.viewer import Grant, Viewer
from chat.models import Seat
from chat.protocol import Refusal
from chat.schedule import Now
from chat.states import COUNSELOR, MessageState, RoomKind, RoomState, may_become
from foundation.refusals import Refused


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands against someone in a room right now."""

    muted: bool = False
    muted_until: datetime | None = None
    paused: bool = False
    paused_until: datetime | None = None
    barred: bool = False
    # Their posts are read before the room sees them.
    checked: bool = False


FREE = Standing()
# Who of the staff sits in rooms.
SITTING = (Role.SUPPORTER, Role.COORDINATOR)


def _wait(until: datetime | None, now: datetime) -> float | None:
    return None if until is None else max(1.0, round((until - now).total_seconds(), 1))


def sits(grants: Iterable[Grant], *, program: int, room: int) -> bool:
    """Whether a member of staff with these roles sits in a room: its supporters, its coordinators.

    Nobody else of the staff does.
    """
    return any(one.role in SITTING and one.covers(program, room) for one in grants)


def sits_in_talk(grants: Iterable[Grant], *, program: int) -> bool:
    """Whether someone with these roles may keep the seat that they were given in a talk of two."""
    return any(one.role is Role.COUNSELOR and one.covers(program, None) for one in grants)


def needs_role(seat: Seat) -> bool:
    """Whether a seat is kept by a role; a participant's isn't."""
    return seat.role == COUNSELOR or seat.staff_id is not None


def keeps_seat(seat: Seat, grants: Iterable[Grant], *, program: int, room: int) -> bool:
    """Whether someone still may sit at their seat; a participant needs no role."""
    if seat.role == COUNSELOR:
        return seat.ended_at is None and sits_in_talk(grants, program=program)
    return not needs_role(seat) or sits(grants, program=program, room=room)


def must_sit(viewer: Viewer, *, program: int, room: int) -> int:
    """The member of staff's number. Raises `Refused("not_allowed")`."""
    if viewer.staff is None or not viewer.verified:
        raise Refused("not_allowed")
    if not sits(viewer.grants, program=program, room=room):
        raise Refused("not_allowed")
    return viewer.staff


def may_post(standing: Standing, *, room: Now, now: datetime) -> None:
    """Free text: only in an open room, outside its last minutes, by someone free to speak."""
    if standing.paused:
        raise Refused(Refusal.PAUSED, retry_after=_wait(standing.paused_until, now))
    if standing.muted:
        raise Refused(Refusal.MUTED, retry_after=_wait(standing.muted_until, now))
    if room.state is not RoomState.OPEN:
        raise Refused(Refusal(room.state.value))
    if room.ending(now):
        raise Refused(Refusal.ENDING)


# Whoever came within this time is new, where a room asks.
NEW_FOR = timedelta(days=1)


def must_wait(
    standing: Standing, *, premoderated: bool, newcomers: bool, entered_at: datetime | None,
    now: datetime,
) -> bool:  # fmt: skip
    """Whether a supporter reads a post before the room does."""
    new = newcomers and entered_at is not None and entered_at > now - NEW_FOR
    return premoderated or standing.checked or new


def must_be_watched(kind: RoomKind | str) -> None:
    """What is meant for the supporters: from a talk of two nothing reaches them, nor should it."""
    if kind == RoomKind.COUNSELING:
        raise Refused(Refusal.NOT_YOURS)


def may_report(kind: RoomKind | str, *, is_staff: bool, of_staff: bool) -> None:
    """In a room anyone of anything. In a talk of two only whoever asked, of a counselor's word:
    what was confided there is nobody's to pass on.
    """
    if kind == RoomKind.COUNSELING and (is_staff or not of_staff):
        raise Refused(Refusal.NOT_YOURS)


def may_murmur(*, room: Now, is_staff: bool = False) -> None:
    """To the supporters only: in any state but `closed`, also while muted or paused.

    Supporters don't murmur to themselves: nobody would answer.
    """
    if is_staff:
        raise Refused(Refusal.NOT_YOURS)
    if room.state is RoomState.CLOSED:
        raise Refused(Refusal.CLOSED)


def may_stamp(standing: Standing, *, room: Now, now: datetime) -> None:
    """Without words: in open and quiet rooms."""
    if standing.paused:
        raise Refused(Refusal.PAUSED, retry_after=_wait(standing.paused_until, now))
    if room.state in (RoomState.LOCKED, RoomState.CLOSED):
        raise Refused(Refusal(room.state.value))


def may_withdraw(*, is_own: bool, state: MessageState) -> None:
    """One's own words may be taken back at any hour."""
    if not is_own:
        raise Refused(Refusal.NOT_YOURS)
    if not may_become(state, MessageState.WITHDRAWN):
        raise Refused(Refusal.NO_SUCH_MESSAGE)
