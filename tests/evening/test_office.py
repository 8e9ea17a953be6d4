"""A coordinator in a real browser: a room across midnight, a list with two bad rows, every page."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page

from foundation import clock
from foundation.clock import jst_day
from tests.accounts.codes import code_of
from tests.evening.people import connected, enter, picture
from tests.evening.test_every_page import RULES, Watch
from tests.live import House

WIDTHS = {"phone": (360, 740), "desk": (1366, 768)}
PAGES = (
    "", "readiness/", "rooms/", "rooms/new/", "people/", "people/invite/", "agencies/",
    "agencies/new/", "agencies/import/", "places/", "places/new/", "lines/", "lines/yorisoi/",
    "lines/new/", "texts/", "texts/rules/", "texts/notice/", "counting/",
)  # fmt: skip


async def sign_in(house: House, context: BrowserContext, *, program: str) -> Page:
    """The demo's coordinator, as everybody signs in."""
    one = house.told(f"{program}-coordinator")
    page = await context.new_page()
    await page.goto(house.urls[0] + "/accounts/login/?next=/manage/")
    await page.fill("input[name=login]", one["username"])
    await page.fill("input[name=password]", one["password"])
    await page.click("main form button.main")
    await page.fill("input[name=code]", code_of(one["totp_secret"]))
    await page.click("main form button.main")
    await page.wait_for_url("**/manage/")
    return page


async def is_sound(page: Page, name: str) -> None:
    """No wider than the window, nothing that axe minds, and kept as a picture."""
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than the window"
    found = await Axe().run(page, options=RULES)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    await picture(page, f"office-{name}")


def coordinator(browser: Browser, width: int, height: int, **more: object):
    """A browser of this size, at a desk in Japan."""
    return browser.new_context(
        viewport={"width": width, "height": height}, locale="ja-JP", timezone_id="Asia/Tokyo",
        **more,
    )  # fmt: skip


# One after the other with codes of their own: a TOTP code opens once.
@pytest.mark.parametrize(("kind", "program"), [("phone", "hyogo"), ("desk", "kochi")])
async def test_every_page_of_the_office_can_be_used_by_anyone(
    own_house: House, browser: Browser, kind: str, program: str
) -> None:
    context = await coordinator(browser, *WIDTHS[kind])
    watch = Watch(context, own_house.urls[0])
    page = await sign_in(own_house, context, program=program)
    for path in PAGES:
        answer = await page.goto(f"{own_house.urls[0]}/manage/{path}")
        assert answer is not None and answer.status == 200, path
        await is_sound(page, f"{kind}-{path.replace('/', '-').rstrip('-') or 'home'}")
    await page.goto(f"{own_house.urls[0]}/manage/rooms/")
    for link in ("h2 a", "a[href$='hours/']"):
        first = page.locator(f"main .card {link}").first
        await page.goto(own_house.urls[0] + str(await first.get_attribute("href")))
        await is_sound(page, f"{kind}-room-{'hours' if 'hours' in link else 'settings'}")
        await page.go_back()
    assert watch.strangers == [] and watch.complaints == []


async def test_a_room_with_hours_across_midnight_comes_to_stand_on_the_list(
    own_house: House, browser: Browser
) -> None:
    context = await coordinator(browser, 360, 740, java_script_enabled=False)
    page = await sign_in(own_house, context, program="hyogo")
    await page.click("main a[href='/manage/rooms/']")
    await page.click("main a.main")
    await page.fill("input[name=name]", "ま夜中の部屋")
    await page.fill("input[name=slug]", "Mayonaka")
    await page.click("main form button.main")
    await page.locator(".wrong", has_text="英小文字").wait_for()
    assert await page.input_value("input[name=name]") == "ま夜中の部屋"
    await page.fill("input[name=slug]", "mayonaka")
    await page.click("main form button.main")
    await page.wait_for_url("**/hours/?said=saved")

    await page.select_option("select[name=weekly-0-weekday]", "all")
    await page.fill("input[name=weekly-0-opens]", "23:00")
    await page.fill("input[name=weekly-0-closes]", "05:00")
    await page.select_option("select[name=weekly-1-weekday]", "2")
    await page.fill("input[name=weekly-1-opens]", "04:00")
    await page.fill("input[name=weekly-1-closes]", "06:00")
    await page.click("main form button.main")
    await page.locator(".error", has_text="火曜日 23:00〜翌5:00").wait_for()
    await picture(page, "office-phone-overlap")
    await page.select_option("select[name=weekly-1-weekday]", "")
    await page.fill("input[name=weekly-1-opens]", "")
    await page.fill("input[name=weekly-1-closes]", "")
    await page.click("main form button.main")
    await page.wait_for_url("**/hours/?said=saved")
    assert (await page.inner_text("main table")).count("23:00〜翌5:00") == 14

    visitor = await (await browser.new_context(locale="ja-JP")).new_page()
    await visitor.goto(own_house.urls[0] + "/rooms/")
    await visitor.locator(".roomcard", has_text="ま夜中の部屋").wait_for()


