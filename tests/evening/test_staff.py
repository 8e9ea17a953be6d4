"""A member of staff's first evening: invitation, password, second factor, their own page."""

import re
from collections.abc import Awaitable, Callable

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page

from tests.accounts.codes import code_of
from tests.evening.people import picture
from tests.evening.test_every_page import RULES, Watch
from tests.live import House, by_name

PASSWORD = "kiri no naka no hitsuji"
WIDTHS = {"phone": (360, 740), "desktop": (1280, 800)}


@pytest_asyncio.fixture(params=WIDTHS, loop_scope="session")
async def desk(request: pytest.FixtureRequest, browser: Browser) -> tuple[str, BrowserContext]:
    width, height = WIDTHS[request.param]
    context = await browser.new_context(
        viewport={"width": width, "height": height}, locale="ja-JP", timezone_id="Asia/Tokyo"
    )
    return request.param, context


def invited(house: House) -> str:
    return house.manage("invite_admin").stdout.strip()


Look = Callable[[str], Awaitable[None]]


def looking(page: Page, kind: str) -> Look:
    """Each page is sound: no wider than the window, nothing that axe minds."""

    async def look(name: str) -> None:
        wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{page.url} is {wide} px wider than the window"
        found = await Axe().run(page, options=RULES)
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
        await picture(page, f"staff-{kind}-{name}")

    return look


async def accept(page: Page, link: str, *, name: str) -> None:
    await page.goto(link)
    await page.fill("input[name=username]", name)
    await page.fill("input[name=display_name]", name)
    await page.fill("input[name=password]", PASSWORD)
    await page.fill("input[name=again]", PASSWORD)
    await page.click("main form button.main")
    await page.wait_for_url("**/accounts/2fa/")


async def test_from_an_invitation_to_one_s_own_page_and_in_again(
    house: House, desk: tuple[str, BrowserContext]
) -> None:
    kind, context = desk
    watch = Watch(context, house.urls[0])
    page = await context.new_page()
    look = looking(page, kind)
    link = invited(house)
    await page.goto(link)
    await look("invitation")
    await page.fill("input[name=username]", f"kei-{kind}")
    await page.fill("input[name=password]", "short")
    await page.fill("input[name=display_name]", "けい")
    await page.fill("input[name=again]", "short")
    await page.click("main form button.main")
    await page.locator(".errorlist").first.wait_for()
    await look("invitation-refused")
    assert await page.input_value("input[name=username]") == f"kei-{kind}"
    await accept(page, link, name=f"kei-{kind}")
    await look("second-factor")

    await page.goto(house.urls[0] + "/rooms/")
    assert "/accounts/2fa/" in page.url, "nothing opens before a second factor"
    await page.click("a[href$='totp/activate/']")
    await page.locator(".square").evaluate("picture => picture.decode()")
    await look("totp")
    secret = await page.inner_text("#secret")
    await page.fill("input[name=code]", code_of(secret))
    await page.click("main form button.main")
    await page.wait_for_url("**/recovery-codes/")
    assert len(re.findall(r"\b\d{8}\b", await page.inner_text(".codes"))) == 10
    await look("codes")
    await page.click("a.main")
    await page.wait_for_url("**/accounts/")
    assert "管理者" in await page.inner_text("main")
    await look("own")
    for path, name in (
        ("password/change/", "password"), ("2fa/webauthn/", "passkeys"),
        ("2fa/webauthn/add/", "passkey"), ("2fa/recovery-codes/generate/", "codes-again"),
        ("reauthenticate/", "again"), ("2fa/reauthenticate/", "code-again"),
        ("2fa/totp/deactivate/", "totp-off"), ("logout/", "out"),
    ):  # fmt: skip
        await page.goto(f"{house.urls[0]}/accounts/{path}")
        await look(name)
    for path in ("", "accounts/staff/", "audit/auditentry/"):
        await page.goto(f"{house.urls[0]}/admin/{path}")
        assert "データの確認" in await page.title()
        await picture(page, f"staff-{kind}-admin-{path.replace('/', '-')}")
    await page.goto(f"{house.urls[0]}/accounts/logout/")
    await page.click("main form button")
    await page.wait_for_url("**/accounts/login/?next=**")
    await look("login")

    await page.fill("input[name=login]", f"kei-{kind}")
    await page.fill("input[name=password]", PASSWORD)
    await page.click("main form button.main")
    await page.wait_for_url("**/2fa/authenticate/")
    await look("code")
    await page.goto(link)
    assert "もう使われています" in await page.inner_text("main")
    assert watch.strangers == []
    # What was refused on purpose is told as an error too.
    assert [one for one in watch.complaints if "status of 422" not in one] == []


async def with_a_virtual_key(page: Page) -> None:
    """A key of the platform, with a fingerprint that always fits."""
    cdp = await page.context.new_cdp_session(page)
    await cdp.send("WebAuthn.enable")
    key = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    await cdp.send("WebAuthn.addVirtualAuthenticator", {"options": key})


async def test_a_passkey_is_a_second_factor_and_lets_in_alone(
    house: House, desk: tuple[str, BrowserContext]
) -> None:
    kind, context = desk
    page = await context.new_page()
    await with_a_virtual_key(page)
    here = by_name(house.urls[0])
    await accept(page, by_name(invited(house)), name=f"passkey-{kind}")
    await page.click("a[href$='webauthn/add/']")
    await page.click("form[data-passkey] button")
    await page.wait_for_url("**/recovery-codes/")
    await page.goto(f"{here}/accounts/")
    assert "管理者" in await page.inner_text("main")
    await page.goto(f"{here}/accounts/2fa/webauthn/reauthenticate/?next=/accounts/2fa/")
    await page.click("form[data-passkey] button")
    await page.wait_for_url(f"{here}/accounts/2fa/")
    await page.goto(f"{here}/accounts/logout/")
    await page.click("main form button")
    await page.wait_for_url("**/accounts/login/**")
    await page.click("form[data-passkey] button")
    await page.wait_for_url(re.compile(r"/accounts/$|/admin/$|/manage/$"))
    await page.goto(f"{here}/accounts/2fa/webauthn/")
    await page.click("a[href$='remove/']")
    await page.click("main form button")
    await page.locator("main", has_text="最後のひとつ").wait_for()


async def test_a_demo_account_signs_in_without_script(house: House, browser: Browser) -> None:
    one = house.told("hyogo-coordinator")
    context = await browser.new_context(java_script_enabled=False, locale="ja-JP")
    page = await context.new_page()
    await page.goto(house.urls[0] + "/accounts/login/")
    await page.fill("input[name=login]", one["username"])
    await page.fill("input[name=password]", one["password"])
    await page.click("main form button.main")
    await page.fill("input[name=code]", code_of(one["totp_secret"]))
    await page.click("main form button.main")
    await page.wait_for_url(re.compile(r"/accounts/$|/manage/$"))
