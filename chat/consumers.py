"""A socket: parse → act → reply, in a plain loop. No task, thread hop or query per frame."""

import asyncio
import logging
import time
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import parse_cookie

from chat import protocol as p
from chat import queries
from chat.actions.carry_out import refusal
from chat.actions.sitting import Act, Answer
from chat.arrivals import Knock, LetIn, TurnedAway
from chat.household import house
from chat.outlet import Outlet, Send, framed
from chat.states import Mode
from chat.threads import in_thread
from foundation import limits
from foundation.refusals import Refused

log = logging.getLogger("ibasho.chat")
MALFORMED_A_MINUTE = 10


class RoomSocket:
    """One open socket; `hub.Sitter`."""

    __slots__ = (
        "_malformed", "_outlet", "_resuming", "_tokens", "_tokens_at", "address", "leaving",
        "letter", "mode", "own", "person", "restless", "room", "seat", "session",
    )  # fmt: skip

    def __init__(self, send: Send, scope: dict[str, Any], let_in: LetIn) -> None:
        self._outlet = Outlet(send, scope, restart_code=house.restart_code)
        self._malformed: list[float] = []
        self._resuming = False
        # Answers to this one alone, until the hub's next turn.
        self.own: list[bytes] = []
        self._tokens, self._tokens_at = limits.rate("frames")[0], time.monotonic()
        self.person, self.seat, self.room = let_in.person, let_in.seat, let_in.room
        self.session, self.mode = let_in.viewer.session, let_in.mode
        self.letter, self.address = let_in.letter, let_in.address
        self.leaving: asyncio.Task[None] | None = None
        # The rounds touch its visit at their next turn; staff don't visit.
        self.restless = let_in.person > 0

    # --- for the hub ------------------------------------------------------------------------

    def push(self, frame: bytes) -> None:
        """Send or queue; whoever reads too slowly is let go."""
        if not self._outlet.push(frame):
            self.leave(p.Close.SLOW)

    def behind(self, now: float) -> bool:
        """Whether it reads too slowly."""
        return self._outlet.behind(now)

    def leave(self, code: p.Close, *, retry_after: float | None = None) -> None:
        """Say goodbye and close, once."""
        if self.leaving is None:
            # What was answered already goes out before the goodbye.
            house.hub.settle(self)
        if self.leaving is None:
            house.hub.detach(self)
            patience = 0.2 if code is p.Close.SLOW else 2.0
            self.leaving = asyncio.get_running_loop().create_task(
                self._outlet.close(code, retry_after=retry_after, patience=patience)
            )

    # --- frames -----------------------------------------------------------------------------

    def _say(self, frame: p.Outgoing) -> None:
        self.push(framed(p.encode(frame)))

    def hear(self, text: str | None, binary: bytes | None = None) -> None:
        """One message of the client; a binary one has no text."""
        if self.leaving is not None:
            return
        if _size(text, binary) > p.MAX_FRAME:
            self.leave(p.Close.TOO_BIG)
            return
        if wait := self._too_many():
            self.leave(p.Close.TOO_MANY, retry_after=wait)
            return
        try:
            if text is None:
                raise Refused(p.Refusal.MALFORMED)
            frame = p.parse(text)
        except Refused as no:
            self._say(refusal(no, p.nonce_of(text) if text else None))
            self._count_malformed()
            return
        self._act(frame)

    def hear_alone(self, text: str) -> None:
        """A text that the server hands over by itself, past ASGI."""
        try:
            self.hear(text)
        except Exception:
            # Nobody above would tell of it.
            log.exception("a text couldn't be heard")
            self._outlet.cut()

    def _act(self, frame: p.Incoming) -> None:
        if isinstance(frame, p.Ping):
            self._say(p.Pong(at=frame.at))
        elif isinstance(frame, p.Resume):
            if not self._resuming:
                self._resuming = True
                house.hub.resumes += 1
                house.hub.spawn(self._resume(frame.since))
        else:
            if isinstance(frame, p.Stay):
                self._stay(Mode(frame.mode))
            house.writer.put(Act(self.room, self.seat, frame, self.session), self._answer)

    def _stay(self, mode: Mode) -> None:
        """One person, one presence: in every window of theirs in this room."""
        for other in (self, *house.hub.people.get(self.person, ())):
            if other.room == self.room:
                other.mode = mode

    def _answer(self, answer: Answer) -> None:
        for frame in answer.frames:
            self.own.append(p.encode(frame))
            if isinstance(frame, p.RefusedFrame) and frame.code == p.Refusal.MALFORMED:
                self._count_malformed()
        if self.own:
            house.hub.owe(self)
        if answer.close is not None:
            self.leave(answer.close)

    async def _resume(self, since: int) -> None:
        try:
            self._say(await in_thread(house.readers, _missed, self.room, since))
        except (DatabaseError, InterfaceError):
            # Storage is out of reach; the next `head` makes the client ask again.
            return
        finally:
            self._resuming = False

    def _too_many(self) -> float:
        capacity, refill = limits.rate("frames")
        now = time.monotonic()
        self._tokens = min(capacity, self._tokens + (now - self._tokens_at) * refill)
        self._tokens_at = now
        if self._tokens < 1:
            return round((1 - self._tokens) / refill + 1, 1)
        self._tokens -= 1
        return 0.0

    def _count_malformed(self) -> None:
        now = time.monotonic()
        self._malformed = [at for at in self._malformed if now - at < 60] + [now]
        if len(self._malformed) >= MALFORMED_A_MINUTE:
            self.leave(p.Close.TOO_MANY, retry_after=60.0)


