"""A WebSocket client without manners: every bit of a frame is the caller's own."""

import contextlib
import os
import select
import socket
import struct
import time
from types import TracebackType
from urllib.parse import urlsplit

from tests.caller import Person

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def encoded(
    payload: bytes = b"",
    *,
    opcode: int = TEXT,
    fin: bool = True,
    rsv: int = 0,
    masked: bool = True,
    length: int | None = None,
    long_form: bool = False,
) -> bytes:
    """One frame. `length`: what it claims to be; `long_form`: 8 bytes for any length."""
    size = len(payload) if length is None else length
    bit = 0x80 if masked else 0
    if size < 126 and not long_form:
        head = bytes([bit | size])
    elif size < 65536 and not long_form:
        head = bytes([bit | 126]) + struct.pack("!H", size)
    else:
        head = bytes([bit | 127]) + struct.pack("!Q", size)
    first = bytes([(0x80 if fin else 0) | (rsv << 4) | opcode])
    if not masked:
        return first + head + payload
    mask = os.urandom(4)
    veiled = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
    return first + head + mask + veiled


class Bare:
    """One connection; `status` is the handshake's answer (101: it is a socket)."""

    def __init__(
        self,
        person: Person,
        path: str = "/ws/rooms/zatsudan/",
        *,
        origins: list[str] | None = None,
        cookie: str | None = None,
        more: str = "",
    ) -> None:
        own = person.origin
        self.socket = socket.create_connection(("127.0.0.1", urlsplit(own).port or 80), timeout=10)
        sent = person.cookie if cookie is None else cookie
        lines = [
            f"GET {path} HTTP/1.1", f"Host: {urlsplit(own).netloc}", "Upgrade: websocket",
            "Connection: Upgrade", f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 13",
            *(f"Origin: {one}" for one in ([own] if origins is None else origins)),
        ]  # fmt: skip
        if sent:
            lines.append(f"Cookie: {sent}")
        self.socket.sendall(("\r\n".join(lines) + f"\r\n{more}\r\n").encode())
        self.heard = b""
        while b"\r\n\r\n" not in self.heard and self._more(10):
            pass
        head, _, self.heard = self.heard.partition(b"\r\n\r\n")
        self.status = int(head.split(b" ")[1]) if head else 0
        self.head = head.decode("latin-1")

    def __enter__(self) -> "Bare":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """As it is; a peer that has hung up already is no surprise."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError, TimeoutError):
            self.socket.sendall(data)

    def hears(self, words: bytes, *, patience: float = 5.0) -> bool:
        """Whether these bytes come before the line is closed."""
        until = time.monotonic() + patience
        while words not in self.heard and not self._said_close():
            if not self._more(until - time.monotonic()):
                break
        return words in self.heard

    def is_closed(self, *, patience: float = 8.0) -> bool:
        """Whether the other side closes or drops the line."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            if self._said_close() or self.dropped:
                return True
            self._more(until - time.monotonic())
        return self._said_close()

    dropped = False

    def _more(self, patience: float) -> bool:
        if patience <= 0 or self.dropped:
            return False
        ready, _, _ = select.select([self.socket], [], [], patience)
        if not ready:
            return False
        try:
            got = self.socket.recv(65536)
        except ConnectionResetError:
            got = b""
        self.heard += got
        self.dropped = not got
        return bool(got)

    def _said_close(self) -> bool:
        return any(opcode == CLOSE for opcode, _ in self.frames())

    def frames(self) -> list[tuple[int, bytes]]:
        """What was heard so far: opcode and payload of every whole frame."""
        found, rest = [], self.heard
        while len(rest) >= 2:
            size, at = rest[1] & 0x7F, 2
            if size == 126:
                size, at = struct.unpack("!H", rest[2:4])[0], 4
            elif size == 127:
                size, at = struct.unpack("!Q", rest[2:10])[0], 10
            if len(rest) < at + size:
                break
            found.append((rest[0] & 0x0F, rest[at : at + size]))
            rest = rest[at + size :]
        return found

    def close_code(self) -> int:
        """The code of the close frame; 1006 without one."""
        for opcode, payload in self.frames():
            if opcode == CLOSE and len(payload) >= 2:
                return int.from_bytes(payload[:2], "big")
        return 1006


def welcomed(person: Person) -> bool:
    """Whether someone can come in now."""
    with Bare(person) as again:
        return again.hears(b'"welcome"')


def no_fault(printed: str) -> None:
    """The house's log tells of no exception, caught or not."""
    # uvicorn notes broken UTF-8 as an error of its own; the house's log keeps it wordless.
    lines = [one for one in printed.splitlines() if '"error": "UnicodeDecodeError"' not in one]
    for sign in ("Traceback", '"level": "ERROR"', '"level": "CRITICAL"', "Exception inside"):
        assert not [one for one in lines if sign in one]
