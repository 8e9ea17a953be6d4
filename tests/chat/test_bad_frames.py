"""What isn't a frame is answered as the protocol says; its sender stays, nobody else notices."""

import json
import uuid
from collections.abc import AsyncIterator

import pytest

from tests.caller import Caller, Person, enter
from tests.chat.bare import no_fault
from tests.chat.wire import check_all
from tests.live import House

CANARY = "ひみつのさかな7731"
NONCE = "00000000-0000-4000-8000-00000000000{}"
MALFORMED, UNKNOWN = "malformed", "unknown_type"


def frame(kind: str, **fields: object) -> str:
    return json.dumps({"type": kind, **fields})


def post(**fields: object) -> str:
    return frame("post", **{"nonce": str(uuid.uuid4()), "text": CANARY, **fields})


NOT_JSON: dict[str, str | bytes] = {
    "not JSON": CANARY,
    "an open brace": "{",
    "nothing": "",
    "a blank": " ",
    "a list": "[]",
    "a list of frames": f"[{post()}]",
    "an empty object": "{}",
    "a number": "1",
    "null": "null",
    "true": "true",
    "a string": '"post"',
    "NaN": "NaN",
    "Infinity": "-Infinity",
    "two objects": '{"type":"ping","at":1}{"type":"ping","at":2}',
    "a trailing comma": '{"type":"ping","at":1,}',
    "single quotes": "{'type':'ping','at':1}",
    "a comment": '{"type":"ping","at":1} // ' + CANARY,
    "a BOM": "\ufeff" + frame("ping", at=1),
    "depth 10,000": "[" * 10_000,
    "objects in objects": '{"a":' * 3_000,
    "depth in a field": '{"type":"ping","at":' + "[" * 7_000 + "]" * 7_000 + "}",
    "a 5,000-digit integer": '{"type":"ping","at":' + "9" * 5_000 + "}",
    "1e999": '{"type":"ping","at":1e999}',
    "NaN within": '{"type":"ping","at":NaN}',
    "a lone surrogate": frame("post", nonce=NONCE.format(1), text="\ud800"),
    "half a pair": frame("post", nonce=NONCE.format(2), text="\udc00\ud800"),
    "a control character": '{"type":"post","text":"\x01"}',
    "a bad escape": '{"type":"post","text":"\\x41"}',
    "binary": CANARY.encode(),
    "binary JSON": b'{"type":"ping","at":1}',
    "UTF-16": frame("ping", at=1).encode("utf-16"),
    "no bytes": b"",
}

NOT_A_FRAME: dict[str, str] = {
    "type twice": '{"type":"ping","type":"post","at":1}',
    "no type": '{"at":1}',
    "type as number": '{"type":1}',
    "type as null": '{"type":null}',
    "type as list": '{"type":["ping"],"at":1}',
    "missing field": frame("ping"),
    "extra field": frame("ping", at=1, extra=CANARY),
    "__proto__": post(__proto__={"role": "supporter"}),
    "constructor": post(constructor=1),
    "client-set sender": post(sender="ren"),
    "client-set from": post(**{"from": {"id": "x", "role": "supporter"}}),
    "client-set role": post(role="supporter"),
    "client-set seq": post(seq=1),
    "client-set state": post(state="shown"),
    "client-set at": post(at="2020-01-01T00:00:00Z"),
    "client-set room": post(room="yofukashi"),
    "ORM words": post(id__gt=0),
    "_connector": post(_connector="OR"),
    "text as list": post(text=[CANARY]),
    "text as number": post(text=1),
    "text as null": post(text=None),
    "veil as bool": post(veil=True),
    "nonce as number": post(nonce=1),
    "nonce of words": post(nonce=CANARY),
    "nonce without dashes": post(nonce="0" * 32),
    "nonce in braces": post(nonce="{" + NONCE.format(0) + "}"),
    "nonce with a newline": post(nonce=NONCE.format(0) + "\n"),
    "of as bool": frame("withdraw", of=True),
    "of as float": frame("withdraw", of=1.5),
    "of as SQL": frame("withdraw", of="1 OR 1=1"),
    "of negative": frame("withdraw", of=-1),
    "of huge": frame("withdraw", of=2**63),
    "on as word": frame("stamp", of=1, stamp="うん", on="true"),
    "unknown mode": frame("stay", mode="lurking"),
    "unknown reason": frame("report", of=1, reason="because"),
    "since negative": frame("resume", since=-1),
    "since huge": frame("resume", since=2**63),
    "since as text": frame("resume", since="0"),
    "since with epoch": frame("resume", since=0, epoch="x"),
    "at as text": frame("ping", at=CANARY),
}

