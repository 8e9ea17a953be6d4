"""What someone does in a browser, in their own words."""

from pathlib import Path

from playwright.async_api import BrowserContext, Page

PICTURES = Path(__file__).resolve().parents[2] / "var" / "pictures"


async def picture(page: Page, name: str) -> Path:
    """Keep a picture where a person can look: var/pictures/."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{name}.png"
    await page.screenshot(path=path)
    return path


async def enter(context: BrowserContext, url: str, *, handle: str, room: str = "zatsudan") -> Page:
    """Open the address, be let in without a name, sit down in a room."""
    page = await context.new_page()
    await page.goto(f"{url}/enter/?next=/rooms/{room}/")
    await page.fill("input[name=handle]", handle)
    await page.check("input[name=agree]")
    await page.click("main form[action*=enter] button, main form button")
    await page.wait_for_url(f"**/rooms/{room}/")
    await page.wait_for_selector("#room")
    return page


async def connected(page: Page) -> None:
    """Wait until the page hears the room."""
    await page.wait_for_selector("#banner", state="hidden")
    await page.wait_for_selector("html[data-ready]", state="attached")


async def say(page: Page, text: str) -> None:
    """Write and send."""
    await page.fill("#text", text)
    await page.click("[data-send]")


async def said(page: Page) -> list[tuple[int, str]]:
    """What the room's list shows: numbers and words, in the order on the page."""
    return [
        (seq, text)
        for seq, text in await page.eval_on_selector_all(
            "#said > li[data-seq]",
            "all => all.map(li => [Number(li.dataset.seq),"
            " li.querySelector('[data-slot=text]').textContent])",
        )
    ]


async def wait_for_words(page: Page, text: str, *, seconds: float = 20) -> None:
    """Until the room's list shows these words."""
    await page.locator("#said > li .text", has_text=text).first.wait_for(timeout=seconds * 1000)
