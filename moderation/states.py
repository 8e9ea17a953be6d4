"""What the desk does, and every state that it leaves behind. Pure; no Django."""

from collections.abc import Mapping
from enum import StrEnum


class ActKind(StrEnum):
    """An act at the desk: each is a row of its own, with its own end and its own undoing."""

    # a message
    APPROVE = "approve"  # a held message comes into the room
    TURN_DOWN = "turn_down"  # a held message doesn't
    RETURN = "return"  # a held message that nobody judged in time goes back to its author
    HIDE = "hide"
    RESTORE = "restore"
    VEIL = "veil"  # かぶせ: folded under a word of warning
    # a person
    WORD = "word"  # a private word, kept
    REPLY = "reply"  # the answer to a murmur
    MUTE = "mute"
    PAUSE = "pause"  # 休けい: until a date, with a plan for coming back
    CHECK = "check"  # their posts are read before the room sees them
    ROOM_BAR = "room_bar"
    SITE_BAR = "site_bar"
    # a room
    SLOW = "slow"
    PREMODERATE = "premoderate"
    NEWCOMERS = "newcomers"  # pre-moderation for whoever came within a day
    LOCK = "lock"
    AWAY = "away"  # すこし席をはずします: stamps only, for at most 15 minutes


ON_MESSAGES = (ActKind.APPROVE, ActKind.TURN_DOWN, ActKind.HIDE, ActKind.RESTORE, ActKind.VEIL)
ON_PEOPLE = (
    ActKind.MUTE, ActKind.PAUSE, ActKind.CHECK, ActKind.ROOM_BAR, ActKind.SITE_BAR,
)  # fmt: skip
ON_ROOMS = (
    ActKind.SLOW, ActKind.PREMODERATE, ActKind.NEWCOMERS, ActKind.LOCK, ActKind.AWAY,
)  # fmt: skip
# Both turn the room's switch: what is stricter of those that stand holds.
BY_SWITCH = (ActKind.LOCK, ActKind.AWAY)
# What holds until it ends or is undone; the others are done once.
LASTING = (ActKind.HIDE, ActKind.VEIL, *ON_PEOPLE, *ON_ROOMS)
# What someone may object to: it was done to them, and it can be undone.
APPEALABLE = (ActKind.HIDE, ActKind.TURN_DOWN, ActKind.VEIL, *ON_PEOPLE)


class AppealState(StrEnum):
    """Where an objection is."""

    OPEN = "open"
    UPHELD = "upheld"  # the act stands
    OVERTURNED = "overturned"  # the act is undone


APPEAL_MOVES: Mapping[AppealState, frozenset[AppealState]] = {
    AppealState.OPEN: frozenset({AppealState.UPHELD, AppealState.OVERTURNED}),
    AppealState.UPHELD: frozenset(),
    AppealState.OVERTURNED: frozenset(),
}


class ProposalState(StrEnum):
    """Where a permanent bar is that needs a second coordinator."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


PROPOSAL_MOVES: Mapping[ProposalState, frozenset[ProposalState]] = {
    ProposalState.ASKED: frozenset(
        {ProposalState.CONFIRMED, ProposalState.DECLINED, ProposalState.WITHDRAWN}
    ),
    ProposalState.CONFIRMED: frozenset(),
    ProposalState.DECLINED: frozenset(),
    ProposalState.WITHDRAWN: frozenset(),
}


class Reason(StrEnum):
    """Why; each is a sentence that the person is told."""

    ABUSE = "abuse"
    CONTACT = "contact"
    FLOOD = "flood"
    HEAVY = "heavy"  # painful for others to read unprepared
    CALM = "calm"  # the room needed quiet
    SAFETY = "safety"
    OTHER = "other"  # with words of one's own


class Many(StrEnum):
    """What may be done with several items at once; each is still an act or an end of its own."""

    APPROVE = "approve"
    HIDE = "hide"
    NOTHING = "nothing"  # read, and nothing needs doing


class Outcome(StrEnum):
    """How an item ended."""

    ACTED = "acted"
    NOTHING = "nothing"  # read, and nothing needed doing
    READ = "read"  # a murmur
    ANSWERED = "answered"
    GONE = "gone"  # its subject went away by itself
    RETURNED = "returned"
    HIDDEN = "hidden"
    JUDGED = "judged"
