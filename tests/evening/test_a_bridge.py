"""From a room to a person to a place, in real browsers: on a phone without script, at a desk."""

import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Browser, Page

from tests.browsers import NewContext
from tests.evening.people import connected, enter, picture, say
from tests.evening.test_a_shift import press, sign_in
from tests.evening.test_every_page import Watch, _is_sound
from tests.live import House
from tests.traces.written import everything_written, holding

NARROW = {"viewport": {"width": 320, "height": 640}, "is_mobile": True, "has_touch": True}
JAPAN = {"locale": "ja-JP", "timezone_id": "Asia/Tokyo"}
SAID = "さいきん、外に出ようかと思っています"
# Typed where contact details go, and to be found in clear nowhere.
NUMBER, NAME, HOME, MAIL = (
    "090-7719-4412",
    "金糸雀かなり",
    "青空町77-19-4",
    "kanaria7719@example.jp",
)
CANARIES = (NUMBER, NUMBER.replace("-", ""), NAME, HOME, MAIL)


async def _ask(page: Page, url: str) -> str:
    """Enter, make a way back, ask; the case's address."""
    await page.goto(f"{url}/enter/?next=/counseling/ask/")
    await page.fill("input[name=handle]", "はしのたもと")
    await page.check("input[name=agree]")
    async with page.expect_navigation():
        await page.locator("main form:has(input[name=handle]) button:not([name])").first.click()
    await page.goto(f"{url}/counseling/ask/")
    return await _ask_here(page)


async def _ask_here(page: Page) -> str:
    """On the page where one asks: the way back, then what for; the case's address."""
    await press(page, "合言葉をつくる")
    await page.check("input[name=relation][value=self]")
    await page.check("input[name=wish][value=place]")
    if await page.locator("[name=program]").count():
        kind = await page.locator("[name=program]").first.get_attribute("type")
        if kind == "radio":
            await page.check("input[name=program][value=hyogo]")
        elif kind is None:
            await page.select_option("select[name=program]", "hyogo")
    await press(page, "おねがいする")
    await page.wait_for_url(re.compile(r"/counseling/mine/\d{7}/"))
    return urlsplit(page.url).path


async def _card(me: Page, supporter: Page, url: str) -> None:
    """In the room she says something; the supporter tells her that she may ask; she does."""
    await connected(me)
    await say(me, SAID)
    await me.locator("#said > li[data-seq] .text", has_text=SAID).wait_for()
    await supporter.goto(f"{url}/moderation/rooms/")
    await supporter.get_by_text(SAID).click()
    said = supporter.locator("li.said", has_text=SAID)
    await said.get_by_role("link", name="この人のこと").click()
    await press(supporter, "相談もできることを伝える")
    await me.goto(f"{url}/letters/")
    await me.get_by_role("link", name="相談のこと").first.click()
    await picture(me, "bridge-card-at-320")
    await me.get_by_role("link", name="相談をおねがいする").first.click()


async def _sealed(me: Page, own: str) -> None:
    """A number typed into the talk is refused and locked away; then a name and where she lives."""
    await me.fill("#text", f"電話は {NUMBER} です")
    await press(me, "おくる")
    await picture(me, "bridge-lock-at-320")
    await me.select_option("#locked-kind", "telephone")
    await press(me, "鍵をかけて預ける")
    for kind, text in (("name", NAME), ("address", HOME), ("mail", MAIL)):
        await me.select_option("#kind", kind)
        await me.fill("#detail", text)
        async with me.expect_navigation():
            await me.locator("section:has(#vault) button").first.click()
    page = await me.content()
    assert "（連絡先を、鍵をかけて預けました）" in page
    assert not [one for one in CANARIES if one in page]


