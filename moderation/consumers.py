"""The desk's own bell: an open desk hears at once that what waits there changed, and asks again.

The socket says a number and nothing else; what waits is read by the page, as by anybody without
script. Whether its reader may still know is asked anew before every word, and when what they may
do changed: by the bell, by the poll where a ring was lost, and by the clock.
"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from accounts.queries import staff_versions, viewer_from_session
from chat import protocol as p
from chat.arrivals import TurnedAway, too_often
from chat.consumers import own_origin, session_of
from chat.household import house
from chat.outlet import Outlet, Send
from chat.rounds import POLL_S
from chat.threads import in_thread
from foundation import clock, limits
from foundation.bell import bell
from foundation.refusals import Refused
from moderation import queries, waiting

log = logging.getLogger("ibasho.desk")
# What changes together is told once.
TOGETHER_S = 0.1
PONG_S = 1.0  # a ping more often than this isn't answered
MOST_SOCKETS = 200  # open desks of one program in one process


@dataclass(frozen=True, slots=True)
class Coming:
    """Whose desk is opened, at which version of what they may do, and where it stands."""

    staff: int
    standing: int
    program: int
    version: int


class DeskSocket:
    """One open desk. `due`: it will be told."""

    def __init__(self, send: Send, scope: dict[str, Any]) -> None:
        self.send, self.session = send, session_of(scope)
        self.slug: str = scope["url_route"]["kwargs"]["slug"]
        self.outlet = Outlet(send, scope, restart_code=house.restart_code)
        self.due = False
        self._ponged = 0.0

    async def tell(self) -> None:
        """At which number the desk stands; goodbye to whoever may not know any more."""
        await asyncio.sleep(TOGETHER_S)
        self.due = False
        try:
            found = await in_thread(house.readers, stands_at, self.session, self.slug)
            if found is None:
                await self.outlet.close(p.Close.NOT_ALLOWED)
            else:
                await self.say(found[1])
        except Exception as error:  # noqa: BLE001 - storage, or the line: the page asks by itself
            log.debug("a desk wasn't told: %s", type(error).__name__)

    async def stays(self) -> bool:
        """Goodbye to whoever may not know any more; False when that couldn't be asked."""
        try:
            found = await in_thread(house.readers, stands_at, self.session, self.slug)
        except Exception as error:  # noqa: BLE001 - storage is out of reach
            log.warning("a desk's reader couldn't be looked at: %s", type(error).__name__)
            return False
        if found is None:
            await self.outlet.close(p.Close.NOT_ALLOWED)
        return True

    async def say(self, version: int) -> None:
        """The one frame there is."""
        text = p.encode({"type": "desk", "version": version}).decode()
        await self.send({"type": "websocket.send", "text": text})

    async def hear(self) -> None:
        """Whatever is said here is a question whether anybody is there."""
        now = time.monotonic()
        if now - self._ponged >= PONG_S:
            self._ponged = now
            await self.send({"type": "websocket.send", "text": '{"type":"pong"}'})


