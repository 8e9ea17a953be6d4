"""Every page: no other host, nothing blocked, nothing axe minds, nothing wider than a phone."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page

from tests.browsers import NewContext
from tests.evening.people import enter, picture
from tests.live import House

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
FOR_ANYONE = ["/", "/now/", "/enter/", "/return/", "/rooms/", "/no-such-page/"]
FOR_PARTICIPANTS = [
    "/rooms/zatsudan/", "/rooms/shizuka/", "/me/", "/letters/", "/enter/", "/rooms/nothing/",
]  # fmt: skip


class Watch:
    """Everything a browser asked for and complained of."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.strangers: list[str] = []
        self.complaints: list[str] = []
        self.host = url.removeprefix("http://")
        context.on("request", self._asked)
        context.on("console", self._said)

    def _asked(self, request) -> None:  # type: ignore[no-untyped-def]
        if not request.url.startswith((f"http://{self.host}/", f"ws://{self.host}/", "about:")):
            self.strangers.append(request.url)

    def _said(self, message) -> None:  # type: ignore[no-untyped-def]
        # A 404 that was asked for is told as an error too; it is no complaint about the page.
        if message.type in ("error", "warning") and "404 (Not Found)" not in message.text:
            self.complaints.append(message.text)


async def _is_sound(page: Page, path: str, *, name: str) -> None:
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{path} is {wide} px wider than the window"
    found = await Axe().run(page, options=RULES)
    assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
    await picture(page, name)


@pytest.mark.parametrize("kind", ["phone", "desktop"])
async def test_every_page_keeps_to_itself_and_can_be_read_by_anyone(
    house: House, phone: NewContext, desktop: NewContext, kind: str
) -> None:
    context = await (phone if kind == "phone" else desktop)()
    watch = Watch(context, house.urls[0])
    page = await context.new_page()
    for path in FOR_ANYONE:
        await page.goto(house.urls[0] + path)
        await _is_sound(page, path, name=f"{kind}{path.replace('/', '-').rstrip('-') or '-home'}")
    await page.close()

    page = await enter(context, house.urls[0], handle=f"みずうみ{kind[0]}")
    for path in FOR_PARTICIPANTS:
        await page.goto(house.urls[0] + path)
        await page.wait_for_timeout(400)  # what comes by the socket belongs to the page
        await _is_sound(page, path, name=f"{kind}-in{path.replace('/', '-').rstrip('-')}")
    assert watch.strangers == []
    assert watch.complaints == []
