"""The writer's turns come to their end, whatever a freeze of the process falls between."""

import asyncio
import threading

import pytest

from chat import protocol as p
from chat import writer as writers
from chat.actions.sitting import Act, Answer
from chat.writer import Writer

pytestmark = pytest.mark.django_db(transaction=True)
SOON_S = 10


@pytest.fixture
async def writer(monkeypatch):
    monkeypatch.setattr(writers, "STANDS_STILL_S", 0.1)
    monkeypatch.setattr(writers, "carry_out", lambda acts, **_: [Answer() for _ in acts])
    made = Writer(asyncio.get_running_loop())
    yield made
    if made._thread.is_alive():
        await made.empty(patience=SOON_S)


class Told(list):
    """Every answer one act got."""

    def __init__(self, writer):
        self._first = asyncio.get_running_loop().create_future()
        writer.put(Act(1, 1, p.Withdraw(of=1)), self._hear)

    def _hear(self, answer):
        self.append([one.code for one in answer.frames])
        if not self._first.done():
            self._first.set_result(None)

    async def first(self):
        await asyncio.wait_for(self._first, SOON_S)
        return self[0]


async def carried_out(writer):
    """An act that is done, after as many tries as it takes."""
    async with asyncio.timeout(SOON_S):
        while await Told(writer).first() == ["busy"]:
            await asyncio.sleep(0.02)


async def test_after_a_freeze_before_the_thread_took_what_waited_it_writes_again(writer):
    """The alarm took all of it back, the thread found nothing, and the turn never ended: the whole
    process answered `busy` until its end.
    """
    assert await Told(writer).first() == ["busy"]  # its thread isn't up yet
    writer.start()
    await carried_out(writer)
    await carried_out(writer)


async def test_who_has_their_answer_is_not_told_busy_by_the_next_turn(writer, monkeypatch):
    writer.start()
    early = Told(writer)
    assert await early.first() == []
    await asyncio.sleep(0)
    go_on, take = threading.Event(), writer._take

    def late(most):
        if threading.current_thread() is writer._thread:
            assert go_on.wait(SOON_S)
        return take(most)

    monkeypatch.setattr(writer, "_take", late)
    assert await Told(writer).first() == ["busy"]
    go_on.set()
    await carried_out(writer)
    assert early == [[]]


async def test_each_act_goes_to_the_loop_or_to_the_thread_never_to_both(writer):
    writer._out = True  # nobody is woken
    acts = [Told(writer) for _ in range(5)]
    taken = writer._take(3)
    assert len(taken) == 3
    writer._stands_still()
    assert writer._take(writers.MOST_AT_ONCE) == []
    assert acts[:3] == [[], [], []]
    assert acts[3:] == [[["busy"]], [["busy"]]]
