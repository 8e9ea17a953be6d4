"""One hub a process: a bell in, one read, one encode, many sends.

It keeps the last number it sent per room and sends only what follows it. What piles up in one turn
of the loop leaves as one message, an array of frames. It never awaits a socket.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from chat import protocol as p
from chat import whereabouts
from chat.following import Encoded, following
from chat.known import forget
from chat.outlet import framed
from chat.states import Mode
from chat.threads import in_thread

log = logging.getLogger("ibasho.chat")
RECENT = 256  # events kept per room for sockets that arrive between a commit and its fan-out
REMEMBERED = 1024
WHILE_S = 0.002  # seconds of one turn for what may wait


class Sitter(Protocol):
    """A socket, as the hub sees it."""

    person: int
    seat: int
    room: int
    own: list[bytes]
    mode: Mode
    session: str | None
    letter: int
    restless: bool

    def push(self, frame: bytes) -> None:
        """Send or queue a text, framed already; must not block or raise."""

    def leave(self, code: p.Close) -> None:
        """Say goodbye and close."""

    def behind(self, now: float) -> bool:
        """Whether it reads too slowly."""


class RoomHere:
    """A room as this process serves it."""

    __slots__ = ("ahead", "head", "id", "last", "pending", "recent", "sitters")

    def __init__(self, room: int, last: int) -> None:
        self.id = room
        self.last = last  # the last number handed to the sitters
        self.head = last  # the highest number heard of
        self.sitters: set[Sitter] = set()
        # Sitters whose welcome was read later than `last`: they must not get numbers twice.
        self.ahead: dict[Sitter, int] = {}
        self.pending: list[Encoded] = []
        self.recent: deque[Encoded] = deque(maxlen=RECENT)


class Hub:
    """Lives on the loop; everything but `Listener` calls is called there too."""

    def __init__(self, readers: ThreadPoolExecutor) -> None:
        self.readers = readers
        self.rooms: dict[int, RoomHere] = {}
        self.people: dict[int, set[Sitter]] = {}
        self.versions: dict[int, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        # What rang for rooms and people that weren't here: someone may be on the way in.
        self._heard_rooms: dict[int, int] = {}
        self._heard_people: dict[int, int] = {}
        # Who went since the last round: (seat, room, mode).
        self.left: list[tuple[int, int, Mode]] = []
        # What is to be sent at the end of this turn of the loop: rooms that grew, and those who
        # are owed an answer. Dictionaries, for their order.
        self._grown: dict[RoomHere, None] = {}
        self._owed: dict[Sitter, None] = {}
        self._turning = False
        # Rooms to be read on, the longest waiting first, and whether a read is under way.
        self._wanting: dict[int, RoomHere] = {}
        self._reading = False
        self.resumes = 0  # asked for by clients; counted for the tests of quiet conditions

    # --- coming and going -------------------------------------------------------------------

    def attach(self, sitter: Sitter, *, head: int, version: int) -> None:
        """Seat a socket at the number its welcome was read at; it then misses nothing."""
        room = self.rooms.get(sitter.room)
        if room is None:
            room = self.rooms[sitter.room] = RoomHere(sitter.room, head)
            self._want(room, self._heard_rooms.get(sitter.room, 0))
        room.sitters.add(sitter)
        self.people.setdefault(sitter.person, set()).add(sitter)
        heard = self._heard_people.get(sitter.person, 0)
        known = self.versions.setdefault(sitter.person, max(version, heard))
        if head > room.last:
            room.ahead[sitter] = head
            self._want(room, head)
        else:
            self._hand_missed(room, sitter, head)
        if known > version:
            # Something changed between its reading and its seating.
            self.spawn(self._recheck(sitter.person))

    def _hand_missed(self, room: RoomHere, sitter: Sitter, head: int) -> None:
        """What the room was sent between the sitter's reading and its seating."""
        if room.pending:
            room.ahead[sitter] = head
        sent = room.pending[0][0] - 1 if room.pending else room.last
        missed = [one for one in room.recent if head < one[0] <= sent]
        if len(missed) < sent - head:
            # Older than what is kept here: it finds the gap itself and asks.
            sitter.push(framed(p.encode(p.Head(seq=room.last))))
        elif missed:
            sitter.push(_join([data for _, data in missed]))

    def detach(self, sitter: Sitter) -> None:
        """A socket is gone; its visit was seen until now."""
        if sitter.person > 0 and sitter in self.people.get(sitter.person, ()):
            self.left.append((sitter.seat, sitter.room, sitter.mode))
        if room := self.rooms.get(sitter.room):
            room.sitters.discard(sitter)
            room.ahead.pop(sitter, None)
            self._owed.pop(sitter, None)
            if not room.sitters:
                del self.rooms[sitter.room]
                # Someone may be on the way in who read before this.
                _remember(self._heard_rooms, room.id, max(room.head, room.last))
        if there := self.people.get(sitter.person):
            there.discard(sitter)
            if not there:
                del self.people[sitter.person]
                known = self.versions.pop(sitter.person, -1)
                _remember(self._heard_people, sitter.person, known)
            # Nothing of them is kept in memory for longer than somebody sits there.
            forget([sitter.seat])

    def sitters(self) -> list[Sitter]:
        """All sockets of this process."""
        return [one for there in self.people.values() for one in there]

    # --- the bell (Listener) ----------------------------------------------------------------

    def room_rang(self, room: int, head: int, events: Sequence[Encoded]) -> None:
        """A room stands at `head`; the newest events may be at hand."""
        here = self.rooms.get(room)
        if here is None:
            _remember(self._heard_rooms, room, head)
            return
        if head <= here.last:
            return
        fresh = [one for one in events if one[0] > here.last]
        if fresh and fresh[0][0] == here.last + 1:
            self._deliver(here, fresh)
        if here.last < head:
            self._want(here, head)

    def person_rang(self, person: int, version: int) -> None:
        """Someone's standing changed; look at it again if they are here."""
        if person not in self.people:
            _remember(self._heard_people, person, version)
        elif self.versions.get(person, -1) < version:
            self.versions[person] = version
            self.spawn(self._recheck(person))

    def staff_rang(self, staff: int, version: int) -> None:
        """What a member of staff may do changed; here they go by minus their number."""
        self.person_rang(-staff, version)

    def presence_rang(self, room: int) -> None:
        """What a room was told of its presence changed."""
        if room in self.rooms:
            self.spawn(self._tell_presence(room))

    # --- sending ----------------------------------------------------------------------------

    def _deliver(self, room: RoomHere, events: Sequence[Encoded]) -> None:
        room.pending.extend(events)
        room.recent.extend(events)
        room.last = events[-1][0]
        room.head = max(room.head, room.last)
        self._grown[room] = None
        self._ask_for_turn()

    def owe(self, sitter: Sitter) -> None:
        """Someone's `own` frames go out at the end of this turn, with what their room hears."""
        self._owed[sitter] = None
        self._ask_for_turn()

    def _ask_for_turn(self) -> None:
        # All that arrives in this turn of the loop leaves together.
        if not self._turning:
            self._turning = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        self._turning = False
        grown, self._grown = self._grown, {}
        for room in grown:
            self._flush(room)
        owed, self._owed = self._owed, {}
        for sitter in owed:
            self.settle(sitter)

    def settle(self, sitter: Sitter) -> None:
        """Send someone's own frames now."""
        if sitter.own:
            own, sitter.own = sitter.own, []
            sitter.push(_join(own))

    def _flush(self, room: RoomHere) -> None:
        frames, room.pending = room.pending, []
        if not frames:
            return
        several = len(frames) > 1
        body = b",".join([data for _, data in frames])
        frame = framed(b"[", body, b"]") if several else framed(body)
        ahead, room.ahead = room.ahead, {}
        for sitter in tuple(room.sitters):
            start = ahead.get(sitter, 0) if ahead else 0
            if start < frames[0][0]:
                if sitter.own and several:
                    own, sitter.own = sitter.own, []
                    sitter.push(framed(b"[", b",".join(own), b",", body, b"]"))
                    continue
                # At rest each frame goes out alone.
                self.settle(sitter)
                sitter.push(frame)
            elif rest := [data for seq, data in frames if seq > start]:
                self.settle(sitter)
                sitter.push(_join(rest))
            elif start > frames[-1][0]:
                room.ahead[sitter] = start

    def tell(self, room: int, frame: p.Outgoing) -> None:
        """A frame without a number, to everyone in a room."""
        if here := self.rooms.get(room):
            ready = framed(p.encode(frame))
            for sitter in tuple(here.sitters):
                sitter.push(ready)

    # --- reading ----------------------------------------------------------------------------

    def _want(self, room: RoomHere, head: int) -> None:
        room.head = max(room.head, head)
        if room.head > room.last:
            self._wanting[room.id] = room
            if not self._reading:
                self._reading = True
                self.spawn(self._read())

    async def _read(self) -> None:
        """Read on until every head is reached; what rings meanwhile gathers for the next read."""
        try:
            while since := self._behind():
                asked = self._wanting.copy()
                found = await in_thread(self.readers, following, since)
                for number, events in found.items():
                    if (room := asked[number]) is self._wanting.get(number):  # else filled anew
                        self._take_in(room, events)
        except Exception as error:  # noqa: BLE001 - whatever it was, the poll asks again
            log.warning("rooms couldn't be read: %s", type(error).__name__)
            for room in self._wanting.values():
                room.head = room.last
        finally:
            self._reading = False

    def _behind(self) -> dict[int, int]:
        """Where those rooms stand that haven't reached their heads, the longest waiting first."""
        self._wanting = {
            number: room
            for number, room in self._wanting.items()
            if room.last < room.head and self.rooms.get(number) is room
        }
        return {number: room.last for number, room in self._wanting.items()}

    def _take_in(self, room: RoomHere, events: Sequence[Encoded]) -> None:
        del self._wanting[room.id]
        fresh = [one for one in events if one[0] > room.last]
        if fresh and fresh[0][0] == room.last + 1:
            self._deliver(room, fresh)
        elif fresh:
            # The log begins later than that (a purge): whoever needs it asks and is told.
            room.last = fresh[0][0] - 1
        elif not events:
            # A ring from before a commit became visible; the poll asks again.
            room.head = room.last
        if room.last < room.head:
            self._wanting[room.id] = room

    async def poll(self) -> None:
        """Ask the database for heads and versions of what is served here: one query."""
        rooms, people = tuple(self.rooms), tuple(self.people)
        if not rooms and not people:
            return
        heads, versions = await in_thread(self.readers, whereabouts.positions, rooms, people)
        for room in rooms:
            if room in heads:
                self.room_rang(room, heads[room], ())
            elif here := self.rooms.get(room):
                for sitter in tuple(here.sitters):
                    sitter.leave(p.Close.ROOM_GONE)
        for person in people:
            self.person_rang(person, versions.get(person, self.versions.get(person, 0) + 1))

    async def _recheck(self, person: int) -> None:
        there = tuple(self.people.get(person, ()))
        if not there:
            return
        try:
            found = await in_thread(
                self.readers,
                whereabouts.recheck,
                person,
                tuple((one.room, one.session) for one in there),
                min(one.letter for one in there),
            )
        except Exception as error:  # noqa: BLE001
            log.warning("a standing couldn't be read: %s", type(error).__name__)
            self.versions[person] = -1  # the next poll asks again
            return
        for sitter in there:
            code = found.codes[sitter.room, sitter.session]
            if code is not None:
                sitter.leave(code)
                continue
            for number, card in found.cards:
                if number > sitter.letter:
                    sitter.letter = number
                    sitter.push(framed(p.encode(card)))

    async def _tell_presence(self, room: int) -> None:
        try:
            frame = await in_thread(self.readers, whereabouts.presence, room)
        except Exception as error:  # noqa: BLE001 - it is told again at the next change
            log.warning("presence couldn't be read: %s", type(error).__name__)
            return
        if frame is not None:
            self.tell(room, frame)

    # --- keeping ----------------------------------------------------------------------------

    async def heads(self) -> None:
        """Say where every room stands; who missed something finds out.

        Sign-ins and roles of staff end by the clock too, and nobody rings for that.
        """
        time, began = asyncio.get_running_loop().time, 0.0
        for number in tuple(self.rooms):
            if time() - began > WHILE_S:
                # Words go first: all rooms at once would hold them up for long.
                await asyncio.sleep(0)
                began = time()
            if room := self.rooms.get(number):
                # Nobody is told of a number that is still on its way to them.
                self._flush(room)
                self.tell(number, p.Head(seq=room.last))
        for person in self.people:
            if person < 0:
                self.spawn(self._recheck(person))

    def drop_slow(self, now: float) -> None:
        """Say goodbye to those who haven't read for too long."""
        for sitter in self.sitters():
            if sitter.behind(now):
                sitter.leave(p.Close.SLOW)

    def spawn(self, coro: Any) -> None:
        """Run a coroutine, and keep it from being forgotten half-way."""
        task = asyncio.get_running_loop().create_task(coro)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _remember(heard: dict[int, int], key: int, number: int) -> None:
    heard[key] = max(number, heard.pop(key, number))
    if len(heard) > REMEMBERED:
        del heard[next(iter(heard))]


def _join(frames: Sequence[bytes]) -> bytes:
    """One frame alone, several as an array."""
    if len(frames) == 1:
        return framed(frames[0])
    return framed(b"[", b",".join(frames), b"]")
