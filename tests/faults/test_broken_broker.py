"""Promise 5 under the judge: whatever becomes of Redis, nobody is disconnected, nothing is lost."""

import asyncio
import contextlib
import time
from collections.abc import Callable

import pytest
from redis.exceptions import ResponseError

from tests.caller import Answer
from tests.faults.chaos import ChaosProxy
from tests.faults.gathering import UNLIMITED, figures, p95, someone, wait_for_listeners
from tests.faults.nemesis import Crowd, Dose, crowd
from tests.live import House, Template

pytestmark = pytest.mark.usefixtures("server_shape")
ACK_S = 3.0


def _kill(house: House) -> Callable[[], object]:
    assert house.redis is not None
    house.redis.kill()
    return house.redis.start


def _freeze(house: House) -> Callable[[], object]:
    assert house.redis is not None
    house.redis.stop()
    return house.redis.cont


def _fill(house: House) -> Callable[[], object]:
    assert house.redis is not None
    redis = house.redis
    redis.cli("CONFIG", "SET", "maxmemory-policy", "noeviction")
    redis.cli("CONFIG", "SET", "maxmemory", "1mb")
    return lambda: redis.cli("CONFIG", "SET", "maxmemory", "0")


def _fill_disk(house: House) -> Callable[[], object]:
    """It can't save, and so refuses every change: the name of its file is a folder's."""
    assert house.redis is not None
    redis = house.redis
    (redis.folder / "dump.rdb").mkdir()
    redis.cli("CONFIG", "SET", "save", "1 1")
    redis.cli("SET", "something", "to save")
    with contextlib.suppress(ResponseError):  # it is at it by itself already
        redis.cli("BGSAVE")
    until = time.monotonic() + 10
    while redis.cli("INFO", "persistence")["rdb_last_bgsave_status"] != "err":
        assert time.monotonic() < until, "it saved after all"
        time.sleep(0.02)
    with pytest.raises(ResponseError, match="MISCONF"):
        redis.cli("SET", "something", "else")

    def heal() -> None:
        (redis.folder / "dump.rdb").rmdir()
        redis.cli("CONFIG", "SET", "save", "")

    return heal


@pytest.mark.parametrize(
    ("fault", "name"),
    [
        (_kill, "Redis: kill -9, restarted empty"),
        (_freeze, "Redis: frozen (SIGSTOP)"),
        (_fill, "Redis: memory full"),
        (_fill_disk, "Redis: disk full (MISCONF)"),
    ],
    ids=["killed", "frozen", "full", "disk full"],
)
async def test_redis_fails_while_people_talk(
    shaken_house: House, dose: Dose, fault: Callable[[House], Callable[[], object]], name: str
) -> None:
    async with crowd(shaken_house, dose) as people:
        await asyncio.sleep(dose(0.3, 5))
        heal = await asyncio.to_thread(fault, shaken_house)
        await _through(shaken_house, people, dose(3, 20))
        await asyncio.to_thread(heal)
        since = time.monotonic()
        await people.back(since=since, within=5)
        await asyncio.to_thread(wait_for_listeners, shaken_house)
        print(f"every process listens again after {time.monotonic() - since:.1f} s")
        await people.end(name, least=30)
        assert not people.closes(), "somebody was disconnected"


async def test_the_line_between_the_house_and_redis_is_cut_without_a_word(
    template: Template, dose: Dose
) -> None:
    async with ChaosProxy() as between:
        by = {"REDIS_URLS": f"redis://127.0.0.1:{between.port}/0"}
        house = House(template, env={**UNLIMITED, **by})
        try:
            assert house.redis is not None
            between.target = house.redis.port
            await asyncio.to_thread(house.open)
            async with crowd(house, dose) as people:
                await asyncio.sleep(dose(0.3, 5))
                between.swallow = True
                await _through(house, people, dose(3, 30))
                between.heal()
                await people.back(since=time.monotonic(), within=5)
                await people.end("web–Redis: partition", least=30)
                assert not people.closes()
        finally:
            await asyncio.to_thread(house.close)


async def _through(house: House, people: Crowd, seconds: float) -> None:
    """People talk on through a fault: told within three seconds, let in, no page fails."""
    before = {one: len(one.latencies) for one in people.members}
    until = time.monotonic() + seconds
    newcomer = await asyncio.to_thread(someone, house, door=len(house.urls) - 1)
    for path in ("/", "/rooms/", "/me/", "/letters/"):
        page: Answer = await asyncio.to_thread(newcomer.get, path)
        assert page.status == 200, f"{path} answered {page.status}"
    await asyncio.sleep(max(0.0, until - time.monotonic()))
    took = [s for one in people.members for s in one.latencies[before[one] :]]
    # Who waits still counts too.
    took += [time.monotonic() - one.current.began for one in people.posters if one.current]
    assert took and p95(took) < 1.0 and max(took) < ACK_S
    print(figures("acknowledged meanwhile", took))
