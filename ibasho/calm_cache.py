"""Redis as a cache that nobody has to wait for: while it is away, this process's memory serves.

Counts and marks are then kept per process, which slows guessing less; nobody is shut out of the
house because a doorbell is broken.
"""

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

REST_S = 2.0  # how long Redis isn't asked after it failed
# As many as without Redis: a mark that is pushed out makes a used code good again.
MOST_HERE = 50_000


class _Way:
    """To one Redis, for a whole process: Django makes a cache for every page, and each would open
    lines of its own, which nobody shuts, and find out for itself that Redis is away.
    """

    def __init__(self, server: str, options: tuple[tuple[str, Any], ...]) -> None:
        self.client = RedisCacheClient([server], **dict(options))
        self.rests_until = 0.0  # monotonic seconds


_way = lru_cache(maxsize=None)(_Way)


class CalmRedis(RedisCache):
    """The operations that the house and django-allauth use."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._way = _way(server, tuple(sorted(params.get("OPTIONS", {}).items())))
        self._here = LocMemCache("calm", {**params, "OPTIONS": {"MAX_ENTRIES": MOST_HERE}})

    @property
    def _cache(self) -> RedisCacheClient:
        return self._way.client

    def add(self, *args: Any, **kwargs: Any) -> Any:
        """As Django's caches do, like all of these."""
        return self._calmly(super().add, self._here.add, *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        """Get."""
        return self._calmly(super().get, self._here.get, *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        """Set."""
        return self._calmly(super().set, self._here.set, *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        """Count."""
        return self._calmly(super().incr, self._here.incr, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Delete."""
        return self._calmly(super().delete, self._here.delete, *args, **kwargs)

    def _calmly(
        self, there: Callable[..., Any], here: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Any:
        if time.monotonic() >= self._way.rests_until:
            try:
                return there(*args, **kwargs)
            except (RedisError, OSError):
                self._way.rests_until = time.monotonic() + REST_S
        return here(*args, **kwargs)
