"""People who go on talking while something is done to their house, and the judgement afterwards.

They behave as the page does: one post at a time, sent again with its nonce until it is answered;
after a closed line back to the next door with `since`, later and later, at random.
"""

import asyncio
import contextlib
import itertools
import json
import random
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tests.caller import Caller, Person
from tests.faults.gathering import ROOM, eventually, rows, someone, unique
from tests.faults.history import Operation, Row, Verdict, judge
from tests.live import House
from tests.reader import EVENTS, flatten

# The page's own (static/js/outbox.js, static/js/socket.js), in seconds.
ANSWER_S, BUSY_S, STABLE_S, QUIET_S, DEAD_S = 10.0, 5.0, 60.0, 25.0, 45.0
# Another way to a door: what `websockets` is told beside the address.
Way = Callable[[int], Awaitable[dict[str, Any]]]


def delay(attempt: int) -> float:
    """Seconds before the nth attempt to come back: 0–5 first, then doubling to 60, at random."""
    if attempt == 0:
        return random.uniform(0, 5)
    most = min(60.0, 5.0 * 2**attempt)
    return random.uniform(most / 2, most)


@dataclass(frozen=True)
class Dose:
    """How much of a fault: seconds in `make test`, minutes in `make faults`."""

    long: bool
    figures: "Callable[[dict[str, Any]], None]" = field(default=lambda _: None)

    def __call__(self, short: float, long: float) -> float:
        """The one or the other."""
        return long if self.long else short

    @property
    def hurry(self) -> float:
        """What a page's waits are multiplied by: a short test can't sit out its minutes."""
        return 1.0 if self.long else 0.06


class Regular(Caller):
    """Someone who stays, whatever happens to the line; with `talks`, someone who posts."""

    def __init__(
        self,
        person: Person,
        history: list[Operation],
        *,
        name: str,
        hurry: float,
        every: float,
        dead_s: float | None = None,
        way: "Way | None" = None,
    ) -> None:
        super().__init__(person)
        self.name, self.history, self.hurry, self.every = name, history, hurry, every
        # A machine with other work may be silent for seconds and alive.
        self.dead_s = dead_s or max(10.0, DEAD_S * hurry)
        self.quiet_s = self.dead_s * QUIET_S / DEAD_S
        self.patience = min(15.0, max(2.0, self.dead_s))
        self.talks, self.going = False, False
        self.padding = ""  # makes what is said longer
        self.current: Operation | None = None
        self.acked_at = 0.0  # when the newest acknowledged operation was begun
        self.closes: Counter[int] = Counter()
        self.told: Counter[str] = Counter()  # refusals, by code
        self.pongs = 0
        self.fresh_starts = 0
        self.came_in_at = 0  # the room's head then: a house just opened has words of its own
        self.latencies: list[float] = []
        self._way = way
        self._heard_at = 0.0
        self._verdict: asyncio.Future[dict[str, Any]] | None = None

    # --- what comes in ------------------------------------------------------------------------

    def heard(self, message: str | bytes) -> None:
        """As a page: apply it; keep little, for the evening is long."""
        self._heard_at = time.monotonic()
        for frame in flatten(json.loads(message)):
            kind = frame["type"]
            if kind == "welcome" and not frame["recovered"]:
                self.fresh_starts += 1
                self.came_in_at = frame["head"]
            self.pongs += kind == "pong"
            self.reader.take(frame, at=self._heard_at)
            if kind not in EVENTS and kind not in ("events", "head", "pong"):
                self.frames.append({**frame, "events": []} if kind == "welcome" else frame)
                del self.frames[:-50]
            if kind in ("ack", "refused", "held") and frame.get("nonce"):
                self._answered(frame)

    def _answered(self, frame: dict[str, Any]) -> None:
        op = self.current
        if op is None or op.nonce != frame["nonce"]:
            # The answer to a repeat, after the first was answered already.
            for old in reversed(self.history):
                if old.nonce == frame["nonce"]:
                    if frame["type"] == "ack":
                        old.ack(frame["seq"], at=self._heard_at)
                    return
            raise AssertionError(f"an answer to nobody's post: {frame}")
        if frame["type"] == "ack":
            op.ack(frame["seq"], at=self._heard_at)
        elif frame["type"] == "refused":
            self.told[frame["code"]] += 1
            op.refuse(frame["code"], at=self._heard_at)
        if self._verdict is not None and not self._verdict.done():
            self._verdict.set_result(frame)

    async def join(self, slug: str, **where: Any) -> dict[str, Any]:
        """Connect and wait for the `welcome`; nothing received before is kept."""
        self.frames.clear()
        return await super().join(slug, **where)

    # --- staying ------------------------------------------------------------------------------

    async def stay(self) -> None:
        """For ever: come in, talk, be thrown out, come back."""
        attempt, self.going = 0, True
        doors = itertools.cycle(range(len(self.person.house.urls)))
        for _ in range(self.person.door + 1):
            door = next(doors)
        while self.going:
            came = time.monotonic()
            try:
                if self._way is not None:
                    self.by = await self._way(door)
                await self._come(door)
                talking = asyncio.create_task(self._talk())
                try:
                    await self._until_closed()
                finally:
                    talking.cancel()
                    await asyncio.gather(talking, return_exceptions=True)
                self.closes[self.close_code or 1006] += 1
            except (OSError, AssertionError, TimeoutError, Exception) as trouble:
                self.closes[0] += 1
                if isinstance(trouble, AssertionError) and "nobody's post" in str(trouble):
                    raise
            await self.leave()
            if time.monotonic() - came >= STABLE_S * self.hurry:
                attempt = 0
            await asyncio.sleep(self._wait(attempt))
            attempt += 1
            door = next(doors)

    async def _come(self, door: int) -> None:
        if self.reader.last is None:
            await self.join(ROOM, door=door)
        else:
            await self.join(ROOM, door=door, since=self.reader.last, epoch=self.reader.epoch)

    def _wait(self, attempt: int) -> float:
        bye = next((f for f in reversed(self.frames) if f["type"] == "bye"), {})
        return max(delay(attempt) * self.hurry, float(bye.get("retry_after") or 0.0))

    async def _until_closed(self) -> None:
        while self.close_code is None:
            self._news.clear()
            # Not `wait_for`: on Python 3.11 it may swallow a cancellation, and they never end.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.quiet_s / 4):
                    await self._news.wait()
            silent = time.monotonic() - self._heard_at
            if silent > self.dead_s:
                self.socket.transport.abort()
                return
            if silent > self.quiet_s:
                await self.send({"type": "ping", "at": 0})

    # --- talking ------------------------------------------------------------------------------

    async def _talk(self) -> None:
        while True:
            if self.current is None:
                await asyncio.sleep(self.every * random.uniform(0.5, 1.5))
                if not self.talks:
                    continue
                text = unique("はなす" + self.padding)
                self.current = Operation(self.name, str(uuid.uuid4()), text, began=time.monotonic())
                self.history.append(self.current)
            await self._once_more(self.current)

    async def _once_more(self, op: Operation) -> None:
        """Send it; done when it was answered for good, else it stays the current one."""
        self._verdict = asyncio.get_running_loop().create_future()
        op.sent += 1
        await self.post(op.text, nonce=op.nonce)
        try:
            async with asyncio.timeout(ANSWER_S * self.hurry):
                answer = await self._verdict
        except TimeoutError:
            return
        if answer.get("code") in ("busy", "too_fast"):
            wait = answer.get("retry_after") or BUSY_S
            await asyncio.sleep(wait * self.hurry)
            return
        self.current = None
        if op.outcome == "ok":
            self.acked_at = max(self.acked_at, op.began)
            self.latencies.append((op.answered or 0.0) - op.began)


