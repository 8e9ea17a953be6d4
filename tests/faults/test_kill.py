"""Promise 1: what was acknowledged survives, whether the process is killed or told to go."""

import asyncio
import signal
import time

from tests.caller import Caller
from tests.faults.gathering import ROOM, eventually, gathered, same_list, stored, unique
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


def _once_and_in_place(talks: list[Talk], house: House) -> int:
    listing = {m["seq"]: m["text"] for m in talks[0].caller.reader.listing()}
    texts = list(listing.values())
    count = 0
    for talk in talks:
        for text, seq in talk.acked().items():
            assert listing[seq] == text, "acknowledged and lost, or moved"
            assert texts.count(text) == 1, "there twice"
            count += 1
    assert house.running(0)
    return count


async def test_after_a_kill_in_mid_talk_every_acknowledged_word_is_there_once(
    freed_house: House,
) -> None:
    async with gathered(freed_house, 4) as callers:
        talks = [Talk(caller) for caller in callers]
        talking = [asyncio.create_task(talk.go_on()) for talk in talks]
        acked = 0
        for _ in range(2):
            await asyncio.sleep(1.0)
            for door in range(len(freed_house.urls)):
                freed_house.kill(door)
            await asyncio.gather(*talking)
            acked = sum(len(talk.acked()) for talk in talks)
            assert acked > 10
            for door in range(len(freed_house.urls)):
                await asyncio.to_thread(freed_house.start, door)
            await _all_come_back(callers)
            lost = sum(len(talk.unanswered()) for talk in talks)
            head = await _say_again(talks)
            await same_list(callers, head)
            print(f"{freed_house.shape}: killed after {acked} acks, {lost} were unanswered")
            talking = [asyncio.create_task(talk.go_on()) for talk in talks]
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)
        await asyncio.sleep(0.5)
        head = await _say_again(talks)
        await same_list(callers, head)
        print(f"{_once_and_in_place(talks, freed_house)} words, each once")


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


async def test_two_processes_are_replaced_in_turn_while_people_talk(
    freed_house: House, server_shape: None
) -> None:
    async with gathered(freed_house, 4) as callers:
        talks = [Talk(caller) for caller in callers]
        for door in range(2):
            talking = [asyncio.create_task(talk.go_on()) for talk in talks]
            await asyncio.sleep(0.5)
            await asyncio.to_thread(freed_house.term, door)
            away = [c for c in callers if c.person.door == door]
            for caller in away:
                assert await caller.closed() == 1012
                await caller.rejoin(ROOM, door=1 - door)
            await asyncio.to_thread(freed_house.start, door)
            for task in talking:
                task.cancel()
            await asyncio.gather(*talking, return_exceptions=True)
        await asyncio.sleep(0.5)
        head = await _say_again(talks)
        await same_list(callers, head)
        print(f"{_once_and_in_place(talks, freed_house)} words over two restarts, each once")
        await eventually(lambda: all(freed_house.running(i) for i in range(2)))
