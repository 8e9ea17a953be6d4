"""Time to rest: a page that stays open says so by itself, at the desk and on any other."""

import asyncio

import pytest
from playwright.async_api import Browser

from tests.evening.test_a_shift import JAPAN, press, sign_in
from tests.live import House

_DUE_IN = """
from datetime import timedelta
from duty.models import Shift
from foundation import clock
mine = Shift.objects.filter(supporter__username="hyogo-supporter-3", state="begun")
now = clock.now()
mine.update(stretch_at=now - timedelta(minutes=120, seconds=-{seconds}),
            ends_at=now + timedelta(hours=3))
"""
SAID = "つづけて 120 分をすぎました"


@pytest.mark.parametrize("address", ["/moderation/", "/moderation/rota/"])
async def test_an_open_page_says_when_it_is_time_to_rest(
    own_house: House, browser: Browser, address: str
) -> None:
    house = own_house
    page = await sign_in(await browser.new_context(**JAPAN), house, "hyogo-supporter-3")  # type: ignore[arg-type]
    await page.goto(f"{house.urls[0]}/moderation/")
    await page.get_by_role("link", name="当番をはじめる").click()
    await press(page, "はじめる")
    await asyncio.to_thread(house.manage, "shell", "-v", "0", "-c", _DUE_IN.format(seconds=12))
    await page.goto(f"{house.urls[0]}{address}")
    told = page.get_by_text(SAID)
    assert await told.count() == 1 and not await told.is_visible()
    kept = await page.evaluate("window.stayed = true")
    await told.wait_for(state="visible", timeout=20_000)
    assert kept and await page.evaluate("window.stayed"), "nobody loaded the page anew"
    await page.goto(f"{house.urls[0]}{address}")
    assert await page.get_by_text(SAID).is_visible()