def _missed(room: int, since: int) -> p.Events:
    return queries.missed(room, since=since)


def _size(text: str | None, binary: bytes | None) -> int:
    if text is None:
        return len(binary or b"")
    if len(text) * 4 <= p.MAX_FRAME:
        return len(text)
    return len(text.encode("utf-8", "surrogatepass"))


def _headers(scope: dict[str, Any], name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def own_origin(scope: dict[str, Any]) -> bool:
    """Exactly one Origin, and exactly one of the site's own: scheme, host and port."""
    origins = _headers(scope, b"origin")
    return len(origins) == 1 and origins[0] in settings.ORIGINS


def session_of(scope: dict[str, Any]) -> str | None:
    """The session that a handshake comes with."""
    # As Django reads them for pages: one odd cookie of a neighbour must not hide the others.
    cookies = parse_cookie("; ".join(_headers(scope, b"cookie")))
    return cookies.get(settings.SESSION_COOKIE_NAME)


def _knock(scope: dict[str, Any]) -> Knock:
    try:
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1"), max_num_fields=8)
    except ValueError:  # more fields than anyone has use for
        asked = {}
    since = asked.get("since", [""])[0]
    number = int(since) if since.isascii() and since.isdigit() and len(since) < 16 else None
    return Knock(
        slug=scope["url_route"]["kwargs"]["slug"],
        session=session_of(scope),
        scope=scope,
        epoch=asked.get("epoch", [None])[0],
        since=number,
    )


async def room_socket(scope: dict[str, Any], receive: Any, send: Send) -> None:
    """The ASGI door of `/ws/rooms/<slug>/`."""
    await receive()  # websocket.connect
    if not own_origin(scope):
        # Before the accept: the handshake itself is refused, with 403.
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept"})
    found = TurnedAway(p.Close.RESTART) if house.closing else await house.door.decide(_knock(scope))
    if isinstance(found, TurnedAway):
        outlet = Outlet(send, scope, restart_code=house.restart_code)
        await outlet.close(found.code, retry_after=found.retry_after)
        return
    socket, address = RoomSocket(send, scope, found), found.address
    socket.push(framed(p.encode(found.welcome)))
    house.hub.attach(socket, head=found.head, version=found.version)
    house.addresses[address] += 1
    # Held by a socket for hours, a welcome would cost more than the socket itself.
    del found
    # What the launcher's servers offer beyond ASGI: most texts come without its queue.
    listen = scope.get("listen")
    if listen is not None:
        listen(socket.hear_alone)
    try:
        _keep_few(socket)
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                break
            socket.hear(message.get("text"), message.get("bytes"))
    finally:
        if listen is not None:
            listen(None)
        house.hub.detach(socket)
        house.addresses[address] -= 1
        if house.addresses[address] <= 0:
            del house.addresses[address]
        if socket.leaving is not None:
            await asyncio.wait([socket.leaving], timeout=3)


def _keep_few(socket: RoomSocket) -> None:
    """Those that are open stay; one too many of a person or an address doesn't get in."""
    too_many = len(house.hub.people.get(socket.person, ())) > limits.count("sockets_per_person")
    if too_many or house.addresses[socket.address] > limits.count("sockets_per_address"):
        socket.leave(p.Close.TOO_MANY, retry_after=30.0)


async def no_such_door(scope: dict[str, Any], receive: Any, send: Send) -> None:
    """Any other socket address: accepted, told, closed, as the protocol refuses."""
    await receive()
    if not own_origin(scope):
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept"})
    outlet = Outlet(send, scope, restart_code=house.restart_code)
    await outlet.close(p.Close.NO_SUCH_ROOM)
