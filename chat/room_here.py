"""A room as one process serves it: where it stands, who sits in it, what is on its way."""

from collections import deque
from collections.abc import Sequence
from typing import Protocol

from chat import protocol as p
from chat.following import Encoded
from chat.states import Mode

RECENT = 256  # events kept per room for sockets that arrive between a commit and its fan-out


class Sitter(Protocol):
    """A socket, as the hub sees it."""

    person: int
    seat: int
    room: int
    own: list[bytes]
    mode: Mode
    session: str | None
    letter: int
    restless: bool

    def push(self, text: str, frame: bytes | None = None) -> None:
        """Send or queue a message; must not block or raise. `frame`: the same, framed already."""

    def leave(self, code: p.Close) -> None:
        """Say goodbye and close."""

    def behind(self, now: float) -> bool:
        """Whether it reads too slowly."""


class RoomHere:
    """What the hub knows of a room."""

    __slots__ = ("ahead", "head", "held", "id", "last", "pending", "recent", "sitters")

    def __init__(self, room: int, last: int) -> None:
        self.id = room
        self.last = last  # the last number handed to the sitters
        self.head = last  # the highest number heard of
        self.sitters: set[Sitter] = set()
        # Sitters whose welcome was read later than `last`: they must not get numbers twice.
        self.ahead: dict[Sitter, int] = {}
        self.pending: list[Encoded] = []
        self.recent: deque[Encoded] = deque(maxlen=RECENT)
        # What this process wrote beyond something of another's that is being read.
        self.held: list[Encoded] = []

    def ready(self, events: Sequence[Encoded]) -> list[Encoded]:
        """What of these, and of what was held, follows `last` without a hole.

        What lies beyond one is held: it needn't be read, only what is missing before it.
        """
        fresh = [one for one in events if one[0] > self.last]
        if not fresh:
            return []
        if fresh[0][0] != self.last + 1:
            reached = self.held[-1][0] if self.held else self.last
            # More than that is read like another's.
            if len(self.held) < RECENT:
                self.held += [one for one in fresh if one[0] > reached]
            return []
        self.held = [one for one in self.held if one[0] > fresh[-1][0]]
        while self.held and self.held[0][0] == fresh[-1][0] + 1:
            fresh.append(self.held.pop(0))
        return fresh

    def missing(self) -> tuple[int, int]:
        """What is to be read: above the first number, up to the second."""
        return self.last, self.held[0][0] - 1 if self.held else self.head
