"""Processes that are killed, frozen, told to go, or end at the worst of moments."""

import asyncio
import itertools
import random
import time

import pytest

from tests.faults.gathering import eventually, rows
from tests.faults.nemesis import STABLE_S, Dose, crowd, stored_after
from tests.live import House

BACK_S = 60.0


async def test_web_processes_are_killed_one_after_the_other_while_people_talk(
    shaken_house: House, dose: Dose
) -> None:
    doors = len(shaken_house.urls)
    async with crowd(shaken_house, dose) as people:
        for turn in range(int(dose(2, 6))):
            await asyncio.sleep(dose(0.7, 3))
            shaken_house.kill(turn % doors)
            if doors > 1:
                # The other takes its people in while it is away.
                await people.back(since=time.monotonic(), within=BACK_S)
            else:
                await asyncio.sleep(random.uniform(0, dose(0.5, 5)))
            await asyncio.to_thread(shaken_house.start, turn % doors)
            if doors == 1:
                await people.back(since=time.monotonic(), within=BACK_S)
        await people.end("web process: kill -9", least=30)


async def test_web_processes_are_told_to_go_and_no_post_fails(
    shaken_house: House, dose: Dose
) -> None:
    code = 4012 if shaken_house.server == "daphne" else 1012
    async with crowd(shaken_house, dose) as people:
        for turn in range(int(dose(1, 3)) * len(shaken_house.urls)):
            await asyncio.sleep(dose(0.5, 3))
            door = turn % len(shaken_house.urls)
            assert await asyncio.to_thread(shaken_house.term, door) in (0, -15)
            await asyncio.to_thread(shaken_house.start, door)
            await people.back(since=time.monotonic(), within=BACK_S)
        verdict = await people.end("web process: SIGTERM, drained, replaced", least=20)
        # Everyone was told; 0 is a door that was knocked at while it was away.
        assert set(people.closes()) <= {code, 0}, people.closes()
        print(f"{verdict.repeats} posts had to be said twice")


async def _freeze_with_a_room_in_hand(house: House) -> None:
    """SIGSTOP door 0; on PostgreSQL in mid-transaction, so that others wait for its locks."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    for _ in range(400):
        house.stop(0)
        if house.postgres is None:
            return
        for _ in range(2):
            await asyncio.sleep(0.15)
            if rows(house, waiting) == [(0,)]:
                break
        else:
            return
        house.cont(0)
        await asyncio.sleep(random.uniform(0, 0.02))
    raise AssertionError("it never was in mid-transaction")


async def test_a_web_process_is_frozen_and_its_people_go_to_the_other_door(
    shaken_house: House, dose: Dose
) -> None:
    async with crowd(shaken_house, dose, dead_s=dose(3, 45)) as people:
        await asyncio.sleep(dose(0.5, 5))
        await _freeze_with_a_room_in_hand(shaken_house)
        began = time.monotonic()
        if len(shaken_house.urls) > 1:
            took = await people.back(since=began, within=BACK_S + dose(0, 60))
            print(f"all talk on by the other door after {took:.1f} s")
        await asyncio.sleep(max(0.0, began + dose(3, 20) - time.monotonic()))
        shaken_house.cont(0)
        await people.back(since=time.monotonic(), within=BACK_S)
        # Half of them by the thawed door: it must write again, not only answer.
        people.scatter()
        await people.back(since=time.monotonic(), within=BACK_S)
        await people.end("web process: frozen (SIGSTOP) in mid-transaction", least=20)


@pytest.mark.parametrize("point", ["before_commit", "after_commit", "after_ack"])
async def test_a_web_process_ends_at_one_point_of_a_post(
    shaken_house: House, dose: Dose, point: str
) -> None:
    stored = 0
    async with crowd(shaken_house, dose) as people:
        for turn in itertools.count():
            struck = any(op.sent > 1 for op in people.history)
            struck = struck and (stored > 0 or point != "after_commit")
            # It may end while nobody waits for an answer: then it ends once more.
            if turn >= int(dose(1, 4)) and (struck or turn >= 10):
                break
            if turn:  # who stayed that long comes back at once, as if never cut
                await asyncio.sleep(dose(0, STABLE_S))
            door = turn % len(shaken_house.urls)
            await asyncio.to_thread(shaken_house.term, door)
            shaken_house.more["IBASHO_FAULT"] = f"{point}={int(dose(5, 60))}"
            try:
                await asyncio.to_thread(shaken_house.start, door)
            finally:
                del shaken_house.more["IBASHO_FAULT"]
            if len(shaken_house.urls) > 1:  # all by the other door: half of them must come to it
                await people.back(since=time.monotonic(), within=BACK_S)
            people.scatter()
            over = lambda at=door: not shaken_house.running(at)  # noqa: E731
            await eventually(over, timeout=dose(60, 180))
            unanswered = {op.text for op in people.history if op.outcome == "unknown"}
            there = await asyncio.to_thread(stored_after, shaken_house, people.floor)
            stored += len(unanswered & {row.text for row in there})
            await asyncio.to_thread(shaken_house.start, door)
            await people.back(since=time.monotonic(), within=BACK_S)
        verdict = await people.end(f"web process ends: {point}", least=20)
        print(f"{stored} were stored and not acknowledged when it ended")
        assert verdict.repeats > 0, "nobody ever had to say it again"
        if point == "after_commit":
            assert stored > 0, "it never struck between commit and ack"
