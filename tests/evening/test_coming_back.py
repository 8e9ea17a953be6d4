"""A murmur at 2 a.m., an answer while away, and the way back by 合言葉."""

from tests.browsers import NewContext
from tests.evening.people import connected, enter, picture
from tests.live import House

ANSWER = """
from chat.models import Murmur
from chat.actions.moderation import answer_murmur
from foundation import clock
answer_murmur(murmur=Murmur.objects.get(text={text!r}).pk, text={answer!r}, now=clock.now())
"""


async def test_someone_murmurs_leaves_and_finds_the_answer_by_their_passphrase(
    own_house: House, phone: NewContext
) -> None:
    url = own_house.urls[0]
    page = await enter(await phone(), url, handle="よふけの灯")
    await connected(page)
    await page.click("label:has(input[name=mode][value=murmur])")
    await page.fill("#text", "ねむれません")
    await page.click("[data-send]")
    await page.locator("#log", has_text="ねむれません").wait_for()
    await page.locator("text=とどきました").first.wait_for()
    await picture(page, "murmur")

    await page.goto(f"{url}/me/")
    await page.click("form[action*=passphrase] button")
    words = (await page.inner_text(".passphrase")).strip()
    await picture(page, "passphrase")
    await page.context.close()

    own_house.shell(ANSWER.format(text="ねむれません", answer="読みました。"))

    back = await (await phone()).new_page()
    await back.goto(f"{url}/return/")
    # Typed on another keyboard: katakana, no spaces.
    katakana = "".join(
        chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in words if not c.isspace()
    )
    await back.fill("input[name=passphrase]", katakana)
    await back.click("main form button")
    await back.wait_for_url("**/rooms/")
    assert await back.locator("#light").is_visible()
    await back.goto(f"{url}/letters/")
    await back.locator("a", has_text="つぶやきを読みました").click()
    await back.locator("text=読みました。").first.wait_for()
    await picture(back, "letter")
    await back.goto(f"{url}/rooms/")
    assert not await back.locator("#light").is_visible()


async def test_a_second_entry_never_takes_the_first_ones_seat(
    house: House, phone: NewContext
) -> None:
    context = await phone()
    await enter(context, house.urls[0], handle="さきの人")
    second = await context.new_page()
    await second.goto(f"{house.urls[0]}/enter/")
    assert await second.locator("input[name=handle]").count() == 0
    await second.goto(f"{house.urls[0]}/rooms/zatsudan/")
    await second.goto(f"{house.urls[0]}/me/")
    assert await second.input_value("input[name=handle]") == "さきの人"
