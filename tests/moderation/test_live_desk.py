"""An open desk hears at once that something waits: by its bell, on every process."""

import asyncio
import contextlib
import json
import time
from uuid import uuid4

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.accounts.codes import code_of
from tests.caller import Caller, Person, enter
from tests.live import House

ROOM = "zatsudan"


def signed_in(house: House, name: str) -> Person:
    one = house.told(name)
    person = Person(house)
    person.post("/accounts/login/", login=one["username"], password=one["password"])
    for _ in range(3):
        code = code_of(one["totp_secret"])
        answer = person.post("/accounts/2fa/authenticate/", code=code)
        if answer.status in (302, 303):
            return person
        # One that was used isn't taken twice, and whoever tries it often is kept waiting.
        while code == code_of(one["totp_secret"]):
            time.sleep(1)
    raise AssertionError(answer.body[:500])


async def desk_of(person: Person, program: str, *, door: int = 0, origin: str | None = None):
    person.door = door
    return await connect(
        person.origin.replace("http", "ws", 1) + f"/ws/desk/{program}/",
        origin=origin or person.origin,  # type: ignore[arg-type]
        additional_headers={"Cookie": person.cookie} if person.cookies else {},
        compression=None, ping_interval=None, proxy=None,
    )  # fmt: skip


async def heard(desk: ClientConnection) -> dict[str, object]:
    found: dict[str, object] = json.loads(await asyncio.wait_for(desk.recv(), 10))
    return found


async def code(desk: ClientConnection) -> int | None:
    with contextlib.suppress(ConnectionClosed):
        while True:
            await asyncio.wait_for(desk.recv(), 10)
    return desk.close_code


async def murmur(house: House) -> None:
    person = await asyncio.to_thread(enter, house, f"よる{uuid4().hex[:4]}")
    async with Caller(person) as one:
        await one.join(ROOM)
        nonce = str(uuid4())
        await one.send({"type": "murmur", "nonce": nonce, "text": "ねむれない"})
        await one.answer(nonce)


async def test_a_desk_hears_within_a_second_on_every_process_and_no_one_else_does(
    own_house: House,
) -> None:
    house = own_house
    me = await asyncio.to_thread(signed_in, house, "hyogo-supporter-3")
    doors = [0, len(house.urls) - 1]
    desks = [await desk_of(me, "hyogo", door=door) for door in doors]
    stood = [(await heard(desk))["version"] for desk in desks]
    assert stood[0] == stood[1]

    stranger = await asyncio.to_thread(enter, house, "よそのひと")
    assert await code(await desk_of(stranger, "hyogo")) == 4403
    assert await code(await desk_of(Person(house), "hyogo")) == 4403
    assert await code(await desk_of(me, "kochi")) == 4403
    assert await code(await desk_of(me, "no-such-program")) == 4403
    with pytest.raises(InvalidStatus):
        await desk_of(me, "hyogo", origin="https://elsewhere.example")

    person = await asyncio.to_thread(enter, house, "よるのひと")
    async with Caller(person) as one:
        await one.join(ROOM)
        began, nonce = time.monotonic(), str(uuid4())
        await one.send({"type": "murmur", "nonce": nonce, "text": "ひとりごと"})
        news = await asyncio.gather(*(heard(desk) for desk in desks))
        took = time.monotonic() - began
    print(f"{house.shape}: heard after {took:.2f} s")
    assert took <= 1
    for before, frame in zip(stood, news, strict=True):
        assert set(frame) == {"type", "version"}
        assert frame["version"] > before  # type: ignore[operator]

    await desks[0].send('{"type":"ping","at":1}')
    assert (await heard(desks[0]))["type"] == "pong"

    # Signed out, nothing more is said: the next ring ends it.
    await asyncio.to_thread(me.post, "/accounts/logout/")
    await murmur(house)
    assert [await code(desk) for desk in desks] == [4403, 4403]
