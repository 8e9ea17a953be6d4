"""People in a live house under faults: many at once, over every door, measured."""

import asyncio
import contextlib
import random
import sqlite3
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any

from chat.screening.screen import screen
from tests.caller import Caller, Person, enter
from tests.live import House

ROOM = "zatsudan"
_LIFTED = [
    "posts",
    "stamps",
    "frames",
    "handshakes",
    "entries",
    "sockets_per_person",
    "sockets_per_address",
]
UNLIMITED = {"IBASHO_LIMITS": ",".join(f"{name}=1000" for name in _LIFTED)}
_KANA = "あいうえおかきくけこさすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわ"
# Kana, since digits look like a telephone number.
_SOUNDS = "らりるれろまみむめも"
_entered = 0


def unique(words: str) -> str:
    """These words with an ending of their own, of which screening makes nothing (ころん|だまれ)."""
    found = len(screen(words).findings)
    while len(screen(text := words + "".join(random.choices(_SOUNDS, k=12))).findings) > found:
        pass
    return text


def someone(house: House, *, door: int = 0) -> Person:
    """A new person with a name that is nobody else's."""
    global _entered
    _entered += 1
    high, low = divmod(_entered * 7, len(_KANA))
    return enter(house, f"そら{_KANA[high % len(_KANA)]}{_KANA[low]}のひと", door=door)


def at_door(person: Person, door: int) -> Person:
    """The same browser, at another door."""
    return Person(person.house, door, person.cookies)


@contextlib.asynccontextmanager
async def gathered(house: House, count: int, *, slug: str = ROOM) -> AsyncIterator[list[Caller]]:
    """So many different people in a room, in turn over all doors; they leave in the end."""
    people = [
        await asyncio.to_thread(someone, house, door=number % len(house.urls))
        for number in range(count)
    ]
    callers = [Caller(person) for person in people]
    try:
        await asyncio.gather(*(caller.join(slug) for caller in callers))
        yield callers
    finally:
        await asyncio.gather(*(caller.leave() for caller in callers))


def texts(caller: Caller) -> list[str]:
    """What this caller sees, oldest first."""
    return [message["text"] for message in caller.reader.listing()]


async def seen(caller: Caller, text: str, *, timeout: float = 10) -> float:
    """Wait until this caller sees the text; the monotonic time then."""
    await caller.wait_until(
        lambda r: any(m["text"] == text for m in r.messages.values()), timeout=timeout
    )
    return time.monotonic()


async def same_list(callers: Sequence[Caller], head: int, *, timeout: float = 3) -> float:
    """Wait until all stand at `head`; they must hold one list, each number once. Seconds waited."""
    began = time.monotonic()
    for caller in callers:
        left = max(0.01, timeout - (time.monotonic() - began))
        await caller.wait_until(lambda r: (r.last or 0) >= head, timeout=left)
    waited = time.monotonic() - began
    first = callers[0].reader
    for caller in callers:
        applied = caller.reader.applied
        assert applied == sorted(set(applied)), "a number was applied twice or out of order"
        assert caller.reader.last == first.last
        assert not caller.reader.waiting
    # Who came later holds fewer of the oldest.
    oldest = max(min(caller.reader.messages, default=0) for caller in callers)
    lists = [[m for m in c.reader.listing() if m["seq"] >= oldest] for c in callers]
    assert len(lists[0]) > 0
    for one in lists[1:]:
        assert one == lists[0]
    return waited


def nobody_left(callers: Iterable[Caller]) -> None:
    """No socket was closed."""
    codes = [caller.close_code for caller in callers]
    assert codes == [None] * len(codes), f"sockets were closed: {codes}"


async def eventually(
    holds: Callable[[], bool], *, timeout: float = 10, step: float = 0.02
) -> float:
    """Ask in a thread until it holds; seconds waited."""
    began = time.monotonic()
    while not await asyncio.to_thread(holds):
        assert time.monotonic() - began < timeout, "it never came to hold"
        await asyncio.sleep(step)
    return time.monotonic() - began


def wait_for_listeners(house: House, *, timeout: float = 15) -> None:
    """Wait until every door listens to the broker again."""
    assert house.redis is not None
    until = time.monotonic() + timeout
    while time.monotonic() < until:
        channels = house.redis.cli("PUBSUB", "CHANNELS", "*bell*")
        if channels and house.redis.cli("PUBSUB", "NUMSUB", *channels)[1] == len(house.urls):
            return
        time.sleep(0.05)
    raise AssertionError("not every door listens to the broker")


def rows(house: House, statement: str) -> list[tuple[Any, ...]]:
    """Rows of the house's own database, whichever it is."""
    if house.postgres is not None:
        return house.postgres.sql(statement, database="ibasho")
    with contextlib.closing(
        sqlite3.connect(house.data / "ibasho.sqlite3", timeout=20)
    ) as connection:
        return connection.execute(statement).fetchall()


def change(house: House, statement: str) -> None:
    """Change the house's own database behind its back."""
    if house.postgres is not None:
        house.postgres.sql(statement, database="ibasho")
        return
    path = house.data / "ibasho.sqlite3"
    with contextlib.closing(sqlite3.connect(path, timeout=20)) as connection, connection:
        connection.execute(statement)


def stored(house: House, text: str) -> int:
    """How many messages have this text."""
    assert "'" not in text
    return int(rows(house, f"SELECT count(*) FROM chat_message WHERE text = '{text}'")[0][0])


def figures(name: str, seconds: Sequence[float]) -> str:
    """`name: p50 … p95 … max …`, in milliseconds."""
    return (
        f"{name}: n={len(seconds)} p50 {statistics.median(seconds) * 1000:.1f} ms "
        f"p95 {p95(seconds) * 1000:.1f} ms max {max(seconds) * 1000:.1f} ms"
    )


def p95(seconds: Sequence[float]) -> float:
    """The 95th percentile."""
    return sorted(seconds)[max(0, round(len(seconds) * 0.95) - 1)]
