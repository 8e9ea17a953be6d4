"""In quiet conditions nobody ever has to ask: no `resume`, and words arrive at once."""

import asyncio
import time

from tests.caller import Caller
from tests.faults.gathering import figures, gathered, nobody_left, same_list, seen, unique
from tests.live import House

POSTS = 100


async def _delivered(by: Caller, to: Caller) -> float:
    text = unique("しずかに")
    began = time.monotonic()
    nonce = await by.post(text)
    answer, at = await asyncio.gather(by.answer(nonce), seen(to, text))
    assert answer["type"] == "ack"
    return at - began


async def test_all_doors_writing_in_turn_into_one_room_make_nobody_resume(
    calm_house: House,
) -> None:
    async with gathered(calm_house, 4) as callers:
        took = []
        for number in range(POSTS):
            by, to = callers[number % 2], callers[(number + 1) % 2]
            took.append(await _delivered(by, to))
        head = max(caller.reader.last or 0 for caller in callers)
        await same_list(callers, head)
        nobody_left(callers)
        resumes = [caller.resumes for caller in callers]
        doors = len(calm_house.urls)
        print(figures(f"{calm_house.shape}, {doors} processes in turn, post to seen", took))
        slowest = took.index(max(took))
        print(f"resumes: {resumes}; the slowest was number {slowest}")
        assert resumes == [0] * 4
        assert sorted(took)[POSTS // 2] < 0.3


async def test_all_doors_writing_at_once_into_one_room_make_nobody_resume(
    calm_house: House,
) -> None:
    async with gathered(calm_house, 4) as callers:
        texts = [[unique("いちどに") for _ in range(25)] for _ in callers]

        async def pour(caller: Caller, own: list[str]) -> int:
            nonces = []
            for text in own:
                nonces.append(await caller.post(text))
                await asyncio.sleep(0.01)
            answers = [await caller.answer(nonce) for nonce in nonces]
            assert {answer["type"] for answer in answers} == {"ack"}
            # One person's words stand in the order they were said.
            assert [a["seq"] for a in answers] == sorted(a["seq"] for a in answers)
            return max(answer["seq"] for answer in answers)

        heads = await asyncio.gather(*(pour(c, own) for c, own in zip(callers, texts, strict=True)))
        waited = await same_list(callers, max(heads))
        resumes = [caller.resumes for caller in callers]
        print(f"{calm_house.shape}: 100 posts by 4 at once, equal {waited:.2f} s later, "
              f"resumes {resumes}")  # fmt: skip
        assert resumes == [0] * 4
        nobody_left(callers)
