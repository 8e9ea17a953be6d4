"""Promise 6: connections cut in mid-talk, and SQLite's one lock held by somebody else."""

import asyncio
import contextlib
import sqlite3
import time
import uuid
from typing import Any

from tests.caller import Caller
from tests.faults.gathering import (
    ROOM,
    gathered,
    nobody_left,
    same_list,
    stored,
    unique,
)
from tests.live import House


async def _until_acked(caller: Caller, text: str, *, nonce: str, timeout: float) -> dict[str, Any]:
    """As a page's outbox does it: the same nonce again and again until it is stored."""
    until = time.monotonic() + timeout
    while True:
        before = len(caller.frames)
        await caller.post(text, nonce=nonce)
        answer = await caller.answer(nonce, after=before, timeout=timeout)
        if answer["type"] == "ack":
            return answer
        assert answer["code"] == "busy", answer
        assert time.monotonic() < until, "still busy"
        await asyncio.sleep(0.5)


async def test_postgresql_cuts_every_connection_and_nobody_notices(
    calm_house: House, server_shape: None
) -> None:
    assert calm_house.postgres is not None
    async with gathered(calm_house, 4) as callers:
        for number in range(3):
            calm_house.postgres.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'ibasho'"
            )
            text, nonce = unique("きられても"), str(uuid.uuid4())
            ack = await _until_acked(callers[number], text, nonce=nonce, timeout=5)
            await same_list(callers, ack["seq"])
            assert stored(calm_house, text) == 1
        nobody_left(callers)


async def test_sqlite_is_locked_by_another_process_for_three_seconds(
    calm_house: House, embedded_shape: None
) -> None:
    async with gathered(calm_house, 4) as callers:
        path = calm_house.data / "ibasho.sqlite3"
        said = [(caller, unique("まっている"), str(uuid.uuid4())) for caller in callers]
        with contextlib.closing(
            sqlite3.connect(path, isolation_level=None, timeout=5)
        ) as connection:
            connection.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            for caller, text, nonce in said:
                await caller.post(text, nonce=nonce)
            # Reading goes on: someone who was here before opens a page.
            page = await asyncio.to_thread(callers[0].person.get, f"/rooms/{ROOM}/")
            assert page.status == 200 and time.monotonic() - began < 2.5
            await asyncio.sleep(max(0.0, began + 3 - time.monotonic()))
            nobody_left(callers)
            connection.execute("COMMIT")
        acks = [
            await _until_acked(caller, text, nonce=nonce, timeout=5) for caller, text, nonce in said
        ]
        took = time.monotonic() - began
        print(f"locked for 3 s: all stored {took:.2f} s after they were said")
        assert took < 6
        await same_list(callers, max(ack["seq"] for ack in acks))
        for caller, text, nonce in said:
            assert stored(calm_house, text) == 1
            codes = {f.get("code") for f in caller.frames if f.get("nonce") == nonce}
            assert codes <= {None, "busy"}
        nobody_left(callers)
