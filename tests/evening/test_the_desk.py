"""From a report to another judge by keys alone; the desk on a telephone, a tablet, a screen."""

from typing import Any

import pytest
from playwright.async_api import Browser, Page

from tests.browsers import NewContext
from tests.evening.people import connected, enter, picture, say, wait_for_words
from tests.evening.test_a_shift import JAPAN, sign_in
from tests.evening.test_every_page import Watch, _is_sound
from tests.live import House

WORDS = "それはきつい言い方です"
SHAPES: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True},
    "tablet": {"viewport": {"width": 768, "height": 1024}, "has_touch": True},
    "desk": {"viewport": {"width": 1280, "height": 800}},
}


async def tab_to(page: Page, name: str) -> None:
    """Go on by Tab until something of that name has the focus."""
    for _ in range(120):
        await page.keyboard.press("Tab")
        there = "(document.activeElement.innerText || '').trim()"
        if (await page.evaluate(there)).startswith(name):
            return
    raise AssertionError(f"no way to 「{name}」 by Tab")


async def tab_until(page: Page, there: str) -> None:
    """Go on by Tab until this holds in the page."""
    for _ in range(120):
        if await page.evaluate(there):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"no way by Tab: {there}")


async def report(page: Page, words: str) -> None:
    """By keys alone: the message, its sheet, why, and to the supporters."""
    here = "document.activeElement"
    message = f"{here}.closest('#said > li')?.innerText.includes('{words}')"
    await tab_until(page, f"{here}.dataset.slot === 'answer' && {message}")
    await page.keyboard.press("Enter")
    await tab_until(page, f"{here}.dataset.do === 'report'")
    await page.keyboard.press("Enter")
    await page.locator("#report[open]").wait_for()
    await tab_until(page, f"{here}.name === 'reason'")
    await page.keyboard.press("Space")
    await tab_until(page, f"{here}.matches('#report button.main')")
    await page.keyboard.press("Enter")
    await page.locator("#report[open]").wait_for(state="detached", timeout=5_000)


async def go(page: Page, key: str) -> None:
    """A key that leads to another page."""
    async with page.expect_navigation():
        await page.keyboard.press(key)


async def a_report(house: House, desktop: NewContext) -> tuple[Page, Page]:
    """aoi says something, haha tells the supporters of it."""
    url = house.urls[0]
    aoi = await enter(await desktop(), url, handle="あさぎり")
    haha = await enter(await desktop(), url, handle="ゆうなぎ")
    await connected(aoi), await connected(haha)
    await say(aoi, WORDS)
    await wait_for_words(haha, WORDS)
    await report(haha, WORDS)
    return aoi, haha


async def test_from_a_report_to_another_judge_by_keys_alone(
    own_house: House, desktop: NewContext, browser: Browser
) -> None:
    house, url = own_house, own_house.urls[0]
    desk = await sign_in(await browser.new_context(**JAPAN), house, "hyogo-supporter-3")
    await desk.goto(f"{url}/moderation/")
    await desk.wait_for_selector("html[data-ready]", state="attached")
    aoi, haha = await a_report(house, desktop)

    # It comes to the open desk by itself.
    await desk.locator(".queue .words", has_text=WORDS).wait_for(timeout=10_000)
    await picture(desk, "desk-with-a-report")
    while WORDS not in await desk.evaluate(
        "document.activeElement.closest('.queue li')?.innerText ?? ''"
    ):
        await desk.keyboard.press("j")
    await go(desk, "Enter")
    await go(desk, "c")
    await desk.get_by_text("わたしが読んでいます").first.wait_for()
    await picture(desk, "item-claimed")
    await tab_to(desk, "かくす")
    await go(desk, "Enter")
    await haha.locator("#said > li", has_text=WORDS).wait_for(state="detached", timeout=5_000)

    await aoi.goto(f"{url}/standing/")
    await tab_to(aoi, "あなたのことばを")
    await go(aoi, "Enter")
    await picture(aoi, "told-of-an-act")
    await tab_to(aoi, "読みなおしてもらう")
    await go(aoi, "Enter")
    await aoi.get_by_text("受けとりました").wait_for()

    judge = await sign_in(await browser.new_context(**JAPAN), house, "hyogo-coordinator")
    await judge.goto(f"{url}/moderation/review/")
    await tab_to(judge, "かくした")
    await go(judge, "Enter")
    assert WORDS in await judge.locator("main").inner_text()
    await picture(judge, "an-objection")
    while await judge.evaluate("document.activeElement.id") != "words":
        await judge.keyboard.press("Tab")
    await judge.keyboard.type("読みなおして、もどしました。")
    await tab_to(judge, "取り消す")
    await go(judge, "Enter")

    await wait_for_words(haha, WORDS, seconds=5)
    await aoi.goto(f"{url}/rooms/zatsudan/")
    await wait_for_words(aoi, WORDS)
    await desk.goto(f"{url}/moderation/rooms/")
    assert WORDS in await desk.locator("main").inner_text()


