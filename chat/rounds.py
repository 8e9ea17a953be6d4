"""The rounds: what a house does by itself, in every process, whether anyone visits or not."""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import import_module
from typing import Any

from django.conf import settings

from chat import catching_up, demo_keeper, in_force
from chat import protocol as p
from chat.actions import counts, daily, postcards, presence, rooms, visits
from chat.hub import Hub
from chat.threads import in_thread, kept_threads
from duty.actions.alarms import send_due
from duty.actions.shifts import close_due
from duty.queries import attending
from foundation import clock
from foundation.statements import their_now
from helplines.actions import keep_copy

log = logging.getLogger("ibasho.rounds")
POLL_S = 2.0  # rings may be lost; nobody misses anything for longer than this
ROOMS_S = 2.5  # a room hears of its new state within 5 s
ARRIVALS_S = 1.0
TOUCH_S = 60.0
AT_ONCE = 100  # visits a transaction: what it locks it says in one go (`foundation/one_trip.py`)
DEMO_S = 60.0
COPY_S = 3600.0
SHIFTS_S = 60.0
CALLS_S = 2.0
COUNTS_FIRST_S, COUNTS_S = 5 * 60.0, 10 * 60.0
POSTCARDS_S = 600.0
RULES_S = 5.0  # the page promises ten seconds
PURGE_FIRST_S, PURGE_S = 10 * 60.0, 24 * 3600.0
GARBAGE_S = 10 * 60.0


async def _every(
    seconds: float, name: str, turn: Callable[[], Awaitable[Any]], *, first: float = 0.0
) -> None:
    """Go round for ever; a failed turn is noted and the next one comes all the same."""
    await asyncio.sleep(first)
    while True:
        try:
            await turn()
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001
            log.warning("a round failed: %s, %s", name, type(error).__name__)
        await asyncio.sleep(seconds)


def all_rounds(hub: Hub, pool: ThreadPoolExecutor) -> list[Coroutine[Any, Any, None]]:
    """The rounds of one process, to be run as tasks."""
    keeper = _Keeper(hub, pool)
    found = [
        _every(POLL_S, "poll", hub.poll),
        _every(ROOMS_S, "rooms", keeper.rooms),
        _every(ARRIVALS_S, "arrivals", keeper.arrivals),
        _every(TOUCH_S, "touch", keeper.touch),
        _every(p.HEAD_SECONDS, "heads", keeper.heads),
        _every(1.0, "slow", keeper.slow),
        _every(COPY_S, "help lines", keeper.copy),
        _every(SHIFTS_S, "shifts", keeper.shifts),
        _every(CALLS_S, "calls", keeper.calls),
        _every(RULES_S, "rules", keeper.rules),
        _every(COUNTS_S, "counts", keeper.counts, first=COUNTS_FIRST_S),
        _every(POSTCARDS_S, "postcards", keeper.postcards),
        _every(GARBAGE_S, "garbage", keeper.garbage, first=GARBAGE_S),
        # What people are told goes after 30 days goes without anybody's remembering it.
        _every(PURGE_S, "purge", keeper.purge, first=PURGE_FIRST_S),
    ]
    # Rooms above have rounds of their own. They are named in settings: arrows point down.
    for name in settings.ROUNDS:
        module = import_module(name)
        turn = partial(in_thread, pool, module.turn)
        found.append(_every(module.EVERY_S, name, turn, first=module.FIRST_S))
    if settings.DEMO:
        found.append(_every(DEMO_S, "demo", keeper.demo))
    return found