async def test_someone_crosses_and_sees_every_step(
    own_house: House, browser: Browser, desktop: NewContext, tmp_path: Path
) -> None:
    house, url = own_house, own_house.urls[0]
    phone = await browser.new_context(**NARROW, **JAPAN)  # type: ignore[arg-type]
    watches = [Watch(phone, url)]
    supporter = await sign_in(await desktop(), house, "hyogo-supporter-3")

    # From the room, by a card, to asking.
    me = await enter(phone, url, handle="はしのたもと")
    await _card(me, supporter, url)
    own = await _ask_here(me)
    code = own.rstrip("/").rsplit("/", 1)[1]

    desk = await sign_in(await desktop(), house, "hyogo-counselor-1")
    watches.append(Watch(desk.context, url))
    await desk.goto(f"{url}/counseling/desk/")
    async with desk.expect_navigation():
        await desk.locator(f"form[action*='/{code}/take/'] button").first.click()

    # The two talk, live: each reads what the other wrote without doing anything.
    await me.goto(f"{url}{own}")
    await me.wait_for_load_state("networkidle")
    await desk.fill("#text", "よみました。いそぎません。")
    await press(desk, "おくる")
    await me.locator("#talk-list .text", has_text="よみました。いそぎません。").wait_for()
    await me.fill("#text", "ありがとうございます。")
    await press(me, "おくる")
    await desk.locator("#talk-list .text", has_text="ありがとうございます。").wait_for()
    await picture(me, "bridge-talk-at-320")
    await picture(desk, "bridge-talk-at-a-desk")
    await _sealed(me, own)
    # The browser notes that the number was refused; nothing else, on anybody's page.
    assert [one for one in watches[0].complaints if "422" not in one] == []
    watches[0].complaints.clear()

    await desk.goto(f"{url}/counseling/desk/{code}/onward/")
    await desk.fill("#add-self", "夜のほうが話しやすいです。電話はこわいです。")
    await desk.fill("#add-wish", "まずは見学だけしたいです。")
    await desk.select_option("#companion", index=1)
    await press(desk, "本人に見てもらう")
    theirs = urlsplit(desk.url).path

    # She looks for where to go, changes a sentence, strikes one, sees what is left, agrees: all of
    # it without script from here.
    plain = await browser.new_context(
        **NARROW,
        **JAPAN,
        java_script_enabled=False,
        storage_state=await phone.storage_state(),  # type: ignore[arg-type]
    )
    watches.append(Watch(plain, url))
    me = await plain.new_page()
    mine = f"{own}onward/{theirs.rstrip('/').rsplit('/', 1)[1]}/"
    await me.goto(f"{url}{mine}")
    await me.get_by_role("link", name="どこにつながるかをえらぶ").click()
    await picture(me, "bridge-where-at-320")
    async with me.expect_navigation():
        await me.locator("button[name=agency]").first.click()
    await me.fill("#line-self-0", "夜のほうが、ずっと話しやすいです。")
    await me.check("input[name=strike][value=self-1]")
    await press(me, "これで見てみる")
    exact = await me.locator(".packet").inner_text()
    assert "夜のほうが、ずっと話しやすいです。" in exact
    assert "電話はこわい" not in exact
    await picture(me, "bridge-words-at-320")
    for kind in ("name", "telephone", "address"):
        await me.check(f"input[name=detail][value={kind}]")
    await me.check("input[name=along]")
    await me.check("input[name=sure]")
    await press(me, "同意する")
    await me.get_by_text("相談員が、このことばを、このままおくります").wait_for()

    await desk.goto(f"{url}{theirs}")
    await desk.select_option("#by", "link")
    await press(desk, "送る")
    link = await desk.locator("#way-link").inner_text()
    number = await desk.locator("#way-code").inner_text()
    await picture(desk, "bridge-sent-at-a-desk")

    # The agency: nothing to see before the code, everything after it, a PDF to keep.
    office = await (await browser.new_context(**JAPAN, accept_downloads=True)).new_page()  # type: ignore[arg-type]
    watches.append(Watch(office.context, url))
    await office.goto(link)
    assert "見学" not in await office.content()
    await office.fill("#code", number)
    await press(office, "開く")
    sheet = await office.locator(".packet").inner_text()
    for words in ("見学", "ずっと話しやすい", NAME, NUMBER, HOME):
        assert words in sheet
    for words in ("電話はこわい", MAIL):
        assert words not in sheet
    await picture(office, "bridge-sheet-at-the-agency")
    async with office.expect_download() as coming:
        await office.get_by_role("button", name="PDFでうけとる").click()
    pdf = tmp_path / "sheet.pdf"
    await (await coming.value).save_as(pdf)
    assert pdf.read_bytes().startswith(b"%PDF-")
    if tool := shutil.which("pdftotext"):
        said = subprocess.run([tool, pdf, "-"], capture_output=True, text=True, check=True).stdout
        assert "見学" in said
        assert "電話はこわい" not in said
    await office.fill("#who", "相談係")
    await press(office, "うけいれます")
    await office.get_by_text("ありがとうございました").wait_for()

    await desk.goto(f"{url}{theirs}")
    await desk.fill("#on", await desk.locator("#on").get_attribute("max") or "")
    await press(desk, "確定する")

    await me.goto(f"{url}{mine}")
    steps = await me.locator(".steps").inner_text()
    for step in ("提案", "同意", "送付", "リンクと番号", "PDF", "受理", "つながった"):
        assert step in steps, step
    await picture(me, "bridge-crossed-at-320")
    heard = [(watch.strangers, watch.complaints) for watch in watches]
    assert heard == [([], [])] * len(watches)

    # Of what was locked away nothing lies in clear anywhere: no table, no file, no log.
    house.term(0)
    written = everything_written(house)
    assert holding(written, "ありがとうございます。"), "what was said is where words are kept"
    assert holding(written, *CANARIES) == []


async def test_the_pages_across_are_sound(own_house: House, desktop: NewContext) -> None:
    """Nothing from elsewhere, no fault that axe finds, nothing wider than the screen."""
    url = own_house.urls[0]
    context = await desktop()
    page = await context.new_page()
    await page.set_viewport_size({"width": 320, "height": 640})
    own = await _ask(page, url)
    desk = await sign_in(await desktop(), own_house, "hyogo-counselor-1")
    code = own.rstrip("/").rsplit("/", 1)[1]
    await desk.goto(f"{url}/counseling/desk/")
    async with desk.expect_navigation():
        await desk.locator(f"form[action*='/{code}/take/'] button").first.click()
    await desk.goto(f"{url}/counseling/desk/{code}/onward/")
    await desk.fill("#add-self", "夜のほうが話しやすいです。")
    await press(desk, "本人に見てもらう")
    number = urlsplit(desk.url).path.rstrip("/").rsplit("/", 1)[1]
    for path, name in (
        (f"{own}onward/", "onward"),
        (f"{own}onward/where/", "where"),
        (f"{own}onward/{number}/", "referral"),
        ("/packet/no-such-link/", "packet"),
    ):
        await page.goto(f"{url}{path}")
        await _is_sound(page, path, name=f"bridge-{name}")
