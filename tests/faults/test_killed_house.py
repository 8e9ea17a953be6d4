"""Processes that are killed, frozen, told to go, or end at the worst of moments."""

import asyncio
import random
import time
from collections.abc import Callable

import pytest

from tests.faults.gathering import UNLIMITED
from tests.faults.nemesis import Crowd, Dose, crowd
from tests.live import House

BACK_S = 20.0


async def _again(house: House, door: int) -> None:
    """Start a door that is gone."""
    await asyncio.to_thread(house.start, door)


async def test_web_processes_are_killed_one_after_the_other_while_people_talk(
    shaken_house: House, dose: Dose
) -> None:
    async with crowd(shaken_house, dose) as people:
        for turn in range(int(dose(2, 12))):
            await asyncio.sleep(dose(0.7, 3))
            door = turn % len(shaken_house.urls)
            shaken_house.kill(door)
            if len(shaken_house.urls) > 1:
                # The others take its people in while it is away.
                await people.back(since=time.monotonic(), within=BACK_S * 3)
            else:
                await asyncio.sleep(random.uniform(0, dose(0.5, 5)))
            await _again(shaken_house, door)
            if len(shaken_house.urls) == 1:
                await people.back(since=time.monotonic(), within=BACK_S * 3)
        await people.end("web process: kill -9", least=30)