class _Keeper:
    def __init__(self, hub: Hub, pool: ThreadPoolExecutor) -> None:
        self.hub, self.pool = hub, pool
        # A mail server may take its time: nothing else waits behind it.
        self.callers = kept_threads(1, "caller")
        self.supporters: dict[int, bool] = {}

    async def rooms(self) -> None:
        """Room states and presence; whichever process comes first tells."""
        await in_thread(self.pool, _rooms)
        here = tuple(self.hub.rooms)
        if not here:
            return
        now_there = await in_thread(self.pool, _supporters, here)
        for room in here:
            if self.supporters.get(room) is not None and self.supporters[room] != now_there[room]:
                self.hub.presence_rang(room)
        self.supporters = now_there

    async def arrivals(self) -> None:
        """Begin the visits of those who came since the last turn."""
        new = [one for one in self.hub.sitters() if one.restless]
        for one in new:
            one.restless = False
        stays = [visits.Stay(one.seat, one.room, one.mode) for one in new]
        left, self.hub.left = self.hub.left, []
        try:
            gone = [visits.Stay(*one) for one in left]
            for start in range(0, len(gone), AT_ONCE):
                await in_thread(self.pool, _go_on, gone[start : start + AT_ONCE])
            for start in range(0, len(stays), AT_ONCE):
                await in_thread(self.pool, _touch, stays[start : start + AT_ONCE])
        except Exception:
            # The next turn does it.
            self.hub.left = left + self.hub.left
            for one in new:
                one.restless = True
            raise

    async def touch(self) -> None:
        """Go on with the visits of all who are here; end those that nobody touches any more."""
        stays = [
            visits.Stay(one.seat, one.room, one.mode)
            for one in self.hub.sitters()
            if one.person > 0
        ]
        for start in range(0, len(stays), AT_ONCE):
            await in_thread(self.pool, _go_on, stays[start : start + AT_ONCE])
        await in_thread(self.pool, _close_left)

    async def heads(self) -> None:
        """Say where the rooms stand."""
        await self.hub.heads()

    async def slow(self) -> None:
        """Let go of those who don't read."""
        self.hub.drop_slow(asyncio.get_running_loop().time())

    async def counts(self) -> None:
        """Count the hours that are over."""
        await in_thread(self.pool, _counts)

    async def garbage(self) -> None:
        """What hangs together only by itself goes: each socket leaves some fifty objects so."""
        gc.collect()

    async def purge(self) -> None:
        """What is past its time goes."""
        await in_thread(self.pool, _purge)

    async def copy(self) -> None:
        """A copy of the help lines lies ready for when nothing else answers."""
        await in_thread(self.pool, _copy)

    async def shifts(self) -> None:
        """Shifts whose time went by are missed or ended."""
        await in_thread(self.pool, _shifts)

    async def calls(self) -> None:
        """Calls that wait go out, over the channels that people chose."""
        await in_thread(self.callers, _calls)

    async def rules(self) -> None:
        """The programs' own screening rules as they stand."""
        await in_thread(self.pool, in_force.read)

    async def postcards(self) -> None:
        """The stamps of what was read aloud come to its author as a letter."""
        await in_thread(self.pool, _postcards)

    async def demo(self) -> None:
        """Keep the demo's supporters at their desks."""
        await in_thread(self.pool, _demo)


def _rooms() -> None:
    catching_up.forget_old()
    now = clock.now()
    rooms.bring_up_to_date(now=now)
    presence.tell(now=now)


def _supporters(there: tuple[int, ...]) -> dict[int, bool]:
    people = attending(there, now=clock.now())
    return {room: people.get(room, 0) > 0 for room in there}


def _touch(stays: list[visits.Stay]) -> None:
    visits.touch(stays, now=clock.now())


def _go_on(stays: list[visits.Stay]) -> None:
    visits.touch(stays, now=clock.now(), modes=False)


def _close_left() -> None:
    visits.close_left(now=clock.now())


def _counts() -> None:
    counts.fill(now=clock.now())


def _purge() -> None:
    # Nothing goes because one clock says so: one of them may be wrong.
    daily.purge_all(now=min(clock.now(), their_now()))


def _copy() -> None:
    keep_copy(now=clock.now())


def _shifts() -> None:
    close_due(now=clock.now())


def _calls() -> None:
    send_due(now=clock.now())


def _postcards() -> None:
    postcards.answer_all(now=clock.now())


def _demo() -> None:
    demo_keeper.renew(now=clock.now())
