"""The doorbell between processes, and the only place that knows the channel layer.

It says *which room stands at which number* and *whose standing changed*, never words. It is
fire-and-forget: rings may be lost, doubled or late, and every process asks the database besides.
It stands in `foundation` because every floor rings it: a letter, a sign-out, a message.
"""

import asyncio
import contextlib
import logging
import os
import random
import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from asgiref.sync import async_to_sync
from channels import DEFAULT_CHANNEL_LAYER
from channels.layers import channel_layers, get_channel_layer

from foundation.faults import amount, happens

log = logging.getLogger("ibasho.bell")
GROUP = "bell"
KNOCK_S, DEAF_AFTER = 10.0, 30.0  # seconds
PATIENCE = 0.5  # seconds for one ring; a broker that hangs must hold nobody up
# A process that heard nobody else, so long after its start or DEAF_AFTER at any time, rings no
# rooms: most houses are one process, and each word would be told to nobody. Whoever starts says
# hello and is answered; should that be lost, the next knock tells, until then the poll finds it.
GREETING_S = 3.0
# A room, its new head, and the newest events as they go over the wire: (number, bytes) each.
Ring = tuple[int, int, Sequence[tuple[int, bytes]]]


class Listener(Protocol):
    """The hub of this process. All three are called on its loop and must not block."""

    def room_rang(self, room: int, head: int, events: Sequence[Any]) -> None:
        """A room stands at `head`; `events` are the newest ones when they are at hand."""

    def person_rang(self, person: int, version: int) -> None:
        """A participant's standing changed."""

    def presence_rang(self, room: int) -> None:
        """What a room was told of its presence changed."""


