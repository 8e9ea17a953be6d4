"""The proxy as it is shipped before two houses: a room's people sit in one of them, and when that
one is gone, in the other.
"""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat.demo_keeper import ALWAYS_OPEN
from tests.caller import Caller, Person
from tests.faults.gathering import UNLIMITED, eventually, same_list, seen, someone, unique
from tests.live import PYTHON, ROOT, House, Template, bare_environment
from tests.processes import Process, free_port

PROXY = 2  # the door that is the proxy's
EACH = 5


@pytest.fixture
def proxied_house(template: Template, tmp_path: Path, server_shape: None) -> Iterator[House]:
    """Two houses behind the Caddyfile of the repository; door `PROXY` is the proxy."""
    house = House(template, doors=2, env={**UNLIMITED, "IBASHO_TRUSTED_PROXIES": "1"})
    port = free_port()
    house.urls.append(f"http://127.0.0.1:{port}")
    written = (ROOT / "Caddyfile").read_text(encoding="utf-8")
    # As docker-compose.yml names them; by HTTP, since no certificate is to be had here.
    written = written.replace("\n{$SITE} {", f"\nhttp://127.0.0.1:{port} {{")
    for i in range(2):
        written = written.replace(f"web{i + 1}:8000", f"127.0.0.1:{house.ports[i]}")
    (tmp_path / "Caddyfile").write_text(written, encoding="utf-8")
    proxy = Process(log=tmp_path / "log")
    try:
        house.open()
        proxy.spawn(
            [str(Path(PYTHON[0]).parent / "caddy"), "run"],
            env={
                **bare_environment(),
                "SITE": "127.0.0.1",
                "CADDY_ADMIN": f"127.0.0.1:{free_port()}",
                "XDG_DATA_HOME": str(tmp_path),
                "XDG_CONFIG_HOME": str(tmp_path),
            },
            cwd=tmp_path,
        )
        yield house
    finally:
        proxy.kill()
        house.close()


async def test_who_sits_in_one_room_sits_in_one_house_and_moves_when_it_is_gone(
    proxied_house: House,
) -> None:
    house = proxied_house
    await eventually(lambda: _answers(house), timeout=20)
    rooms = {
        slug: [Caller(await asyncio.to_thread(someone, house, door=PROXY)) for _ in range(EACH)]
        for slug in ALWAYS_OPEN
    }
    there = {one: slug for slug, callers in rooms.items() for one in callers}
    try:
        await asyncio.gather(*(one.join(slug) for one, slug in there.items()))
        moved: set[str] = set()
        for door in (0, 1):
            await _all_talk(rooms)
            house.kill(door)
            cut = await _cut(list(there))
            print(f"door {door} killed: {len(cut)} cut, of {sorted({there[one] for one in cut})}")
            for callers in rooms.values():
                assert len(cut & set(callers)) in (0, EACH), "one room was in two houses"
            began = time.monotonic()
            back = await asyncio.gather(*(one.rejoin(there[one]) for one in cut))
            print(f"back after {time.monotonic() - began:.2f} s")
            assert all(welcome["recovered"] for welcome in back)
            moved |= {there[one] for one in cut}
            await _all_talk(rooms)
            await asyncio.to_thread(house.start, door)
        assert moved == set(rooms), "somebody's house was killed, and they weren't cut"
    finally:
        await asyncio.gather(*(one.leave() for one in there))


def _answers(house: House) -> bool:
    try:
        return Person(house, PROXY).get("/healthz").status == 200
    except OSError:
        return False


async def _all_talk(rooms: dict[str, list[Caller]]) -> None:
    for callers in rooms.values():
        answers = await asyncio.gather(*(one.say(unique("ただいま")) for one in callers))
        last = unique("みんないる")
        answers.append(await callers[0].say(last))
        assert {answer["type"] for answer in answers} == {"ack"}
        await asyncio.gather(*(seen(one, last) for one in callers))
        await same_list(callers, max(answer["seq"] for answer in answers))


async def _cut(callers: list[Caller]) -> set[Caller]:
    """Those whose line is cut within a second."""
    await asyncio.sleep(1)
    return {one for one in callers if one.close_code is not None}
