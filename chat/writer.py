"""One writer a process: whatever waits becomes one transaction.

There is no timer. While a commit is under way the next acts gather, and all of them share the next
commit; at rest a single act is committed at once.
"""

import asyncio
import contextlib
import logging
import threading
from collections import deque
from collections.abc import Callable

from django.db import close_old_connections, connection

from chat import protocol as p
from chat.actions.carry_out import carry_out, refused
from chat.actions.sitting import Act, Answer
from foundation import clock
from foundation.faults import strike

log = logging.getLogger("ibasho.chat")
MOST_AT_ONCE = 500
# More waiting than this means that storage stands still: people are told `busy`, words kept.
MOST_WAITING = 20_000

Done = Callable[[Answer], None]


class Writer:
    """`put` is called on the loop; `done` is called there with the answer, after the commit."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[tuple[Act, Done]] = deque()
        self._wake = threading.Event()
        self._stop = False
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def put(self, act: Act, done: Done) -> None:
        """Hand over an act."""
        if self._stop or len(self._waiting) >= MOST_WAITING:
            done(refused(act, p.Refusal.BUSY))
            return
        self._waiting.append((act, done))
        self._wake.set()

    async def empty(self, *, patience: float) -> None:
        """Take nothing more; return when all is written or patience (seconds) is at its end."""
        self._stop = True
        self._wake.set()
        await asyncio.to_thread(self._thread.join, patience)

    def _work(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            while batch := self._take():
                self._write(batch)
            if self._stop:
                connection.close()
                return

    def _take(self) -> list[tuple[Act, Done]]:
        count = min(MOST_AT_ONCE, len(self._waiting))
        return [self._waiting.popleft() for _ in range(count)]

    def _write(self, batch: list[tuple[Act, Done]]) -> None:
        try:
            close_old_connections()
            answers = carry_out([act for act, _ in batch], now=clock.now())
        except Exception:
            # The thread must outlive anything; what it couldn't do stays with its authors.
            log.exception("the writer stumbled")
            answers = [refused(act, p.Refusal.BUSY) for act, _ in batch]
        pairs = [(done, answer) for (_, done), answer in zip(batch, answers, strict=True)]
        # Without its loop nobody can be told; a repeat of the nonce will find the answer.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(_tell, pairs)


def _tell(pairs: list[tuple[Done, Answer]]) -> None:
    for done, answer in pairs:
        done(answer)
    strike("after_ack")
