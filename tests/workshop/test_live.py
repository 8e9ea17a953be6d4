"""Real server processes: two people talk, a process is killed, and nothing is lost."""

from tests.caller import Caller, enter


async def test_two_people_talk_through_any_two_doors(house):
    last = len(house.urls) - 1
    async with (
        Caller(enter(house, "しろ")) as one,
        Caller(enter(house, "くも", door=last)) as other,
    ):
        await one.join("zatsudan")
        await other.join("zatsudan")
        answer = await one.say("こんばんは、ここにいます")
        assert answer["type"] == "ack"
        await other.wait_until(lambda reader: reader.last == answer["seq"])
        assert other.reader.listing()[-1]["text"] == "こんばんは、ここにいます"
        await one.wait_until(lambda reader: reader.last == answer["seq"])
        assert one.reader.listing() == other.reader.listing()
        assert one.resumes == other.resumes == 0


async def test_what_was_acknowledged_survives_a_kill(own_house):
    async with Caller(enter(own_house, "しろ")) as one:
        await one.join("zatsudan")
        assert (await one.say("のこる"))["type"] == "ack"
        own_house.kill()
        assert await one.closed() == 1006
        own_house.start()
        assert (await one.rejoin("zatsudan"))["recovered"]
        assert one.reader.listing()[-1]["text"] == "のこる"
    # uvicorn ends by the signal that it was sent, once it has said goodbye.
    assert own_house.term() in (0, -15)
    assert "Traceback" not in own_house.logs()


def test_a_command_runs_on_the_houses_own_data(house):
    assert "[X] 0001_first" in house.manage("showmigrations", "chat").stdout
