"""One writer a process: whatever waits becomes one transaction.

There is no timer. While a commit and its fan-out are under way the next acts gather, and all of
them share the next commit; at rest a single act is committed at once.
"""

import asyncio
import contextlib
import logging
import threading
from collections import deque
from collections.abc import Callable

from django.db import connection

from chat import protocol as p
from chat.actions.carry_out import carry_out, refused
from chat.actions.sitting import Act, Answer
from chat.threads import keeps_its_line
from foundation import clock
from foundation.bell import Ring, bell
from foundation.faults import strike

log = logging.getLogger("ibasho.chat")
MOST_AT_ONCE = 1000
# More waiting than this means that storage stands still: people are told `busy`, words kept.
MOST_WAITING = 20_000
# Out for longer than this: storage stands still (it is frozen, or a lock is held). Nobody waits
# without an answer; a repeat of the nonce finds whatever became of it.
STANDS_STILL_S = 5.0

Done = Callable[[Answer], None]


class Writer:
    """`put` is called on the loop; `done` is called there with the answer, after the commit."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[tuple[Act, Done]] = deque()
        self._wake = threading.Event()
        self._stop = False
        # On the loop: a batch is out, from its taking until everyone was told; or a turn is asked.
        self._out = self._asked = False
        self._batch: list[tuple[Act, Done]] = []  # what is out
        self._still = False
        self._alarm: asyncio.TimerHandle | None = None
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def put(self, act: Act, done: Done) -> None:
        """Hand over an act."""
        if self._stop or self._still or len(self._waiting) >= MOST_WAITING:
            done(refused(act, p.Refusal.BUSY))
            return
        self._waiting.append((act, done))
        self._ask()

    async def empty(self, *, patience: float) -> None:
        """Take nothing more; return when all is written or patience (seconds) is at its end."""
        self._stop = True
        self._wake.set()
        await asyncio.to_thread(self._thread.join, patience)

    def _ask(self) -> None:
        if not self._asked and not self._out:
            self._asked = True
            # What the sockets hold already is heard in these turns of the loop: it goes along.
            self._loop.call_soon(self._loop.call_soon, self._let_go)

    def _let_go(self) -> None:
        self._asked = False
        self._out = True
        self._alarm = self._loop.call_later(STANDS_STILL_S, self._stands_still)
        self._wake.set()

    def _stands_still(self) -> None:
        self._still = True
        log.warning("storage doesn't answer: people are told so")
        for act, done in [*self._batch, *self._take(len(self._waiting))]:
            self._say(done, refused(act, p.Refusal.BUSY))

    def _say(self, done: Done, answer: Answer) -> None:
        try:
            done(answer)
        except Exception:
            # One who can't be told holds up nobody else.
            log.exception("somebody couldn't be told")

    def _tell(self, pairs: list[tuple[Done, Answer]], rings: list[Ring]) -> None:
        # In one turn of the loop, so that an answer and what the room hears can leave together.
        try:
            for done, answer in pairs:
                self._say(done, answer)
            if rings:
                bell.rooms_here(rings)
            # Two turns on, what was said to the sockets has left the process.
            self._loop.call_soon(self._loop.call_soon, strike, "after_ack")
        finally:
            self._out = self._still = False
            self._batch = []
            if self._alarm is not None:
                self._alarm.cancel()
            if self._waiting:
                self._ask()

    def _work(self) -> None:
        keeps_its_line()
        while True:
            self._wake.wait()
            self._wake.clear()
            # Also where nobody waits any more (told `busy` after a freeze): the turn must end, or
            # there is never another.
            self._write(self._take(MOST_AT_ONCE))
            while self._stop and (rest := self._take(MOST_AT_ONCE)):
                self._write(rest)
            if self._stop and not self._waiting:
                connection.close()
                return

    def _take(self, most: int) -> list[tuple[Act, Done]]:
        taken: list[tuple[Act, Done]] = []
        # Loop and thread both take, each act goes to one of them; the other may be ahead.
        with contextlib.suppress(IndexError):
            while len(taken) < most:
                taken.append(self._waiting.popleft())
        return taken

    def _write(self, batch: list[tuple[Act, Done]]) -> None:
        rings: list[Ring] = []
        self._batch = batch
        try:
            connection.close_if_unusable_or_obsolete()
            # No question to the database whether it is there: `carry_out` tries again if it isn't.
            connection.health_check_done = True  # type: ignore[attr-defined]
            acts = [act for act, _ in batch]
            answers = carry_out(acts, now=clock.now(), announce=rings.extend) if acts else []
        except Exception:
            # The thread must outlive anything; what it couldn't do stays with its authors.
            log.exception("the writer stumbled")
            answers = [refused(act, p.Refusal.BUSY) for act, _ in batch]
        pairs = [(done, answer) for (_, done), answer in zip(batch, answers, strict=True)]
        # Without its loop nobody can be told; a repeat of the nonce will find the answer.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._tell, pairs, rings)