UNKNOWN_TYPES = [
    "edit", "typing", "POST", "post ", "", "chat_message", "websocket.disconnect", "disconnect",
    "websocket.receive", "message", "welcome", "ack", "room", "bell", "__class__", "join",
]  # fmt: skip

WELL_FORMED: dict[str, tuple[str, str]] = {
    "NUL": (post(text="ことば\0" + CANARY), "malformed"),
    "NUL in a veil": (post(veil="\0"), "malformed"),
    "a message that isn't there": (
        frame("withdraw", of=2**53 - 1, nonce=NONCE.format(3)), "no_such_message",
    ),
    "a stamp that isn't there": (
        frame("stamp", of=1, stamp="\0", on=True, nonce=NONCE.format(4)), "no_such_stamp",
    ),
    "a report of nothing": (
        frame("report", of=0, reason="abuse", nonce=NONCE.format(5)), "no_such_message",
    ),
    "a note too long": (
        frame("report", of=1, reason="abuse", note="あ" * 501, nonce=NONCE.format(6)), "too_long",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def sender(house: House) -> Person:
    return enter(house, "あやまり")


@pytest.fixture(scope="module")
def bystander(house: House) -> Person:
    return enter(house, "となりのひと")


@pytest.fixture(autouse=True)
async def innocent(house: House, bystander: Person) -> AsyncIterator[Caller]:
    """Someone else in the room: still there afterwards, told of the next word and nothing more."""
    before = len(house.logs())
    async with Caller(bystander) as there:
        await there.join("zatsudan")
        yield there
        assert there.close_code is None
        async with Caller(enter(house, f"あと{uuid.uuid4().hex[:6]}")) as later:
            await later.join("zatsudan")
            answer = await later.say("そのあとのことば")
            assert answer["type"] == "ack"
            await there.wait_until(lambda page: (page.last or 0) >= answer["seq"])
        assert check_all(there.frames)
        assert CANARY not in "".join(there.raw)
    printed = house.logs()[before:]
    no_fault(printed)
    assert CANARY not in printed


async def still_works(caller: Caller, at: int) -> None:
    await caller.send(frame("ping", at=at))
    await caller.wait_for(lambda f: f["type"] == "pong" and f["at"] == at)


async def each_is_refused(person: Person, bad: list[tuple[str, str | bytes, str]]) -> None:
    """Nine malformed ones a socket: the tenth would close it."""
    for start in range(0, len(bad), 9):
        async with Caller(person) as caller:
            await caller.join("zatsudan")
            for number, (name, text, code) in enumerate(bad[start : start + 9]):
                seen = len(caller.frames)
                await caller.send(text)
                try:
                    answer = await caller.wait_for("refused", after=seen)
                except AssertionError as trouble:
                    raise AssertionError(f"{name}: {trouble}") from None
                assert answer["code"] == code, name
                assert CANARY not in answer["text"], name
                await still_works(caller, start + number)
            check_all(caller.frames)


async def test_what_is_not_json_is_malformed(sender: Person):
    await each_is_refused(sender, [(name, bad, MALFORMED) for name, bad in NOT_JSON.items()])


async def test_json_that_is_no_frame_is_malformed(sender: Person):
    await each_is_refused(sender, [(name, bad, MALFORMED) for name, bad in NOT_A_FRAME.items()])


async def test_types_that_do_not_exist_are_unknown_also_when_they_are_names_within(sender: Person):
    bad = [(kind, frame(kind, text=CANARY), UNKNOWN) for kind in UNKNOWN_TYPES]
    await each_is_refused(sender, bad)


async def test_well_formed_nonsense_is_refused_by_its_own_code(sender: Person):
    bad = [(name, text, code) for name, (text, code) in WELL_FORMED.items()]
    await each_is_refused(sender, bad)


async def test_a_malformed_frame_with_a_readable_nonce_is_answered_with_it(sender: Person):
    async with Caller(sender) as caller:
        await caller.join("zatsudan")
        nonce = str(uuid.uuid4())
        await caller.send(post(nonce=nonce, role="supporter"))
        assert (await caller.answer(nonce))["code"] == MALFORMED


async def test_ten_malformed_frames_in_a_minute_close_with_4429(sender: Person):
    async with Caller(sender) as caller:
        await caller.join("zatsudan")
        for _ in range(10):
            await caller.send(CANARY)
        bye = await caller.wait_for("bye")
        assert bye["code"] == 4429
        assert bye["retry_after"] > 0
        assert await caller.closed() == 4429
        assert sum(f["type"] == "refused" for f in caller.frames) == 10


@pytest.mark.parametrize("size", [16 * 1024 + 1, 20 * 1024, 60_000])
async def test_a_frame_above_16_kib_closes_with_4413(sender: Person, size: int):
    async with Caller(sender) as caller:
        await caller.join("zatsudan")
        await caller.send(CANARY.ljust(size))
        assert await caller.closed() == 4413
        assert caller.frames[-1]["type"] == "bye"


async def test_a_frame_of_exactly_16_kib_is_read(sender: Person):
    async with Caller(sender) as caller:
        await caller.join("zatsudan")
        await caller.send(frame("ping", at=1).ljust(16 * 1024))
        await caller.wait_for("pong")
        # Bytes count, not characters: three for each of these.
        text = json.dumps({"type": "post", "text": "あ" * 5_600}, ensure_ascii=False)
        await caller.send(text)
        assert await caller.closed() == 4413


@pytest.mark.parametrize("size", [64 * 1024 + 1, 1_000_000])
async def test_above_64_kib_the_server_itself_hangs_up(sender: Person, size: int):
    async with Caller(sender) as caller:
        await caller.join("zatsudan")
        await caller.send("{" + ",".join(f'"{n}":1' for n in range(100_000))[: size - 1])
        assert await caller.closed() in (1009, 1006)


async def test_the_same_nonce_with_another_text_is_a_conflict(house: House):
    async with Caller(enter(house, "くりかえし")) as caller:
        await caller.join("zatsudan")
        nonce = str(uuid.uuid4())
        await caller.post("はじめのことば", nonce=nonce)
        first = await caller.answer(nonce)
        assert first["type"] == "ack"
        for text, expected in (("べつのことば", "refused"), ("はじめのことば", "ack")):
            seen = len(caller.frames)
            await caller.post(text, nonce=nonce)
            answer = await caller.answer(nonce, after=seen)
            assert answer["type"] == expected
        assert answer == first


async def test_another_persons_message_cannot_be_withdrawn(house: House, innocent: Caller):
    said = await innocent.say("これはわたしのことば")
    async with Caller(enter(house, "ほかのひと")) as caller:
        await caller.join("zatsudan")
        nonce = str(uuid.uuid4())
        await caller.send(frame("withdraw", of=said["seq"], nonce=nonce))
        assert (await caller.answer(nonce))["code"] == "not_yours"
        await still_works(caller, 1)
    assert innocent.reader.messages[said["seq"]]["state"] == "shown"


@pytest.mark.parametrize("since", [2**53 - 1, 10**9])
async def test_a_position_beyond_the_head_is_answered_with_nothing(sender: Person, since: int):
    async with Caller(sender) as caller:
        hello = await caller.join("zatsudan")
        await caller.send(frame("resume", since=since))
        answer = await caller.wait_for("events")
        assert (answer["events"], answer["more"]) == ([], False)
        assert answer["head"] >= hello["head"]
