"""Synchronous deeds in threads of their own, away from the loop."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections, connection

T = TypeVar("T")

KEPT_S = 300  # a line is made anew this often, in a thread that lives on
# Where a deed went well within this time, the line needn't be asked whether it is there: that is a
# trip of its own. Should it have broken since, one deed fails, as it would in the middle of it.
PROVEN_S = 1.0
_lately = threading.local()


def keeps_its_line() -> None:
    """What a thread that lives on does first: its line stays from deed to deed."""
    connection.settings_dict = {**connection.settings_dict, "CONN_MAX_AGE": KEPT_S}


def kept_threads(many: int, name: str) -> ThreadPoolExecutor:
    """So many threads for `in_thread`, each with a line it keeps."""
    return ThreadPoolExecutor(many, thread_name_prefix=name, initializer=keeps_its_line)


async def in_thread(pool: ThreadPoolExecutor, deed: Callable[..., T], *args: object) -> T:
    """Run `deed(*args)` in the pool, on a connection that was alive a moment ago."""
    return await asyncio.get_running_loop().run_in_executor(pool, _with_connection, deed, args)


def _with_connection(deed: Callable[..., T], args: tuple[object, ...]) -> T:
    close_old_connections()
    if time.monotonic() < getattr(_lately, "until", 0.0):
        connection.health_check_done = True  # type: ignore[attr-defined]
    _lately.until = 0.0
    try:
        done = deed(*args)
    finally:
        close_old_connections()
    _lately.until = time.monotonic() + PROVEN_S
    return done
