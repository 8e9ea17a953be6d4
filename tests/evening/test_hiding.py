"""「かくす」: the page is gone at once, and neither Back nor the history tells of it."""

from playwright.async_api import Page

from tests.browsers import NewContext
from tests.evening.people import connected, enter, picture, say, wait_for_words
from tests.live import House

SECRET = "だれにも見られたくないことば"


async def _shows_nothing(page: Page) -> None:
    await page.wait_for_url("**/quiet*.html")
    body = await page.inner_text("body")
    assert "雑談" not in body and SECRET not in body and "いばしょ" not in body


async def test_hiding_survives_back_and_leaves_no_draft(house: House, phone: NewContext) -> None:
    context = await phone()
    page = await enter(context, house.urls[0], handle="ひかげ")
    await connected(page)
    await say(page, "ここまでは読めます")
    await wait_for_words(page, "ここまでは読めます")
    await page.fill("#text", SECRET)
    await page.click("[data-hide]")
    await _shows_nothing(page)
    await picture(page, "hidden")
    assert await page.evaluate("JSON.stringify(sessionStorage)") in ("{}", '{"quiet":"1"}')
    assert SECRET not in await page.evaluate("JSON.stringify(localStorage)")

    for _ in range(3):
        await page.go_back()
        await page.wait_for_timeout(500)
        if page.url.startswith("about:"):
            break
        assert SECRET not in await page.inner_text("body")
        assert "雑談" not in await page.inner_text("body")


async def test_escape_twice_hides_and_escape_once_does_not(
    house: House, desktop: NewContext
) -> None:
    page = await enter(await desktop(), house.urls[0], handle="ひなたの猫")
    await connected(page)
    await page.keyboard.press("Escape")
    await page.wait_for_timeout(1200)
    await page.keyboard.press("Escape")
    assert "/rooms/zatsudan/" in page.url
    await page.keyboard.press("Escape")
    await _shows_nothing(page)


async def test_the_history_shows_titles_that_say_nothing(house: House, phone: NewContext) -> None:
    page = await (await phone()).new_page()
    titles = set()
    for path in ("/", "/enter/", "/rooms/", "/return/", "/now/"):
        await page.goto(house.urls[0] + path)
        titles.add(await page.title())
    assert titles == {"メモ"}
