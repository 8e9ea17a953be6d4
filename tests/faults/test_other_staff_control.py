"""A coordinator's and a counselor's role that ends takes their sockets along, on every process."""

import asyncio

from chat import protocol as p
from tests.caller import Caller
from tests.faults.gathering import ROOM, at_door
from tests.faults.test_staff_control import (
    DEEDS,
    PROGRAM,
    _closing,
    _run,
    _shut,
    pytest_generate_tests,
    reach,
)
from tests.live import House
from tests.moderation.test_live_desk import desk_of, heard, signed_in

__all__ = ["pytest_generate_tests", "reach"]

_TALK = """
from accounts.models import Participant
from accounts.queries import grants_of
from accounts.viewer import Viewer
from counseling.actions import cases
from counseling.actions.moves import make_case
from programs.models import Program
now = clock.now()
who = Participant.objects.create(handle="はなす人", entered_at=now, seen_at=now)
program = Program.objects.get(slug={program!r})
case = make_case(program=program, participant=who, relation="self", opened_at=now)
seen = Viewer(staff=one.pk, grants=grants_of(one.pk, now=now), verified=True)
taken = cases.take(seen, code=case.code, now=now)
taken.refresh_from_db()
print("talk", taken.room.slug, "talk")
"""
END, UNDO, _ = DEEDS["the role"]


async def test_a_coordinator_s_desk_and_room_end_with_their_role(
    reach: tuple[House, float],
) -> None:
    (house, within), name = reach, "hyogo-coordinator"
    person = await asyncio.to_thread(signed_in, house, name)
    doors = range(len(house.urls))
    rooms = [Caller(at_door(person, door)) for door in doors]
    desks = [await desk_of(person, PROGRAM, door=door) for door in doors]
    try:
        for room in rooms:
            await room.join(ROOM)
        for desk in desks:
            assert (await heard(desk))["type"] == "desk"
        waiting = [asyncio.create_task(_closing(room)) for room in rooms]
        waiting += [asyncio.create_task(_shut(desk)) for desk in desks]  # type: ignore[arg-type]
        began = await asyncio.to_thread(_run, house, END, name)
        ends = await asyncio.gather(*waiting)
        took = [at - began for _, at in ends]
        print(f"{house.shape}, a coordinator: closed after {[f'{t:.2f} s' for t in took]}")
        assert {number for number, _ in ends} == {p.Close.NOT_ALLOWED}
        assert max(took) <= within
    finally:
        await asyncio.gather(*(one.leave() for one in rooms), *(one.close() for one in desks))
        await asyncio.to_thread(_run, house, UNDO, name)


async def test_a_counselor_s_talk_of_two_ends_with_their_role(reach: tuple[House, float]) -> None:
    (house, within), name = reach, "kochi-counselor-1"
    person = await asyncio.to_thread(signed_in, house, name)
    slug = await asyncio.to_thread(_talk_of, house, name)
    talks = [Caller(at_door(person, door)) for door in range(len(house.urls))]
    try:
        for talk in talks:
            await talk.join(slug)
        waiting = [asyncio.create_task(_closing(talk)) for talk in talks]
        began = await asyncio.to_thread(_run, house, END, name)
        ends = await asyncio.gather(*waiting)
        took = [at - began for _, at in ends]
        print(f"{house.shape}, a counselor: closed after {[f'{t:.2f} s' for t in took]}")
        assert {number for number, _ in ends} <= {p.Close.NOT_ALLOWED, p.Close.NO_SUCH_ROOM}
        assert max(took) <= within
    finally:
        await asyncio.gather(*(one.leave() for one in talks))
        await asyncio.to_thread(_run, house, UNDO, name)


def _talk_of(house: House, name: str) -> str:
    deed = _TALK.format(program="kochi")
    told = house.shell(
        "from accounts.models import Staff\nfrom foundation import clock\n"
        f"one = Staff.objects.get(username={name!r})\n{deed}"
    )
    return told.split("talk ")[1].split(" talk")[0]
