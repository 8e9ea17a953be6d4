"""Frames that no browser sends: the line of their sender is cut, and only that one."""

import json
import struct
import time
from collections.abc import Callable, Iterator

import pytest

from tests.caller import Person, enter
from tests.chat.bare import BINARY, CLOSE, PING, TEXT, Bare, encoded, no_fault, welcomed
from tests.live import House

LIMIT = 64 * 1024
HELLO = json.dumps({"type": "ping", "at": 7}).encode()


def closing(code: int, reason: bytes = b"") -> bytes:
    return encoded(struct.pack("!H", code) + reason, opcode=CLOSE)


# Each ends the connection that sent it.
FATAL: dict[str, Callable[[], bytes]] = {
    "unmasked": lambda: encoded(HELLO, masked=False),
    "RSV1 without deflate": lambda: encoded(HELLO, rsv=4),
    "RSV2": lambda: encoded(HELLO, rsv=2),
    "RSV3": lambda: encoded(HELLO, rsv=1),
    "opcode 3": lambda: encoded(HELLO, opcode=3),
    "opcode 0xB": lambda: encoded(HELLO, opcode=0xB),
    "continuation without start": lambda: encoded(HELLO, opcode=0),
    "text within a fragment": lambda: encoded(b"{", fin=False) + encoded(HELLO),
    "fragmented ping": lambda: encoded(b"x", opcode=PING, fin=False),
    "ping of 126 bytes": lambda: encoded(b"x" * 126, opcode=PING),
    "invalid UTF-8": lambda: encoded(b"\xff\xfe"),
    "UTF-8 surrogate": lambda: encoded(b'{"a":"\xed\xa0\x80"}'),
    "overlong UTF-8": lambda: encoded(b"\xc0\xaf"),
    "UTF-8 split and broken": lambda: encoded(b"\xe3\x81", fin=False) + encoded(b"\x28", opcode=0),
    "UTF-8 cut short": lambda: encoded(b'"\xe3\x81'),
    "close of 1 byte": lambda: encoded(b"\x03", opcode=CLOSE),
    "close 999": lambda: closing(999),
    "close 1005": lambda: closing(1005),
    "close reason in bad UTF-8": lambda: closing(1000, b"\xff\xff"),
    "a proper close": lambda: closing(1000, "さようなら".encode()),
    "length 2^63": lambda: encoded(HELLO, length=2**63),
    "1 GiB declared": lambda: encoded(b"x" * 100, length=2**30),
    "limit + 1 in one frame": lambda: encoded(b" " * (LIMIT + 1)),
    "limit + 1 in fragments": lambda: (
        encoded(b" " * (LIMIT // 2), fin=False) + encoded(b" " * (LIMIT // 2 + 1), opcode=0)
    ),
    "a deflate bomb": lambda: encoded(b"\xec\xc1\x01\x01" + b"\x00" * 4000, rsv=4),
    "no WebSocket at all": lambda: b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 20,
}

# Odd, but allowed or up to the server: whatever it does, it stays well.
ODD: dict[str, Callable[[], bytes]] = {
    "100,000 empty fragments": lambda: (
        encoded(b"", fin=False) + encoded(b"", opcode=0, fin=False) * 100_000
    ),
    "a length in long form": lambda: encoded(HELLO, long_form=True),
    "10,000 pings": lambda: encoded(b"x", opcode=PING) * 10_000,
    "a ping between fragments": lambda: (
        encoded(HELLO[:5], fin=False) + encoded(b"", opcode=PING) + encoded(HELLO[5:], opcode=0)
    ),
    "unasked pongs": lambda: encoded(b"x", opcode=10) * 1_000,
    "one byte at a time": lambda: (
        encoded(HELLO[:1], fin=False)
        + b"".join(encoded(HELLO[i : i + 1], opcode=0, fin=False) for i in range(1, len(HELLO)))
        + encoded(b"", opcode=0)
    ),
}


@pytest.fixture(scope="module")
def sender(house: House) -> Person:
    return enter(house, "こわれたひと")


@pytest.fixture(scope="module")
def innocent(house: House) -> Iterator[Bare]:
    with Bare(enter(house, "しずかなひと")) as there:
        assert there.hears(b'"welcome"')
        yield there


@pytest.fixture(autouse=True)
def all_is_well(house: House, innocent: Bare, sender: Person) -> Iterator[None]:
    before = len(house.logs())
    yield
    at = time.monotonic_ns() % 10**12
    innocent.send(encoded(json.dumps({"type": "ping", "at": at}).encode()))
    assert innocent.hears(str(at).encode()), "the innocent one was cut off"
    assert not innocent.dropped
    assert welcomed(sender), "nobody can come in any more"
    no_fault(house.logs()[before:])
    assert all(house.running(i) for i in range(len(house.urls)))


@pytest.mark.parametrize("name", FATAL)
def test_a_broken_frame_cuts_the_line_of_its_sender(name: str, sender: Person):
    with Bare(sender) as socket:
        assert socket.hears(b'"welcome"')
        socket.send(FATAL[name]())
        assert socket.is_closed(), name
        assert b'"pong"' not in socket.heard


@pytest.mark.parametrize("name", ODD)
def test_an_odd_frame_harms_nobody_else(name: str, sender: Person):
    with Bare(sender) as socket:
        assert socket.hears(b'"welcome"')
        socket.send(ODD[name]())
        socket.hears(b'"pong"', patience=1.0)


def test_binary_and_empty_frames_are_answered_and_leave_the_line_open(sender: Person):
    with Bare(sender) as socket:
        assert socket.hears(b'"welcome"')
        for bad in (encoded(HELLO, opcode=BINARY), encoded(b"", opcode=TEXT)):
            socket.heard = b""
            socket.send(bad)
            assert socket.hears(b'"malformed"')
        socket.send(encoded(HELLO))
        assert socket.hears(b'"pong"')


def test_a_frame_in_two_fragments_is_one_frame(sender: Person):
    with Bare(sender) as socket:
        assert socket.hears(b'"welcome"')
        socket.send(encoded(HELLO[:9], fin=False) + encoded(HELLO[9:], opcode=0))
        assert socket.hears(b'"pong"')


def test_a_text_within_another_cuts_the_line_also_if_it_comes_by_itself(sender: Person):
    with Bare(sender) as socket:
        assert socket.hears(b'"welcome"')
        socket.send(encoded(HELLO))
        assert socket.hears(b'"pong"')
        socket.heard = b""
        socket.send(encoded(b"{", fin=False))
        time.sleep(0.2)
        socket.send(encoded(HELLO))
        assert socket.is_closed()
        assert b'"pong"' not in socket.heard


def test_in_whatever_pieces_texts_come_they_are_heard_once_and_in_order(sender: Person):
    """Whole, several together, cut anywhere, with pings between: most go the server's own way."""
    told = iter(range(100))

    def text() -> bytes:
        return encoded(json.dumps({"type": "ping", "at": next(told)}).encode())

    pieces = [text(), text() + text(), text(), text() + encoded(opcode=PING), text()]
    cut, ahead, half = text(), text(), text()
    pieces += [cut[:1], cut[1:3], cut[3:7], cut[7:], ahead + half[:9], half[9:] + text(), text()]
    with Bare(sender) as socket:
        assert socket.hears(b'"welcome"')
        for piece in pieces:
            socket.send(piece)
            time.sleep(0.03)
        last = next(told)
        socket.send(encoded(json.dumps({"type": "ping", "at": last}).encode()))
        assert socket.hears(f'"at":{last}'.encode())
        pongs = [json.loads(one) for opcode, one in socket.frames() if opcode == TEXT]
        assert [one["at"] for one in pongs if one["type"] == "pong"] == list(range(last + 1))


def test_what_is_sent_before_the_welcome_and_after_the_close_breaks_nothing(sender: Person):
    with Bare(sender, more="") as socket:
        early = [encoded(json.dumps({"type": "ping", "at": at}).encode()) for at in range(4)]
        socket.send(early[0] + early[1])
        socket.send(early[2])
        assert socket.hears(b'"welcome"')
        socket.send(early[3])
        assert socket.hears(b'"at":3')
        said = [json.loads(one) for opcode, one in socket.frames() if opcode == TEXT]
        assert [one["at"] for one in said if one["type"] == "pong"] == [0, 1, 2, 3]
        socket.send(closing(1000) + encoded(HELLO) * 10)
        assert socket.is_closed()
