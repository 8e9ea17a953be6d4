"""The clock of one process jumps: order goes by number, nobody is put out, nothing goes deaf.

Only the time of day jumps, as when somebody sets a machine's clock: what counts up (every wait,
every limit) goes on. libfaketime is no use here: it breaks Python's sleeps and locks besides.
"""

import asyncio
import random
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.caller import Caller
from tests.faults.gathering import ROOM, rows, someone
from tests.faults.nemesis import Dose, crowd
from tests.live import PYTHON, ROOT, House, bare_environment

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BACK_S = 30.0


class Clock:
    """The time of day that the last door sees."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.door = len(house.urls) - 1
        self.file = house.folder / "clock"

    def start(self) -> None:
        """Start the door again, by the time as it is, with a clock that can be set."""
        self.by(timedelta())
        self.house.term(self.door)
        usual = self.house.launcher
        self.house.launcher = ["-m", "tests.faults.other_clock", str(self.file)]
        try:
            self.house.start(self.door)
        finally:
            self.house.launcher = usual

    def by(self, jump: timedelta, *, older: timedelta = timedelta()) -> None:
        """Set it off by so much, within half a second; `older`: all sockets are, to daphne."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(f"{jump.total_seconds()} {older.total_seconds()}")
        fresh.replace(self.file)


# Two more who attend the room, whatever time of day it is: duty goes by the clock.
_ATTENDED = """
from datetime import timedelta
from accounts.models import RoleGrant, Staff
from chat.models import Room
from duty.models import Attendance, Shift
from foundation import clock
room, now, long = Room.objects.get(slug={slug!r}), clock.now(), timedelta(days=1200)
for name in ("clock-1", "clock-2"):
    person, _ = Staff.objects.get_or_create(username=name, defaults={{"password": "!"}})
    RoleGrant.objects.get_or_create(staff=person, role="supporter", program=room.program,
        defaults={{"granted_at": now}})
    shift = Shift.objects.create(supporter=person, program=room.program, starts_at=now,
        ends_at=now + long, state="begun", begun_at=now, stretch_at=now, changed_at=now)
    Attendance.objects.create(shift=shift, room=room.pk, acted_at=now + long)
"""
_GONE = """
from duty.models import Shift
Shift.objects.filter(supporter__username__startswith="clock-").delete()
"""


_TIMED = """
import os
from datetime import UTC, datetime

import django
import time_machine
django.setup()
from daphne import http_protocol, server, ws_protocol
from ibasho import on_daphne
from twisted.internet import reactor

on_daphne.count_up()
with time_machine.travel(datetime.now(UTC), tick=True) as clock:
    begun = [one.time.time() for one in (http_protocol, server, ws_protocol)]
    reactor.callLater(0.2, reactor.stop)
    clock.shift(-3600)
    reactor.callLater(10, os._exit, 3)
    reactor.run()
    ended = [one.time.time() for one in (http_protocol, server, ws_protocol)]
    assert all(0.1 < then - now < 10 for now, then in zip(begun, ended)), (begun, ended)
"""


@pytest.fixture
def clock(shaken_house: House) -> "Iterator[Clock]":
    """A clock to be set, in a house whose room is attended at any time."""
    shaken_house.shell(_ATTENDED.format(slug=ROOM))
    made = Clock(shaken_house)
    made.start()
    yield made
    shaken_house.shell(_GONE)
    shaken_house.term(made.door)
    shaken_house.start(made.door)


def _hours_apart(house: House, floor: int) -> float:
    """How far apart the times of day of what was said lie."""
    said = [at for (at,) in rows(house, f"SELECT at FROM chat_message WHERE seq > {floor}")]
    times = [datetime.fromisoformat(str(at)).timestamp() for at in said]
    return (max(times) - min(times)) / 3600


