"""A mother asks, her son is told, each agrees: on phones without script, at a desk."""

import re
from urllib.parse import urlsplit

from playwright.async_api import Browser, Page

from tests.browsers import NewContext
from tests.evening.test_a_bridge import JAPAN, NARROW
from tests.evening.test_a_shift import press, sign_in
from tests.evening.test_every_page import Watch, _is_sound
from tests.live import House

HERS = "ごはんは、いつもあるからね。"
HIS = "げんきにしています。"


async def _asks(page: Page, url: str, *, handle: str, relation: str) -> str:
    """Enter, make a way back, ask; the case's code."""
    await page.goto(f"{url}/enter/?next=/counseling/ask/")
    await page.fill("input[name=handle]", handle)
    await page.check("input[name=agree]")
    async with page.expect_navigation():
        await page.locator("main form:has(input[name=handle]) button:not([name])").first.click()
    await page.goto(f"{url}/counseling/ask/")
    await press(page, "合言葉をつくる")
    await page.check(f"input[name=relation][value={relation}]")
    await page.check("input[name=wish][value=just_asking]")
    if await page.locator("input[type=radio][name=program]").count():
        await page.check("input[name=program][value=hyogo]")
    elif await page.locator("select[name=program]").count():
        await page.select_option("select[name=program]", "hyogo")
    await press(page, "おねがいする")
    await page.wait_for_url(re.compile(r"/counseling/mine/\d{7}/"))
    return urlsplit(page.url).path.rstrip("/").rsplit("/", 1)[1]


async def test_a_mother_agrees_her_son_is_told_and_both_may_stop(
    own_house: House, browser: Browser, desktop: NewContext
) -> None:
    house, url = own_house, own_house.urls[0]
    phones = [
        await browser.new_context(**NARROW, **JAPAN, java_script_enabled=False)  # type: ignore[arg-type]
        for _one in range(2)
    ]
    watches = [Watch(one, url) for one in phones]
    mother, son = [await one.new_page() for one in phones]
    hers = await _asks(mother, url, handle="かあさん", relation="family")
    his = await _asks(son, url, handle="ながれぼし", relation="self")

    desk = await sign_in(await desktop(), house, "hyogo-counselor-1")
    watches.append(Watch(desk.context, url))
    await desk.goto(f"{url}/counseling/desk/")
    for code in (hers, his):
        await desk.goto(f"{url}/counseling/desk/?program=hyogo")
        async with desk.expect_navigation():
            await desk.locator(f"form[action*='/{code}/take/'] button").first.click()

    theirs = f"{url}/counseling/desk/{hers}/bridge/"
    await desk.goto(f"{url}/counseling/desk/{hers}/")
    await desk.get_by_role("link", name="家族から本人へ").click()
    await desk.fill("#words", "つぎの手紙のときに、ひとこと伝えます。")
    await press(desk, "見てもらう")
    await _is_sound(desk, theirs, name="family-desk")

    await mother.goto(f"{url}/counseling/mine/{hers}/")
    await mother.get_by_role("link", name="ご本人への、つなぎ").click()
    await _is_narrow(mother)
    await mother.check("input[name=tells]")
    await mother.fill("#line", HERS)
    await mother.check("input[name=sure]")
    await press(mother, "同意する")
    await mother.get_by_text("同意をうけとりました").wait_for()
    await _is_narrow(mother)

    await desk.goto(theirs)
    await desk.fill("#to", his)
    await desk.select_option("#how", "web")
    await press(desk, "伝えた")

    await son.goto(f"{url}/counseling/mine/{his}/")
    await son.get_by_role("link", name="身近な人からの、つなぎ").click()
    assert HERS in await son.content()
    await _is_narrow(son)
    await son.check("input[name=tells][value=talks]")
    await son.fill("#line", HIS)
    await son.check("input[name=sure]")
    await press(son, "同意する")

    await mother.reload()
    assert HIS in await mother.content()
    await _is_narrow(mother)
    await desk.goto(theirs)
    # The counselor may have a small screen too.
    await desk.set_viewport_size({"width": 320, "height": 640})
    await _is_sound(desk, theirs, name="family-desk-at-320")

    await press(son, "やめます")
    await _is_narrow(son)
    await mother.reload()
    page = await mother.content()
    assert HIS not in page
    assert "やめました" not in page
    assert [watch.strangers for watch in watches] == [[], [], []]
    assert [watch.complaints for watch in watches] == [[], [], []]


async def _is_narrow(page: Page) -> None:
    # Its script is off for the page alone; what is measured is the same.
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than the window"
