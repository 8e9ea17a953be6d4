"""Without JavaScript: entering, reading, writing, murmuring, stamping, letters."""

from playwright.async_api import Browser

from tests.evening.people import picture
from tests.live import House


async def test_a_room_reads_and_takes_words_by_form(house: House, browser: Browser) -> None:
    context = await browser.new_context(
        java_script_enabled=False, viewport={"width": 320, "height": 640}, locale="ja-JP"
    )
    page = await context.new_page()
    url = house.urls[0]
    await page.goto(f"{url}/enter/?next=/rooms/zatsudan/")
    await page.fill("input[name=handle]", "紙とえんぴつ")
    await page.check("input[name=agree]")
    await page.click("main form button")
    await page.wait_for_url("**/rooms/zatsudan/")

    await page.fill("#text", "スクリプトなしで書いています")
    await page.click("[data-send]")
    await page.locator("#said", has_text="スクリプトなしで書いています").wait_for()
    await picture(page, "without-script")

    await page.fill("#text", "これは支援者だけに")
    await page.click("button[formaction*=murmur]")
    await page.locator("#murmurs", has_text="これは支援者だけに").wait_for()
    assert "これは支援者だけに" not in await page.inner_text("#said")

    await page.fill("#text", "メールは a@example.jp です")
    await page.click("[data-send]")
    await page.locator("[data-note]", has_text="連絡先").wait_for()
    assert await page.input_value("#text") == "メールは a@example.jp です"

    await page.goto(f"{url}/rooms/zatsudan/")
    await page.locator("input[name=of]").last.check(force=True)
    await page.click("details.plainbox > summary")
    await page.click("#plain-answer button[value=わかる]")
    await page.locator("#said li .stamp", has_text="わかる").last.wait_for()
    await page.goto(f"{url}/letters/")
    assert page.url.endswith("/letters/")
