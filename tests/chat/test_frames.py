"""Every frame on the wire is one of the protocol's, field by field; nothing else is ever sent."""

import json
import typing
import uuid
from typing import Any

import msgspec
import pytest

from chat import protocol as p
from tests.caller import Caller, enter
from tests.chat.wire import OffTheWire, check, check_all
from tests.live import House
from tools import protocol_doc

# Words for what this house never tells anyone.
NEVER = {
    "typing", "joined", "left", "online", "count", "people", "watching_count", "last_seen", "read",
    "seen", "viewers", "participants", "members", "users", "total", "ip", "address", "session",
    "email", "participant", "staff", "seat", "by", "who", "names", "reported", "muted_by",
}  # fmt: skip


def test_the_tables_of_the_page_are_those_of_the_code():
    written = protocol_doc.PAGE.read_text(encoding="utf-8")
    assert protocol_doc.page(written) == written
    assert protocol_doc.ASYNC.read_text(encoding="utf-8") == protocol_doc.written()


def test_every_frame_and_code_has_its_row():
    written = protocol_doc.PAGE.read_text(encoding="utf-8")
    for one in (*p.INCOMING, *p.OUTGOING):
        assert f"\n| `{one.__struct_config__.tag}` |" in written
    for code in (*(one.value for one in p.Refusal), *(str(one.value) for one in p.Close)):
        assert code in written


def structs(base: type[msgspec.Struct]) -> set[str]:
    return {one.__name__ for one in base.__subclasses__()}


def test_no_frame_is_left_out_of_the_lists():
    assert {one.__name__ for one in p.INCOMING} == structs(p.Incoming)
    assert {one.__name__ for one in p.OUTGOING} == structs(p.Outgoing)


def field_names(kind: Any) -> set[str]:
    """Names of fields anywhere within a type."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        fields = msgspec.structs.fields(kind)
        return {one.encode_name for one in fields}.union(*(field_names(one.type) for one in fields))
    return set().union(*(field_names(one) for one in typing.get_args(kind)))


def test_no_frame_has_a_field_for_what_is_never_told():
    for one in p.OUTGOING:
        assert not field_names(one) & NEVER, one.__name__
        assert str(one.__struct_config__.tag) not in NEVER


def test_presence_holds_no_number():
    assert field_names(p.Presence) == {"band", "supporter", "here", "handle", "mark"}
    assert field_names(p.PresenceNow) == field_names(p.Presence)

    def has_number(kind: Any) -> bool:
        if kind in (int, float):
            return True
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            return any(has_number(one.type) for one in msgspec.structs.fields(kind))
        return any(has_number(one) for one in typing.get_args(kind))

    assert not has_number(p.Presence)
    assert not has_number(p.PresenceNow)


GOOD = {"type": "presence", "band": "few", "supporter": True, "here": []}


@pytest.mark.parametrize(
    "bad",
    [
        {**GOOD, "people": 3},
        {**GOOD, "band": "3"},
        {**GOOD, "band": 3},
        {**GOOD, "here": [{"handle": "a", "mark": "葉", "id": "x"}]},
        {k: v for k, v in GOOD.items() if k != "supporter"},
        {"type": "typing", "from": "x"},
        {"type": "joined", "handle": "x"},
        {"type": "head", "seq": "1"},
        {"type": "head"},
        {},
    ],
)
def test_the_check_itself_lets_nothing_else_pass(bad: dict[str, Any]):
    check(GOOD)
    with pytest.raises(OffTheWire):
        check(bad)


async def test_an_evening_of_everything_shows_only_what_the_tables_name(house: House):
    aoi, haha = enter(house, "あおいそら"), enter(house, "ははのこえ")
    async with Caller(aoi) as one, Caller(haha) as other:
        hello = await one.join("zatsudan")
        await other.join("zatsudan")
        said = await one.say("おはよう")
        seq = said["seq"]
        await one.answer(await one.post("ぬのでつつむ", veil="重い話"))
        await one.say("もう死にたい")
        await one.wait_for("card")
        await one.say("電話は090-1234-5678")
        frames: list[tuple[Caller, dict[str, Any]]] = [
            (other, {"type": "stamp", "of": seq, "stamp": "うん", "on": True}),
            (other, {"type": "stamp", "of": seq, "stamp": "うん", "on": False}),
            (other, {"type": "report", "of": seq, "reason": "worry", "note": "しんぱい"}),
            (other, {"type": "murmur", "text": "ひとりごと"}),
            (other, {"type": "stay", "mode": "here"}),
            (other, {"type": "stay", "mode": "watching"}),
            (one, {"type": "withdraw", "of": seq}),
        ]
        for caller, frame in frames:
            nonce = str(uuid.uuid4())
            await caller.send({**frame, "nonce": nonce})
            answer = await caller.answer(nonce)
            assert answer["type"] == "ack", frame
        await other.wait_until(lambda page: page.messages[seq]["state"] == "withdrawn")
        await one.send({"type": "ping", "at": 1.5})
        await one.wait_for("pong")
        await one.send({"type": "resume", "since": hello["head"]})
        await one.wait_for("events")
        await one.send("x")
        await one.rejoin("zatsudan")
        assert one.frames[-1]["recovered"] is True
        seen = {f["type"] for f in one.frames + other.frames}
        assert check_all(one.frames) + check_all(other.frames) > 20
        assert seen >= {
            "welcome", "message", "changed", "stamped", "ack", "refused", "card", "pong", "events",
        }  # fmt: skip
        # What one of them did alone, the other never heard of.
        heard = json.dumps(other.frames, ensure_ascii=False)
        assert "090-1234-5678" not in heard
        assert not {"card", "refused", "pong", "presence"} & {f["type"] for f in other.frames}
        assert "ひとりごと" not in json.dumps(one.frames, ensure_ascii=False)
        assert "しんぱい" not in json.dumps(one.frames, ensure_ascii=False)


async def test_coming_going_and_watching_tell_nobody_anything(house: House):
    async with Caller(enter(house, "もとからいる")) as there:
        await there.join("zatsudan")
        before = len(there.frames)
        for n in range(4):
            async with Caller(enter(house, f"とおりすがり{n}")) as passing:
                await passing.join("zatsudan")
                await passing.send({"type": "stay", "mode": "here"})
        await there.send({"type": "ping", "at": 9})
        await there.wait_for("pong")
        told = [f["type"] for f in there.frames[before:]]
        assert set(told) <= {"pong", "head"}, told


async def test_what_is_stamped_hidden_or_withdrawn_names_nobody(house: House):
    async with Caller(enter(house, "ひとりめ")) as one, Caller(enter(house, "ふたりめ")) as other:
        await one.join("zatsudan")
        hello = await other.join("zatsudan")
        seq = (await one.say("みんなへ"))["seq"]
        await other.wait_until(lambda page: seq in page.messages)
        nonce = str(uuid.uuid4())
        await other.send(
            {"type": "stamp", "of": seq, "stamp": "わかる", "on": True, "nonce": nonce}
        )
        await other.answer(nonce)
        stamped = await one.wait_for(lambda f: f["type"] == "stamped" and f["of"] == seq)
        assert stamped.keys() == {"type", "seq", "of", "stamps"}
        assert stamped["stamps"] == {"わかる": 1}
        assert hello["you"]["id"] not in json.dumps(stamped)
