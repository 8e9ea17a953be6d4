"""The short way for a text that comes alone and whole takes nothing else than the library does."""

import asyncio
import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from chat.consumers import RoomSocket
from chat.outlet import Outlet
from chat.protocol import Close
from ibasho.on_daphne import Socket
from ibasho.plain_frames import due, plain_text
from tests.chat.bare import BINARY, CLOSE, PING, PONG, TEXT, encoded

LIMIT = 64 * 1024
QUIET = logging.getLogger("tests.quiet")
QUIET.disabled = True

frames = st.builds(
    encoded,
    st.one_of(
        st.text(max_size=150).map(lambda words: words.encode("utf-8", "surrogatepass")),
        st.binary(max_size=130),
        st.integers(min_value=0, max_value=400).map(lambda size: b"a" * size),
    ),
    opcode=st.sampled_from([TEXT] * 6 + [0, BINARY, CLOSE, PING, PONG, 3, 0xB]),
    fin=st.sampled_from([True] * 6 + [False]),
    rsv=st.sampled_from([0] * 9 + [1, 2, 4]),
    masked=st.sampled_from([True] * 9 + [False]),
    length=st.sampled_from([None] * 9 + [0, 5, 126, 127, 2**40]),
    long_form=st.sampled_from([False] * 9 + [True]),
)
chunks = st.one_of(
    frames,
    st.lists(frames, max_size=4).map(b"".join),
    st.tuples(frames, st.integers(0, 20)).map(lambda cut: cut[0][: -cut[1] or None]),
    st.tuples(frames, st.binary(min_size=1, max_size=9)).map(b"".join),
    st.binary(max_size=12),
)


def library() -> ServerProtocol:
    """Someone's line as uvicorn keeps it, opened already."""
    return ServerProtocol(state=OPEN, max_size=LIMIT, logger=QUIET)


def heard(line: ServerProtocol, data: bytes) -> list[object]:
    if not line.eof_sent:
        line.receive_data(data)
    return list(line.events_received())


@settings(max_examples=1500, deadline=None)
@given(chunks)
def test_a_text_taken_the_short_way_is_what_the_library_hears(data: bytes) -> None:
    text = plain_text(data)
    if text is None:
        return
    line = library()
    [frame] = heard(line, data)
    assert isinstance(frame, Frame) and frame.opcode is Opcode.TEXT and frame.fin
    assert bytes(frame.data).decode() == text
    assert not line.reader.buffer and line.parser_exc is None


@settings(max_examples=1500, deadline=None)
@given(st.lists(chunks, max_size=3))
def test_where_nothing_is_due_a_message_begins(several: list[bytes]) -> None:
    line, lacks = library(), due(b"")
    assert lacks == 0
    for data in several:
        lacks = None if lacks is None else due(data, lacks)
        heard(line, data)
    if lacks is None:
        return
    heard(line, b"x" * lacks)
    if line.parser_exc is None and not line.eof_sent:
        after = heard(line, encoded("つぎ".encode()))
        assert after == [Frame(Opcode.TEXT, "つぎ".encode())]


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 1000, LIMIT - 1])
def test_a_text_of_any_size_is_taken(size: int) -> None:
    assert plain_text(encoded(b"a" * size)) == "a" * size
    assert due(encoded(b"a" * size) + encoded(b"", opcode=PONG)) == 0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x81",
        encoded(b"abc")[:-1],
        encoded(b"abc") + b"\x81",
        encoded(b"abc") * 2,
        encoded(b"abc", fin=False),
        encoded(b"abc", opcode=BINARY),
        encoded(b"abc", opcode=CLOSE),
        encoded(b"abc", rsv=4),
        encoded(b"abc", masked=False),
        encoded(b"abc", long_form=True),
        encoded(b"\xff\xfe"),
        b"\x81\xfe\x00\x03" + encoded(b"abc")[2:],  # a length in the longer form
    ],
)
def test_all_else_is_the_librarys(data: bytes) -> None:
    assert plain_text(data) is None


@pytest.mark.parametrize(
    "data",
    [
        b"\x81",
        encoded(b"abc") + b"\x81",
        encoded(b"abc", fin=False),
        encoded(b"", opcode=CLOSE),
        encoded(b"abc", rsv=4),
        encoded(b"abc", long_form=True),
    ],
)
def test_after_these_nobody_can_tell(data: bytes) -> None:
    assert due(data) is None


def test_a_text_that_was_cut_is_waited_for() -> None:
    whole = encoded(b"a" * 2000)
    lacks = due(whole[:600])
    assert lacks == len(whole) - 600
    lacks = due(whole[600:1500], lacks)
    assert lacks == len(whole) - 1500
    assert due(whole[1500:], lacks) == 0
    assert due(whole[1500:] + whole[:600], lacks) == len(whole) - 600


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("current_frame", object()),
        ("data", b"\x81"),
        ("inside_message", True),
        ("autoPingTimeoutCall", object()),  # a text answers a ping, too: autobahn must see it
        ("muted", True),
    ],
)
def test_daphnes_socket_takes_the_short_way_only_at_rest(name: str, value: object) -> None:
    socket = Socket.__new__(Socket)
    at_rest = {
        "current_frame": None, "data": b"", "inside_message": False, "autoPingTimeoutCall": None,
        "muted": False, "application_queue": asyncio.Queue(),
    }  # fmt: skip
    vars(socket).update(at_rest)
    assert socket._between_messages()
    vars(socket)[name] = value
    assert not socket._between_messages()
    vars(socket).update(at_rest)
    socket.application_queue.put_nowait({"type": "websocket.receive", "text": "まえ"})
    assert not socket._between_messages()


class Stumbling(RoomSocket):
    """What no text is known to do."""

    def hear(self, text: str | None, binary: bytes | None = None) -> None:
        raise ValueError("stumbled")


def test_a_text_that_cannot_be_heard_is_told_and_ends_its_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    cut: list[bool] = []
    socket = Stumbling.__new__(Stumbling)
    scope = {"abort": lambda: cut.append(True)}
    socket._outlet = Outlet(None, scope, restart_code=Close.RESTART)  # type: ignore[arg-type]
    socket.hear_alone("ひみつのさかな")
    assert cut == [True] and socket._outlet.closed
    [told] = caplog.records
    assert told.levelname == "ERROR" and "ひみつ" not in caplog.text
