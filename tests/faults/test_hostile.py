"""Promise 7 under the judge: two hundred that stop reading, and one that floods."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence

import psutil
import pytest

from tests.caller import Caller, Person
from tests.chat.bare import Bare, encoded
from tests.faults.gathering import ROOM, UNLIMITED, figures, p95, someone
from tests.faults.lean import Lean, sockets
from tests.faults.nemesis import Crowd, Dose, crowd
from tests.live import House

MiB = 1024 * 1024
READERS, FLOOD = 200, 100 * MiB
GROWTH = 20 * MiB
# daphne has no backpressure: what waits there waits in its transports, each bounded by itself.
GROWTH_DAPHNE = 3 * GROWTH
# Sooner than pings would find them (20 s and as long again): they are let go for being slow.
GONE_S = 25.0


@pytest.fixture
def one_door(make_house: Callable[..., House]) -> House:
    """All in one process, with the frames of each counted as they are for everybody."""
    lifted = UNLIMITED["IBASHO_LIMITS"].replace("frames=1000", "frames=1")
    return make_house(doors=1, env={"IBASHO_LIMITS": lifted})


async def test_the_301st_socket_of_one_address_is_sent_away_and_the_others_stay(
    make_house: Callable[..., House],
) -> None:
    # Nothing is raised but what would come before it: the address's own bound is as it is shipped.
    lifted = "handshakes=1000,entries=1000,sockets_per_person=1000"
    house = make_house(doors=1, env={"IBASHO_LIMITS": lifted})
    async with sockets(house, 300) as (many, _, _):
        async with Caller(await asyncio.to_thread(someone, house)) as late:
            await late.open(ROOM)
            assert (await late.wait_for("bye"))["code"] == 4429
            assert await late.closed() == 4429
        assert all(one.is_in and one.welcomes == 1 for one in many)


def _rss(house: House) -> int:
    return psutil.Process(house.pid()).memory_info().rss


def _still_held(house: House, many: Sequence[Lean]) -> int:
    ours = {one.here for one in many}
    return sum(
        bool(one.raddr) and tuple(one.raddr) in ours and one.status == psutil.CONN_ESTABLISHED
        for one in psutil.Process(house.pid()).net_connections("tcp")
    )


def _flood(person: Person) -> tuple[int, bool]:
    """100 MiB of frames that are each allowed; bytes that were taken, and whether 4429 was said."""
    frame, sent = encoded(b'{"type":"ping","at":1}'.ljust(16 * 1024)), 0
    with Bare(person) as line:
        line.socket.settimeout(5)
        with contextlib.suppress(OSError):
            while sent < FLOOD:
                sent += line.socket.send(frame)
        heard = line.heard
        with contextlib.suppress(OSError):
            while piece := line.socket.recv(65536):
                heard += piece
    return sent, b'"code":4429' in heard


async def _measured(people: Crowd, seconds: float) -> list[float]:
    before = {one: len(one.latencies) for one in people.posters}
    await asyncio.sleep(seconds)
    return [s for one in people.posters for s in one.latencies[before[one] :]]


async def test_two_hundred_stop_reading_and_one_floods_and_the_others_talk_on(
    one_door: House, dose: Dose
) -> None:
    async with crowd(one_door, dose, posters=4, listeners=1, every=0.08) as people:
        for one in people.members:
            one.padding = "あ" * 900
        await asyncio.sleep(1)
        quiet = await _measured(people, dose(3, 20))
        async with sockets(one_door, READERS, buffer=4096) as (many, _, _):
            # They look at nothing, or what took this test's own time would count as the house's.
            for one in many:
                one.skims = True
            await asyncio.sleep(1)
            reading = await _measured(people, dose(3, 20))
            await _beside(one_door, dose, people, many, quiet=quiet, reading=reading)


async def _beside(
    one_door: House, dose: Dose, people: Crowd, many: Sequence[Lean],
    *, quiet: list[float], reading: list[float],
) -> None:  # fmt: skip
    before = peak = _rss(one_door)
    for one in many:
        one.stop_reading()
    began, gone = time.monotonic(), None
    flooder = await asyncio.to_thread(someone, one_door)
    flooding = asyncio.create_task(asyncio.to_thread(_flood, flooder))
    marks = {one: len(one.latencies) for one in people.posters}
    while gone is None and time.monotonic() - began < GONE_S:
        await asyncio.sleep(0.1)
        peak = max(peak, _rss(one_door))
        if not await asyncio.to_thread(_still_held, one_door, many):
            gone = time.monotonic() - began
    loud = [s for one in people.posters for s in one.latencies[marks[one] :]]
    sent, told = await flooding
    quiet_again = await _measured(people, dose(3, 20))
    bound = GROWTH_DAPHNE if one_door.server == "daphne" else GROWTH
    print(f"{one_door.server}: memory +{(peak - before) / MiB:.1f} MiB, of a flood of 100 MiB "
          f"{sent / MiB:.1f} MiB went out, 4429 said: {told}; "
          f"all that don't read were let go after {gone and round(gone, 1)} s")  # fmt: skip
    print(figures("  the others' posts, before the 200", quiet))
    print(figures("  the others' posts, beside 200 that read", reading))
    print(figures("  the others' posts, beside 200 that don't", loud))
    print(figures("  the others' posts, when those are gone", quiet_again))
    await people.end("200 stop reading, one floods 100 MiB", least=20)
    assert not people.closes(), "somebody else was disconnected"
    assert gone is not None, "who doesn't read is still held"
    assert peak - before <= bound
    # Quiet before and quiet after: a machine that got busier meanwhile is no fault of theirs.
    assert p95(loud) <= 2 * max(p95(quiet), p95(reading), p95(quiet_again))
    # daphne resets the line, and the goodbye may go with it.
    assert told or (one_door.server == "daphne" and sent < FLOOD)
