"""The load generator fails a run in which anything is wrong: a small server does it all to it."""

import asyncio
import contextlib
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

MEMBERS, SENDERS = 4, 2
SOURCE = Path(__file__).with_name("generator.c")
pytestmark = pytest.mark.skipif(
    shutil.which("gcc") is None, reason="gcc がありません / no gcc here"
)


@pytest.fixture(scope="session")
def generator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, compiled."""
    built = tmp_path_factory.mktemp("generator") / "generator"
    subprocess.run(["gcc", "-O2", "-o", str(built), str(SOURCE)], check=True)
    return built


class Room:
    """Passes on what it hears, by the room protocol; at the tenth post it does one thing wrong."""

    def __init__(self, wrong: str) -> None:
        self.wrong = wrong
        self.members: list[ServerConnection] = []
        self.posts = 0
        self.held: list[dict[str, str]] = []

    async def __call__(self, line: ServerConnection) -> None:
        number = len(self.members)
        self.members.append(line)
        await line.send('{"type":"welcome"}')
        with contextlib.suppress(ConnectionClosed):
            async for text in line:
                await self.hear(number, json.loads(text))

    async def hear(self, sender: int, post: dict[str, str]) -> None:
        """One post: an event to everyone, an ack to its author."""
        self.posts += 1
        event = {"type": "message", "text": post["text"]}
        everyone = self.everyone(sender, event)
        for one in self.members[:-1]:
            await tell(one, everyone)
        await tell(self.members[-1], self.last(everyone))
        await tell(self.members[sender], self.answer(post["nonce"]))
        if self.wrong == "cut" and self.posts == 10:
            self.members[-1].transport.abort()

    def everyone(self, sender: int, event: dict[str, str]) -> list[dict[str, str]]:
        """What all are told now."""
        if self.wrong != "a sender's two turned round for everyone" or self.posts < 10:
            return [event]
        if sender == 0 and len(self.held) < 2:
            self.held.append(event)
            return self.held[::-1] if len(self.held) == 2 else []
        return [event]

    def last(self, events: list[dict[str, str]]) -> list[dict[str, str]]:
        """What the last member is told instead."""
        if self.wrong == "another order for one" and self.posts in (10, 11):
            self.held += events
            return self.held[::-1] if self.posts == 11 else []
        times = {"lost by one": 0, "doubled for one": 2}.get(self.wrong, 1)
        return events * (times if self.posts == 10 else 1)

    def answer(self, nonce: str) -> list[dict[str, str]]:
        """What the author is told."""
        if self.wrong == "refused" and self.posts == 10:
            return [{"type": "refused"}]
        times = {
            "acknowledged twice": {10: 2},
            "never acknowledged": {10: 0},
            "one twice, another never": {10: 2, 11: 0},
        }.get(self.wrong, {})
        return [{"type": "ack", "nonce": nonce}] * times.get(self.posts, 1)


async def tell(line: ServerConnection, frames: list[dict[str, str]]) -> None:
    """Frame by frame, written as the house writes them."""
    with contextlib.suppress(ConnectionClosed):
        for one in frames:
            await line.send(json.dumps(one, ensure_ascii=False, separators=(",", ":")))


@contextlib.asynccontextmanager
async def serving(wrong: str) -> AsyncIterator[int]:
    """The port of a server that does this one thing wrong."""
    async with serve(Room(wrong), "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def run(generator: Path, wrong: str) -> tuple[int, dict[str, Any]]:
    """What the generator ends with, and its line of the phase."""
    async with serving(wrong) as port:
        made = await asyncio.create_subprocess_exec(
            str(generator), "--ports", str(port), "--rooms", "1", "--members", str(MEMBERS),
            "--senders", str(SENDERS), "--opening", "1", "--phases", "sat:4:0:0.3",
            "--patience", "1",
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, _ = await asyncio.wait_for(made.communicate(), 60)
    assert made.returncode is not None
    lines = [json.loads(line) for line in out.decode().splitlines()]
    return made.returncode, lines[-1] if lines else {}


async def test_a_run_in_which_all_is_right_is_told_so(generator: Path) -> None:
    code, phase = await run(generator, "")
    assert code == 0
    assert phase["messages"] > 20 and phase["deliveries"] > MEMBERS * 20
    assert {phase[name] for name in ("lost", "unacked", "wrong", "refused", "cut")} == {0}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("lost by one", "lost"),
        ("doubled for one", "wrong"),
        ("another order for one", "wrong"),
        ("a sender's two turned round for everyone", "wrong"),
        ("acknowledged twice", "wrong"),
        ("never acknowledged", "unacked"),
        ("one twice, another never", "wrong"),
        ("refused", "refused"),
        ("cut", "cut"),
    ],
)
async def test_a_run_in_which_anything_is_wrong_fails(
    generator: Path, wrong: str, told: str
) -> None:
    code, phase = await run(generator, wrong)
    assert code == 1
    assert phase[told] > 0
