"""What a page opened to storage is shut with it, whether or not anybody looks for garbage."""

import gc
import os
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = 8


def lines(shape: str) -> int:
    """How many this process holds to the database."""
    if shape == "server":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            )
            return cursor.fetchone()[0]
    name = str(settings.DATABASES["default"]["NAME"])
    files = Path("/proc/self/fd")
    return sum(os.path.realpath(one) == os.path.realpath(name) for one in files.iterdir())


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


async def test_pages_leave_no_line_behind(shape):
    """Those of a thread that had ended stayed open until garbage was found: a hundred pages without
    that, and PostgreSQL let nobody in.
    """
    count = sync_to_async(lines)
    gc.disable()
    try:
        assert await look_at("/enter/") == 200
        before = await count(shape)
        for _ in range(PAGES):
            assert await look_at("/enter/") == 200
        # SQLite shuts a file only when nobody in the process has a lock on it.
        assert await count(shape) <= before + 1
    finally:
        gc.enable()
