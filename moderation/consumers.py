"""The desk's own bell: an open desk hears at once that what waits there changed, and asks again.

The socket says a number and nothing else; what waits is read by the page, as by anybody without
script. Whether its reader may still know is asked anew before every word.
"""

import asyncio
import logging
import time
from collections import defaultdict
from typing import Any

from accounts.queries import viewer_from_session
from chat import protocol as p
from chat.arrivals import TurnedAway, too_often
from chat.consumers import own_origin, session_of
from chat.household import house
from chat.outlet import Outlet, Send
from chat.threads import in_thread
from foundation import clock
from foundation.bell import bell
from foundation.refusals import Refused
from moderation import queries, waiting

log = logging.getLogger("ibasho.desk")
# What changes together is told once.
TOGETHER_S = 0.1
PONG_S = 1.0  # a ping more often than this isn't answered
MOST_SOCKETS = 200  # open desks of one program in one process


class Desks:
    """The desks that are open in this process, by program."""

    def __init__(self) -> None:
        self.open: dict[int, set[DeskSocket]] = defaultdict(set)
        self._tasks: set[asyncio.Task[None]] = set()

    def rang(self, program: int) -> None:
        """Something changed there. On the loop; must not block."""
        for socket in list(self.open.get(program, ())):
            if not socket.due:
                socket.due = True
                task = asyncio.get_running_loop().create_task(socket.tell())
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)


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


desks = Desks()


def stands_at(session: str | None, slug: str) -> tuple[int, int] | None:
    """A program's number and where its desk stands; None for whoever isn't of its team."""
    viewer = viewer_from_session(session, now=clock.now())
    try:
        mine = queries.programs_of(viewer)
    except Refused:
        return None
    found = next((one.pk for one in mine if one.slug == slug), None)
    return None if found is None else (found, waiting.version_of(found))


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
    program, version = found
    bell.on_desk = desks.rang
    desks.open[program].add(socket)
    try:
        await socket.say(version)
        while (await receive())["type"] != "websocket.disconnect":
            await socket.hear()
    finally:
        desks.open[program].discard(socket)


async def _let_in(socket: DeskSocket, scope: dict[str, Any]) -> tuple[int, int] | TurnedAway:
    if house.closing:
        return TurnedAway(p.Close.RESTART)
    _, no = too_often(scope, now=clock.now())
    if no is not None:
        return no
    try:
        found = await in_thread(house.doormen, stands_at, socket.session, socket.slug)
    except Exception as error:  # noqa: BLE001 - storage is out of reach: come again
        log.warning("a desk couldn't be opened: %s", type(error).__name__)
        return TurnedAway(p.Close.RESTART, 5.0)
    if found is None:
        # The same for a program that isn't there.
        return TurnedAway(p.Close.NOT_ALLOWED)
    if len(desks.open[found[0]]) >= MOST_SOCKETS:
        return TurnedAway(p.Close.TOO_MANY, 30.0)
    return found
