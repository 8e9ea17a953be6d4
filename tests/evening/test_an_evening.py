"""Two people talk; the server is killed in mid-talk; nothing is lost and nothing is said twice."""

import asyncio
import time

from tests.browsers import NewContext
from tests.evening.people import enter, picture, said, say, wait_for_words
from tests.live import House


async def test_two_people_talk_through_a_killed_server(
    own_house: House, phone: NewContext, desktop: NewContext
) -> None:
    url = own_house.urls[0]
    aoi = await enter(await phone(), url, handle="あおい")
    haha = await enter(await desktop(), url, handle="ひなた")

    await say(aoi, "こんばんは。ねむれなくて来ました")
    await wait_for_words(haha, "こんばんは。ねむれなくて来ました")
    await say(haha, "こんばんは。ここにいますよ")
    await wait_for_words(aoi, "こんばんは。ここにいますよ")
    await picture(aoi, "room-at-320")
    await picture(haha, "room-at-a-desk")

    # Both are saying something while the process dies: -9, no goodbye, no chance to finish.
    await aoi.fill("#text", "とちゅうで切れても、のこりますか")
    await haha.fill("#text", "こちらも、送ってみます")
    await asyncio.gather(
        aoi.click("[data-send]"), haha.click("[data-send]"), asyncio.to_thread(own_house.kill, 0)
    )
    await say(aoi, "切れているあいだに書きました")
    await picture(aoi, "room-while-cut-off")
    await asyncio.to_thread(own_house.start, 0)

    for words in (
        "とちゅうで切れても、のこりますか",
        "こちらも、送ってみます",
        "切れているあいだに書きました",
    ):
        await wait_for_words(aoi, words, seconds=60)
        await wait_for_words(haha, words, seconds=60)
    there, here = await _settled(aoi), await _settled(haha)
    assert there == here
    numbers = [seq for seq, _ in here]
    assert numbers == sorted(set(numbers))
    words = [text for _, text in here]
    assert len(words) == len(set(words)), "something was said twice"
    assert await aoi.locator("#outbox > li").count() == 0
    await picture(aoi, "room-after-the-kill")

    # What the pages show is what a fresh page shows.
    await haha.reload()
    await wait_for_words(haha, "切れているあいだに書きました")
    assert (await said(haha))[-len(here) :] == here[-50:] or await said(haha) == here


async def _settled(page) -> list[tuple[int, str]]:  # type: ignore[no-untyped-def]
    """The list, once it has stopped changing for a second."""
    last, since = await said(page), time.monotonic()
    while time.monotonic() - since < 1:
        await asyncio.sleep(0.2)
        now = await said(page)
        if now != last:
            last, since = now, time.monotonic()
    return last
