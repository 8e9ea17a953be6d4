"""Those who knock in the same turns of the loop, or while others are looked at, are one batch.

No timer decides that: at rest each is looked at at once; when a house comes back, thousands share
few reads.
"""

import asyncio
import logging
from collections import deque
from concurrent.futures import ThreadPoolExecutor

from chat import protocol as p
from chat.arrivals import Knock, LetIn, TurnedAway, arrive_all
from chat.threads import in_thread
from foundation import clock

log = logging.getLogger("ibasho.chat")
MOST_AT_ONCE = 32
# A handshake takes this many turns from the first byte to its knock.
TURNS = 3
# Where one look takes longer (storage stands, a room is locked), another doorman looks at those
# who come meanwhile.
SLOW_S = 0.25
Decision = TurnedAway | LetIn
COME_AGAIN = TurnedAway(p.Close.RESTART, 5.0)


class Doormen:
    """Lives on the loop."""

    def __init__(self, pool: ThreadPoolExecutor, *, many: int) -> None:
        self._pool, self._many = pool, many
        self._waiting: deque[tuple[Knock, asyncio.Future[Decision]]] = deque()
        self._at_work = self._held_up = 0
        self._tasks: set[asyncio.Task[None]] = set()  # held, lest one is collected at its work

    async def decide(self, knock: Knock) -> Decision:
        """What becomes of a handshake."""
        decision: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        self._waiting.append((knock, decision))
        self._call()
        return await decision

    def _call(self) -> None:
        # Never two who get on: they and the loop would take turns at every few lines.
        if self._waiting and self._at_work == self._held_up < self._many:
            self._at_work += 1
            task = asyncio.get_running_loop().create_task(self._work())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._gather()
                await self._look_at_the_next()
        finally:
            # In the turn in which nobody waits: whoever knocks later finds that one is free.
            self._at_work -= 1
            self._call()

    async def _gather(self) -> None:
        """Let in those who are on their way, as long as each round of turns brings somebody."""
        seen = 0
        while seen < len(self._waiting) < MOST_AT_ONCE:
            seen = len(self._waiting)
            for _ in range(TURNS):
                await asyncio.sleep(0)

    async def _look_at_the_next(self) -> None:
        count = min(MOST_AT_ONCE, len(self._waiting))
        if not count:  # another took them all
            return
        batch = [self._waiting.popleft() for _ in range(count)]
        knocks = [knock for knock, _ in batch]
        look = asyncio.ensure_future(in_thread(self._pool, arrive_all, knocks, clock.now()))
        found: list[Decision] = []
        try:
            found = await self._held_up_by(look)
        except Exception as error:  # noqa: BLE001 - storage is out of reach: come again
            log.warning("nobody could be let in: %s", type(error).__name__)
        finally:
            # Nobody waits for ever, whatever became of the look.
            for at, (_, decision) in enumerate(batch):
                if not decision.done():  # gone while they waited
                    decision.set_result(found[at] if at < len(found) else COME_AGAIN)

    async def _held_up_by(self, look: asyncio.Future[list[Decision]]) -> list[Decision]:
        done, _ = await asyncio.wait([look], timeout=SLOW_S)
        if not done:
            self._held_up += 1
            self._call()
            try:
                await asyncio.wait([look])
            finally:
                self._held_up -= 1
        return look.result()
