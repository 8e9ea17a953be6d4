"""Room protocol, version 1: every frame, code and limit of the wire, in this one file.

`docs/protocol.md` takes its tables from here; a test compares them, and holds every frame that a
server sends against these shapes. Client frames are parsed strictly: what isn't named is refused.
"""

from enum import IntEnum, StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from foundation.refusals import Refused

VERSION = 1
MAX_FRAME = 16 * 1024  # bytes; from here to 64 KiB the socket closes with 4413, above by the server
MAX_TEXT = 1000  # code points after trimming
MAX_VEIL = 40
MAX_NOTE = 500
NEWEST = 50  # events of a fresh start
MAX_EVENTS = 500  # events of one welcome or one answer to resume
POSTS_PER_10S = 5
OUTBOX_BYTES = 1024 * 1024  # what may wait for a slow reader, and for how long
OUTBOX_SECONDS = 10.0
HEAD_SECONDS = 15.0
MAX_SEQ = 2**53 - 1  # what a browser counts exactly


class Refusal(StrEnum):
    """`refused.code`."""

    MALFORMED = "malformed"
    UNKNOWN_TYPE = "unknown_type"
    TOO_LONG = "too_long"
    EMPTY = "empty"
    TOO_FAST = "too_fast"
    QUIET = "quiet"
    ENDING = "ending"
    LOCKED = "locked"
    CLOSED = "closed"
    MUTED = "muted"
    PAUSED = "paused"
    NOT_YOURS = "not_yours"
    NO_SUCH_MESSAGE = "no_such_message"
    NO_SUCH_STAMP = "no_such_stamp"
    CONTACT = "contact"
    PASSPHRASE = "passphrase"
    CONFLICT = "conflict"
    BUSY = "busy"


class Close(IntEnum):
    """Close codes of our own; what a client does with each is in `docs/protocol.md`."""

    RESTART = 1012
    RESTART_DAPHNE = 4012  # daphne can't send 1012
    NOT_ENTERED = 4401
    NOT_ALLOWED = 4403
    NO_SUCH_ROOM = 4404
    SLOW = 4408
    ROOM_GONE = 4410
    TOO_BIG = 4413
    TOO_MANY = 4429


Role = Literal["participant", "supporter", "counselor", "room"]
CardKind = Literal["care", "contact", "warning", "invitation", "reply"]
Band = Literal["few", "some", "many"]
RoomStateName = Literal["open", "quiet", "locked", "closed"]
MessageStateName = Literal["shown", "hidden", "withdrawn"]
ChangedStateName = Literal["shown", "hidden", "withdrawn", "erased"]
Seq = Annotated[int, Meta(ge=0, le=MAX_SEQ)]
# Kept as the client wrote it, so that the answer finds its question.
Nonce = Annotated[
    str, Meta(pattern="^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$", max_length=36)
]


# --- client → server ---------------------------------------------------------------------------


class Incoming(Struct, tag_field="type", forbid_unknown_fields=True, frozen=True, gc=False):
    """What a client may say."""


class Post(Incoming, tag="post", frozen=True):
    """Say something."""

    nonce: Nonce
    text: str
    veil: str = ""


class Murmur(Incoming, tag="murmur", frozen=True):
    """つぶやき: to the supporters only."""

    nonce: Nonce
    text: str
    aloud: bool = False


class Stamp(Incoming, tag="stamp", frozen=True):
    """Answer without words."""

    of: Seq
    stamp: str
    on: bool
    nonce: Nonce | None = None


class Withdraw(Incoming, tag="withdraw", frozen=True):
    """Take back one's own message."""

    of: Seq
    nonce: Nonce | None = None


class Report(Incoming, tag="report", frozen=True):
    """Tell the supporters of a message."""

    of: Seq
    reason: Literal["abuse", "contact", "worry", "privacy", "other"]
    note: str = ""
    nonce: Nonce | None = None


class Stay(Incoming, tag="stay", frozen=True):
    """Be present quietly, or be seen to be here."""

    mode: Literal["watching", "here"]
    nonce: Nonce | None = None


class Resume(Incoming, tag="resume", frozen=True):
    """Fetch what was missed."""

    since: Seq


class Ping(Incoming, tag="ping", frozen=True):
    """Answered by `pong` with the same `at`."""

    at: int | float


# --- server → client ---------------------------------------------------------------------------


class Outgoing(Struct, tag_field="type", frozen=True, gc=False):
    """What a server may say. `UNSET` fields stay off the wire."""


class Author(Struct, frozen=True, gc=False):
    """Who said it, for this room only."""

    id: str
    handle: str
    mark: str
    role: Role


class Message(Outgoing, tag="message", frozen=True):
    """Something said; `text` and `veil` are empty unless `state` is `shown`."""

    seq: int
    from_: Author = msgspec.field(name="from")
    text: str
    veil: str
    at: str
    state: MessageStateName
    stamps: dict[str, int]


class Changed(Outgoing, tag="changed", frozen=True):
    """A message was hidden, restored, withdrawn or erased; restored, its words come along."""

    seq: int
    of: int
    state: ChangedStateName
    text: str | UnsetType = UNSET
    veil: str | UnsetType = UNSET


