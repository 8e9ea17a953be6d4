"""How fast, how many: token buckets in this process's memory.

They slow people down; none of them decides who someone is. Post limits are kept per process on
purpose (`protocol.md`): someone on two processes may get twice.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from functools import cache

from django.conf import settings

# How many at once, and how many a second for ever. Raised for load tests by IBASHO_LIMITS.
DEFAULTS: Mapping[str, tuple[float, float]] = {
    "posts": (5, 1.0),  # issue: 5 posts in 10 s, 1 a second sustained
    "repeats": (4, 1 / 30),  # what one said last, said again
    "stamps": (20, 2.0),
    "frames": (120, 20.0),
    "handshakes": (120, 4.0),
    "passphrase": (10, 1 / 30),
    "entries": (60, 1.0),
}
COUNTS: Mapping[str, int] = {"sockets_per_person": 8, "sockets_per_address": 300}


@cache
def rate(name: str) -> tuple[float, float]:
    """(capacity, refill per second) in force for a limit, as long as the process lives."""
    capacity, refill = DEFAULTS[name]
    factors = settings.IBASHO_LIMITS
    # Whoever lifts the pace of posts for a load test says the same a thousand times.
    factor = factors.get(name, factors.get("posts", 1.0) if name == "repeats" else 1.0)
    return capacity * factor, refill * factor


def count(name: str) -> int:
    """How many of something are allowed at once."""
    return int(COUNTS[name] * settings.IBASHO_LIMITS.get(name, 1.0))


class Buckets:
    """Token buckets of one kind, one per key; the longest unused are forgotten first."""

    def __init__(self, name: str, *, most: int = 20_000) -> None:
        self.name = name
        self.most = most
        self._held: OrderedDict[object, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def give_back(self, key: object) -> None:
        """One token that was taken for nothing."""
        with self._lock:
            if key in self._held:
                tokens, since = self._held[key]
                self._held[key] = (min(rate(self.name)[0], tokens + 1), since)

    def take(self, key: object, *, at: float | None = None) -> float:
        """Take one token. 0.0 when there was one, else the seconds until there is.

        `at` is a monotonic time in seconds.
        """
        capacity, refill = rate(self.name)
        at = time.monotonic() if at is None else at
        with self._lock:  # asked from several threads
            tokens, since = self._held.pop(key, (capacity, at))
            tokens = min(capacity, tokens + (at - since) * refill)
            wait = 0.0 if tokens >= 1 else (1 - tokens) / refill
            self._held[key] = (tokens if wait else tokens - 1, at)
            if len(self._held) > self.most:
                self._held.popitem(last=False)
        return wait
