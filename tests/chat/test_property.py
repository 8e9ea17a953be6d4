"""Whatever the wire loses, doubles and reorders: every client ends with exactly the log."""

import asyncio
import json
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat import hub as hub_module
from chat import protocol as p
from chat.hub import Hub
from chat.outlet import unframed
from chat.states import Mode
from tests.reader import Reader, flatten

QUICK = settings(
    max_examples=200,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def _event(seq: int, dice: random.Random, texts: list[int]) -> dict[str, Any]:
    """One more event of a made-up log: a message, or something that befalls an earlier one."""
    kind = dice.choice(["message", "message", "stamped", "changed", "gone"]) if texts else "message"
    if kind == "message":
        texts.append(seq)
        author = {"id": "a", "handle": "人", "mark": "葉", "role": "participant"}
        return {
            "type": "message", "seq": seq, "from": author, "text": f"ことば{seq}", "veil": "",
            "at": "2026-11-23T17:00:00.000Z", "state": "shown", "stamps": {},
        }  # fmt: skip
    of = dice.choice(texts)
    if kind == "stamped":
        return {"type": "stamped", "seq": seq, "of": of, "stamps": {"うん": seq}}
    if kind == "changed":
        return {"type": "changed", "seq": seq, "of": of, "state": dice.choice(["hidden", "erased"])}
    return {"type": "gone", "seq": seq}


def _log(count: int, seed: int) -> list[dict[str, Any]]:
    dice, texts = random.Random(seed), []
    return [_event(seq, dice, texts) for seq in range(1, count + 1)]


@QUICK
@given(seed=st.integers(0, 2**32), count=st.integers(1, 40), faults=st.floats(0.0, 0.6))
def test_a_client_on_a_bad_wire_ends_with_the_log(seed: int, count: int, faults: float) -> None:
    log, dice = _log(count, seed), random.Random(seed)
    page, at = Reader(last=0, epoch="e"), 0.0
    on_the_way: list[dict[str, Any]] = []
    for event in log:
        copies = 0 if dice.random() < faults else 2 if dice.random() < faults else 1
        on_the_way += [event] * copies
        if dice.random() < faults:
            dice.shuffle(on_the_way)
        while on_the_way and dice.random() > faults:
            page.take(on_the_way.pop(0), at=at)
            at += 0.1
        if dice.random() < faults / 4:  # the line is cut; it comes back where it stood
            on_the_way.clear()
            head = event["seq"]
            events = [e for e in log if (page.last or 0) < e["seq"] <= head][:5]
            more = bool(events) and events[-1]["seq"] < head
            page.take(
                {"type": "welcome", "epoch": "e", "head": head, "recovered": True,
                 "events": events, "more": more, "room": {}},
                at=at,
            )  # fmt: skip
    for event in on_the_way:
        page.take(event, at=at)
    for _ in range(count + 5):  # heads uncover what is missing; resumes fetch it
        page.take({"type": "head", "seq": count}, at=at)
        at += 1.0
        if (since := page.wants(at=at)) is not None:
            events = [e for e in log if e["seq"] > since][:7]
            more = bool(events) and events[-1]["seq"] < count
            page.take({"type": "events", "events": events, "more": more, "head": count}, at=at)
    plain = Reader(last=0, epoch="e").take_all(log)
    assert page.listing() == plain.listing()
    assert page.applied == list(range(1, count + 1))
    assert page.waiting == []


class _Sitter:
    """A socket that remembers everything it was handed."""

    def __init__(self, person: int, head: int) -> None:
        self.person, self.seat, self.room, self.mode = person, person, 1, Mode.WATCHING
        self.session, self.letter, self.restless = None, 0, False
        self.own: list[bytes] = []
        self.page = Reader(last=head, epoch="e")
        self.seen: list[int] = []

    def push(self, frame: bytes) -> None:
        for one in flatten(json.loads(unframed(frame))):
            self.page.take(one, at=0.0)
            if one["type"] != "head":
                self.seen.append(one["seq"])

    def leave(self, code: p.Close) -> None:
        raise AssertionError("nobody is sent away here")

    def behind(self, now: float) -> bool:
        return False


@QUICK
@given(seed=st.integers(0, 2**32), count=st.integers(1, 30))
def test_the_hub_hands_every_socket_each_number_once_and_in_order(seed: int, count: int) -> None:
    log = [(e["seq"], json.dumps(e).encode()) for e in _log(count, seed)]
    asyncio.run(_evening(log, random.Random(seed)))


async def _evening(log: list[tuple[int, bytes]], dice: random.Random) -> None:  # noqa: C901
    stored: list[tuple[int, bytes]] = []

    async def read(
        pool: object, deed: object, since: dict[int, int]
    ) -> dict[int, list[tuple[int, bytes]]]:
        for _ in range(dice.randrange(3)):
            await asyncio.sleep(0)
        most = dice.choice([2, 500])
        return {
            room: [one for one in stored if one[0] > last][:most]
            for room, last in since.items()
            if dice.random() < 0.9  # what didn't fit into this read comes with the next
        }

    with ThreadPoolExecutor(1) as pool, pytest.MonkeyPatch.context() as patch:
        patch.setattr(hub_module, "in_thread", read)
        hub = Hub(pool)
        sitters: list[tuple[_Sitter, int]] = []
        for seq, data in log:
            stored.append((seq, data))
            if dice.random() < 0.4:
                # Its welcome was read some while ago; it is seated only now.
                head = dice.randint(max(0, seq - 4), seq)
                someone = _Sitter(len(sitters) + 1, head)
                hub.attach(someone, head=head, version=0)
                sitters.append((someone, head))
            fate = dice.random()
            if fate < 0.3:
                hub.room_rang(1, seq, [(seq, data)])  # this process wrote it
            elif fate < 0.6:
                hub.room_rang(1, seq, ())  # another one did
            elif fate < 0.7:
                hub.room_rang(1, seq, stored[-3:])
                hub.room_rang(1, seq, [(seq, data)])
            for _ in range(dice.randrange(4)):
                await asyncio.sleep(0)
        for _ in range(200):  # the poll finds what no ring told
            hub.room_rang(1, stored[-1][0], ())
            await asyncio.sleep(0)
        for someone, head in sitters:
            # Nothing is handed out twice or out of order …
            assert someone.seen == sorted(set(someone.seen))
            # … and whoever came in with a hole was told of it, and asks once.
            if (since := someone.page.wants(at=1.0)) is not None:
                for seq, data in stored:
                    if seq > since:
                        someone.page.take(json.loads(data), at=1.0)
            assert someone.page.applied == list(range(head + 1, stored[-1][0] + 1))


async def test_what_rang_before_the_last_one_left_is_known_to_whoever_is_on_the_way_in() -> None:
    reads: list[dict[int, int]] = []

    async def read(pool: object, deed: object, since: dict[int, int]) -> dict[int, list[object]]:
        reads.append(since)
        return {room: [] for room in since}

    with ThreadPoolExecutor(1) as readers, pytest.MonkeyPatch.context() as patch:
        patch.setattr(hub_module, "in_thread", read)
        hub = Hub(readers)
        first, second = _Sitter(1, 10), _Sitter(2, 10)
        hub.attach(first, head=10, version=1)
        hub.room_rang(1, 11, ())
        hub.detach(first)
        await asyncio.sleep(0)
        assert not reads, "nobody is there to hear it"
        hub.attach(second, head=10, version=1)
        await asyncio.sleep(0)
        assert reads == [{1: 10}]


async def test_what_was_read_for_those_who_left_is_not_taken_for_those_who_come() -> None:
    log = [(seq, json.dumps({"type": "gone", "seq": seq}).encode()) for seq in range(1, 13)]
    go = asyncio.Event()

    async def read(pool: object, deed: object, since: dict[int, int]) -> dict[int, list[object]]:
        found = {room: [one for one in log if one[0] > last] for room, last in since.items()}
        await go.wait()
        return found  # type: ignore[return-value]

    with ThreadPoolExecutor(1) as readers, pytest.MonkeyPatch.context() as patch:
        patch.setattr(hub_module, "in_thread", read)
        hub = Hub(readers)
        first, second = _Sitter(1, 10), _Sitter(2, 9)
        hub.attach(first, head=10, version=1)
        hub.room_rang(1, 12, ())
        await asyncio.sleep(0)
        hub.detach(first)
        hub.attach(second, head=9, version=1)
        go.set()
        await asyncio.sleep(0.01)
        assert (first.seen, second.seen) == ([], [10, 11, 12])
