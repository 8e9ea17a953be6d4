"""Promise 5, with a real broker that is killed, frozen, cut and emptied."""

import asyncio
import time
from collections.abc import Callable

import pytest

from tests.caller import Answer, Caller
from tests.faults.gathering import (
    ROOM,
    figures,
    gathered,
    nobody_left,
    same_list,
    seen,
    someone,
    unique,
)
from tests.live import House

pytestmark = pytest.mark.usefixtures("server_shape")
HERE_S, ELSEWHERE_S, RUNG_S = 1.0, 3.0, 1.0


async def _talk(by: Caller, here: Caller, there: Caller) -> tuple[float, float, float]:
    """Post once: seconds until acknowledged, seen on the same process, seen on the other."""
    text = unique("聞こえますか")
    began = time.monotonic()
    nonce = await by.post(text)
    acked, near, far = await asyncio.gather(
        by.answer(nonce, timeout=5), seen(here, text, timeout=5), seen(there, text, timeout=8)
    )
    assert acked["type"] == "ack"
    return time.monotonic() - began, near - began, far - began


async def _works_without(house: House, callers: list[Caller], *, what: str) -> None:
    """Everything the promise says while the broker is out of reach."""
    at_0, at_1, also_0 = callers[:3]
    near, far = [], []
    for _ in range(2):
        _, one, other = await _talk(at_0, also_0, at_1)
        near.append(one)
        far.append(other)
    print(figures(f"{what}, same process", near))
    print(figures(f"{what}, other process", far))
    assert max(near) < HERE_S and max(far) < ELSEWHERE_S + 0.3
    for door in range(2):
        # Someone new, all the way in.
        newcomer = await asyncio.to_thread(someone, house, door=door)
        async with Caller(newcomer) as caller:
            await caller.join(ROOM)
            assert (await caller.say("はじめまして"))["type"] == "ack"
        for path in ("/", "/now/", "/rooms/", f"/rooms/{ROOM}/", "/me/", "/letters/"):
            began = time.monotonic()
            page: Answer = await asyncio.to_thread(newcomer.get, path)
            assert page.status == 200, f"{path} answered {page.status} {what}"
            assert time.monotonic() - began < 3.0, f"{path} was slow {what}"
    nobody_left(callers)


async def _rings_again(callers: list[Caller], *, what: str) -> None:
    """Rings carry: six posts over more than a poll's two seconds, each there at once."""
    at_0, at_1, also_0 = callers[:3]
    began = time.monotonic()
    in_a_row: list[float] = []
    while len(in_a_row) < 6:
        assert time.monotonic() - began < 20, f"no rings {what}: {in_a_row}"
        _, _, far = await _talk(at_0, also_0, at_1)
        in_a_row = [*in_a_row, far] if far < RUNG_S / 2 else []
        await asyncio.sleep(0.45)
    print(f"{what}: rings back after ≤ {time.monotonic() - began - 2.7:.1f} s; "
          + figures("other process", in_a_row))  # fmt: skip
    head = max(caller.reader.last or 0 for caller in callers)
    await same_list(callers, head)
    nobody_left(callers)


async def _killed(house: House) -> Callable[[], None]:
    assert house.redis is not None
    house.redis.kill()
    return lambda: house.redis and house.redis.start()  # type: ignore[return-value]


async def _frozen(house: House) -> Callable[[], None]:
    assert house.redis is not None
    house.redis.stop()
    return house.redis.cont


@pytest.mark.parametrize("how", [_killed, _frozen], ids=["killed", "frozen"])
async def test_without_the_broker_nobody_is_disconnected_and_everyone_is_heard(
    calm_house: House, how: Callable
) -> None:
    async with gathered(calm_house, 4) as callers:
        await _rings_again(callers, what="before")
        heal = await how(calm_house)
        await _works_without(calm_house, callers, what=f"with the broker {how.__name__[1:]}")
        await asyncio.to_thread(heal)
        await _rings_again(callers, what=f"after it was {how.__name__[1:]}")


async def test_a_broker_that_forgets_its_listeners_and_keys_is_listened_to_again(
    calm_house: House,
) -> None:
    assert calm_house.redis is not None
    async with gathered(calm_house, 4) as callers:
        calm_house.redis.cli("FLUSHALL")
        await _rings_again(callers, what="after FLUSHALL")
        print("cut:", calm_house.redis.cli("CLIENT", "KILL", "TYPE", "pubsub"))
        _, near, far = await _talk(callers[0], callers[2], callers[1])
        assert near < HERE_S and far < ELSEWHERE_S
        await _rings_again(callers, what="after CLIENT KILL TYPE pubsub")


async def test_a_process_that_starts_without_a_broker_serves_and_hears_rings_later(
    freed_house: House,
) -> None:
    assert freed_house.redis is not None
    freed_house.redis.kill()
    freed_house.term(1)
    freed_house.start(1)
    async with gathered(freed_house, 4) as callers:
        await _works_without(freed_house, callers, what="started without a broker")
        await asyncio.to_thread(freed_house.redis.start)
        await _rings_again(callers, what="after the broker came")
