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
