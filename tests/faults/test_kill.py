"""Promise 1: a process that is told to go finishes what it took (killed: `test_killed_house`)."""

import asyncio
import signal
import time

from tests.caller import Caller
from tests.faults.gathering import ROOM, gathered, same_list, stored, unique
from tests.live import House


class Talk:
    """Someone who keeps talking, and knows what was answered."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.sent: dict[str, str] = {}

    async def go_on(self) -> None:
        """Until the line is cut."""
        while self.caller.close_code is None:
            text = unique("しゃべる")
            try:
                self.sent[await self.caller.post(text)] = text
            except Exception:
                return
            await asyncio.sleep(0.01)

    def acked(self) -> dict[str, int]:
        """Number by text, of what was acknowledged."""
        return {
            self.sent[f["nonce"]]: f["seq"]
            for f in self.caller.frames
            if f["type"] == "ack" and f["nonce"] in self.sent
        }

    def unanswered(self) -> dict[str, str]:
        """Text by nonce, of what nobody answered."""
        answered = {f["nonce"] for f in self.caller.frames if "nonce" in f}
        return {nonce: text for nonce, text in self.sent.items() if nonce not in answered}


async def _all_come_back(callers: list[Caller]) -> None:
    for caller in callers:
        await caller.closed()
        welcome = await caller.rejoin(ROOM)
        assert welcome["recovered"]


async def _say_again(talks: list[Talk]) -> int:
    """As a page's outbox does it; the highest number."""
    highest = 0
    for talk in talks:
        for nonce, text in talk.unanswered().items():
            before = len(talk.caller.frames)
            await talk.caller.post(text, nonce=nonce)
            answer = await talk.caller.answer(nonce, after=before)
            assert answer["type"] == "ack", answer
        highest = max([highest, *talk.acked().values()])
    return highest


async def test_a_process_told_to_go_empties_its_writer_says_bye_and_goes_within_ten_seconds(
    freed_house: House,
) -> None:
    code = 4012 if freed_house.server == "daphne" else 1012
    async with gathered(freed_house, 4) as callers:
        talks = [Talk(caller) for caller in callers]
        talking = [asyncio.create_task(talk.go_on()) for talk in talks]
        await asyncio.sleep(0.7)
        began = time.monotonic()
        doors = range(len(freed_house.urls))
        exits = await asyncio.gather(*(asyncio.to_thread(freed_house.term, i) for i in doors))
        took = time.monotonic() - began
        await asyncio.gather(*talking)
        print(f"{freed_house.shape}: gone after {took:.2f} s with {exits}, "
              f"closed with {[c.close_code for c in callers]}")  # fmt: skip
        assert took < 10
        # uvicorn ends by the signal that it was sent, once its work is done.
        assert set(exits) <= {0, -signal.SIGTERM}, "it had to be killed"
        for caller in callers:
            assert await caller.closed() == code
            [bye] = [f for f in caller.frames if f["type"] == "bye"]
            assert bye["code"] == code and caller.frames[-1] is bye
        kept = 0
        for talk in talks:
            acked = talk.acked()
            for text in talk.sent.values():
                there = stored(freed_house, text)
                # What was stored was also acknowledged: the writer was emptied before the bye.
                assert there == (text in acked), (text, there)
                kept += there
        print(f"{sum(len(t.sent) for t in talks)} sent, {kept} stored and acknowledged")
        for i in doors:
            await asyncio.to_thread(freed_house.start, i)
        await _all_come_back(callers)
        await same_list(callers, await _say_again(talks))
