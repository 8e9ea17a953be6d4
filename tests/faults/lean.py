"""Thousands of sockets in one test: the protocol's reading rule, on the bare wire.

Each keeps its position and a running hash of what it applied, instead of the words themselves.
"""

import asyncio
import base64
import contextlib
import itertools
import json
import os
import random
import resource
import socket
import struct
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from tests.caller import Person
from tests.faults.gathering import ROOM, someone
from tests.faults.nemesis import STABLE_S, delay
from tests.live import House
from tests.reader import EVENTS, flatten


def raise_file_limit() -> int:
    """As many open files as this machine allows; houses started afterwards inherit it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def chained(so_far: int, seq: int, text: str) -> int:
    """The running hash after one more event."""
    return hash((so_far, seq, text))


class Line(asyncio.Protocol):
    """One WebSocket connection, handed to its `Lean` frame by frame."""

    def __init__(self, owner: "Lean", person: Person, asked: str) -> None:
        self.owner, self.person, self.asked = owner, person, asked
        self.transport: asyncio.Transport | None = None
        self.kept = bytearray()
        self.is_open = False
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        netloc, key = urlsplit(self.person.origin).netloc, base64.b64encode(os.urandom(16)).decode()
        assert self.transport is not None
        self.transport.write(
            f"GET /ws/rooms/{ROOM}/{self.asked} HTTP/1.1\r\nHost: {netloc}\r\n"
            "Upgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Origin: {self.person.origin}\r\nCookie: {self.person.cookie}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        if self.owner.skims:
            return
        self.kept += data
        if not self.is_open:
            head, end, rest = bytes(self.kept).partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head.split(b"\r\n")[0] + b" ":
                self.owner.refused[head.split(b"\r\n")[0].decode()] += 1
                assert self.transport is not None
                self.transport.abort()
                return
            self.is_open, self.kept = True, bytearray(rest)
        self._frames()

    def _frames(self) -> None:
        kept, at = self.kept, 0
        while len(kept) - at >= 2:
            length, start = kept[at + 1], at + 2
            if length == 126:
                if len(kept) < at + 4:
                    break
                (length,), start = struct.unpack_from("!H", kept, at + 2), at + 4
            elif length == 127:
                if len(kept) < at + 10:
                    break
                (length,), start = struct.unpack_from("!Q", kept, at + 2), at + 10
            if len(kept) < start + length:
                break
            self._frame(kept[at] & 15, bytes(kept[start : start + length]))
            at = start + length
        del kept[:at]

    def _frame(self, opcode: int, body: bytes) -> None:
        if opcode == 1:
            self.owner.heard(flatten(json.loads(body)))
        elif opcode == 9:
            self.write(body, opcode=10)
        elif opcode == 8:
            self.owner.codes[struct.unpack("!H", body[:2])[0] if body else 1005] += 1
            self.write(body, opcode=8)

    def write(self, body: bytes, *, opcode: int = 1) -> None:
        """One frame, masked with zeros."""
        assert self.transport is not None
        size = len(body)
        head = bytes([0x80 | size]) if size < 126 else bytes([0xFE]) + struct.pack("!H", size)
        self.transport.write(bytes([0x80 | opcode]) + head + b"\0\0\0\0" + body)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.gone.done():
            self.gone.set_result(None)


class Lean:
    """One page among thousands: comes back as the protocol says and continues from `since`."""

    def __init__(self, person: Person, doors: Sequence[int], attempts: list[float]) -> None:
        self.person = person
        self.doors = itertools.cycle(doors)
        self.attempts = attempts  # when anyone knocked, monotonic
        self.last: int | None = None
        self.first = 0
        self.epoch = ""
        self.chain = 0
        self.twice = self.welcomes = self.fresh_starts = 0
        self.codes: Counter[int] = Counter()
        self.refused: Counter[str] = Counter()
        self.line: Line | None = None
        self.welcomed_at = 0.0
        # The running hash at the newest numbers: the room may go on while it is looked at.
        self.recent: deque[tuple[int, int]] = deque(maxlen=16)
        self._later: dict[int, str] = {}
        self.skims = False  # takes what comes, and looks at none of it any more
        self.buffer = 0  # bytes that the system keeps unread; 0: as it likes
        self.here: tuple[str, int] = ("", 0)

    @property
    def is_in(self) -> bool:
        """Whether it sits in the room."""
        return self.line is not None and self.welcomed_at > 0

    def stop_reading(self) -> None:
        """Read nothing more; the line stays up."""
        assert self.line is not None and self.line.transport is not None
        self.line.transport.pause_reading()

    async def stay(self) -> None:
        """For ever."""
        attempt = 0
        while True:
            came, self.welcomed_at = time.monotonic(), 0.0
            try:
                await self._once()
            except OSError:
                pass
            finally:
                self.line = None
            if time.monotonic() - came >= STABLE_S:
                attempt = 0
            await asyncio.sleep(delay(attempt))
            attempt += 1

    async def _once(self) -> None:
        door = next(self.doors)
        person = Person(self.person.house, door, self.person.cookies)
        asked = "" if self.last is None else f"?epoch={self.epoch}&since={self.last}"
        where = urlsplit(person.origin)
        self.attempts.append(time.monotonic())
        loop, plain = asyncio.get_running_loop(), socket.socket()
        plain.setblocking(False)
        if self.buffer:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.buffer)
            # As over a real network: loopback's segments make the kernel hold megabytes.
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1400)
        try:
            await loop.sock_connect(plain, (where.hostname, where.port))
            self.here = plain.getsockname()
            _, line = await loop.create_connection(lambda: Line(self, person, asked), sock=plain)
        except BaseException:
            plain.close()
            raise
        self.line = line
        try:
            await line.gone
        finally:
            if line.transport is not None:
                line.transport.abort()

    def heard(self, frames: Iterable[dict[str, Any]]) -> None:
        """Apply what came."""
        for frame in frames:
            kind = frame["type"]
            if kind == "welcome":
                self._welcome(frame)
            elif kind == "events":
                for event in frame["events"]:
                    self._event(event)
                if frame["more"]:
                    self._resume()
            elif kind in EVENTS:
                self._event(frame)
            elif kind == "head" and self.last is not None and frame["seq"] > self.last:
                self._resume()

    def _welcome(self, frame: dict[str, Any]) -> None:
        self.welcomes += 1
        self.welcomed_at = time.monotonic()
        self.epoch = frame["epoch"]
        self._later.clear()
        if not frame["recovered"]:
            self.fresh_starts += 1
            self.first = self.last = frame["head"]
            self.chain = 0
            self.recent.append((self.first, 0))
            return
        for event in frame["events"]:
            self._event(event)
        if frame["more"]:
            self._resume()

    def _event(self, event: dict[str, Any]) -> None:
        assert self.last is not None
        seq, text = event["seq"], event.get("text", "")
        if seq <= self.last:
            self.twice += 1
        elif seq > self.last + 1:
            self._later[seq] = text
            asyncio.get_running_loop().call_later(0.5, self._still_missing, self.last)
        else:
            self._apply(seq, text)
            while self.last + 1 in self._later:
                self._apply(self.last + 1, self._later.pop(self.last + 1))

    def _apply(self, seq: int, text: str) -> None:
        self.last, self.chain = seq, chained(self.chain, seq, text)
        self.recent.append((seq, self.chain))

    def _still_missing(self, stood_at: int) -> None:
        if self.last == stood_at:
            self._resume()

    def _resume(self) -> None:
        if self.line is not None and self.line.is_open:
            self.line.write(json.dumps({"type": "resume", "since": self.last}).encode())


def busiest_second(times: Sequence[float]) -> int:
    """The most that fell into any one second."""
    ordered, most, start = sorted(times), 0, 0
    for end, at in enumerate(ordered):
        while at - ordered[start] > 1.0:
            start += 1
        most = max(most, end - start + 1)
    return most


def spread(people: Sequence[Person], count: int, doors: int) -> tuple[list[Lean], list[float]]:
    """So many sockets of these people, in turn over all doors; and when they knock."""
    attempts: list[float] = []
    made = []
    for number in range(count):
        order = [(number + step) % doors for step in range(doors)]
        made.append(Lean(random.choice(people), order, attempts))
    return made, attempts


@contextlib.asynccontextmanager
async def sockets(
    house: House, count: int, *, buffer: int = 0
) -> AsyncIterator[tuple[list[Lean], list[float], Callable[[int], Awaitable[None]]]]:
    """So many, all welcomed; when they knock; and a way to let some of them go."""
    # Each end of a connection is an open file, here and in the house.
    assert raise_file_limit() > count + 1000, f"ulimit -Hn: {count} sockets don't fit"
    doors = len(house.urls)
    people = [await asyncio.to_thread(someone, house) for _ in range(10)]
    many, attempts = spread(people, count, doors)
    for one in many:
        one.buffer = buffer
    began, tasks = time.monotonic(), []

    async def leave(number: int) -> None:
        for task in tasks[:number]:
            task.cancel()
        await asyncio.gather(*tasks[:number], return_exceptions=True)
        del tasks[:number], many[:number]

    try:
        for start in range(0, count, 100):
            tasks += [asyncio.create_task(one.stay()) for one in many[start : start + 100]]
            await all_in(many[: start + 100], within=30)
        print(f"{count} came in after {time.monotonic() - began:.1f} s")
        yield many, attempts, leave
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def all_in(many: Sequence[Lean], *, within: float) -> None:
    """Wait until all of them sit in the room."""
    until = time.monotonic() + within
    while out := [one for one in many if not one.is_in]:
        refused = sum((one.refused for one in out), Counter())
        assert time.monotonic() < until, f"{len(out)} aren't in after {within} s: {refused}"
        await asyncio.sleep(0.02)
