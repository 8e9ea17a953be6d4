"""Two who decide how consultations are counted, on a narrow phone and at a desk."""

from datetime import timedelta

from playwright.async_api import Browser

from foundation import clock
from tests.evening.test_office import coordinator, is_sound, sign_in
from tests.live import House


async def test_how_consultations_are_counted_is_decided_twice_at_once(
    own_house: House, browser: Browser
) -> None:
    today = clock.jst_day(clock.now())
    soon, later = ((today + timedelta(days=days)).isoformat() for days in (2, 40))
    context = await coordinator(browser, 320, 640)
    page = await sign_in(own_house, context, program="kochi")
    await page.click("main a[href='/manage/counting/']")
    await page.wait_for_url("**/manage/counting/")
    await is_sound(page, "counting-narrow")
    other = await context.new_page()
    await other.goto(f"{own_house.urls[0]}/manage/counting/")
    await page.check("input[value=each]")
    await page.fill("input[name=since]", today.isoformat())
    await page.click("main form button.main")
    assert "あすより先の日にしてください" in await page.inner_text("main")
    await is_sound(page, "counting-not-today-narrow")
    await page.fill("input[name=since]", soon)
    await page.click("main form button.main")
    await page.wait_for_url("**said=counting_decided")
    assert "予定" in await page.inner_text("main li:last-of-type")
    await is_sound(page, "counting-decided-narrow")

    await other.check("input[value=each]")
    await other.fill("input[name=since]", later)
    await other.click("main form button.main")
    told = await other.inner_text("main")
    assert "ほかの人が変えました" in told and soon in told and later in told
    await is_sound(other, "counting-changed-meanwhile-narrow")
    await other.set_viewport_size({"width": 1280, "height": 800})
    await is_sound(other, "counting-changed-meanwhile-wide")
    await other.click("main form button.main")
    await other.wait_for_url("**said=counting_decided")
    assert soon not in await other.inner_text("main")
    await is_sound(other, "counting-decided-wide")
    await context.close()
