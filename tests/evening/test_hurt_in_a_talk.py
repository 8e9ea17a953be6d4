"""A counselor's word hurts: told from a phone, with script and without; another reads it alone."""

import pytest
from playwright.async_api import Browser, Page

from tests.browsers import NewContext
from tests.evening.people import picture
from tests.evening.test_a_bridge import JAPAN, NARROW
from tests.evening.test_a_family import _asks, _is_narrow
from tests.evening.test_a_shift import press, sign_in
from tests.evening.test_every_page import Watch, _is_sound
from tests.live import House

CONFIDED, HURT, NOTE = (
    "だれにも言えなかったこと",
    "もう、あまえないでください。",
    "こわくなりました",
)
WIDE = {"viewport": {"width": 1280, "height": 800}}


@pytest.mark.parametrize("script", [True, False])
async def test_it_is_told_from_a_phone_and_read_above_without_the_rest(
    own_house: House, browser: Browser, desktop: NewContext, script: bool
) -> None:
    house, url = own_house, own_house.urls[0]
    how = "script" if script else "plain"
    phone = await browser.new_context(**NARROW, **JAPAN, java_script_enabled=script)  # type: ignore[arg-type]
    watch, her = Watch(phone, url), await phone.new_page()
    code = await _asks(her, url, handle="こもれび", relation="self")
    mine = f"{url}/counseling/mine/{code}/"

    counselor = await sign_in(await desktop(), house, "hyogo-counselor-1")
    await counselor.goto(f"{url}/counseling/desk/?program=hyogo")
    async with counselor.expect_navigation():
        await counselor.locator(f"form[action*='/{code}/take/'] button").first.click()
    await her.goto(mine)
    await her.fill("#text", CONFIDED)
    await press(her, "おくる")
    await counselor.goto(f"{url}/counseling/desk/{code}/")
    form = counselor.locator("form[action$='/answer/']").first
    await form.locator("textarea").fill(HURT)
    async with counselor.expect_navigation():
        await form.locator("button").first.click()

    if not script:
        await her.goto(mine)
    # With script it came by itself. It can be chosen only while one means to tell of it.
    await her.get_by_text(HURT).wait_for()
    pick = her.locator(".saying input[name=of]")
    assert await pick.count() == 1
    assert not await pick.is_visible()
    await her.locator("#tell > summary").click()
    assert await pick.is_visible()
    await _looked_at(her, script, name=f"tell-{how}-320")
    await pick.check()
    await her.check("#tell input[name=reason][value=abuse]")
    await her.fill("#tell-note", NOTE)
    await press(her, "つたえる")
    await her.get_by_text("届きました。").wait_for()
    await _looked_at(her, script, name=f"told-{how}-320")

    coordinator = await sign_in(await desktop(), house, "hyogo-coordinator")
    await _is_read_alone(coordinator, url)
    await counselor.reload()
    assert NOTE not in await counselor.content()
    await her.goto(f"{url}/letters/")
    assert "しらせてくれたこと" in await her.content()
    assert watch.strangers == [] and watch.complaints == []


async def _looked_at(page: Page, script: bool, *, name: str) -> None:
    if script:
        await _is_sound(page, page.url, name=name)
        return
    # axe needs the page's own script.
    await _is_narrow(page)
    await picture(page, name)


async def _is_read_alone(page: Page, url: str) -> None:
    await page.set_viewport_size(WIDE["viewport"])  # type: ignore[arg-type]
    await page.goto(f"{url}/moderation/review/?program=hyogo")
    await page.locator("a[href*='/moderation/review/items/']").first.click()
    await page.get_by_text(HURT).wait_for()
    shown = await page.content()
    assert NOTE in shown and CONFIDED not in shown
    await _is_sound(page, page.url, name="told-above-1280")
    await press(page, "対応した")
