"""A telephone number, a name and an address, typed wherever counseling takes words: no trace."""

import asyncio
import re
import uuid

from tests.caller import Person, form_token
from tests.live import House
from tests.traces.written import everything_written, holding

NUMBER, DIGITS = "080-7719-3355", "08077193355"
NAME, STREET = "鹿鳴館かなりや子", "金糸雀町三丁目12-7"
WORDS = "ふたりだけの7719のことば"


def _walk(house: House) -> str:
    """Ask, talk, try to say a number, lock it away, put a name and a street into the vault."""
    someone = Person(house)
    someone.enter("かなりや")

    def send(path: str, form: str, **data: object) -> object:
        token = form_token(someone.get(form).body)
        return someone.ask("POST", path, data={"csrfmiddlewaretoken": token, **data})

    send("/counseling/ask/passphrase/", "/counseling/ask/")
    asked = {"relation": "self", "wish": "web", "program": "hyogo-demo"}
    page = someone.get("/counseling/ask/").body
    if found := re.search(r'<option value="([a-z0-9-]+)"', page):
        asked["program"] = found[1]
    send("/counseling/ask/", "/counseling/ask/", **asked, words=f"電話は {NUMBER}")
    send("/counseling/ask/", "/counseling/ask/", **asked, words=WORDS)
    code = re.search(r"/counseling/mine/([0-9]{7})/", someone.get("/counseling/mine/").body)
    assert code, "nothing was asked"
    mine = f"/counseling/mine/{code[1]}/"
    nonce = str(uuid.uuid4())
    send(f"{mine}say/", mine, text=f"わたしは {NUMBER} です", nonce=nonce)
    send(
        f"{mine}deposit/", mine, text=f"わたしは {NUMBER} です", nonce=nonce, kind="telephone",
        from_talk="on",
    )  # fmt: skip
    for kind, text in (("name", NAME), ("address", STREET), ("telephone", DIGITS)):
        send(f"{mine}deposit/", mine, text=text, kind=kind, nonce=str(uuid.uuid4()))
    return someone.get(mine).body


async def test_a_dump_of_everything_holds_no_detail_that_was_typed(own_house: House) -> None:
    page = await asyncio.to_thread(_walk, own_house)
    assert "鍵をかけて預けました" in page
    await asyncio.to_thread(own_house.term, 0)
    written = everything_written(own_house)
    # The words were said and are kept where words are kept: the look would have seen a trace.
    assert holding(written, WORDS)
    assert holding(written, NUMBER, DIGITS, NAME, STREET) == []
    for detail in (NUMBER, DIGITS, NAME, STREET, WORDS):
        assert detail not in own_house.logs()