class Stamped(Outgoing, tag="stamped", frozen=True):
    """The stamps of a message, as they are now."""

    seq: int
    of: int
    stamps: dict[str, int]


class RoomChanged(Outgoing, tag="room", frozen=True):
    """What changed of `room` in `welcome`."""

    seq: int
    name: str | UnsetType = UNSET
    kind: str | UnsetType = UNSET
    state: RoomStateName | UnsetType = UNSET
    until: str | UnsetType | None = UNSET
    slow_s: int | UnsetType = UNSET
    stamps: list[str] | UnsetType = UNSET


class Gone(Outgoing, tag="gone", frozen=True):
    """A number whose event is no more."""

    seq: int


Event = Message | Changed | Stamped | RoomChanged | Gone


class RoomNow(Struct, frozen=True):
    """The room, in `welcome`."""

    slug: str
    name: str
    kind: str
    state: RoomStateName
    until: str | None
    slow_s: int
    stamps: list[str]


class You(Struct, frozen=True):
    """The one this socket belongs to, in `welcome`."""

    id: str
    handle: str
    mark: str
    role: Role
    mode: Literal["watching", "here"]


class Name(Struct, frozen=True):
    """One of those who chose to be seen."""

    handle: str
    mark: str


class Presence(Outgoing, tag="presence", frozen=True):
    """How full the room feels, told late; never a number."""

    band: Band
    supporter: bool
    here: list[Name]


class PresenceNow(Struct, frozen=True):
    """The last told presence, in `welcome`."""

    band: Band
    supporter: bool
    here: list[Name]


class Limits(Struct, frozen=True):
    """What this client may do, in `welcome`."""

    text: int = MAX_TEXT
    posts_per_10s: int = POSTS_PER_10S


class Welcome(Outgoing, tag="welcome", frozen=True):
    """The first frame of every connection that is let in."""

    v: int
    epoch: str
    head: int
    recovered: bool
    events: list[Event]
    more: bool
    room: RoomNow
    you: You
    presence: PresenceNow
    limits: Limits


class Events(Outgoing, tag="events", frozen=True):
    """The answer to `resume`."""

    events: list[Event]
    more: bool
    head: int


class Ack(Outgoing, tag="ack", frozen=True):
    """Stored. `seq` where it became an event."""

    nonce: str
    at: str
    seq: int | UnsetType = UNSET


class Held(Outgoing, tag="held", frozen=True):
    """Kept for a supporter to read first; told to its author only."""

    nonce: str
    reason: str


class Href(Struct, frozen=True):
    """Somewhere to go on."""

    label: str
    href: str


class RefusedFrame(Outgoing, tag="refused", frozen=True):
    """A no, with a sentence for people."""

    code: str
    text: str
    nonce: str | UnsetType = UNSET
    retry_after: float | UnsetType = UNSET
    links: list[Href] | UnsetType = UNSET


class Card(Outgoing, tag="card", frozen=True):
    """For this person alone; kept as a letter."""

    kind: CardKind
    title: str
    text: str
    links: list[Href]


class Head(Outgoing, tag="head", frozen=True):
    """Where the log stands."""

    seq: int


class Pong(Outgoing, tag="pong", frozen=True):
    """The answer to `ping`."""

    at: int | float


class Bye(Outgoing, tag="bye", frozen=True):
    """Just before the server closes."""

    code: int
    text: str
    retry_after: float | UnsetType = UNSET


# --- reading and writing -----------------------------------------------------------------------

INCOMING: tuple[type[Incoming], ...] = (
    Post, Murmur, Stamp, Withdraw, Report, Stay, Resume, Ping
)  # fmt: skip
OUTGOING: tuple[type[Outgoing], ...] = (
    Message, Changed, Stamped, RoomChanged, Gone, Presence, Welcome, Events, Ack, Held,
    RefusedFrame, Card, Head, Pong, Bye,
)  # fmt: skip

_decode = msgspec.json.Decoder(Post | Murmur | Stamp | Withdraw | Report | Stay | Resume | Ping)
_loose = msgspec.json.Decoder(dict[str, Any])
_TYPES = frozenset(str(one.__struct_config__.tag) for one in INCOMING)
encode = msgspec.json.Encoder().encode


def parse(text: str) -> Incoming:
    """One client frame. Raises `Refused` with `malformed` or `unknown_type`.

    Lone surrogates can't be UTF-8 and NUL can't be stored, so both are malformed.
    """
    try:
        frame: Incoming = _decode.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError):
        raise Refused(_why(text)) from None
    return frame


def _why(text: str) -> Refusal:
    try:
        kind = _loose.decode(text).get("type")
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError):
        return Refusal.MALFORMED
    if isinstance(kind, str) and kind not in _TYPES:
        return Refusal.UNKNOWN_TYPE
    return Refusal.MALFORMED


def nonce_of(text: str) -> str | None:
    """The nonce of a frame that couldn't be read otherwise, so that its sender can find it."""
    try:
        nonce = _loose.decode(text).get("nonce")
        if not isinstance(nonce, str) or len(nonce) != 36:
            return None
        UUID(nonce)
        return nonce
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError):
        return None
