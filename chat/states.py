"""The states of rooms and messages, and every move they may make. Pure; no Django."""

from collections.abc import Mapping
from enum import StrEnum


class RoomState(StrEnum):
    """What a room lets people do: see `protocol.md`, `room.state`."""

    OPEN = "open"  # free text
    QUIET = "quiet"  # stamps and murmurs
    LOCKED = "locked"  # reading and murmurs
    CLOSED = "closed"  # by hours


class Hand(StrEnum):
    """The switch a supporter may set by hand; `NONE` leaves the room to hours and duty.

    It only ever makes a room quieter: no hand opens a room that nobody watches.
    """

    NONE = "none"
    QUIET = "quiet"
    LOCKED = "locked"
    CLOSED = "closed"


class RoomKind(StrEnum):
    """What a room is for."""

    CHAT = "chat"  # 雑談
    CALM = "calm"  # しずかな部屋
    WORK = "work"  # もくもく
    NIGHT = "night"  # 夜ふかし・夜の部屋
    FAMILY = "family"  # 家族の部屋
    WITHDRAWN = "withdrawn"  # ひきこもりの部屋
    WOMEN = "women"  # 女性の部屋
    THEME = "theme"  # 話題の部屋
    TRAINING = "training"  # 研修の部屋: staff record who takes part, its door says so
    COUNSELING = "counseling"  # 1対1


# The part of whoever of the staff sits in a talk of two (`protocol.Role`).
COUNSELOR = "counselor"


class Audience(StrEnum):
    """Whom a room is meant for. It is told at the door; nobody is asked to prove anything."""

    EVERYONE = "everyone"
    WOMEN = "women"
    FAMILY = "family"
    THEME = "theme"


class HolidayRule(StrEnum):
    """What a national holiday does to a room's weekly hours."""

    USUAL = "usual"
    CLOSED = "closed"
    SUNDAY = "sunday"  # the hours of a Sunday


class MessageState(StrEnum):
    """Where a message is. `HELD` and `REFUSED` have no number in the room."""

    HELD = "held"
    REFUSED = "refused"
    SHOWN = "shown"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


MOVES: Mapping[MessageState, frozenset[MessageState]] = {
    MessageState.HELD: frozenset(
        {MessageState.SHOWN, MessageState.REFUSED, MessageState.WITHDRAWN, MessageState.ERASED}
    ),
    MessageState.REFUSED: frozenset({MessageState.ERASED}),
    MessageState.SHOWN: frozenset(
        {MessageState.HIDDEN, MessageState.WITHDRAWN, MessageState.ERASED}
    ),
    MessageState.HIDDEN: frozenset(
        {MessageState.SHOWN, MessageState.WITHDRAWN, MessageState.ERASED}
    ),
    # What someone took back never returns; only its last trace may still go.
    MessageState.WITHDRAWN: frozenset({MessageState.ERASED}),
    MessageState.ERASED: frozenset(),
}


def may_become(state: MessageState, wanted: MessageState) -> bool:
    """Whether the table allows the move."""
    return wanted in MOVES[state]


# What a new room begins with.
STAMPS = (
    "うん", "わかる", "おつかれ", "いっしょ", "ここにいるよ", "ゆっくり", "ありがとう", "おやすみ",
)  # fmt: skip


class Mode(StrEnum):
    """How someone is in a room."""

    WATCHING = "watching"
    HERE = "here"


class RestrictionKind(StrEnum):
    """What may be asked of someone for a while."""

    MUTE = "mute"  # no free text in this room
    PAUSE = "pause"  # rest: no words, no stamps
    BAR = "bar"  # not in this room (or, without a room, nowhere)
    CHECK = "check"  # a supporter reads their posts before the room does


class ItemKind(StrEnum):
    """What waits for a human at the desk."""

    CRISIS = "crisis"  # words of crisis: summons people up the ladder
    HELD = "held"  # a message that waits for a supporter before the room sees it
    REPORT = "report"  # someone told the supporters of a message
    FLAG = "flag"  # screening saw something else
    PROPOSAL = "proposal"  # a permanent bar that a second coordinator must confirm
    APPEAL = "appeal"  # someone objects to an act
    MURMUR = "murmur"
    HIDDEN = "hidden"  # a message was hidden without an item of its own


# These end by their own act alone.
JUDGED_ONLY = (ItemKind.HELD, ItemKind.APPEAL, ItemKind.PROPOSAL)

# Smaller is sooner. What a machine or a supporter holds back comes before what merely waits.
URGENCY: Mapping[ItemKind, int] = {
    ItemKind.CRISIS: 0,
    ItemKind.HELD: 1,
    ItemKind.REPORT: 2,
    ItemKind.FLAG: 3,
    ItemKind.PROPOSAL: 4,
    ItemKind.APPEAL: 4,
    ItemKind.MURMUR: 5,
    ItemKind.HIDDEN: 9,
}


class ItemState(StrEnum):
    """Where an item is. Done isn't for ever: what is said of its subject anew opens it again."""

    NEW = "new"
    CLAIMED = "claimed"
    DONE = "done"


ITEM_MOVES: Mapping[ItemState, frozenset[ItemState]] = {
    ItemState.NEW: frozenset({ItemState.CLAIMED, ItemState.DONE}),
    # A claim may pass on: to the next, when its time is over.
    ItemState.CLAIMED: frozenset({ItemState.NEW, ItemState.CLAIMED, ItemState.DONE}),
    ItemState.DONE: frozenset({ItemState.NEW}),
}


class RuleState(StrEnum):
    """Where a program's own screening rule is. Only `ACTING` is looked for."""

    DRAFT = "draft"
    ACTING = "acting"
    ENDED = "ended"


RULE_MOVES: Mapping[RuleState, frozenset[RuleState]] = {
    RuleState.DRAFT: frozenset({RuleState.ACTING, RuleState.ENDED}),
    RuleState.ACTING: frozenset({RuleState.ENDED}),
    # What ended is written anew, and tried anew.
    RuleState.ENDED: frozenset(),
}
# The classes that a program may add to.
RULE_CLASSES = ("crisis", "contact", "attack")
# Those of which it may say that a phrase means nothing there: never of a call for help.
SPARED_CLASSES = ("contact", "attack")
