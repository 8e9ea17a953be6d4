"""One member of staff opens eight desks and eight rooms in a process; one more doesn't get in."""

import asyncio
import json

from tests.caller import Caller
from tests.live import House
from tests.moderation.test_live_desk import ROOM, desk_of, heard, signed_in

MOST = 8


async def test_the_ninth_desk_of_one_member_is_sent_away_and_the_others_stay(
    own_house: House,
) -> None:
    me = await asyncio.to_thread(signed_in, own_house, "hyogo-supporter-3")
    mate = await asyncio.to_thread(signed_in, own_house, "hyogo-coordinator")
    desks = [await desk_of(me, "hyogo") for _ in range(MOST)]
    for desk in desks:
        assert (await heard(desk))["type"] == "desk"

    ninth = await desk_of(me, "hyogo")
    bye = await heard(ninth)
    assert (bye["type"], bye["code"]) == ("bye", 4429)
    assert float(str(bye["retry_after"])) > 0
    await asyncio.wait_for(ninth.wait_closed(), 10)
    assert ninth.close_code == 4429

    # A colleague isn't held up by it, and whoever closes one may open another.
    other = await desk_of(mate, "hyogo")
    assert (await heard(other))["type"] == "desk"
    await desks.pop().close()
    async with asyncio.timeout(10):
        while (await heard(again := await desk_of(me, "hyogo")))["type"] != "desk":
            await again.wait_closed()
    for desk in (*desks, again, other):
        await desk.send(json.dumps({"type": "ping"}))
        assert (await heard(desk))["type"] == "pong"
        await desk.close()


async def test_the_ninth_room_of_one_member_is_sent_away_and_the_others_stay(
    own_house: House,
) -> None:
    me = await asyncio.to_thread(signed_in, own_house, "hyogo-supporter-3")
    windows = [Caller(me) for _ in range(MOST)]
    try:
        for window in windows:
            await window.join(ROOM)
        async with Caller(me) as ninth:
            await ninth.open(ROOM)
            bye = await ninth.wait_for("bye")
            assert (bye["code"], bye["retry_after"] > 0) == (4429, True)
            assert await ninth.closed() == 4429
        assert [window.close_code for window in windows] == [None] * MOST
    finally:
        for window in windows:
            await window.leave()
