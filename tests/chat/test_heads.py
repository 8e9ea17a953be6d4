"""The round of heads: everyone is told where their room stands, and words go in between."""

import asyncio
import json
import time
from typing import Any

from chat import protocol as p
from chat.hub import Hub
from chat.outlet import unframed
from chat.states import Mode

ROOMS = 30


class Window:
    """A socket that takes a millisecond for each frame."""

    def __init__(self, room: int, heard: list[tuple[int, Any]]) -> None:
        self.person = self.seat = self.room = room
        self.own: list[bytes] = []
        self.mode, self.session, self.letter, self.restless = Mode.HERE, None, 0, False
        self.heard = heard

    def push(self, frame: bytes) -> None:
        time.sleep(0.001)
        self.heard.append((self.room, json.loads(unframed(frame))))

    def leave(self, code: p.Close) -> None:
        raise AssertionError("nobody is sent away here")

    def behind(self, now: float) -> bool:
        return False


def _said(seq: int) -> tuple[int, bytes]:
    return seq, json.dumps({"type": "message", "seq": seq}).encode()


def _opened() -> tuple[Hub, list[Window], list[tuple[int, Any]]]:
    heard: list[tuple[int, Any]] = []
    hub = Hub(None)  # type: ignore[arg-type]  # nothing is read here
    windows = [Window(room, heard) for room in range(1, ROOMS + 1)]
    for one in windows:
        hub.attach(one, head=7, version=0)
    return hub, windows, heard


async def test_words_dont_wait_until_every_room_has_its_head() -> None:
    hub, _, heard = _opened()
    round_ = asyncio.create_task(hub.heads())
    await asyncio.sleep(0)  # it has begun
    hub.room_rang(ROOMS, 8, [_said(8)])
    await round_
    of_last = [frame for room, frame in heard if room == ROOMS]
    assert of_last == [{"type": "message", "seq": 8}, {"type": "head", "seq": 8}]
    assert [room for room, frame in heard if frame["type"] == "head"] == list(range(1, ROOMS + 1))
    at = [frame["type"] for _, frame in heard].index("message")
    assert at < ROOMS / 2, f"words waited for {at} rooms"


async def test_a_number_that_is_on_its_way_comes_before_the_head() -> None:
    hub, _, heard = _opened()
    hub.room_rang(1, 8, [_said(8)])
    await hub.heads()
    assert [frame for room, frame in heard if room == 1] == [
        {"type": "message", "seq": 8},
        {"type": "head", "seq": 8},
    ]


async def test_who_comes_and_goes_during_the_round_is_told_of_their_own_room_alone() -> None:
    hub, windows, heard = _opened()
    round_ = asyncio.create_task(hub.heads())
    await asyncio.sleep(0)
    hub.detach(windows[-1])
    hub.detach(windows[-2])
    hub.attach(again := Window(ROOMS - 1, heard), head=9, version=0)
    await round_
    assert ROOMS not in {room for room, _ in heard}
    told = [frame for room, frame in heard if room == again.room]
    assert told == [{"type": "head", "seq": 9}]
