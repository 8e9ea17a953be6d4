"""Lines to storage and broker: a page shuts its own, whether or not anybody looks for garbage."""

import asyncio
import gc
import os
import socket
import time
from pathlib import Path

import psycopg
import pytest
import redis
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.db import connection

import chat
from chat import protocol as p
from chat import writer as writers
from chat.actions.sitting import Act, Answer
from chat.models import Room
from chat.writer import Writer
from ibasho.calm_cache import CalmRedis

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = 8


def lines(shape: str) -> int:
    """How many this run holds to its database, this look's own left out."""
    if shape == "embedded":
        name = os.path.realpath(settings.DATABASES["default"]["NAME"])
        return sum(os.path.realpath(one) == name for one in Path("/proc/self/fd").iterdir())
    asked = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    name = connection.settings_dict["NAME"]
    with psycopg.connect(os.environ["DATABASE_URL"], dbname=name) as own:
        return own.execute(asked).fetchone()[0]


async def look_at(path: str) -> int:
    scope = {
        "type": "http", "method": "GET", "path": path, "query_string": b"", "http_version": "1.1",
        "headers": [(b"host", b"testserver")], "client": ("127.0.0.1", 1), "scheme": "http",
        "server": ("testserver", 80),
    }  # fmt: skip
    caller = ApplicationCommunicator(ASGIHandler(), scope)
    await caller.send_input({"type": "http.request", "body": b"", "more_body": False})
    status = (await caller.receive_output(10))["status"]
    await caller.receive_output(10)
    await caller.wait(10)
    return status


async def test_pages_leave_no_line_to_storage_behind(shape):
    """Those of a thread that had ended stayed open until garbage was found: a hundred pages without
    that, and PostgreSQL let nobody in.
    """
    gc.disable()
    try:
        assert await look_at("/enter/") == 200
        before = lines(shape)
        for _ in range(PAGES):
            assert await look_at("/enter/") == 200
        # SQLite shuts a file only when nobody in the process has a lock on it, PostgreSQL a moment
        # after it was asked to.
        assert lines(shape) <= before + PAGES // 2
    finally:
        gc.enable()


async def test_pages_share_their_lines_to_redis(servers):
    """Django makes a cache for every page; each opened a line of its own, which nobody shut."""
    if servers.redis is None:
        return
    made = [CalmRedis(servers.redis.url, {"OPTIONS": {}}) for _ in range(PAGES)]
    for one in made:
        one.set("page", 1, timeout=60)
    with redis.Redis.from_url(servers.redis.url) as own:
        before = len(own.client_list())
        made += [CalmRedis(servers.redis.url, {"OPTIONS": {}}) for _ in range(PAGES)]
        for one in made:
            one.set("page", 1, timeout=60)
        assert len(own.client_list()) == before


def test_what_one_page_found_out_about_redis_the_next_one_knows():
    """One that hangs costs half a second once, not every page."""
    with socket.socket() as hangs:
        hangs.bind(("127.0.0.1", 0))
        hangs.listen(16)
        url = f"redis://127.0.0.1:{hangs.getsockname()[1]}/0"
        options = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}
        CalmRedis(url, {"OPTIONS": options}).set("page", 1, timeout=60)
        began = time.monotonic()
        assert CalmRedis(url, {"OPTIONS": options}).get("page") == 1
        assert time.monotonic() - began < 0.1


async def test_the_writer_keeps_its_line_from_batch_to_batch(monkeypatch):
    held = []

    def looks(acts, *, now, announce):
        Room.objects.count()
        held.append(connection.connection)
        return [Answer() for _ in acts]

    monkeypatch.setattr(writers, "carry_out", looks)
    loop = asyncio.get_running_loop()
    writer = Writer(loop)
    writer.start()
    for _ in range(3):
        told = loop.create_future()
        writer.put(Act(1, 1, p.Withdraw(of=1)), told.set_result)
        await asyncio.wait_for(told, 10)
        await asyncio.sleep(0)
    await writer.empty(patience=5)
    assert len(held) == 3
    assert held[0] is held[1] is held[2]


def test_threads_of_the_house_are_made_where_their_lines_are_kept():
    places = [
        path.name
        for path in Path(chat.__file__).parent.rglob("*.py")
        if "ThreadPoolExecutor(" in path.read_text(encoding="utf-8")
    ]
    assert places == ["threads.py"]
