"""The states of a shift and of what is asked of colleagues, and every move they may make. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class ShiftState(StrEnum):
    """Where a shift is."""

    PLANNED = "planned"
    BEGUN = "begun"  # at the desk
    RESTING = "resting"  # ひとやすみ: begun, and attending nothing
    ENDED = "ended"
    MISSED = "missed"  # its time went by and nobody began it
    SWAPPED = "swapped"  # somebody else took it; they have a shift of their own
    CANCELLED = "cancelled"  # taken off the rota


MOVES: Mapping[ShiftState, frozenset[ShiftState]] = {
    ShiftState.PLANNED: frozenset(
        {ShiftState.BEGUN, ShiftState.MISSED, ShiftState.SWAPPED, ShiftState.CANCELLED}
    ),
    ShiftState.BEGUN: frozenset({ShiftState.RESTING, ShiftState.ENDED}),
    ShiftState.RESTING: frozenset({ShiftState.BEGUN, ShiftState.ENDED}),
    ShiftState.ENDED: frozenset(),
    ShiftState.MISSED: frozenset(),
    ShiftState.SWAPPED: frozenset(),
    ShiftState.CANCELLED: frozenset(),
}
# On the rota, and somebody is or will be there.
STANDING = (ShiftState.PLANNED, ShiftState.BEGUN, ShiftState.RESTING)
# Somebody is there.
RUNNING = (ShiftState.BEGUN, ShiftState.RESTING)


def may_become(state: ShiftState, wanted: ShiftState) -> bool:
    """Whether the table allows the move."""
    return wanted in MOVES[state]


def before(wanted: ShiftState) -> tuple[ShiftState, ...]:
    """The states from which the table leads to `wanted`: what a compare-and-swap compares with."""
    return tuple(state for state in ShiftState if wanted in MOVES[state])


class AskState(StrEnum):
    """Where a swap (かわってもらえますか) or a relief (かわって) is: the first taker has it."""

    ASKED = "asked"
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"  # by the one who asked
    LAPSED = "lapsed"  # its shift began, ended or was taken off the rota


ASK_MOVES: Mapping[AskState, frozenset[AskState]] = {
    AskState.ASKED: frozenset({AskState.TAKEN, AskState.WITHDRAWN, AskState.LAPSED}),
    AskState.TAKEN: frozenset(),
    AskState.WITHDRAWN: frozenset(),
    AskState.LAPSED: frozenset(),
}


class Channel(StrEnum):
    """How a member of staff may be called."""

    DESK = "desk"
    PUSH = "push"
    EMAIL = "email"


class CallState(StrEnum):
    """Where a call is that the house makes over a channel."""

    WAITING = "waiting"  # to be sent, or to be tried again
    SENT = "sent"  # the push service or the mail server took it; nobody answered yet
    FAILED = "failed"  # tried three times, or there is no way there any more


CALL_MOVES: Mapping[CallState, frozenset[CallState]] = {
    CallState.WAITING: frozenset({CallState.SENT, CallState.FAILED}),
    CallState.SENT: frozenset(),
    CallState.FAILED: frozenset(),
}


class NoticeKind(StrEnum):
    """What a member of staff is told at their desk, until they put it away."""

    PLANNED = "planned"  # a shift of yours is on the rota
    CANCELLED = "cancelled"  # a shift of yours is off the rota
    SWAP_ASKED = "swap_asked"  # かわってもらえますか
    SWAP_GONE = "swap_gone"  # somebody else took it, or it isn't asked any more
    SWAP_GIVEN = "swap_given"  # yours was taken by a colleague
    SWAP_TAKEN = "swap_taken"  # you took a colleague's
    RELIEF_ASKED = "relief_asked"  # かわって
    ROLE_OVER = "role_over"  # a colleague's role ended: from this shift on, theirs are off the rota
    RELIEF_TAKEN = "relief_taken"  # a colleague took over from you
    VISIT_OFF = "visit_off"  # a home visit for which you were named: you needn't go
