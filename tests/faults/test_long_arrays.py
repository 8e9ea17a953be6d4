"""What goes out may be long: the bound of 64 KiB is for what comes in."""

from tests.caller import Caller
from tests.faults.gathering import gathered, nobody_left, same_list, someone, unique
from tests.live import House

ROOM = "yofukashi"


async def test_a_room_of_fifty_long_messages_is_heard_entered_and_resumed(
    calm_house: House,
) -> None:
    async with gathered(calm_house, 2, slug=ROOM) as callers:
        start = callers[0].reader.last
        nonces = [await callers[0].post(unique("ながい") + "話" * 980) for _ in range(60)]
        acks = [await callers[0].answer(nonce) for nonce in nonces]
        assert {ack["type"] for ack in acks} == {"ack"}
        await same_list(callers, acks[-1]["seq"])
        async with Caller(someone(calm_house)) as fresh:
            await fresh.join(ROOM)
            assert len(fresh.reader.listing()) == 50
            await fresh.send({"type": "resume", "since": start})
            answer = await fresh.wait_for("events")
            assert len(answer["events"]) == 60
            longest = max(len(raw.encode()) for c in (*callers, fresh) for raw in c.raw)
            assert longest > 64 * 1024
            print(f"{calm_house.shape}: the longest message on the wire: {longest} bytes")
            assert (await fresh.say("とどいています"))["type"] == "ack"
        nobody_left(callers)
