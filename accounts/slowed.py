"""Where somebody barred came from today, a new name takes a little longer. Nobody is unmasked.

Kept under the day's key, in the cache alone: it ends with the day, slows, and never refuses. It
asks nothing of coming back by 合言葉, nor of the help lines: families share an address.
"""

from datetime import datetime, timedelta

from django.core.cache import cache

from foundation.clock import JST, jst

# Between two new names from such an address.
PACE = 180


def note(address: str, *, now: datetime) -> None:
    """Somebody barred knocked from there; `address` is an `address_key`."""
    local = jst(now)
    midnight = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), JST)
    try:
        cache.set(
            f"slowed:{address}", True, timeout=max(1, int((midnight - local).total_seconds()))
        )
    except Exception:  # noqa: BLE001 - the cache is out of reach: then nobody is slowed
        return


def wait_before(address: str, *, now: datetime) -> float:
    """Count a new name from there. 0.0 when it may be taken, else the seconds to wait."""
    try:
        if not cache.get(f"slowed:{address}"):
            return 0.0
        at = now.timestamp()
        if cache.add(f"slowed:last:{address}", at, timeout=PACE):
            return 0.0
        last = cache.get(f"slowed:last:{address}") or at
    except Exception:  # noqa: BLE001 - as above
        return 0.0
    return max(1.0, PACE - (at - float(last)))
