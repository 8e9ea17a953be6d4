"""How fast 合言葉 may be tried. It slows guessing; it never locks anyone out for long.

Counted in this process and, over all processes, in the cache; without the cache, in this process.
Keys are keyed hashes of addresses or numbers of seats; no 合言葉 comes near.
"""

from datetime import datetime

from django.core.cache import cache

from foundation.limits import Buckets, rate

WINDOW = 60  # seconds; the longest anyone waits because of the cache
_buckets = Buckets("passphrase")


def wait_before(key: str, *, now: datetime) -> float:
    """Count one try. 0.0 when it may be made, else the seconds to wait."""
    wait = _buckets.take(key)
    return wait or _wait_everywhere(key, now)


def _wait_everywhere(key: str, now: datetime) -> float:
    capacity, refill = rate("passphrase")
    at = now.timestamp()
    name = f"tries:{key}:{int(at // WINDOW)}"
    try:
        cache.add(name, 0, timeout=WINDOW * 2)
        tries = cache.incr(name)
    except Exception:  # noqa: BLE001 - the cache is out of reach: this process's own count stands
        return 0.0
    return WINDOW - at % WINDOW if tries > capacity + refill * WINDOW else 0.0


def forget() -> None:
    """Forget this process's counts (tests)."""
    global _buckets
    _buckets = Buckets("passphrase")
