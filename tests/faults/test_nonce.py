"""Promise 3: a post is stored once per nonce, whatever happens in between."""

import asyncio
import contextlib
import sqlite3
import uuid
from collections.abc import Iterator

import psycopg

from tests.caller import Caller
from tests.faults.gathering import ROOM, at_door, eventually, someone, stored, unique
from tests.live import House


def _answers(callers: list[Caller], nonce: str) -> list[dict[str, object]]:
    return [f for c in callers for f in c.frames if f.get("nonce") == nonce]


@contextlib.contextmanager
def _nothing_commits(house: House) -> Iterator[None]:
    """Someone else holds the lock that every post needs."""
    if house.postgres is not None:
        with psycopg.connect(house.postgres.url("ibasho")) as held:
            held.execute("SELECT 1 FROM chat_room FOR UPDATE")
            yield
        return
    path = house.data / "ibasho.sqlite3"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as lite:
        lite.execute("BEGIN IMMEDIATE")
        yield
        lite.execute("ROLLBACK")


async def test_fifty_repeats_of_one_nonce_over_all_doors_are_one_row_and_fifty_equal_acks(
    calm_house: House,
) -> None:
    aoi, text, nonce = someone(calm_house), unique("五十回"), str(uuid.uuid4())
    doors = len(calm_house.urls)
    callers = [Caller(at_door(aoi, number % doors)) for number in range(10)]
    try:
        await asyncio.gather(*(caller.join(ROOM) for caller in callers))
        await asyncio.gather(
            *(caller.post(text, nonce=nonce) for caller in callers for _ in range(5))
        )
        await eventually(lambda: len(_answers(callers, nonce)) == 50)
        answers = _answers(callers, nonce)
        distinct = {(a["type"], a["seq"], a["at"]) for a in answers}
        print(f"{len(answers)} answers over {doors} processes, {len(distinct)} distinct")
        assert len(distinct) == 1 and answers[0]["type"] == "ack"
        assert stored(calm_house, text) == 1
        seen = [f for f in callers[-1].frames if f["type"] == "message" and f["text"] == text]
        assert len(seen) == 1
    finally:
        await asyncio.gather(*(caller.leave() for caller in callers))


async def test_the_same_nonce_with_another_text_is_a_conflict_on_every_door(
    calm_house: House,
) -> None:
    aoi, text = someone(calm_house), unique("はじめ")
    last = len(calm_house.urls) - 1
    async with Caller(aoi) as here, Caller(at_door(aoi, last)) as there:
        await here.join(ROOM)
        await there.join(ROOM)
        nonce = await here.post(text)
        assert (await here.answer(nonce))["type"] == "ack"
        for caller, other in ((there, "べつの"), (here, "またべつの")):
            before = len(caller.frames)
            await caller.post(f"{other} {text}", nonce=nonce)
            answer = await caller.answer(nonce, after=before)
            assert (answer["type"], answer["code"]) == ("refused", "conflict")
            assert stored(calm_house, f"{other} {text}") == 0
        # Another veil is another text too.
        before = len(there.frames)
        await there.post(text, nonce=nonce, veil="つらい話")
        assert (await there.answer(nonce, after=before))["code"] == "conflict"
    assert stored(calm_house, text) == 1


async def test_a_nonce_is_ones_own_another_persons_same_nonce_is_another_post(
    calm_house: House,
) -> None:
    text, nonce = unique("おなじ番号"), str(uuid.uuid4())
    async with Caller(someone(calm_house)) as aoi, Caller(someone(calm_house)) as yoso:
        await aoi.join(ROOM)
        await yoso.join(ROOM)
        first = await aoi.answer(await aoi.post(text, nonce=nonce))
        second = await yoso.answer(await yoso.post(text, nonce=nonce))
    assert (first["type"], second["type"]) == ("ack", "ack")
    assert first["seq"] != second["seq"]


async def test_a_repeat_while_the_first_is_still_being_stored_gets_the_same_ack(
    calm_house: House,
) -> None:
    aoi, text, nonce = someone(calm_house), unique("とちゅう"), str(uuid.uuid4())
    last = len(calm_house.urls) - 1
    async with Caller(aoi) as here, Caller(at_door(aoi, last)) as there:
        await here.join(ROOM)
        await there.join(ROOM)
        with _nothing_commits(calm_house):
            await here.post(text, nonce=nonce)
            await asyncio.sleep(0.3)
            await there.post(text, nonce=nonce)
            await here.post(text, nonce=nonce)
            await asyncio.sleep(0.3)
            assert not _answers([here, there], nonce), "acknowledged before the commit"
        await eventually(lambda: len(_answers([here, there], nonce)) == 3)
        answers = {(a["type"], a["seq"], a["at"]) for a in _answers([here, there], nonce)}
    assert len(answers) == 1 and stored(calm_house, text) == 1


async def test_a_repeat_after_the_line_was_cut_gets_the_ack_that_was_lost(
    calm_house: House,
) -> None:
    aoi, text = someone(calm_house), unique("きれた")
    async with Caller(aoi) as caller, Caller(someone(calm_house)) as other:
        await caller.join(ROOM)
        await other.join(ROOM)
        nonce = await caller.post(text)
        caller.socket.transport.abort()
        await caller.closed()
        message = await other.wait_for(lambda f: f["type"] == "message" and f["text"] == text)
        await caller.rejoin(ROOM, door=len(calm_house.urls) - 1)
        assert not _answers([caller], nonce)
        answer = await caller.answer(await caller.post(text, nonce=nonce))
    assert (answer["type"], answer["seq"], answer["at"]) == ("ack", message["seq"], message["at"])
    assert stored(calm_house, text) == 1


async def test_a_repeat_after_the_process_was_killed_on_its_commit_gets_the_same_number(
    freed_house: House,
) -> None:
    aoi, text = someone(freed_house), unique("ころんだ")
    async with Caller(aoi) as caller:
        await caller.join(ROOM)
        nonce = await caller.post(text)
        await eventually(lambda: stored(freed_house, text) == 1, step=0)
        freed_house.kill(0)
        await caller.closed()
        was_told = bool(_answers([caller], nonce))
        freed_house.start(0)
        await caller.rejoin(ROOM)
        before = len(caller.frames)
        answer = await caller.answer(await caller.post(text, nonce=nonce), after=before)
        [message] = [m for m in caller.reader.listing() if m["text"] == text]
    assert answer["type"] == "ack", answer
    print(f"acknowledged before the kill: {was_told}; number {answer['seq']}")
    assert answer["seq"] == message["seq"]
    assert stored(freed_house, text) == 1
