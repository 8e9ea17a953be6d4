"""What one was about to say: the room falls quiet, and nothing that was written is lost."""

import asyncio

from playwright.async_api import Page

from tests.browsers import NewContext
from tests.evening.people import connected, enter
from tests.live import House

_SWITCH = """
from chat.actions.rooms import switch
from chat.models import Room
from chat.states import Hand
from foundation import clock
switch(room=Room.objects.get(slug="zatsudan").pk, hand=Hand("{hand}"), reason="", now=clock.now())
"""
WORDS = "きょうは、すこし歩けました"


async def _turns(house: House, page: Page, hand: str, state: str) -> None:
    await asyncio.to_thread(house.manage, "shell", "-v", "0", "-c", _SWITCH.format(hand=hand))
    await page.wait_for_function(
        "state => document.getElementById('state-chip').dataset.state === state", arg=state
    )


async def test_a_draft_is_put_by_or_made_a_murmur_when_the_room_falls_quiet(
    house: House, phone: NewContext
) -> None:
    page = await enter(await phone(), house.urls[0], handle="こもれび")
    await connected(page)
    await page.fill("#text", WORDS)
    assert not await page.is_visible("#draft-offer")
    try:
        await _turns(house, page, "quiet", "quiet")
        assert await page.input_value("#text") == WORDS
        await page.click('[data-draft="keep"]')
        assert await page.input_value("#text") == ""
        assert await page.is_visible("#draft-kept")
        await page.reload()
        await connected(page)
        assert await page.is_visible("#draft-kept")
        await _turns(house, page, "none", "open")
        assert await page.input_value("#text") == WORDS
        assert not await page.is_visible("#draft-kept")

        await _turns(house, page, "quiet", "quiet")
        await page.click('[data-draft="murmur"]')
        assert await page.input_value("#text") == WORDS
        assert not await page.is_visible("#draft-offer")
        await page.click("[data-send]")
        await page.locator("#said > li.murmured .text", has_text=WORDS).wait_for()
        assert await page.locator("#said > li.murmured").count() == 1
    finally:
        await asyncio.to_thread(house.manage, "shell", "-v", "0", "-c", _SWITCH.format(hand="none"))
