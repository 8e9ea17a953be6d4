"""A supporter sits in a room on a phone: by name, with the badge, and is answered by a stamp."""

from playwright.async_api import Browser

from tests.browsers import NewContext
from tests.evening.people import connected, enter, picture, say, wait_for_words
from tests.evening.test_a_shift import JAPAN, PHONE, sign_in
from tests.evening.test_every_page import Watch, _is_sound
from tests.live import House


async def test_a_supporter_speaks_and_everybody_sees_who_it_is(
    own_house: House, browser: Browser, phone: NewContext
) -> None:
    house = own_house
    context = await browser.new_context(**PHONE, **JAPAN)  # type: ignore[arg-type]
    at_work = await sign_in(context, house, "hyogo-supporter-3")
    watch = Watch(context, house.urls[0])
    await at_work.goto(f"{house.urls[0]}/rooms/zatsudan/")
    await connected(at_work)
    guest = await enter(await phone(), house.urls[0], handle="つきよの")
    await connected(guest)

    await say(at_work, "こんばんは。ここにいます")
    await wait_for_words(guest, "こんばんは。ここにいます")
    heard = guest.locator("#said > li", has_text="こんばんは。ここにいます")
    assert "支援者" in await heard.inner_text()
    await say(guest, "こんばんは")
    await wait_for_words(at_work, "こんばんは")

    # Nothing is offered that isn't a supporter's: no murmur, no leaving the seat, no being counted.
    assert await at_work.locator("input[name=mode][value=murmur]").count() == 0
    assert await at_work.locator("[data-leave]").count() == 0
    await at_work.click("#about summary")
    assert "人数には、かぞえられません" in await at_work.inner_text("#about")
    await picture(at_work, "supporter-in-a-room-about-360")
    await at_work.click("#about summary")
    await _is_sound(at_work, "/rooms/zatsudan/", name="supporter-in-a-room-360")
    assert (watch.strangers, watch.complaints) == ([], [])
