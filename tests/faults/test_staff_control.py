"""A role, an account, a sign-in that ends takes its sockets along, on every process, at once."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.caller import Caller, Person
from tests.faults.gathering import ROOM, at_door, wait_for_listeners
from tests.live import House
from tests.moderation.test_live_desk import desk_of, heard, signed_in

WITH_BROKER_S, WITHOUT_S = 1.0, 3.0
PROGRAM = "hyogo"

# The demo's own people; what a deed took away is given back for the next test.
_DEED = """
import time
from accounts.actions import sessions, second_factors
from accounts.models import RoleGrant, Staff
from accounts.standing import bump_staff
from foundation import clock
one = Staff.objects.get(username={name!r})
{deed}
print("at", time.time())
"""
DEEDS = {
    "the role": (
        "RoleGrant.objects.filter(staff=one).update(ended_at=clock.now()); bump_staff(one.pk)",
        "RoleGrant.objects.filter(staff=one).update(ended_at=None)", 4403,
    ),
    "the account": (
        "Staff.objects.filter(pk=one.pk).update(is_active=False); sessions.end_all(one.pk)",
        "Staff.objects.filter(pk=one.pk).update(is_active=True)", 4403,
    ),
    "the sign-in, with its second factor": ("sessions.end_all(one.pk)", "", 4401),
}  # fmt: skip


def _run(house: House, deed: str, name: str) -> float:
    return float(house.shell(_DEED.format(name=name, deed=deed)).rpartition("at ")[2])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "broker" in metafunc.fixturenames:
        is_server = metafunc.config.getoption("shape") == "server"
        metafunc.parametrize("broker", ["there", "gone"] if is_server else ["none"])


@pytest.fixture
def reach(broker: str, calm_house: House) -> Iterator[tuple[House, float]]:
    """A house with its broker or without it, and how fast control must be there.

    A command in a process of its own rings nobody in the embedded house: there the poll finds it.
    """
    if calm_house.redis is None:
        yield calm_house, WITHOUT_S
    elif broker == "gone":
        calm_house.redis.kill()
        yield calm_house, WITHOUT_S
        calm_house.redis.start()
        wait_for_listeners(calm_house)
    else:
        yield calm_house, WITH_BROKER_S


async def _closing(one: Caller) -> tuple[int, float]:
    return await one.closed(timeout=60), time.time()


async def test_what_ends_a_supporters_standing_ends_their_sockets(
    reach: tuple[House, float], supporter: Callable[[House], tuple[Person, str]]
) -> None:
    house, within = reach
    for what, (deed, undo, code) in DEEDS.items():
        person, name = await asyncio.to_thread(supporter, house)
        sockets = [Caller(at_door(person, number % len(house.urls))) for number in range(2)]
        try:
            for one in sockets:
                hello = await one.join(ROOM)
                assert hello["you"]["role"] == "supporter"
            assert (await sockets[0].say("います"))["type"] == "ack"
            waiting = [asyncio.create_task(_closing(one)) for one in sockets]
            began = await asyncio.to_thread(_run, house, deed, name)
            ends = await asyncio.gather(*waiting)
            took = [at - began for _, at in ends]
            print(f"{house.shape}, {what}: closed after {[f'{t:.2f} s' for t in took]}")
            assert {number for number, _ in ends} == {code}, what
            assert max(took) <= within, what
        finally:
            await asyncio.gather(*(one.leave() for one in sockets))
            await asyncio.to_thread(_run, house, undo, name)


async def _shut(desk: ClientConnection) -> tuple[int | None, float]:
    with contextlib.suppress(ConnectionClosed):
        while True:
            await asyncio.wait_for(desk.recv(), 60)
    return desk.close_code, time.time()


async def test_what_ends_a_supporters_standing_ends_their_open_desks(
    reach: tuple[House, float], supporter: Callable[[House], tuple[Person, str]]
) -> None:
    house, within = reach
    for what, (deed, undo, _) in DEEDS.items():
        person, name = await asyncio.to_thread(supporter, house)
        desks = [
            await desk_of(person, PROGRAM, door=number % len(house.urls)) for number in range(2)
        ]
        try:
            for desk in desks:
                assert (await heard(desk))["type"] == "desk", what
            waiting = [asyncio.create_task(_shut(desk)) for desk in desks]
            began = await asyncio.to_thread(_run, house, deed, name)
            ends = await asyncio.gather(*waiting)
            took = [at - began for _, at in ends]
            print(f"{house.shape}, {what}: shut after {[f'{t:.2f} s' for t in took]}")
            assert {number for number, _ in ends} == {4403}, what
            assert max(took) <= within, what
        finally:
            await asyncio.gather(*(desk.close() for desk in desks))
            await asyncio.to_thread(_run, house, undo, name)


@pytest.fixture
def supporter() -> Callable[[House], tuple[Person, str]]:
    """A supporter of the demo, signed in with a second factor; another one each time."""
    names = iter(("demo-haru", "demo-nagi", "hyogo-supporter-3"))

    def come(house: House) -> tuple[Person, str]:
        name = next(names)
        return signed_in(house, name), name

    return come