async def test_rooms_beside_each_other_follow_what_is_said_and_done(
    own_house: House, desktop: NewContext, browser: Browser
) -> None:
    house, url = own_house, own_house.urls[0]
    aoi = await enter(await desktop(), url, handle="あさぎり")
    await connected(aoi)
    await say(aoi, WORDS)
    desk = await sign_in(await browser.new_context(**JAPAN), house, "hyogo-supporter-3")
    await desk.goto(f"{url}/moderation/rooms/")
    await desk.wait_for_selector("html[data-ready]", state="attached")
    await desk.evaluate("window.stayed = true")
    await tab_until(
        desk,
        f"document.activeElement.innerText.includes('{WORDS}')"
        " && document.activeElement.tagName === 'SUMMARY'",
    )
    await desk.keyboard.press("Enter")

    await say(aoi, "あとから来たことば")
    new = desk.locator("#sides .words", has_text="あとから来たことば")
    await new.wait_for(timeout=10_000)
    focused = "document.activeElement.tagName === 'SUMMARY' && document.activeElement.innerText"
    assert WORDS in await desk.evaluate(focused)
    assert await desk.evaluate("document.activeElement.parentElement.open && window.stayed")

    # Hidden by a colleague: said there too, and what was open stays open.
    other = await sign_in(await browser.new_context(**JAPAN), house, "demo-haru")
    await other.goto(f"{url}/moderation/rooms/")
    line = other.locator("#sides li.said", has_text=WORDS)
    await line.locator("summary").click()
    async with other.expect_navigation():
        await line.get_by_role("button", name="かくす").click()
    hidden = desk.locator("#sides li.said[data-state=hidden]", has_text=WORDS)
    await hidden.wait_for(timeout=10_000)
    assert WORDS in await desk.evaluate(focused)
    assert await hidden.locator("details").get_attribute("open") is not None
    await go(desk, "Escape")
    await desk.wait_for_url("**/moderation/?program=*")


@pytest.mark.parametrize("width", SHAPES)
async def test_the_desk_s_pages_are_sound_at_every_width(
    own_house: House, browser: Browser, desktop: NewContext, width: str
) -> None:
    house, url = own_house, own_house.urls[0]
    await a_report(house, desktop)
    context = await browser.new_context(**SHAPES[width], **JAPAN)
    watch = Watch(context, url)
    page = await sign_in(context, house, "hyogo-coordinator")
    watch.complaints.clear()
    await page.goto(f"{url}/moderation/")
    item = await page.locator(".queue a.open", has_text="しらせ").first.get_attribute("href")
    await page.goto(f"{url}{item}")
    person = await page.locator("#person a").get_attribute("href")
    for path in (
        "/moderation/", str(item), str(person), "/moderation/rooms/", "/moderation/acts/",
        "/moderation/choice/", "/moderation/review/",
    ):  # fmt: skip
        await page.goto(url + path)
        await _is_sound(page, path, name=f"queue-{width}{path.replace('/', '-').rstrip('-')}")
    assert watch.strangers == []
    assert watch.complaints == []


async def thumb(page: Page, name: str) -> None:
    """A button that a thumb finds, and that leads on."""
    button = page.get_by_role("button", name=name, exact=True).first
    await button.scroll_into_view_if_needed()
    box = await button.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    # Nothing is to be pushed aside on the way to it.
    assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    async with page.expect_navigation():
        await button.tap()


async def test_a_crisis_card_and_stepping_away_with_one_thumb(
    own_house: House, browser: Browser, desktop: NewContext
) -> None:
    house, url = own_house, own_house.urls[0]
    aoi = await enter(await desktop(), url, handle="あさぎり")
    await connected(aoi)
    await say(aoi, "もう消えてしまいたい")
    context = await browser.new_context(**SHAPES["phone"], **JAPAN)
    page = await sign_in(context, house, "demo-haru")
    await page.goto(f"{url}/moderation/")
    await page.locator(".queue a.open", has_text="いのちのことば").first.tap()
    await page.wait_for_url("**/moderation/items/**")
    await thumb(page, "わたしが読みます")
    # Words laid ready: nothing has to be typed.
    await page.locator("#word details.ready, section[aria-labelledby=word] summary").first.tap()
    lay = page.locator("button.lay").first
    box = await lay.bounding_box()
    assert box is not None and min(box["width"], box["height"]) >= 44
    await lay.tap()
    assert await page.locator("#word-words").input_value()
    await picture(page, "crisis-card-at-360")
    await thumb(page, "送る")
    await thumb(page, "対応した")

    await page.goto(f"{url}/moderation/")
    await thumb(page, "すこし席をはずします")
    await page.get_by_text("休憩しています").wait_for()
    await picture(page, "away-at-360")
    await thumb(page, "もどる")
    await page.get_by_text("当番をしています").wait_for()
    await thumb(page, "きょうはおわりにします")


async def test_claim_hide_and_a_private_word_with_one_thumb(
    own_house: House, browser: Browser, desktop: NewContext
) -> None:
    house, url = own_house, own_house.urls[0]
    await a_report(house, desktop)
    context = await browser.new_context(**SHAPES["phone"], **JAPAN)
    page = await sign_in(context, house, "hyogo-supporter-3")
    await page.goto(f"{url}/moderation/")
    await page.locator(".queue a.open", has_text="しらせ").first.tap()
    await page.wait_for_url("**/moderation/items/**")
    for name in ("わたしが読みます", "かくす"):
        await thumb(page, name)
    await page.locator("#word-words").fill("ゆっくりで大丈夫です。")
    async with page.expect_navigation():
        await page.get_by_role("button", name="送る", exact=True).tap()
    assert "ゆっくりで大丈夫です。" in await page.locator("main").text_content()
