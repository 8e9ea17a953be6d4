"""An item that is open shows what others do to it, and what is being typed there stays."""

from playwright.async_api import Browser

from tests.browsers import NewContext
from tests.evening.people import connected, enter, wait_for_words
from tests.evening.test_a_shift import JAPAN, sign_in
from tests.evening.test_the_desk import WORDS, a_report, report
from tests.live import House

TYPED = "まだ書いて"


async def test_a_claim_another_report_and_a_hiding_show_at_once_and_take_no_words(
    own_house: House, browser: Browser, desktop: NewContext
) -> None:
    house, url = own_house, own_house.urls[0]
    await a_report(house, desktop)
    hers = await sign_in(await browser.new_context(**JAPAN), house, "demo-haru")  # type: ignore[arg-type]
    other = await sign_in(await browser.new_context(**JAPAN), house, "hyogo-supporter-3")  # type: ignore[arg-type]
    await hers.goto(f"{url}/moderation/")
    await hers.locator(".queue a.open", has_text="しらせ").first.click()
    await hers.wait_for_url("**/moderation/items/**")
    await hers.wait_for_selector("html[data-ready]", state="attached")
    await hers.evaluate("window.stayed = true")
    await hers.locator("#word-words").focus()
    await hers.keyboard.insert_text(TYPED)
    typed_in = await hers.evaluate_handle("document.activeElement")

    await other.goto(hers.url)
    await other.locator("#claim").click()
    await hers.locator(".claim", has_text="さんが読んでいます").wait_for(timeout=5_000)

    yoru = await enter(await desktop(), url, handle="よるのそら")
    await connected(yoru)
    await wait_for_words(yoru, WORDS)
    told = hers.locator("section[aria-labelledby=told] li")
    assert await told.count() == 1
    await report(yoru, WORDS)
    await told.nth(1).wait_for(timeout=5_000)

    await other.locator("section[aria-labelledby=hide] button", has_text="かくす").first.click()
    await hers.locator(".claim", has_text="おわりました").wait_for(timeout=5_000)
    # What the page can't do any more goes; the words that are being written don't.
    assert await hers.locator("section[aria-labelledby=hide]").count() == 0
    await hers.locator("section[aria-labelledby=back-again]").wait_for(timeout=5_000)
    await hers.keyboard.insert_text("いるところ")
    assert await hers.input_value("#word-words") == f"{TYPED}いるところ"
    assert await typed_in.evaluate("box => box === document.activeElement")
    assert await hers.evaluate("window.stayed")
