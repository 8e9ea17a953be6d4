"""Promise 5: rings may be lost, doubled or late without anyone missing anything."""

import random
from collections.abc import Callable

import pytest

from tests.caller import Caller
from tests.faults.gathering import ROOM, UNLIMITED, gathered, nobody_left, same_list, seen
from tests.live import House

ACTS = 60
MOST_S = 3.0


async def _act(caller: Caller, number: int, dice: random.Random) -> int:
    """Post, stamp or withdraw something; the number it became."""
    own = [m for m in caller.reader.listing() if m["handle"] == caller.person_handle]  # type: ignore[attr-defined]
    shown = [m for m in caller.reader.listing() if m["state"] == "shown"]
    what = dice.random()
    nonce = f"00000000-0000-4000-8000-{number:012d}"
    if what < 0.3 and shown:
        of = dice.choice(shown)["seq"]
        frame = {"type": "stamp", "of": of, "stamp": dice.choice(caller.reader.room["stamps"])}
        await caller.send({**frame, "on": True, "nonce": nonce})
    elif what < 0.4 and own:
        await caller.send({"type": "withdraw", "of": dice.choice(own)["seq"], "nonce": nonce})
    else:
        await caller.post(f"ことば{number}", nonce=nonce)
    answer = await caller.answer(nonce)
    # A stamp may meet a message that its author takes back: refused, and so be it.
    assert answer["type"] == "ack" or answer["code"] == "no_such_message", answer
    return int(answer.get("seq", 0))


@pytest.mark.parametrize(
    "fault",
    [
        "bell_drop=0.5",
        "bell_double=0.5,bell_delay=0.4",
    ],
)
async def test_everyone_ends_with_the_same_list_however_the_bell_rings(
    make_house: Callable[..., House], fault: str
) -> None:
    house = make_house(env={**UNLIMITED, "IBASHO_FAULT": fault})
    dice = random.Random(fault)
    async with gathered(house, 6) as callers:
        for caller in callers:
            caller.person_handle = next(  # type: ignore[attr-defined]
                f["you"]["handle"] for f in caller.frames if f["type"] == "welcome"
            )
        head = 0
        for number in range(ACTS):
            head = max(head, await _act(dice.choice(callers), number, dice))
        waited = await same_list(callers, head, timeout=MOST_S)
        said = [m["text"] for m in callers[0].reader.listing() if m["text"].startswith("ことば")]
        assert len(said) == len(set(said)) > 10
        async with Caller(callers[0].person) as fresh:
            await fresh.join(ROOM)
            await same_list([*callers, fresh], head)
        nobody_left(callers)
        resumes = sum(caller.resumes for caller in callers)
        print(f"{house.shape}, {fault}: {head} events, equal {waited:.2f} s after the last ack, "
              f"{resumes} resumes")  # fmt: skip


async def test_without_any_ring_everyone_sees_a_post_within_three_seconds(
    make_house: Callable[..., House],
) -> None:
    house = make_house(env={**UNLIMITED, "IBASHO_FAULT": "bell_drop=1"})
    async with gathered(house, 4) as callers:
        worst = 0.0
        for number in range(3):
            ack = await callers[0].say(f"鳴らない{number}")
            assert ack["type"] == "ack"
            worst = max(worst, await same_list(callers, ack["seq"], timeout=MOST_S))
        print(f"{house.shape}: without rings seen by all after at most {worst:.2f} s")
        nobody_left(callers)


async def test_without_a_ring_from_elsewhere_the_own_process_still_hears_at_once(
    calm_house: House,
) -> None:
    async with gathered(calm_house, 4) as callers:
        ack = await callers[0].say("ここでは")
        here = callers[len(calm_house.urls)]
        await seen(here, "ここでは", timeout=1)
        await same_list(callers, ack["seq"])
