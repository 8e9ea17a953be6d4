"""Two who renew one role at once, on a narrow phone and at a desk: nothing typed is lost."""

from playwright.async_api import Browser, Page

from tests.evening.test_office import coordinator, is_sound, sign_in
from tests.live import House


async def _renewal(page: Page) -> None:
    await page.locator("summary", has_text="期限をのばす").first.click()


async def test_a_role_is_renewed_twice_at_once_and_a_sheet_asks_why(
    own_house: House, browser: Browser
) -> None:
    context = await coordinator(browser, 320, 640)
    page = await sign_in(own_house, context, program="hyogo")
    await page.goto(f"{own_house.urls[0]}/manage/people/")
    of = await page.locator("h2 a", has_text="れん").first.get_attribute("href")
    other = await context.new_page()
    for one in (page, other):
        await one.goto(f"{own_house.urls[0]}{of}")
        await _renewal(one)
        await one.locator("details[open] input[name$=expires_on]").fill("2099-03-31")
    await page.locator("details[open] button").click()
    assert "わけを、ひとこと書いてください。" in await page.inner_text("main")
    await is_sound(page, "role-asks-why")
    await page.locator("details[open] input[name$=reason]").fill("年度がかわるため")
    await page.locator("details[open] button").click()
    await page.wait_for_url("**said=renewed")
    await other.locator("details[open] input[name$=expires_on]").fill("2099-09-30")
    await other.locator("details[open] input[name$=reason]").fill("秋までつづけるため")
    await other.locator("details[open] button").click()
    told = await other.inner_text("main")
    assert "ほかの人がこの役割を変えました" in told and "2099-03-31" in told
    kept = other.locator("details[open] input[name$=reason]")
    assert await kept.input_value() == "秋までつづけるため"
    await is_sound(other, "role-changed-meanwhile-narrow")
    await other.set_viewport_size({"width": 1280, "height": 800})
    await is_sound(other, "role-changed-meanwhile-wide")
    await other.locator("details[open] button").click()
    await other.wait_for_url("**said=renewed")
    await page.goto(f"{own_house.urls[0]}{of}sheet/")
    await page.locator("main form button.main").click()
    assert "わけを、ひとこと書いてください。" in await page.inner_text("main")
    await is_sound(page, "sheet-asks-why")
    await context.close()
