"""Invited, signed in and on a first shift, by phone or at a desk; called on it, if one says yes."""

from typing import Any

import pytest
from playwright.async_api import Browser

from tests.accounts.codes import code_of
from tests.duty.post_offices import Browser as Subscribed
from tests.evening.people import picture
from tests.evening.test_a_shift import JAPAN, press, sign_in
from tests.evening.test_every_page import Watch
from tests.evening.test_staff import accept, looking
from tests.live import House

SMALL: dict[str, Any] = {
    "viewport": {"width": 320, "height": 640}, "is_mobile": True, "has_touch": True, **JAPAN,
}  # fmt: skip
SIZES: dict[str, dict[str, Any]] = {
    "small": SMALL, "wide": {"viewport": {"width": 1280, "height": 800}, **JAPAN},
}  # fmt: skip
# A push service is nobody's on this machine: the browser tells what it would have told.
PUSH = """(told) => {
  const yes = { toJSON: () => ({ endpoint: told.endpoint, keys: told }) };
  PushManager.prototype.subscribe = async () => yes;
  PushManager.prototype.getSubscription = async () => null;
}"""


@pytest.mark.parametrize("size", SIZES)
async def test_from_an_invitation_to_a_first_shift_on_a_small_phone_or_at_a_desk(
    own_house: House, browser: Browser, size: str
) -> None:
    house = own_house
    desk = await sign_in(await browser.new_context(**JAPAN), house, "hyogo-coordinator")
    await desk.goto(f"{house.urls[0]}/manage/people/invite/")
    await desk.select_option("select[name=role]", "supporter")
    await desk.fill("input[name=trained_on]", "2026-04-01")
    await desk.click("main form button.main")
    link = await desk.locator("code, output, input[readonly]").first.inner_text()

    context = await browser.new_context(**SIZES[size])
    watch = Watch(context, house.urls[0])
    page = await context.new_page()
    look = looking(page, size)
    await page.goto(link)
    await look("invitation")
    await accept(page, link, name=f"kei-{size}")
    await look("second-factor")
    await page.click("a[href$='totp/activate/']")
    await look("totp")
    await page.fill("input[name=code]", code_of(await page.inner_text("#secret")))
    await page.click("main form button.main")
    await page.wait_for_url("**/recovery-codes/")
    await look("codes")

    await page.goto(f"{house.urls[0]}/moderation/step-in/")
    await look("step-in")
    await press(page, "はじめる")
    await page.get_by_text("当番をしています").wait_for()
    room = page.locator("li[data-room]", has_text="雑談の部屋")
    async with page.expect_navigation():
        await room.get_by_role("button", name="見守る").click()
    await room.get_by_role("button", name="います").wait_for()
    await look("desk")
    assert watch.strangers == []
    assert watch.complaints == []


@pytest.mark.parametrize("size", SIZES)
async def test_a_small_phone_or_a_desk_says_yes_to_calls(
    own_house: House, browser: Browser, size: str
) -> None:
    house = own_house
    context = await browser.new_context(**SIZES[size])
    await context.grant_permissions(["notifications"], origin=house.urls[0])
    watch = Watch(context, house.urls[0])
    page = await sign_in(context, house, "hyogo-supporter-4")
    watch.complaints.clear()
    alerts = f"{house.urls[0]}/moderation/alerts/"
    await page.goto(alerts)
    await page.wait_for_selector("html[data-ready]", state="attached")
    await looking(page, size)("alerts")
    button = page.get_by_role("button", name="この端末でうけとる")
    # Nobody is asked before the button is pressed, and no worker stands before it.
    assert (
        await page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)")
        == 0
    )
    await page.evaluate(PUSH, Subscribed().told("https://push.example/send/abc"))
    async with page.expect_navigation():
        await button.click()
    await page.get_by_text("に加えた端末").wait_for()
    assert (
        await page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)")
        == 1
    )
    await picture(page, f"a-browser-that-may-be-called-{size}")
    await press(page, "外す")
    await page.get_by_text("まだ、ひとつもありません").wait_for()
    assert watch.strangers == []
    assert watch.complaints == []


async def test_where_push_is_not_to_be_had_the_page_says_so(
    own_house: House, browser: Browser
) -> None:
    house = own_house
    context = await browser.new_context(**SMALL)
    page = await sign_in(context, house, "hyogo-supporter-4")
    await page.goto(f"{house.urls[0]}/moderation/alerts/")
    await page.wait_for_selector("html[data-ready]", state="attached")
    await page.evaluate("Notification.requestPermission = async () => 'denied'")
    await page.get_by_role("button", name="この端末でうけとる").click()
    await page.get_by_text("通知がとめられています").wait_for()