@pytest.mark.parametrize(
    ("jump", "name"),
    [(-HOUR, "clock of a process: back an hour"), (DAY + HOUR, "clock of a process: a day later")],
    ids=["back an hour", "a day later"],
)
async def test_the_clock_of_a_process_jumps_while_people_talk(
    shaken_house: House, clock: Clock, dose: Dose, jump: timedelta, name: str
) -> None:
    async with crowd(shaken_house, dose) as people:
        await asyncio.sleep(dose(0.5, 5))
        clock.by(jump)
        # Longer than the poll and the rounds; when long, than the bell's own look at itself too.
        await asyncio.sleep(dose(3.5, 60))
        await people.back(since=time.monotonic(), within=BACK_S)
        newcomer = await asyncio.to_thread(someone, shaken_house, door=clock.door)
        assert (await asyncio.to_thread(newcomer.get, "/rooms/")).status == 200
        clock.by(timedelta())
        await asyncio.sleep(dose(1.5, 10))
        await people.back(since=time.monotonic(), within=BACK_S)
        await people.end(name, least=30)
        assert not people.closes(), "somebody was put out"
        apart = await asyncio.to_thread(_hours_apart, shaken_house, people.floor)
        assert apart == pytest.approx(abs(jump / HOUR), abs=0.1), "the clock never jumped"


def test_what_daphne_waits_for_counts_up(tmp_path: Path) -> None:
    ran = subprocess.run(
        [*PYTHON, "-c", _TIMED],
        cwd=ROOT,
        env={
            **bare_environment(),
            "IBASHO_DATA": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "ibasho.settings",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


async def test_whoever_has_been_there_for_a_day_stays_and_hears_on(
    shaken_house: House, clock: Clock
) -> None:
    # daphne would close every socket after a day; uvicorn keeps no such count, and nothing that a
    # room is told goes by a group that expires.
    async with (
        Caller(await asyncio.to_thread(someone, shaken_house, door=clock.door)) as one,
        Caller(await asyncio.to_thread(someone, shaken_house, door=0)) as other,
    ):
        await one.join(ROOM)
        await other.join(ROOM)
        clock.by(timedelta(), older=DAY + HOUR)
        # It looks at all its sockets every two seconds.
        await asyncio.sleep(5)
        answer = await other.say("一日たっても")
        await one.wait_until(lambda page: (page.last or 0) >= answer["seq"])
        assert (await one.say("きこえます"))["type"] == "ack"
        assert one.close_code is None


async def test_nobody_who_has_just_come_in_is_put_out_when_the_clock_jumps(
    shaken_house: House, clock: Clock
) -> None:
    # daphne kept the request that a socket came by for up to a second: were it past its time then,
    # as after a jump, the socket got a page of HTTP.
    people = [
        Caller(await asyncio.to_thread(someone, shaken_house, door=clock.door)) for _ in range(12)
    ]
    for nth in range(1, 9):
        await asyncio.sleep(random.uniform(0, 1))
        clock.by(nth * timedelta(minutes=2))
        try:
            # It jumps within half a second: they come in all the while.
            for one in people:
                await one.join(ROOM)
                await asyncio.sleep(0.04)
            await asyncio.sleep(0.5)
            assert [one.close_code for one in people] == [None] * len(people)
        finally:
            await asyncio.gather(*(one.leave() for one in people))


async def test_a_process_that_is_400_days_ahead_lets_nobody_in_and_forgets_nobody(
    shaken_house: House, clock: Clock, dose: Dose
) -> None:
    sessions = "SELECT count(*) FROM django_session"
    async with crowd(shaken_house, dose) as people:
        before = await asyncio.to_thread(rows, shaken_house, sessions)
        await asyncio.sleep(dose(0.5, 5))
        clock.by(400 * DAY)
        await asyncio.sleep(dose(3.5, 60))
        # 0: a door that was knocked at and opened only to say so.
        assert 4401 in people.closes() and set(people.closes()) <= {0, 4401}
        if clock.door:
            # By the door whose clock is right all talk on.
            await people.back(since=time.monotonic(), within=BACK_S)
        clock.by(timedelta())
        await asyncio.sleep(1.5)
        # Whoever was turned away again and again waits up to a minute, as a page does.
        await people.back(since=time.monotonic(), within=BACK_S + dose(0, 60))
        await people.end("clock of a process: 400 days ahead", least=20)
        assert await asyncio.to_thread(rows, shaken_house, sessions) == before
