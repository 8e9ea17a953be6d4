"""Very many sockets: cut all at once and back, and simply held."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence

import psutil

from tests.faults.lean import Lean, all_in, busiest_second, chained, sockets
from tests.faults.nemesis import Crowd, Dose, crowd, head_of, stored_after
from tests.live import House

BACK_S = 60.0


async def _all_heard_everything(house: House, many: Sequence[Lean], *, within: float) -> None:
    """Every one applied, in order and once, exactly what the database holds since it came."""
    head = await asyncio.to_thread(head_of, house)
    until = time.monotonic() + within
    while behind := [one for one in many if (one.last or 0) < head]:
        assert time.monotonic() < until, f"{len(behind)} don't stand at {head} after {within} s"
        await asyncio.sleep(0.05)
    first = min(one.first for one in many)
    texts = {r.seq: r.text for r in await asyncio.to_thread(stored_after, house, first)}
    chains: dict[int, int] = {}
    for start in {one.first for one in many}:
        chain = 0
        for seq in range(start + 1, head + 1):
            chain = chained(chain, seq, texts.get(seq, ""))
        chains[start] = chain
    wrong = [one for one in many if dict(one.recent)[head] != chains[one.first]]
    assert not wrong, f"{len(wrong)} hold something else than the database"
    assert {one.fresh_starts for one in many} == {1}, "someone had to begin anew"


async def _held(house: House, people: Crowd, many: list[Lean], knocks: list[float]) -> None:
    """They sit there idle while the room talks: nobody is put out, everybody hears everything."""
    seconds = people.dose(5, 300)
    await asyncio.sleep(seconds)
    # Whatever is on its way has a moment to arrive: the room goes on talking.
    await _all_heard_everything(house, many, within=15)
    assert len(knocks) == len(many), "someone had to come back"
    print(f"{len(many)} sockets held for {seconds:.0f} s")


async def _storm(house: House, people: Crowd, many: list[Lean], knocks: list[float]) -> float:
    """Every process is killed at once; seconds until all are back where they were."""
    count, doors = len(many), range(len(house.urls))
    knocks.clear()
    cut_at = time.monotonic()
    for door in doors:
        house.kill(door)
    await asyncio.gather(*(asyncio.to_thread(house.start, door) for door in doors))
    started = time.monotonic()
    await asyncio.sleep(0.1)
    await all_in(many, within=BACK_S - (started - cut_at))
    took = time.monotonic() - cut_at
    await people.back(since=started, within=BACK_S)
    rate, refused = busiest_second(knocks), sum((one.refused for one in many), Counter())
    print(f"{count} sockets: the house was away for {started - cut_at:.1f} s, all were back "
          f"{took:.1f} s after the cut; {len(knocks)} knocks, at most {rate} in a second; "
          f"{sum(one.twice for one in many)} events came twice and were dropped")  # fmt: skip
    assert not refused, refused
    # The first delays are spread over five seconds, the next ones over more.
    assert rate <= 2 * count / 5
    assert len(knocks) <= 3 * count
    return took


async def test_very_many_sockets_are_held_cut_at_once_and_back_where_they_were_within_a_minute(
    shaken_house: House, dose: Dose
) -> None:
    idle, cut = int(dose(500, 10_000)), int(dose(500, 5000))
    pids = [shaken_house.pid(door) for door in range(len(shaken_house.urls))]
    async with crowd(shaken_house, dose, posters=2, listeners=1, every=dose(0.5, 2)) as people:
        before = sum(psutil.Process(pid).memory_info().rss for pid in pids)
        async with sockets(shaken_house, idle) as (many, knocks, leave):
            grown = sum(psutil.Process(pid).memory_info().rss for pid in pids) - before
            print(f"{grown / idle / 1024:.1f} KiB each")
            await _held(shaken_house, people, many, knocks)
            assert not people.closes()
            await people.end(f"{idle} idle sockets held")
            people.talk()
            await leave(idle - cut)
            took = await _storm(shaken_house, people, many, knocks)
            await people.rest(within=30)
            await _all_heard_everything(shaken_house, many, within=15)
            people.recoveries.append(took)
            await people.end(f"storm: {cut} sockets cut at once", within=60)
