"""The machine has too little: of open files, of time, of patience with slow callers."""

import asyncio
import contextlib
import multiprocessing
import re
import resource
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator

import psutil
import psycopg
import pytest

from tests.faults.gathering import figures, p95, someone
from tests.faults.nemesis import Crowd, Dose, crowd
from tests.live import House

SLOW_ONES = 500
PAGE_S = 1.0
BACK_S = 15.0


def _connected(port: int, count: int) -> list[socket.socket]:
    """So many connections that say nothing."""
    made = []
    for _ in range(count):
        one = socket.socket()
        one.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            one.connect(("127.0.0.1", port))
        made.append(one)
    return made


@contextlib.contextmanager
def _few_files(house: House, count: int) -> Iterator[None]:
    """Every door may have so many files open, no more."""
    doors = [psutil.Process(house.pid(door)) for door in range(len(house.urls))]
    before = [door.rlimit(resource.RLIMIT_NOFILE) for door in doors]
    try:
        for door, (_, most) in zip(doors, before, strict=True):
            door.rlimit(resource.RLIMIT_NOFILE, (count, most))
        yield
    finally:
        for door, limits in zip(doors, before, strict=True):
            door.rlimit(resource.RLIMIT_NOFILE, limits)


async def _page(house: House, people: Crowd, path: str = "/rooms/") -> float:
    began = time.monotonic()
    page = await asyncio.to_thread(people.members[0].person.get, path)
    assert page.status == 200, page.status
    return time.monotonic() - began


async def test_no_file_is_left_to_open_and_those_inside_talk_on(
    shaken_house: House, dose: Dose
) -> None:
    """Idle connections take every file that a process may have open."""
    async with crowd(shaken_house, dose) as people:
        with _few_files(shaken_house, 256):
            idle = [
                one
                for port in shaken_house.ports
                for one in await asyncio.to_thread(_connected, port, 400)
            ]
            try:
                await asyncio.sleep(dose(2, 30))
                since = time.monotonic()
                await people.back(since=since, within=5)
                assert not people.closes(), "somebody inside was put out"
            finally:
                for one in idle:
                    one.close()
            # Accepting begins again by itself, before the limit is lifted.
            newcomer = await _until_let_in(shaken_house)
            print(f"newcomers are let in again after {newcomer:.1f} s")
        await people.end("no file left to open: idle connections took them all", least=20)
        assert not people.closes()


async def _until_let_in(house: House) -> float:
    began = time.monotonic()
    while True:
        try:
            for door in range(len(house.urls)):
                await asyncio.to_thread(someone, house, door=door)
        except (OSError, AssertionError):
            assert time.monotonic() - began < BACK_S, "the house stays shut"
            await asyncio.sleep(0.2)
        else:
            return time.monotonic() - began


async def test_five_hundred_send_their_requests_a_letter_at_a_time(
    shaken_house: House, dose: Dose
) -> None:
    """Slowloris: headers and bodies that never come to an end."""
    heads = (
        b"GET /rooms/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-",
        b"POST /enter/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10000\r\n\r\nhandle=",
    )
    async with crowd(shaken_house, dose, posters=3, listeners=1) as people:
        slow = await asyncio.to_thread(_connected, shaken_house.ports[0], SLOW_ONES)
        try:
            await asyncio.sleep(0.5)
            for number, one in enumerate(slow):
                with contextlib.suppress(OSError):
                    one.send(heads[number % 2])
            took, until = [], time.monotonic() + dose(3, 60)
            while time.monotonic() < until:
                for one in slow:
                    with contextlib.suppress(OSError):
                        one.send(b"a")
                took.append(await _page(shaken_house, people))
                await asyncio.sleep(0.1)
        finally:
            for one in slow:
                one.close()
        print(figures(f"a page beside {SLOW_ONES} slow callers", took))
        await people.end(f"{SLOW_ONES} requests that never end", least=20)
        assert p95(took) < PAGE_S
        assert not people.closes()


def _burn(until: float) -> None:
    while time.monotonic() < until:
        sum(range(10_000))


async def test_the_machine_is_busy_with_something_else(shaken_house: House, dose: Dose) -> None:
    """Twice as many busy processes as cores: slow, but nobody is taken for dead."""
    seconds, fresh = dose(4, 60), multiprocessing.get_context("spawn")
    async with crowd(shaken_house, dose) as people:
        until = time.monotonic() + seconds + 1
        busy = [fresh.Process(target=_burn, args=(until,)) for _ in range(2 * psutil.cpu_count())]
        for one in busy:
            one.start()
        try:
            await asyncio.sleep(seconds)
        finally:
            for one in busy:
                one.kill()
                await asyncio.to_thread(one.join)
        await people.back(since=time.monotonic(), within=10)
        await people.end("no time: the machine is busy with something else", least=20)
        assert not people.closes(), "somebody was taken for dead"


def _as_django(connection: sqlite3.Connection) -> sqlite3.Connection:
    """With the function that the tables' constraints ask for."""
    connection.create_function("REGEXP", 2, lambda rule, text: bool(re.search(rule, str(text))))
    return connection


def _copied(house: House) -> None:
    """A whole copy, as a backup makes it, of whichever database it is."""
    if house.postgres is None:
        copy = house.folder / "copy.sqlite3"
        copy.unlink(missing_ok=True)
        with contextlib.closing(
            sqlite3.connect(house.data / "ibasho.sqlite3", timeout=20)
        ) as connection:
            _as_django(connection).execute("VACUUM INTO ?", [str(copy)])
        with contextlib.closing(sqlite3.connect(copy)) as one:
            made = _as_django(one)
            assert made.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return
    with psycopg.connect(house.postgres.url("ibasho")) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        ).fetchall()
        for (table,) in tables:
            with connection.cursor().copy(f'COPY "{table}" TO STDOUT') as out:
                for _ in out:
                    pass


@pytest.mark.parametrize(
    ("done", "name"),
    [
        (_copied, "the database is copied while people talk"),
        (lambda house: house.manage("migrate", "--no-input"), "migrate while people talk"),
    ],
    ids=["copied", "migrated"],
)
async def test_the_house_is_looked_after_while_people_talk(
    shaken_house: House, dose: Dose, done: Callable[[House], object], name: str
) -> None:
    async with crowd(shaken_house, dose) as people:
        await asyncio.sleep(0.3)
        for _ in range(int(dose(1, 5))):
            await asyncio.to_thread(done, shaken_house)
        await people.back(since=time.monotonic(), within=10)
        await people.end(name, least=10)
        assert not people.closes()
