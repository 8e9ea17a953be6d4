"""Real browsers: the system's Chromium, driven by Playwright."""

import functools
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HELP = (
    "Chromium がありません。入れてください: apt-get install chromium fonts-noto-cjk"
    " (または CHROMIUM=/path/to/chromium)"
    " / No Chromium: apt-get install chromium fonts-noto-cjk (or set CHROMIUM)"
)
# No call home: this browser talks to the house under test and to nobody else.
FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

NewContext = Callable[[], Awaitable[BrowserContext]]
Launch = Callable[[], Awaitable[Browser]]


@functools.cache
def chromium() -> str | None:
    """The path of a Chromium that runs, or None. CHROMIUM names one by hand."""
    named = os.environ.get("CHROMIUM")
    for name in (named,) if named else NAMES:
        path = shutil.which(name)
        if path is None:
            continue
        try:
            # Ubuntu's package is only a stub that asks for a snap: see whether it starts.
            subprocess.run([path, "--version"], capture_output=True, timeout=60, check=True)
        except (OSError, subprocess.SubprocessError):
            continue
        return path
    return None


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium_process() -> AsyncIterator[Launch]:
    """Starts the one headless Chromium of all tests, again where it has died."""
    path = chromium()
    if path is None:
        pytest.fail(HELP, pytrace=False)
    async with async_playwright() as playwright:
        opened: list[Browser] = []

        async def launch() -> Browser:
            if not opened or not opened[-1].is_connected():
                opened.append(await playwright.chromium.launch(executable_path=path, args=FLAGS))
            return opened[-1]

        yield launch
        for one in opened:
            await one.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browser(chromium_process: Launch) -> AsyncIterator[Browser]:
    """A headless Chromium. Without one the test fails with a line that says what to install.

    All tests share its process; each has contexts of its own, and none is left.
    """
    opened = await chromium_process()
    yield opened
    for context in opened.contexts:
        await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser) -> NewContext:
    """`await phone()`: a new visitor on a phone 320 px wide, reading Japanese in Japan."""

    async def new() -> BrowserContext:
        return await browser.new_context(
            viewport={"width": 320, "height": 640},
            device_scale_factor=2,
            is_mobile=True,
            has_touch=True,
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
        )

    return new


@pytest_asyncio.fixture(loop_scope="session")
async def desktop(browser: Browser) -> NewContext:
    """`await desktop()`: a new visitor at a desk, reading Japanese in Japan."""

    async def new() -> BrowserContext:
        return await browser.new_context(
            viewport={"width": 1280, "height": 800}, locale="ja-JP", timezone_id="Asia/Tokyo"
        )

    return new
