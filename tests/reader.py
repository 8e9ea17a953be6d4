"""A page's memory of a room, by the letter of the protocol: what every client must end up with.

Pure: frames and monotonic times in, a list of messages out. The page's own script is another
implementation of the same rules; tests hold the two, and the server's pages, against each other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

HOLD = 0.5  # seconds that a later event waits for the missing one
EVENTS = frozenset({"message", "changed", "stamped", "room", "gone"})

Frame = Mapping[str, Any]


def flatten(received: Any) -> list[dict[str, Any]]:
    """What one WebSocket message carries: a frame, or an array of frames in order."""
    return list(received) if isinstance(received, list) else [received]


@dataclass
class Reader:
    """Applies frames. `last` is None before the first welcome."""

    last: int | None = None
    epoch: str = ""
    room: dict[str, Any] = field(default_factory=dict)
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    # Every number applied, in the order it was, since the last fresh start.
    applied: list[int] = field(default_factory=list)
    _later: dict[int, Frame] = field(default_factory=dict)
    _gap_since: float | None = None
    _more: bool = False

    def take(self, frame: Frame, *, at: float) -> None:
        """Apply one frame received at the monotonic time `at`; what is no event passes by."""
        kind = frame["type"]
        if kind == "welcome":
            self._welcome(frame, at=at)
        elif kind == "events":
            self._more = bool(frame["more"])
            for event in frame["events"]:
                self._event(event, at=at)
            if self.last is not None and frame["head"] <= self.last and not self._later:
                self._gap_since = None
        elif kind in EVENTS:
            self._event(frame, at=at)
        elif kind == "head" and self.last is not None and frame["seq"] > self.last:
            self._gap(at)

    def take_all(self, frames: Iterable[Frame], *, at: float = 0.0) -> "Reader":
        """Apply several at one time."""
        for frame in frames:
            self.take(frame, at=at)
        return self

    def wants(self, *, at: float) -> int | None:
        """The `since` of a `resume` that is due now, or None. Asking starts the wait anew."""
        if self.last is None:
            return None
        waited = self._gap_since is not None and at - self._gap_since >= HOLD
        if not (self._more or waited):
            return None
        self._more = False
        self._gap_since = at if self._gap_since is not None else None
        return self.last

    def listing(self) -> list[dict[str, Any]]:
        """What a person sees, oldest first: seq, id, handle, text, veil, state, stamps."""
        return [dict(self.messages[seq]) for seq in sorted(self.messages)]

    @property
    def waiting(self) -> list[int]:
        """Numbers that came too early and are held."""
        return sorted(self._later)

    def _welcome(self, frame: Frame, *, at: float) -> None:
        self.epoch = frame["epoch"]
        self.room = dict(frame["room"])
        self._later.clear()
        self._gap_since = None
        self._more = bool(frame["more"])
        if frame["recovered"]:
            for event in frame["events"]:
                self._event(event, at=at)
            if self.last is not None and frame["head"] > self.last and not self._more:
                self._gap(at)
            return
        self.messages.clear()
        self.applied.clear()
        for event in frame["events"]:
            self._fold(event)
        self.last = frame["head"]
        self._more = False

    def _event(self, event: Frame, *, at: float) -> None:
        seq = event["seq"]
        if self.last is None or seq <= self.last:
            return
        if seq > self.last + 1:
            self._later[seq] = event
            self._gap(at)
            return
        self._next(event)
        while self.last + 1 in self._later:
            self._next(self._later.pop(self.last + 1))
        self._later = {n: e for n, e in self._later.items() if n > self.last}
        self._gap_since = at if self._later else None

    def _next(self, event: Frame) -> None:
        self._fold(event)
        self.last = event["seq"]
        self.applied.append(event["seq"])

    def _gap(self, at: float) -> None:
        if self._gap_since is None:
            self._gap_since = at

    def _fold(self, event: Frame) -> None:
        kind = event["type"]
        if kind == "message":
            author = event["from"]
            self.messages[event["seq"]] = {
                "seq": event["seq"],
                "id": author["id"],
                "handle": author["handle"],
                "text": event["text"],
                "veil": event["veil"],
                "state": event["state"],
                "stamps": dict(event["stamps"]),
            }
        elif kind == "gone":
            self.messages.pop(event["seq"], None)
        elif kind == "room":
            self.room.update({k: v for k, v in event.items() if k not in ("type", "seq")})
        elif (message := self.messages.get(event["of"])) is None:
            pass  # older than what this page holds
        elif kind == "stamped":
            message["stamps"] = dict(event["stamps"])
        elif event["state"] == "erased":
            del self.messages[event["of"]]
        else:
            message["state"] = event["state"]
            message["text"] = event.get("text", "")
            message["veil"] = event.get("veil", "")
