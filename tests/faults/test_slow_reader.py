"""Promise 7: who doesn't read harms nobody else, and is let go."""

import asyncio
import base64
import json
import os
import socket
import statistics
import time
import urllib.parse

import psutil

from tests.caller import Caller, Person
from tests.faults.gathering import (
    ROOM,
    figures,
    gathered,
    nobody_left,
    p95,
    same_list,
    someone,
    unique,
)
from tests.live import House

MiB = 1024 * 1024
DUE = 12 * MiB  # far more than both kernels' buffers and the house's own bound together
GROWTH = 20 * MiB
GONE_S = 20.0


class NeverReads:
    """A socket that joins the room, asks for much, and reads nothing at all."""

    def __init__(self, person: Person) -> None:
        where = urllib.parse.urlsplit(person.origin)
        assert where.hostname and where.port
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect((where.hostname, where.port))
        self.here = self.socket.getsockname()
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET /ws/rooms/{ROOM}/ HTTP/1.1\r\nHost: {where.netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Origin: {person.origin}\r\nCookie: {person.cookie}\r\n\r\n".encode()
        )

    def send(self, frame: dict[str, object]) -> bool:
        """One masked text frame; False when the other side is gone."""
        body, mask = json.dumps(frame).encode(), os.urandom(4)
        assert len(body) < 126
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(body))
        try:
            self.socket.sendall(bytes([0x81, 0x80 | len(body)]) + mask + masked)
        except OSError:
            return False
        return True

    def held_by(self, pid: int) -> bool:
        """Whether the server still holds its end."""
        return any(
            one.raddr and tuple(one.raddr) == self.here and one.status == psutil.CONN_ESTABLISHED
            for one in psutil.Process(pid).net_connections("tcp")
        )


async def _latency(caller: Caller, seconds: float) -> list[float]:
    took = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.monotonic()
        assert (await caller.say(unique("あいだも")))["type"] == "ack"
        took.append(time.monotonic() - began)
        await asyncio.sleep(0.05)
    return took


async def test_who_never_reads_is_let_go_while_the_others_talk_on_undisturbed(
    freed_house: House,
) -> None:
    pid = freed_house.pid(0)
    async with gathered(freed_house, 4) as callers:
        talker = callers[0]
        nonces = [await talker.post(unique("ながいことば") + "あ" * 900) for _ in range(200)]
        acks = [await talker.answer(nonce) for nonce in nonces]
        assert {ack["type"] for ack in acks} == {"ack"}
        await same_list(callers, acks[-1]["seq"])
        page = sum(len(raw.encode()) for raw in talker.raw)
        quiet = await _latency(talker, 1.5)
        before = psutil.Process(pid).memory_info().rss
        idle = NeverReads(await asyncio.to_thread(someone, freed_house, door=0))
        measuring = asyncio.create_task(_latency(talker, 8))
        began, asked, peak, gone = time.monotonic(), 0, before, None
        while time.monotonic() - began < GONE_S and gone is None:
            # What it asks for is what a page asks that missed everything; it is never read.
            if asked * page < DUE:
                asked += await asyncio.to_thread(idle.send, {"type": "resume", "since": 0})
            peak = max(peak, psutil.Process(pid).memory_info().rss)
            await asyncio.sleep(0.05)
            if time.monotonic() - began > 1 and not idle.held_by(pid):
                gone = time.monotonic() - began
        loud = await measuring
        peak = max(peak, psutil.Process(pid).memory_info().rss)
        print(f"{freed_house.shape}: {asked} × {page / MiB:.1f} MiB asked for, let go after "
              f"{gone and round(gone, 1)} s, memory +{(peak - before) / MiB:.1f} MiB")  # fmt: skip
        print(figures("  others' posts, quiet", quiet))
        print(figures("  others' posts, beside it", loud))
        nobody_left(callers)
        idle.socket.close()
        assert gone is not None, "it is still held"
        assert peak - before <= GROWTH
        assert statistics.median(loud) < 0.1 and p95(loud) < 0.3
