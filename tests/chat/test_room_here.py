"""What one process wrote beyond something of another's waits for that alone to be read."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chat import hub as hub_module
from chat import protocol as p
from chat.following import Encoded
from chat.hub import Hub
from chat.room_here import RECENT, RoomHere
from chat.states import Mode


class Someone:
    """A socket that remembers what it was sent, message by message."""

    def __init__(self) -> None:
        self.person, self.seat, self.room, self.mode = 1, 1, 1, Mode.HERE
        self.session, self.letter, self.restless = None, 0, False
        self.own: list[bytes] = []
        self.sent: list[Any] = []

    def push(self, text: str, frame: bytes | None = None) -> None:
        self.sent.append(json.loads(text))

    def leave(self, code: p.Close) -> None:
        raise AssertionError("nobody is sent away here")

    def behind(self, now: float) -> bool:
        return False


def event(seq: int) -> Encoded:
    return seq, json.dumps(seq).encode()


class Evening:
    """A hub with one room at 10, whose readings a test answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wanted: list[dict[int, tuple[int, int]]] = []
        self.told: asyncio.Queue[Any] = asyncio.Queue()
        monkeypatch.setattr(hub_module, "in_thread", self.read)
        self.hub, self.someone = Hub(ThreadPoolExecutor(1)), Someone()
        self.hub.attach(self.someone, head=10, version=0)

    async def read(self, pool: object, deed: object, wanted: dict[int, tuple[int, int]]) -> Any:
        self.wanted.append(wanted)
        told = await self.told.get()
        if isinstance(told, Exception):
            raise told
        return {1: told}

    def wrote(self, *numbers: int) -> None:
        """A batch of this process, with an answer for its author."""
        self.someone.own.append(b'"ack"')
        self.hub.owe(self.someone)
        self.hub.room_rang(1, numbers[-1], [event(seq) for seq in numbers])


@pytest.fixture
async def evening(monkeypatch: pytest.MonkeyPatch) -> Evening:
    return Evening(monkeypatch)


async def test_only_the_hole_is_read_and_all_of_it_leaves_as_one_with_the_answer(
    evening: Evening,
) -> None:
    evening.hub.room_rang(1, 12, ())
    evening.wrote(13, 14)
    await asyncio.sleep(0.01)
    evening.wrote(16)
    await asyncio.sleep(0.01)
    # What rang first was asked for first; what was written meanwhile isn't read at all.
    assert evening.wanted == [{1: (10, 12)}]
    assert evening.someone.sent == []
    evening.told.put_nowait([event(11), event(12)])
    await asyncio.sleep(0.01)
    assert evening.someone.sent == [["ack", "ack", 11, 12, 13, 14]]
    assert evening.wanted[1:] == [{1: (14, 15)}]
    evening.told.put_nowait([event(15)])
    await asyncio.sleep(0.01)
    assert evening.someone.sent[1:] == [[15, 16]]


async def test_an_answer_waits_for_no_long_reading(evening: Evening) -> None:
    evening.wrote(13)
    await asyncio.sleep(hub_module.SETTLED_S / 2)
    assert evening.someone.sent == []
    await asyncio.sleep(hub_module.SETTLED_S)
    assert evening.someone.sent == ["ack"]
    evening.told.put_nowait([event(11), event(12)])
    await asyncio.sleep(0.01)
    assert evening.someone.sent == ["ack", [11, 12, 13]]


async def test_what_is_held_is_read_anew_when_a_reading_fails(evening: Evening) -> None:
    evening.wrote(13)
    await asyncio.sleep(0)
    evening.told.put_nowait(OSError("gone"))
    await asyncio.sleep(0.01)
    evening.hub.room_rang(1, 13, ())  # the poll
    await asyncio.sleep(0.01)
    assert evening.wanted[1:] == [{1: (10, 13)}]
    evening.told.put_nowait([event(seq) for seq in (11, 12, 13)])
    await asyncio.sleep(0.01)
    assert evening.someone.sent[-1] == ["ack", 11, 12, 13]


def test_no_more_is_held_than_is_kept_of_a_room() -> None:
    room = RoomHere(1, 0)
    for seq in range(2, 2 * RECENT, 2):
        assert room.ready([event(seq)]) == []
    room.head = 2 * RECENT
    assert len(room.held) <= RECENT
    while room.last < room.head:
        since, upto = room.missing()
        room.last = room.ready([event(seq) for seq in range(since + 1, upto + 1)])[-1][0]
    assert room.held == []