class Crowd:
    """Regulars of one room, what they said, and what the room held before."""

    def __init__(self, house: House, members: Sequence[Regular], *, dose: Dose, floor: int) -> None:
        self.house, self.members, self.dose, self.floor = house, list(members), dose, floor
        self.history: list[Operation] = members[0].history
        self.tasks: list[asyncio.Task[None]] = []
        self.recoveries: list[float] = []

    def talk(self) -> None:
        """Those who talk begin, or begin again."""
        for one in self.members:
            one.talks = one.name.startswith("poster")

    @property
    def posters(self) -> list[Regular]:
        """Those who talk."""
        return [one for one in self.members if one.talks]

    def closes(self) -> Counter[int]:
        """How lines ended so far, by code; 0: a door that wasn't opened."""
        return sum((one.closes for one in self.members), Counter())

    def scatter(self) -> None:
        """Cut half of the lines: those people go to the next door."""
        for one in self.members[::2]:
            if one.close_code is None and one._socket is not None:
                one.socket.transport.abort()

    async def back(self, *, since: float, within: float) -> float:
        """Wait until everyone who talks was acknowledged something begun after `since` (monotonic);

        seconds from then.
        """
        await self._all(lambda one: one.acked_at > since, self.posters, within, "not back")
        took = time.monotonic() - since
        self.recoveries.append(took)
        return took

    async def rest(self, *, within: float) -> None:
        """Nobody begins anything new; wait until everything that was begun is answered."""
        for one in self.members:
            one.talks = False
        await self._all(lambda one: one.current is None, self.members, within, "never answered")

    async def end(self, name: str, *, within: float = 30.0, least: int = 1) -> Verdict:
        """All rests, all lists are read, the judge speaks; a table's row is kept."""
        if self.posters:  # a fault may be over in a breath: those who talk go on till it is enough
            await eventually(lambda: self._acknowledged() >= least, timeout=within)
        await self.rest(within=within)
        head = await asyncio.to_thread(head_of, self.house)
        await self._all(
            lambda one: one.close_code is None and (one.reader.last or 0) >= head,
            self.members, within, f"doesn't stand at {head}",
        )  # fmt: skip
        verdict = await asyncio.to_thread(self.judge)
        for one in self.members:
            assert one.fresh_starts == 1, f"{one.name} began anew"
            whole = list(range(one.came_in_at + 1, head + 1))
            assert one.reader.applied == whole, f"{one.name} read {one.reader.applied} of {whole}"
        self._report(name, verdict)
        assert verdict.wrong() == {}
        assert verdict.acknowledged >= least
        assert verdict.refused == 0 and verdict.unknown == 0
        return verdict

    def _acknowledged(self) -> int:
        return sum(op.outcome == "ok" for op in self.history)

    def judge(self) -> Verdict:
        """What the judge says of now: words still on their way count as unknown."""
        return judge(
            self.history,
            stored_after(self.house, self.floor),
            {
                one.name: (
                    self.floor,
                    [(seq, m["text"]) for seq, m in sorted(one.reader.messages.items())],
                )
                for one in self.members
            },
        )

    def _report(self, name: str, verdict: Verdict) -> None:
        closes = {int(code): n for code, n in self.closes().items()}
        back = " · ".join(f"{took:.1f}" for took in self.recoveries) or "–"
        print(f"{name} ({self.house.shape}, {self.house.server}): {verdict}; back after {back} s; "
              f"closes {closes}")  # fmt: skip
        self.dose.figures(
            {
                "fault": name,
                "shape": self.house.shape,
                "said": verdict.operations,
                "acknowledged": verdict.acknowledged,
                "lost": len(verdict.lost),
                "doubled": len(verdict.doubled),
                "inverted": len(verdict.inverted),
                "astray": len(verdict.astray),
                "back": max(self.recoveries, default=None),
            }
        )

    async def _all(
        self, holds: Callable[[Regular], bool], whom: Sequence[Regular], within: float, what: str
    ) -> None:
        until = time.monotonic() + within
        while missing := [one for one in whom if not holds(one)]:
            self.look()
            if time.monotonic() > until:
                told = [
                    f"{m.name} (door {m.person.door}, last {m.reader.last}, closed "
                    f"{m.close_code}, {dict(m.closes)}, now {m.current})"
                    for m in missing
                ]
                raise AssertionError(f"{what} after {within} s: {'; '.join(told)}")
            await asyncio.sleep(0.02)

    def look(self) -> None:
        """Raise what a regular stumbled over."""
        for task in self.tasks:
            if task.done() and not task.cancelled() and task.exception():
                raise task.exception()  # type: ignore[misc]


