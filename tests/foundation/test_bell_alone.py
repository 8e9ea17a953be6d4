"""A process that hears nobody else rings no rooms, and rings from when somebody else is there."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from foundation import bell as bells
from foundation.bell import Bell


class Rooms:
    """A hub that notes what rang."""

    def __init__(self) -> None:
        self.rang: asyncio.Queue[tuple[int, int]] = asyncio.Queue()

    def room_rang(self, room: int, head: int, events: object) -> None:
        self.rang.put_nowait((room, head))

    def person_rang(self, person: int, version: int) -> None: ...

    def presence_rang(self, room: int) -> None: ...


class Counting(Bell):
    """Counts what it sends of rooms."""

    sent = 0

    async def _send(self, ring: dict[str, object]) -> None:
        self.sent += bool(ring.get("rooms"))
        await super()._send(ring)


@contextlib.asynccontextmanager
async def process() -> AsyncIterator[tuple[Counting, Rooms]]:
    bell, rooms = Counting(), Rooms()
    bell.attach(rooms, asyncio.get_running_loop())
    tasks = [asyncio.create_task(bell.hear()), asyncio.create_task(bell.knock())]
    await asyncio.sleep(0.3)
    try:
        yield bell, rooms
    finally:
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        bell.detach()


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bells, "GREETING_S", 0.1)


async def say(bell: Bell, head: int) -> None:
    bell.rooms_here([(1, head, ())])
    await asyncio.sleep(0.1)


async def test_alone_a_process_tells_itself_and_sends_nothing() -> None:
    async with process() as (bell, rooms):
        await say(bell, 1)
        assert rooms.rang.get_nowait() == (1, 1)
        assert bell.sent == 0


async def test_while_it_may_not_know_yet_it_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bells, "GREETING_S", 3.0)
    async with process() as (bell, _):
        await say(bell, 1)
        assert bell.sent == 1


async def test_whoever_comes_is_rung_for_at_once_and_rings_at_once() -> None:
    async with process() as (old, here):
        await asyncio.sleep(0.2)
        async with process() as (new, there):
            await say(old, 1)
            assert await asyncio.wait_for(there.rang.get(), 1) == (1, 1)
            await say(new, 2)
            assert [await asyncio.wait_for(here.rang.get(), 1) for _ in "ab"] == [(1, 1), (1, 2)]


async def test_a_lost_hello_is_made_good_by_the_next_knock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bells, "KNOCK_S", 0.5)
    async with process() as (old, _), process() as (new, there):
        old._others_until = new._others_until = 0.0  # as if nothing had been heard
        await asyncio.sleep(0.7)
        await say(old, 1)
        assert await asyncio.wait_for(there.rang.get(), 1) == (1, 1)


async def test_when_the_other_is_gone_it_rings_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bells, "DEAF_AFTER", 0.5)
    monkeypatch.setattr(bells, "KNOCK_S", 0.2)
    async with process() as (old, _):
        async with process():
            await say(old, 1)
            assert old.sent == 1
        await asyncio.sleep(0.7)
        await say(old, 2)
        assert old.sent == 1
