"""Synchronous deeds in threads of their own, away from the loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections

T = TypeVar("T")


async def in_thread(pool: ThreadPoolExecutor, deed: Callable[..., T], *args: object) -> T:
    """Run `deed(*args)` in the pool, on a connection that is known to be alive."""
    return await asyncio.get_running_loop().run_in_executor(pool, _with_connection, deed, args)


def _with_connection(deed: Callable[..., T], args: tuple[object, ...]) -> T:
    close_old_connections()
    try:
        return deed(*args)
    finally:
        close_old_connections()
