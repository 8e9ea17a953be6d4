"""A shift on a phone, a rota at a desk: real sign-in, real pages, nothing by script alone."""

from playwright.async_api import Browser, BrowserContext, Page

from tests.accounts.codes import code_of
from tests.browsers import NewContext
from tests.evening.people import picture
from tests.evening.test_every_page import Watch, _is_sound
from tests.live import House

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
JAPAN = {"locale": "ja-JP", "timezone_id": "Asia/Tokyo"}
DESK_PAGES = ("/moderation/", "/moderation/rota/", "/moderation/alerts/", "/moderation/debriefs/")


async def sign_in(context: BrowserContext, house: House, username: str) -> Page:
    """Password, then the six digits."""
    known, page = house.told(username), await context.new_page()
    await page.goto(f"{house.urls[0]}/accounts/login/")
    await page.fill("input[name=login]", known["username"])
    await page.fill("input[name=password]", known["password"])
    await page.click("main form button:not([name])")
    await page.wait_for_url("**/accounts/2fa/authenticate/**")
    await page.fill("input[name=code]", code_of(known["totp_secret"]))
    await page.click("main form:has(input[name=code]) button")
    await page.wait_for_url(lambda url: "/accounts/" not in url)
    return page


async def press(page: Page, name: str) -> None:
    """Press the first button of that name, and come to the next page."""
    async with page.expect_navigation():
        await page.get_by_role("button", name=name).first.click()


async def test_a_shift_on_a_phone_without_script(own_house: House, browser: Browser) -> None:
    house = own_house
    context = await browser.new_context(**PHONE, **JAPAN, java_script_enabled=False)  # type: ignore[arg-type]
    page = await sign_in(context, house, "hyogo-supporter-3")
    await page.goto(f"{house.urls[0]}/moderation/")
    await page.get_by_role("link", name="当番をはじめる").click()
    await page.get_by_text("きょうの相談先").wait_for()
    await picture(page, "shift-begins-at-360")
    await press(page, "はじめる")
    await page.get_by_text("当番をしています").wait_for()

    room = page.locator("li[data-room]", has_text="雑談の部屋")
    async with page.expect_navigation():
        await room.get_by_role("button", name="見守る").click()
    await room.get_by_role("button", name="います").wait_for()
    assert "雑談の部屋" in await page.locator("#on-duty li", has_text="(わたし)").inner_text()

    await page.fill("#text", "しずかな夜でした。\nつづきを、おねがいします。")
    await press(page, "申し送る")
    assert "つづきを、おねがいします" in await page.locator("article, .text").first.inner_text()

    await press(page, "かわって")
    await page.locator("#relief").wait_for()
    await picture(page, "relief-at-360")

    # A colleague at the desk takes over.
    other = await sign_in(await browser.new_context(**JAPAN), house, "demo-haru")  # type: ignore[arg-type]
    await other.goto(f"{house.urls[0]}/moderation/")
    await picture(other, "relief-at-a-desk")
    await press(other, "かわります")
    await page.reload()
    await page.get_by_text("休憩しています").wait_for()
    await press(page, "きょうはおわりにします")
    await page.get_by_text("おつかれさまでした").wait_for()
    await picture(page, "shift-ended-at-360")


async def test_a_month_is_planned_at_a_desk(own_house: House, desktop: NewContext) -> None:
    house = own_house
    context = await desktop()
    page = await sign_in(context, house, "hyogo-coordinator")
    await page.goto(f"{house.urls[0]}/moderation/rota/?month=2098-12")
    await page.select_option("#supporter", label="れん(デモの支援者)")
    await page.fill("#day", "2098-12-24")
    await page.fill("#begins", "21:00")
    await page.fill("#ends", "01:00")
    await page.get_by_label("雑談の部屋").check()
    await press(page, "入れる")
    day = page.locator('[data-day="2098-12-24"]')
    said = " ".join((await day.inner_text()).split())
    assert "21:00–1:00 れん(デモの支援者) 雑談の部屋" in said

    await page.goto(f"{house.urls[0]}/moderation/rota/preview/?month=2098-12")
    new = await page.locator('#preview tr[data-verdict="new"]').count()
    await picture(page, "month-before-it-is-planned")
    await press(page, f"{new} の当番を入れる")
    assert await page.locator(".onrota li").count() == new + 1
    await picture(page, "month-at-a-desk")


async def test_the_desks_pages_are_sound_on_a_phone_and_at_a_desk(
    own_house: House, browser: Browser
) -> None:
    house = own_house
    for kind, shape in (
        ("phone", PHONE),
        ("desktop", {"viewport": {"width": 1280, "height": 800}}),
    ):
        context = await browser.new_context(**shape, **JAPAN)  # type: ignore[arg-type]
        watch = Watch(context, house.urls[0])
        who = "hyogo-supporter-4" if kind == "phone" else "kochi-coordinator"
        page = await sign_in(context, house, who)
        watch.complaints.clear()
        more = (
            ("/moderation/step-in/", "/moderation/calendar/")
            if kind == "phone"
            else ("/moderation/rota/patterns/", "/moderation/rota/preview/")
        )
        for path in (*DESK_PAGES, *more):
            await page.goto(house.urls[0] + path)
            await _is_sound(page, path, name=f"{kind}{path.replace('/', '-').rstrip('-')}")
        assert watch.strangers == []
        assert watch.complaints == []
