"""A counselor's day is the telephone: a call is written down by keys alone, in twenty seconds."""

import time

from playwright.async_api import Browser, Page

from tests.evening.people import picture
from tests.evening.test_a_shift import JAPAN, sign_in
from tests.live import House

# Seconds a key, of an average typist: Card, Moran and Newell, "The Keystroke-Level Model" (1980).
A_KEY = 0.28
MOST_SECONDS = 20.0


class Hands:
    """Someone at a keyboard, at a person's pace; every key is counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys = page, 0

    async def press(self, *keys: str) -> None:
        """One after the other."""
        for key in keys:
            self.keys += 1
            await self.page.wait_for_timeout(A_KEY * 1000)
            await self.page.keyboard.press(key)

    async def write(self, kana: str) -> None:
        """Kana by way of the Latin letters: two keys each, and one to end the conversion."""
        for one in kana:
            self.keys += 2
            await self.page.wait_for_timeout(2 * A_KEY * 1000)
            await self.page.keyboard.insert_text(one)
        self.keys += 1
        await self.page.wait_for_timeout(A_KEY * 1000)


async def test_a_call_is_entered_by_keyboard_within_twenty_seconds(
    own_house: House, browser: Browser
) -> None:
    house, url = own_house, own_house.urls[0]
    page = await sign_in(await browser.new_context(**JAPAN), house, "hyogo-counselor-1")  # type: ignore[arg-type]
    await page.goto(f"{url}/counseling/desk/occasions/")

    # Somebody new, by telephone: minutes, whose voice, one line.
    hands, begun = Hands(page), time.monotonic()
    await hands.press("Tab", "2", "5", "Tab", "ArrowDown", "Tab", "Tab")
    await hands.write("よくねむれない")
    async with page.expect_navigation():
        await hands.press("Enter")
    took = time.monotonic() - begun
    told = await page.locator("[role=status]").inner_text()
    assert "記録しました" in told
    code = "".join(one for one in told if one.isdigit())
    print(f"somebody new: {hands.keys} keys, {took:.1f} s")
    assert hands.keys <= 30
    assert took <= MOST_SECONDS

    # The next one begins where the last one ended: somebody known, who came by.
    hands, begun = Hands(page), time.monotonic()
    await hands.press(*code, "Tab", "4", "0", "Tab", "ArrowDown", "Tab", "ArrowDown", "Tab")
    await hands.write("らいしゅう")
    async with page.expect_navigation():
        await hands.press("Enter")
    took = time.monotonic() - begun
    assert code in await page.locator("[role=status]").inner_text()
    print(f"somebody known: {hands.keys} keys, {took:.1f} s")
    assert hands.keys <= 35
    assert took <= MOST_SECONDS
    await picture(page, "a-call-entered")

    await page.get_by_role("link", name="開く").click()
    rows = page.locator("section:has(#occasions) tbody tr")
    assert await rows.count() == 2
    first, second = sorted(
        await rows.all_inner_texts(), key=lambda row: "よくねむれない" not in row
    )
    assert "電話" in first and "25" in first
    assert "らいしゅう" in second and "40" in second and "電話" not in second
