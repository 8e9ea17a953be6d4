"""One long run: people talk while one thing after the other is done to their house, at random."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator

import pytest

from tests.faults.gathering import UNLIMITED
from tests.faults.nemesis import Crowd, Dose, crowd
from tests.live import House, Template

BELL = "bell_drop=0.3,bell_double=0.2,bell_delay=0.5"


@contextlib.asynccontextmanager
async def supervised(house: House) -> AsyncIterator[list[float]]:
    """Whichever door is gone is started again, as an init system does it: when each was back."""
    starts: list[float] = []

    async def watch() -> None:
        while True:
            for door in range(len(house.urls)):
                if not house.running(door):
                    with contextlib.suppress(AssertionError):  # gone again before it answered
                        await asyncio.to_thread(house.start, door)
                        starts.append(time.monotonic())
            await asyncio.sleep(0.05)

    watching = asyncio.create_task(watch())
    try:
        yield starts
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _one_fault(house: House, dose: Dose) -> str:
    door = random.randrange(len(house.urls))
    faults = ["killed", "frozen"] + (["redis", "redis-frozen", "postgres"] if house.redis else [])
    what = random.choice(faults)
    if what == "killed":
        house.kill(door)
    elif what == "frozen":
        house.stop(door)
        await asyncio.sleep(dose(0.5, 5))
        house.cont(door)
    else:
        server = house.postgres if what == "postgres" else house.redis
        assert server is not None
        if what == "redis-frozen":
            server.stop()
        else:
            await asyncio.to_thread(server.kill)
        await asyncio.sleep(dose(0.5, 5))
        await asyncio.to_thread(server.cont if what == "redis-frozen" else server.start)
    return what


async def _goes_wrong(house: House, people: Crowd, dose: Dose) -> list[str]:
    done, until = [], time.monotonic() + dose(4, 600)
    while time.monotonic() < until:
        await asyncio.sleep(dose(0.5, 8))
        done.append(await _one_fault(house, dose))
        people.look()
    return done


@pytest.mark.timeout(1200)
async def test_after_an_evening_of_faults_every_word_is_there_once_and_in_order(
    template: Template, dose: Dose
) -> None:
    house = House(template, env={**UNLIMITED, "IBASHO_FAULT": BELL})
    try:
        await asyncio.to_thread(house.open)
        async with crowd(house, dose, posters=10, listeners=3, every=0.1, hurry=0.06) as people:
            async with supervised(house):
                done = await _goes_wrong(house, people, dose)
                await people.back(since=time.monotonic(), within=60)
            print(f"done to it: {', '.join(done)}")
            await people.end("one after the other, bell 30 % lost", least=int(dose(20, 10_000)))
    finally:
        await asyncio.to_thread(house.close)