def head_of(house: House) -> int:
    """The room's last number, by the database."""
    return int(rows(house, f"SELECT head FROM chat_room WHERE slug = '{ROOM}'")[0][0])


def stored_after(house: House, floor: int) -> list[Row]:
    """The final read: every message of the room after a number."""
    found = rows(
        house,
        "SELECT m.seq, m.nonce, m.text FROM chat_message m JOIN chat_room r ON r.id = m.room_id "
        f"WHERE r.slug = '{ROOM}' AND m.seq > {floor} ORDER BY m.seq",
    )
    return [Row(seq, UUID(str(nonce)), text) for seq, nonce, text in found]


@contextlib.asynccontextmanager
async def crowd(
    house: House,
    dose: Dose,
    *,
    posters: int = 6,
    listeners: int = 2,
    every: float = 0.05,
    hurry: float | None = None,
    dead_s: float | None = None,
    way: "Way | None" = None,
) -> AsyncIterator[Crowd]:
    """So many people in the room, over all doors, talking already; they leave in the end.

    `every`: seconds between someone's posts. `hurry`: what a page's waits are multiplied by.
    `dead_s`: after so much silence a line is given up. `way`: another one than a door's address.
    """
    history: list[Operation] = []
    doors = len(house.urls)
    people = [
        await asyncio.to_thread(someone, house, door=number % doors)
        for number in range(posters + listeners)
    ]
    how = {"hurry": dose.hurry if hurry is None else hurry, "every": every}
    names = [f"{'poster' if n < posters else 'listener'} {n}" for n in range(len(people))]
    members = [
        Regular(person, history, name=name, dead_s=dead_s, way=way, **how)
        for person, name in zip(people, names, strict=True)
    ]
    floor = await asyncio.to_thread(head_of, house)
    made = Crowd(house, members, dose=dose, floor=floor)
    made.tasks = [asyncio.create_task(one.stay()) for one in members]
    try:
        await made._all(lambda one: one.reader.last is not None, members, 30, "never came in")
        made.talk()
        yield made
    finally:
        for task in made.tasks:
            task.cancel()
        await asyncio.gather(*made.tasks, return_exceptions=True)
        await asyncio.gather(*(one.leave() for one in members))
