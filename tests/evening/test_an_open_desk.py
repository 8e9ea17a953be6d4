"""A desk that is open shows what colleagues ask, and loses nothing that is being typed there."""

import pytest
from playwright.async_api import Browser

from tests.evening.people import picture
from tests.evening.test_a_shift import JAPAN, press, sign_in
from tests.live import House

WIDTHS = {"320": {"width": 320, "height": 700}, "1280": {"width": 1280, "height": 900}}
TYPED = "しずかな夜でした。まだ書いて"


@pytest.mark.parametrize("width", WIDTHS)
async def test_kawatte_comes_to_a_desk_that_is_open_and_goes_again(
    own_house: House, browser: Browser, width: str
) -> None:
    house, url = own_house, f"{own_house.urls[0]}/moderation/"
    asking = await sign_in(await browser.new_context(**JAPAN), house, "hyogo-supporter-3")  # type: ignore[arg-type]
    await asking.goto(url)
    await asking.get_by_role("link", name="当番をはじめる").click()
    await press(asking, "はじめる")

    hers = await browser.new_context(viewport=WIDTHS[width], **JAPAN)  # type: ignore[arg-type]
    desk = await sign_in(hers, house, "demo-haru")
    await desk.goto(url)
    await desk.wait_for_selector("html[data-ready]", state="attached")
    kept = await desk.evaluate("window.stayed = true")
    assert kept and await desk.locator("#reliefs").count() == 0
    await desk.locator("#text").focus()
    await desk.keyboard.insert_text(TYPED)

    await press(asking, "かわって")
    await desk.locator("#side", has_text="と言っています").wait_for(timeout=5_000)
    await desk.keyboard.insert_text("いるところ")
    assert await desk.input_value("#text") == f"{TYPED}いるところ"
    take = desk.locator("#side").get_by_role("button", name="かわります")
    await take.scroll_into_view_if_needed()
    await picture(desk, f"relief-at-an-open-desk-{width}")
    wide = await desk.evaluate("document.documentElement.scrollWidth")
    assert wide <= WIDTHS[width]["width"]

    # Taken back, it goes; asked again, it comes again.
    await press(asking, "もう、だいじょうぶ")
    await desk.locator("#reliefs").wait_for(state="detached", timeout=5_000)
    await press(asking, "かわって")
    await take.wait_for(timeout=5_000)
    assert await desk.input_value("#text") == f"{TYPED}いるところ"
    assert await desk.evaluate("window.stayed")

    # What came anew works as what the page brought.
    await take.click()
    await asking.get_by_text("休憩しています").wait_for(timeout=5_000)