async def test_who_sits_in_a_room_hears_within_five_seconds_that_it_changed(
    make_house: Callable[..., House], browser: Browser
) -> None:
    own_house = make_house()  # where there are two doors, they come by one and sit at the other
    visitor = await enter(
        await browser.new_context(locale="ja-JP"), own_house.urls[-1], handle="ほしぞら"
    )
    await connected(visitor)
    await visitor.locator("#state-chip[data-state=open]").wait_for()
    context = await coordinator(browser, 1366, 768)
    page = await sign_in(own_house, context, program="hyogo")
    await page.goto(own_house.urls[0] + "/manage/rooms/")
    await page.click("main h2 a:text('雑談の部屋')")
    await page.fill("input[name=name]", "おしゃべりの部屋")
    await page.fill("textarea[name=stamps]", "うん\nほっとする")
    await page.click("main form button.main")
    await page.wait_for_url("**/manage/rooms/?said=saved")
    await visitor.locator("h1", has_text="おしゃべりの部屋").wait_for(timeout=5000)
    stamps = visitor.locator("#answer [data-stamp]")
    assert await stamps.all_text_contents() == ["うん", "ほっとする"]

    await page.click("main h2 a:text('おしゃべりの部屋')")
    await page.click("main a[href$='hours/']")
    await page.fill("input[name=special-0-day]", jst_day(clock.now()).isoformat())
    await page.click("main form button.main")
    await page.wait_for_url("**/hours/?said=saved")
    await visitor.locator("#state-chip[data-state=closed]").wait_for(timeout=5000)
    assert "休み" in await page.inner_text("main table")


LIST = """種別,名前,市町村コード,電話,受付時間,出典,確認日
市町村ひきこもり相談窓口,ひめじ相談室,282014,079-221-0000,平日 9:00〜17:00,市のページ,2026-04-01
家族会,神戸の家族会,28100,,第2日曜,会のページ,2026-04-01
なぞの会,あかし相談室,282031,789120000,,市のページ,2026-04-01
"""


def _places(text: str) -> str:
    """How many support bodies the page says there are."""
    found = re.search(r"(\d+) か所", text)
    assert found is not None, text
    return found[1]


async def test_a_list_with_two_bad_rows_is_mended_and_taken_in(
    own_house: House, browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "支援機関.csv"
    file.write_bytes(LIST.replace("\n", "\r\n").encode("cp932"))
    context = await coordinator(browser, 1366, 768)
    page = await sign_in(own_house, context, program="hyogo")
    await page.click("main a[href='/manage/agencies/']")
    await page.click("main a[href='/manage/agencies/import/']")
    await page.set_input_files("input[type=file]", file)
    await page.click("main form button.main")
    await page.locator("legend", has_text="3行目").wait_for()
    assert await page.locator("fieldset.card").count() == 2
    await is_sound(page, "desk-bad-rows")

    await page.fill("input[name=cell-3-municipality]", "281000")
    await page.fill("input[name=cell-4-kind]", "市町村ひきこもり相談窓口")
    await page.click("button:text('直した内容でたしかめる')")
    await page.locator("legend", has_text="4行目").wait_for()
    assert await page.input_value("input[name=cell-4-telephone]") == "789120000"
    await page.fill("input[name=cell-4-telephone]", "078-912-0000")
    await page.click("button:text('直した内容でたしかめる')")
    await page.locator("button", has_text="すべて取り込む").wait_for()
    await is_sound(page, "desk-ready-to-import")

    watcher = await context.new_page()
    await watcher.goto(own_house.urls[0] + "/manage/agencies/")
    before = int(_places(await watcher.inner_text("main")))
    assert "078-912-0000" not in await watcher.inner_text("main"), "nobody sees it before"
    await page.click("button:text('すべて取り込む')")
    await page.wait_for_url(re.compile(r"/manage/agencies/\?said=applied"))
    text = await page.inner_text("main")
    assert int(_places(text)) == before + 3 and "078-912-0000" in text
    await is_sound(page, "desk-agencies")
