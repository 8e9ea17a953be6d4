"""The way out to one socket: what waits there is bounded, and its end is said where it can be."""

import asyncio
import json
from typing import Any

import pytest
from websockets.frames import Frame, Opcode

from chat import protocol as p
from chat.outlet import Outlet, framed, unframed


class Server:
    """An ASGI server with backpressure: `send` waits while the peer doesn't read."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.aborted = False
        self.reads = asyncio.Event()
        self.reads.set()

    async def send(self, message: dict[str, Any]) -> None:
        await self.reads.wait()
        self.sent.append(message)

    def abort(self) -> None:
        self.aborted = True


def _filled(server: Server) -> Outlet:
    """An outlet that took as much as may wait, and one more."""
    outlet = Outlet(server.send, {"abort": server.abort}, restart_code=p.Close.RESTART)
    server.reads.clear()
    taken = 0
    while outlet.push(framed(f"{taken:06}{'あ' * 1000}".encode())):
        taken += 1
    assert abs(taken * 3010 - p.OUTBOX_BYTES) < 3 * 3010
    return outlet


async def test_who_was_too_slow_and_reads_again_hears_it_all_and_then_why() -> None:
    server = Server()
    outlet = _filled(server)
    end = asyncio.create_task(outlet.close(p.Close.SLOW, patience=5))
    await asyncio.sleep(0.02)
    assert server.sent == []
    server.reads.set()
    await end
    *texts, bye, close = server.sent
    assert [int(one["text"][:6]) for one in texts] == list(range(len(texts)))
    assert json.loads(bye["text"])["code"] == close["code"] == 4408
    assert not server.aborted


async def test_who_reads_nothing_at_all_is_cut_off() -> None:
    server = Server()
    await _filled(server).close(p.Close.SLOW, patience=0.02)
    assert server.aborted and server.sent == []


async def test_a_way_out_that_fails_half_way_ends_the_line() -> None:
    """Some of the frame may have left: the whole of it once more would be no frame any longer."""
    server = Server()

    def fails(frame: bytes) -> bool:
        raise OSError

    scope = {"abort": server.abort, "write": fails}
    outlet = Outlet(server.send, scope, restart_code=p.Close.RESTART)
    assert outlet.push(framed("ことば".encode()))
    assert server.aborted and server.sent == []
    assert outlet.push(framed("つぎ".encode()))
    assert server.sent == []


async def test_what_has_waited_for_ten_seconds_is_too_slow() -> None:
    server = Server()
    outlet = Outlet(server.send, {}, restart_code=p.Close.RESTART)
    now = asyncio.get_running_loop().time
    assert outlet.push(framed("ことば".encode())) and not outlet.behind(now() + 60)
    server.reads.clear()
    assert outlet.push(framed("つぎ".encode()))
    assert not outlet.behind(now() + 9) and outlet.behind(now() + 11)
    server.reads.set()
    await asyncio.sleep(0.01)
    assert not outlet.behind(now() + 60)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_a_framed_text_can_be_told_again_from_its_frame(size: int) -> None:
    text = "か" * (size // 3) + "a" * (size % 3)
    half = len(text) // 2
    frame = framed(text[:half].encode(), text[half:].encode())
    assert unframed(frame) == text
    assert frame == Frame(Opcode.TEXT, text.encode()).serialize(mask=False)
