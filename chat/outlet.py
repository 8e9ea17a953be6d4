"""The way out to one socket: never awaited by the hub, and bounded.

A send that goes through at once costs no task: its coroutine is stepped once by hand. Only when the
server asks to wait is the rest driven by a task, and what comes meanwhile waits here, at most
1 MiB or 10 s.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any

from chat import protocol as p
from chat.sentences import goodbye

Send = Callable[[dict[str, Any]], Awaitable[None]]


class _Rest:
    """The rest of a coroutine that was stepped once and yielded `first`."""

    def __init__(self, coro: Coroutine[Any, Any, None], first: Any) -> None:
        self.coro, self.first = coro, first

    def __await__(self) -> Generator[Any, Any, None]:
        coro, wanted = self.coro, self.first
        while True:
            try:
                got = yield wanted
            except BaseException as error:  # noqa: BLE001 - a cancellation must reach it too
                try:
                    wanted = coro.throw(error)
                except StopIteration:
                    return
            else:
                try:
                    wanted = coro.send(got)
                except StopIteration:
                    return


def framed(*parts: bytes) -> bytes:
    """A whole text message, here in parts, as it goes over the wire from a server (RFC 6455, 5.2).

    It is put together once: what a batch says to a room is said to each of them.
    """
    size = sum(map(len, parts))
    if size < 126:
        head = bytes((0x81, size))
    elif size < 1 << 16:
        head = b"\x81\x7e" + size.to_bytes(2, "big")
    else:
        head = b"\x81\x7f" + size.to_bytes(8, "big")
    return b"".join((head, *parts))


def unframed(frame: bytes) -> str:
    """The text that `framed` made it of, for servers that frame it themselves."""
    return frame[{126: 4, 127: 10}.get(frame[1], 2) :].decode()


def _message(frame: bytes) -> dict[str, Any]:
    return {"type": "websocket.send", "text": unframed(frame)}


class Outlet:
    """What leaves by one socket, in order."""

    __slots__ = (
        "_abort", "_drain", "_queued", "_send", "_since", "_waiting", "_waiting_bytes", "_write",
        "closed", "restart_code",
    )  # fmt: skip

    def __init__(self, send: Send, scope: dict[str, Any], *, restart_code: p.Close) -> None:
        self._send = send
        # What the launcher's servers offer beyond ASGI; on any other server neither is there.
        self._abort: Callable[[], None] | None = scope.get("abort")
        self._write: Callable[[bytes], bool] | None = scope.get("write")
        self._waiting: deque[bytes] = deque()
        self._queued = 0
        self._since = 0.0
        self._drain: asyncio.Task[None] | None = None
        # daphne has no backpressure: what waits there is read from its transport instead.
        self._waiting_bytes: Callable[[], int] | None = scope.get("waiting")
        self.closed = False
        self.restart_code = restart_code

    def push(self, frame: bytes) -> bool:
        """Send a text as `framed` made it, or queue it. False when the reader is too far behind."""
        if self.closed:
            return True
        if self._drain is not None:
            self._waiting.append(frame)
            self._queued += len(frame)
            return self._queued <= p.OUTBOX_BYTES
        try:
            if self._waiting_bytes is not None and self._waiting_bytes() > p.OUTBOX_BYTES:
                return False
            gone = self._write is not None and self._write(frame)
        except Exception:  # noqa: BLE001 - some of it may have left: twice it would be no frame
            self.cut()
            return True
        if not gone:
            self._start(frame)
        return True

    def behind(self, now: float) -> bool:
        """Whether something has waited longer than a reader may take."""
        return self._drain is not None and now - self._since > p.OUTBOX_SECONDS

    def _start(self, frame: bytes) -> None:
        sending = self._send(_message(frame))
        if not asyncio.iscoroutine(sending):
            self._keep(asyncio.ensure_future(sending))
            return
        try:
            wanted = sending.send(None)
        except StopIteration:
            return
        except Exception:  # noqa: BLE001 - each server has its own word for it
            # The peer is gone, or what was to be said can't be sent: an open line that says
            # nothing more would be worse than none.
            self.cut()
            return
        self._keep(_Rest(sending, wanted))

    def _keep(self, rest: Awaitable[None]) -> None:
        loop = asyncio.get_running_loop()
        self._since = loop.time()
        self._drain = loop.create_task(self._go_on(rest))

    async def _go_on(self, rest: Awaitable[None]) -> None:
        try:
            await rest
            while self._waiting and not self.closed:
                frame = self._waiting.popleft()
                self._queued -= len(frame)
                self._since = asyncio.get_running_loop().time()
                await self._send(_message(frame))
        except Exception:  # noqa: BLE001 - the peer is gone
            self.cut()
        finally:
            self._drain = None

    async def close(
        self, code: p.Close, *, retry_after: float | None = None, patience: float = 2.0
    ) -> None:
        """Say `bye` after what waits, then close; a peer that doesn't read is not waited for."""
        if self.closed:
            return
        if code is p.Close.RESTART:
            code = self.restart_code
        extra: dict[str, Any] = {} if retry_after is None else {"retry_after": retry_after}
        bye = p.Bye(code=code.value, text=goodbye(code), **extra)
        try:
            if self._drain is not None:
                async with asyncio.timeout(patience):
                    await asyncio.shield(self._drain)
            self.closed = True
            async with asyncio.timeout(patience):
                await self._send({"type": "websocket.send", "text": p.encode(bye).decode()})
        except Exception:  # noqa: BLE001 - the peer is gone
            self.closed = True
        if self._drain is not None:
            self._drain.cancel()
        try:
            async with asyncio.timeout(patience):
                await self._send({"type": "websocket.close", "code": code.value})
        except Exception:  # noqa: BLE001 - it reads nothing, not even this
            self.cut()

    def cut(self) -> None:
        """End the line without a word."""
        self.closed = True
        if self._abort is not None:
            with contextlib.suppress(Exception):  # already gone
                self._abort()