class Desks:
    """The desks that are open in this process, by program and by who sits there. On the loop."""

    def __init__(self) -> None:
        self.open: dict[int, set[DeskSocket]] = defaultdict(set)
        self.people: dict[int, set[DeskSocket]] = {}
        self.versions: dict[int, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._watch: asyncio.Task[None] | None = None

    def add(self, socket: DeskSocket, coming: Coming) -> None:
        """A desk is open. What changed since it was asked about, the next poll finds."""
        bell.on_desk = self.rang
        if self.staff_rang not in bell.on_staff:
            bell.on_staff.append(self.staff_rang)
        self.open[coming.program].add(socket)
        self.people.setdefault(coming.staff, set()).add(socket)
        known = self.versions.get(coming.staff, coming.standing)
        self.versions[coming.staff] = min(known, coming.standing)
        if self._watch is None:
            self._watch = asyncio.get_running_loop().create_task(self._keep_watch())

    def discard(self, socket: DeskSocket, coming: Coming) -> None:
        """A desk is closed."""
        self.open[coming.program].discard(socket)
        self.people[coming.staff].discard(socket)
        if not self.people[coming.staff]:
            del self.people[coming.staff], self.versions[coming.staff]
        if not self.people and self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def rang(self, program: int) -> None:
        """Something changed there; must not block."""
        for socket in list(self.open.get(program, ())):
            if not socket.due:
                socket.due = True
                self._spawn(socket.tell())

    def staff_rang(self, staff: int, version: int) -> None:
        """What a member of staff may do changed; must not block."""
        if staff in self.people and self.versions[staff] < version:
            self.versions[staff] = version
            self._look(staff)

    async def poll(self) -> None:
        """Ask for the versions of those whose desks are open here: one query."""
        people = tuple(self.people)
        found = await in_thread(house.readers, staff_versions, people)
        for staff in people:
            # An account that was closed has none.
            self.staff_rang(staff, found.get(staff, self.versions.get(staff, 0) + 1))

    async def _keep_watch(self) -> None:
        looked = time.monotonic()
        while True:
            await asyncio.sleep(POLL_S)
            try:
                await self.poll()
            except Exception as error:  # noqa: BLE001 - storage: the next turn asks again
                log.debug("the desks couldn't be looked at: %s", type(error).__name__)
            # Sign-ins and roles end by the clock too, and nobody rings for that.
            if time.monotonic() - looked >= p.HEAD_SECONDS:
                looked = time.monotonic()
                for staff in self.people:
                    self._look(staff)

    def _look(self, staff: int) -> None:
        for socket in self.people[staff]:
            self._spawn(self._look_at(staff, socket))

    async def _look_at(self, staff: int, socket: DeskSocket) -> None:
        if not await socket.stays() and staff in self.versions:
            self.versions[staff] = -1  # the next poll asks again

    def _spawn(self, coro: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coro)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


desks = Desks()


def stands_at(session: str | None, slug: str) -> tuple[int, int] | None:
    """A program's number and where its desk stands; None for whoever isn't of its team."""
    viewer = viewer_from_session(session, now=clock.now())
    try:
        mine = queries.programs_of(viewer)
    except Refused:
        return None
    found = next((one.pk for one in mine if one.slug == slug), None)
    return None if found is None else (found, waiting.stands_at(found))


def arrives(session: str | None, slug: str) -> Coming | None:
    """Who opens a program's desk; None for whoever isn't of its team."""
    staff = viewer_from_session(session, now=clock.now()).staff
    if staff is None:
        return None
    # Before it is asked what they may do: a change in between is then found.
    standing = staff_versions([staff]).get(staff, -1)
    found = stands_at(session, slug)
    return None if found is None else Coming(staff, standing, *found)


async def desk_socket(scope: dict[str, Any], receive: Any, send: Send) -> None:
    """The ASGI door of `/ws/desk/<program>/`."""
    await receive()  # websocket.connect
    if not own_origin(scope):
        await send({"type": "websocket.close"})
        return
    await send({"type": "websocket.accept"})
    socket = DeskSocket(send, scope)
    found = await _let_in(socket, scope)
    if isinstance(found, TurnedAway):
        await socket.outlet.close(found.code, retry_after=found.retry_after)
        return
    desks.add(socket, found)
    try:
        await socket.say(found.version)
        while (await receive())["type"] != "websocket.disconnect":
            await socket.hear()
    finally:
        desks.discard(socket, found)


async def _let_in(socket: DeskSocket, scope: dict[str, Any]) -> Coming | TurnedAway:
    if house.closing:
        return TurnedAway(p.Close.RESTART)
    _, no = too_often(scope, now=clock.now())
    if no is not None:
        return no
    try:
        found = await in_thread(house.doormen, arrives, socket.session, socket.slug)
    except Exception as error:  # noqa: BLE001 - storage is out of reach: come again
        log.warning("a desk couldn't be opened: %s", type(error).__name__)
        return TurnedAway(p.Close.RESTART, 5.0)
    if found is None:
        # The same for a program that isn't there.
        return TurnedAway(p.Close.NOT_ALLOWED)
    # Those that are open stay; nothing is awaited between this count and taking a place.
    own = len(desks.people.get(found.staff, ()))
    if own >= limits.count("sockets_per_person") or len(desks.open[found.program]) >= MOST_SOCKETS:
        return TurnedAway(p.Close.TOO_MANY, 30.0)
    return found