class Bell:
    """One per process. Without a loop (a command) each ring is sent at once, or given up."""

    def __init__(self) -> None:
        self.me = f"{os.getpid()}-{secrets.token_hex(4)}"
        self.loop: asyncio.AbstractEventLoop | None = None
        self.listener: Listener | None = None
        # All who keep sockets of staff in this process; called on the loop, must not block.
        self.on_staff: list[Callable[[int, int], None]] = []
        # Whoever keeps the desks that are open in this process; the same.
        self.on_desk: Callable[[int], None] | None = None
        # Until when others are taken to be there, monotonic seconds.
        self._others_until = 0.0
        self._rooms: dict[int, int] = {}
        self._people: dict[int, int] = {}
        self._staff: dict[int, int] = {}
        self._presence: set[int] = set()
        self._desks: set[int] = set()
        self._greeted = False  # somebody said hello, and isn't answered yet
        self._sending = False

    # --- ringing: from any thread -----------------------------------------------------------

    def rooms(self, rings: Sequence[Ring]) -> None:
        """The logs of these rooms grew. Call it after the commit."""
        if self.loop is None:
            self._ring_once({"rooms": [[room, head] for room, head, _ in rings]})
            return
        self._on_loop(self.rooms_here, rings)

    def person(self, person: int, version: int) -> None:
        """A participant's standing changed: a mute, a bar, a sign-out, a letter."""
        if self.loop is None:
            self._ring_once({"people": [[person, version]]})
            return
        self._on_loop(self._person, person, version)

    def staff(self, staff: int, version: int) -> None:
        """What a member of staff may do changed: a role, a sign-out, a closed account."""
        if self.loop is None:
            self._ring_once({"staff": [[staff, version]]})
            return
        self._on_loop(self._tell_staff, staff, version)

    def presence(self, room: int) -> None:
        """A room's told presence changed."""
        if self.loop is None:
            self._ring_once({"presence": [room]})
            return
        self._on_loop(self._tell_presence, room)

    def desk(self, program: int) -> None:
        """What waits at a program's desk changed."""
        if self.loop is None:
            self._ring_once({"desks": [program]})
            return
        self._on_loop(self._tell_desk, program)

    def _on_loop(self, call: Any, *args: Any) -> None:
        try:
            assert self.loop is not None
            self.loop.call_soon_threadsafe(call, *args)
        except RuntimeError:  # the loop is closing; the other processes' poll will find it
            pass

    def rooms_here(self, rings: Sequence[Ring]) -> None:
        """The same, on the loop already."""
        for room, head, events in rings:
            if self.listener and not happens("bell_drop"):
                self._hear(self.listener.room_rang, room, head, events)
            if self._in_company():
                self._rooms[room] = max(head, self._rooms.get(room, 0))
        if self._rooms:
            self._soon()

    def _in_company(self) -> bool:
        return time.monotonic() < self._others_until

    def _person(self, person: int, version: int) -> None:
        if self.listener:
            self.listener.person_rang(person, version)
        self._people[person] = version
        self._soon()

    def _tell_staff(self, staff: int, version: int) -> None:
        self._staff_rang(staff, version)
        self._staff[staff] = version
        self._soon()

    def _staff_rang(self, staff: int, version: int) -> None:
        for call in self.on_staff:
            call(staff, version)

    def _tell_presence(self, room: int) -> None:
        if self.listener:
            self.listener.presence_rang(room)
        self._presence.add(room)
        self._soon()

    def _tell_desk(self, program: int) -> None:
        if self.on_desk is not None:
            self.on_desk(program)
        self._desks.add(program)
        self._soon()

    # --- sending: one message for whatever rang while the last one was on its way -------------

    def _soon(self) -> None:
        if not self._sending and self.loop is not None:
            self._sending = True
            self.loop.create_task(self._send_all())

    async def _send_all(self) -> None:
        try:
            while self._greeted or any(
                (self._rooms, self._people, self._staff, self._presence, self._desks)
            ):
                ring = {
                    "rooms": [list(pair) for pair in self._rooms.items()],
                    "people": [list(pair) for pair in self._people.items()],
                    "staff": [list(pair) for pair in self._staff.items()],
                    "presence": list(self._presence),
                    "desks": list(self._desks),
                }
                self._rooms, self._people, self._staff = {}, {}, {}
                self._presence, self._desks, self._greeted = set(), set(), False
                await self._send(ring)
        finally:
            self._sending = False

    async def _send(self, ring: dict[str, Any]) -> None:
        layer = get_channel_layer()
        if layer is None:
            return
        try:
            message = {"type": "bell", "by": self.me, **ring}
            async with asyncio.timeout(PATIENCE):
                await layer.group_send(GROUP, message)
        except Exception as error:  # noqa: BLE001 - a lost ring costs a delay, never a word
            log.debug("a ring was lost: %s", type(error).__name__)

    def _ring_once(self, ring: dict[str, Any]) -> None:
        """From a thread or command without the hub's loop."""
        # On some other running loop it can't be sent: the poll finds out.
        with contextlib.suppress(RuntimeError):
            async_to_sync(self._send)(ring)

    # --- hearing: one supervised task ---------------------------------------------------------

    def attach(self, listener: Listener, loop: asyncio.AbstractEventLoop) -> None:
        """Make `listener` hear, from now on, on its loop."""
        self.loop, self.listener = loop, listener
        self._others_until = time.monotonic() + GREETING_S

    def detach(self) -> None:
        """Nobody hears any more; rings are sent one by one."""
        self.loop = self.listener = self.on_desk = None
        self.on_staff.clear()

    async def hear(self) -> None:
        """Receive rings for ever; a dead receiver is replaced: deafness doesn't show."""
        pause = 0.2
        while True:
            try:
                layer = get_channel_layer()
                assert layer is not None
                async with asyncio.timeout(3):
                    channel = await layer.new_channel()
                    await layer.group_add(GROUP, channel)
                await self._send({"hello": True})
                pause = 0.2
                while True:
                    # Our own knocks come back by the layer: silence means that it has died, which
                    # its `receive` doesn't tell.
                    async with asyncio.timeout(DEAF_AFTER):
                        ring = await layer.receive(channel)
                    self._heard(ring)
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001
                log.warning("the bell's receiver is replaced: %s", type(error).__name__)
                # A new layer too: the old one's own tasks may be what died.
                channel_layers.backends.pop(DEFAULT_CHANNEL_LAYER, None)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)

    async def knock(self) -> None:
        """Ring for nobody now and then, so that deafness shows."""
        while True:
            await asyncio.sleep(KNOCK_S)
            await self._send({})

    def _hear(self, call: Any, *args: Any) -> None:
        """Pass a ring on; under a fault test, twice or late."""
        for _ in range(2 if happens("bell_double") else 1):
            if self.loop is not None and (late := amount("bell_delay")):
                self.loop.call_later(random.uniform(0, late), call, *args)
            else:
                call(*args)

    def _heard(self, ring: dict[str, Any]) -> None:
        if ring.get("by") == self.me or self.listener is None:
            return
        self._others_until = time.monotonic() + DEAF_AFTER
        if ring.get("hello"):
            self._greeted = True
            self._soon()
        for room, head in ring.get("rooms", ()):
            if not happens("bell_drop"):
                self._hear(self.listener.room_rang, room, head, ())
        for person, version in ring.get("people", ()):
            self.listener.person_rang(person, version)
        for staff, version in ring.get("staff", ()):
            self._staff_rang(staff, version)
        for room in ring.get("presence", ()):
            self.listener.presence_rang(room)
        for program in ring.get("desks", ()):
            if self.on_desk is not None:
                self.on_desk(program)


bell = Bell()
