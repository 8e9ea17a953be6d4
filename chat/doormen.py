"""Those who knock while others are being looked at are looked at together, next.

No timer: at rest each is looked at at once; when a house comes back, thousands share few reads.
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
Decision = TurnedAway | LetIn


class Doormen:
    """Lives on the loop."""

    def __init__(self, pool: ThreadPoolExecutor, *, many: int) -> None:
        self._pool, self._many = pool, many
        self._waiting: deque[tuple[Knock, asyncio.Future[Decision]]] = deque()
        self._at_work = 0
        self._tasks: set[asyncio.Task[None]] = set()  # held, lest one is collected at its work

    async def decide(self, knock: Knock) -> Decision:
        """What becomes of a handshake."""
        decision: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()
        self._waiting.append((knock, decision))
        if self._at_work < self._many:
            self._at_work += 1
            task = asyncio.get_running_loop().create_task(self._work())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await decision

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._look_at_the_next()
        finally:
            # In the turn in which nobody waits: whoever knocks later finds that one is free.
            self._at_work -= 1

    async def _look_at_the_next(self) -> None:
        count = min(MOST_AT_ONCE, len(self._waiting))
        batch = [self._waiting.popleft() for _ in range(count)]
        try:
            knocks = [knock for knock, _ in batch]
            found = await in_thread(self._pool, arrive_all, knocks, clock.now())
        except Exception as error:  # noqa: BLE001 - storage is out of reach: come again
            log.warning("nobody could be let in: %s", type(error).__name__)
            found = [TurnedAway(p.Close.RESTART, 5.0)] * count
        for (_, decision), one in zip(batch, found, strict=True):
            if not decision.done():  # gone while they waited
                decision.set_result(one)
