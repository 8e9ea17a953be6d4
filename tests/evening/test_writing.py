"""Writing: no conversion is ever cut off, and what was written is never lost."""

from playwright.async_api import CDPSession, Page

from tests.browsers import NewContext
from tests.evening.people import connected, enter, said, say, wait_for_words
from tests.live import House


async def _converting(page: Page, cdp: CDPSession, text: str) -> None:
    await page.focus("#text")
    await cdp.send(
        "Input.imeSetComposition", {"text": text, "selectionStart": 4, "selectionEnd": 4}
    )


async def _enter_key(cdp: CDPSession, *, code: int, modifiers: int = 0) -> None:
    for kind in ("rawKeyDown", "keyUp"):
        await cdp.send(
            "Input.dispatchKeyEvent",
            {"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": code,
             "modifiers": modifiers},
        )  # fmt: skip


async def test_enter_never_sends_while_a_conversion_is_going_on(
    house: House, desktop: NewContext
) -> None:
    page = await enter(await desktop(), house.urls[0], handle="ことりのす")
    await connected(page)
    await page.evaluate("document.getElementById('enter-sends')?.click()")
    cdp = await page.context.new_cdp_session(page)
    before = await said(page)

    await _converting(page, cdp, "いばしょ")
    await _enter_key(cdp, code=229)  # Chrome: the key that ends the conversion
    await _enter_key(cdp, code=229, modifiers=2)
    await cdp.send("Input.insertText", {"text": "居場所"})
    await _enter_key(cdp, code=229)  # Safari: the same key, told after the end
    await page.wait_for_timeout(500)
    assert await said(page) == before
    assert await page.locator("#outbox > li").count() == 0

    await page.fill("#text", "居場所のこと")
    await page.keyboard.press("Control+Enter")
    await wait_for_words(page, "居場所のこと")


async def test_plain_enter_makes_a_new_line_unless_chosen_otherwise(
    house: House, desktop: NewContext
) -> None:
    page = await enter(await desktop(), house.urls[0], handle="かぜのね")
    await connected(page)
    await page.fill("#text", "一行め")
    await page.focus("#text")
    await page.keyboard.press("End")
    await page.keyboard.press("Enter")
    await page.keyboard.type("x")
    assert await page.input_value("#text") == "一行め\nx"


async def test_words_written_without_a_line_are_sent_once_after_a_reload(
    house: House, phone: NewContext
) -> None:
    context = await phone()
    page = await enter(context, house.urls[0], handle="あまやどり")
    await connected(page)
    await context.set_offline(True)
    await say(page, "線が切れているあいだのことば")
    await page.fill("#text", "書きかけ")
    await page.wait_for_timeout(300)
    await context.set_offline(False)
    await page.reload()
    await wait_for_words(page, "線が切れているあいだのことば", seconds=30)
    assert await page.input_value("#text") == "書きかけ"
    words = [text for _, text in await said(page)]
    assert words.count("線が切れているあいだのことば") == 1
    await page.reload()
    await connected(page)
    words = [text for _, text in await said(page)]
    assert words.count("線が切れているあいだのことば") == 1


async def test_where_nothing_can_be_kept_words_are_sent_all_the_same(
    house: House, phone: NewContext
) -> None:
    context = await phone()
    await context.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); };"
    )
    page = await enter(context, house.urls[0], handle="からっぽ")
    await connected(page)
    full = "try { localStorage.setItem('a', 'b'); false } catch { true }"
    assert await page.evaluate(full)
    await say(page, "しまう場所がなくても")
    await wait_for_words(page, "しまう場所がなくても")
    assert await page.input_value("#text") == ""
    # A line that is gone for a while: they wait on the page itself.
    await context.set_offline(True)
    await say(page, "線が切れても")
    await page.wait_for_timeout(300)
    await context.set_offline(False)
    await wait_for_words(page, "線が切れても", seconds=60)
    words = [text for _, text in await said(page)]
    assert [words.count(one) for one in ("しまう場所がなくても", "線が切れても")] == [1, 1]


async def test_a_page_that_its_browser_froze_hears_what_was_said_meanwhile(
    house: House, phone: NewContext
) -> None:
    page = await enter(await phone(), house.urls[0], handle="ねむりねこ")
    other = await enter(await phone(), house.urls[0], handle="おきている")
    await connected(page)
    await connected(other)
    await page.fill("#text", "書きかけのまま")
    cdp = await page.context.new_cdp_session(page)
    await cdp.send("Page.setWebLifecycleState", {"state": "frozen"})
    await say(other, "ねむっているあいだ")
    await wait_for_words(other, "ねむっているあいだ")
    await cdp.send("Page.setWebLifecycleState", {"state": "active"})
    await wait_for_words(page, "ねむっているあいだ")
    assert await page.input_value("#text") == "書きかけのまま"
    await say(page, "おはよう")
    await wait_for_words(other, "おはよう")


async def test_refused_words_come_back_with_a_sentence(house: House, phone: NewContext) -> None:
    page = await enter(await phone(), house.urls[0], handle="みちくさ")
    await connected(page)
    text = "電話は090-1234-5678です"
    await say(page, text)
    await page.locator("[data-note]", has_text="連絡先").wait_for()
    assert await page.input_value("#text") == text
    assert text not in [words for _, words in await said(page)]
    assert await page.locator("[data-note] a").count() == 0
    # The supporters' ear is no place for it either, and leads to where one can be reached.
    await page.check("input[name=mode][value=murmur]", force=True)
    await page.click("[data-send]")
    ask = page.locator("[data-note] a", has_text="相談をおねがいする")
    await ask.wait_for()
    assert await ask.get_attribute("href") == "/counseling/ask/"
    assert await page.input_value("#text") == text
