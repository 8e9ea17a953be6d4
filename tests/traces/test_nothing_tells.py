"""A canary typed everywhere, and a look at everything that a house writes down."""

import asyncio
import html
import re
import uuid

from tests.caller import Caller, Person, form_token
from tests.live import House
from tests.traces.written import everything_written, holding

WORDS = "かなりあのことば7719"
AGENT = "CanaryBrowser/7719"
ADDRESS = "203.0.113.77"


async def test_logs_hold_no_words_and_nothing_holds_addresses_or_passphrases(
    own_house: House,
) -> None:
    house = own_house
    someone = Person(house)
    headers = {
        "User-Agent": AGENT,
        "X-Forwarded-For": ADDRESS,
        "Referer": f"{house.urls[0]}/{AGENT}",
    }

    def ask(method: str, path: str, **data: str) -> str:
        token = form_token(
            someone.get("/rooms/zatsudan/" if someone.cookies.get("seat") else "/enter/").body
        )
        sent = {"csrfmiddlewaretoken": token, **data} if method == "POST" else None
        return someone.ask(method, path, data=sent, headers=headers).body

    await asyncio.to_thread(someone.enter, "かなりや")
    made = await asyncio.to_thread(someone.post, "/me/passphrase/", form="/me/")
    passphrase = html.unescape(re.search(r'class="passphrase"[^>]*>([^<]+)<', made.body)[1]).strip()  # type: ignore[index]
    plain = "".join(passphrase.split())

    for path in (f"/{AGENT}/", f"/rooms/{AGENT}/", "/rooms/zatsudan/?before=x", f"/?q={AGENT}"):
        await asyncio.to_thread(ask, "GET", path)
    for path, data in [
        ("/rooms/zatsudan/", {"text": WORDS, "nonce": str(uuid.uuid4())}),
        ("/rooms/zatsudan/", {"text": WORDS * 200, "nonce": "not-a-nonce"}),
        ("/rooms/zatsudan/murmur/", {"text": WORDS, "nonce": str(uuid.uuid4())}),
        ("/rooms/zatsudan/report/", {"of": "1", "reason": "other", "note": WORDS}),
        ("/rooms/zatsudan/stamp/", {"of": "1", "stamp": WORDS, "on": "true"}),
        ("/rooms/zatsudan/handle/", {"handle": WORDS}),
        ("/me/rename/", {"handle": WORDS * 9}),
        ("/me/unlock/", {"passphrase": passphrase}),
        ("/return/", {"passphrase": passphrase}),
        ("/return/", {"passphrase": WORDS}),
        ("/enter/", {"handle": WORDS, "agree": "on"}),
    ]:
        await asyncio.to_thread(ask, "POST", path, **data)
    async with Caller(someone) as caller:
        await caller.join("zatsudan")
        for frame in (
            {"type": "post", "nonce": str(uuid.uuid4()), "text": WORDS, "veil": WORDS},
            {"type": "post", "nonce": str(uuid.uuid4()), "text": f"合言葉は{passphrase}"},
            {"type": "post", "nonce": WORDS, "text": WORDS},
            {"type": WORDS, "text": WORDS},
            {"type": "stamp", "of": WORDS, "stamp": WORDS, "on": True},
        ):
            await caller.send(frame)
        await caller.send("{" + WORDS)
        await caller.send({"type": "ping", "at": 7})
        await caller.wait_for("pong")
    stranger = Person(house)
    await asyncio.to_thread(
        stranger.ask, "POST", "/enter/", data={"handle": WORDS}, headers=headers
    )
    await asyncio.to_thread(house.term, 0)

    assert WORDS not in house.logs() and AGENT not in house.logs() and ADDRESS not in house.logs()
    assert "127.0.0.1" not in house.logs()
    written = everything_written(house)
    # The words were said and are kept where words are kept: the look would have seen a trace.
    assert holding(written, WORDS)
    assert holding(written, AGENT, ADDRESS, "127.0.0.1") == []
    assert holding(written, passphrase, plain) == []
    assert passphrase not in str(someone.cookies)
