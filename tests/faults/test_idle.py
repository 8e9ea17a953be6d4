"""Nobody is put out for saying nothing."""

import asyncio

from tests.faults.gathering import gathered, nobody_left, same_list
from tests.faults.nemesis import Dose
from tests.live import House


async def test_ten_idle_sockets_are_all_alive_after_a_while_and_hear_the_next_word(
    calm_house: House, dose: Dose
) -> None:
    idle_s = dose(18, 60)
    async with gathered(calm_house, 10) as callers:
        await asyncio.sleep(idle_s)
        nobody_left(callers)
        for caller in callers:
            # Every 15 s each is told where the room stands.
            assert [f["type"] for f in caller.frames].count("head") >= 1
        ack = await callers[0].say("まだいますか")
        waited = await same_list(callers, ack["seq"])
        nobody_left(callers)
        print(f"{calm_house.shape}: 10 of 10 alive after {idle_s:.0f} s, "
              f"all heard the next word after {waited:.2f} s")  # fmt: skip
        assert sum(caller.resumes for caller in callers) == 0
