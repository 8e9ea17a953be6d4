"""Where someone comes from, as something that can be counted today and not read tomorrow.

A keyed hash of the client's address, under a random key of the day that is in no database and no
backup and is forgotten an hour after midnight in Japan. It slows guessing; it decides nothing else.
"""

import hashlib
import hmac
import ipaddress
import secrets
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from foundation.clock import JST, jst

NOWHERE = "-"  # a Unix socket has no address: everybody shares one
_lock = threading.Lock()
_here: dict[str, bytes] = {}


def address_key(asking: HttpRequest | Mapping[str, Any], now: datetime) -> str:
    """A key of 32 hex digits for the address of a request or of an ASGI scope."""
    address = _network(_client(asking))
    return hmac.new(_day_key(now), address.encode(), hashlib.sha256).hexdigest()[:32]


def _client(asking: HttpRequest | Mapping[str, Any]) -> str:
    if isinstance(asking, HttpRequest):
        direct = asking.META.get("REMOTE_ADDR") or ""
        forwarded = asking.META.get("HTTP_X_FORWARDED_FOR", "")
    else:
        direct = (asking.get("client") or ("",))[0] or ""
        forwarded = ",".join(
            value.decode("latin-1")
            for name, value in asking.get("headers", ())
            if name == b"x-forwarded-for"
        )
    hops: int = settings.TRUSTED_PROXIES
    told = [hop.strip() for hop in forwarded.split(",")]
    # Only the hops that our own proxies wrote count; what a client wrote stands further left.
    return told[-hops] if 0 < hops <= len(told) and told[-hops] else direct


def _network(address: str) -> str:
    """An IPv6 home has 2**64 addresses; it is counted as one."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return NOWHERE
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.IPv6Network((found, 64), strict=False))
    return str(found)


def _day_key(now: datetime) -> bytes:
    """The day's key: the same in every process while the cache can be reached."""
    local = jst(now)
    name = f"daykey:{local.date().isoformat()}"
    with _lock:
        if name not in _here:
            midnight = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), JST)
            _here[name] = _shared(name, keep=midnight + timedelta(hours=1) - local)
        if len(_here) > 1:
            # Yesterday's stays for an hour, for what began before midnight.
            kept = {name, f"daykey:{(local - timedelta(hours=1)).date().isoformat()}"}
            for old in set(_here) - kept:
                del _here[old]
        return _here[name]


def _shared(name: str, *, keep: timedelta) -> bytes:
    mine = secrets.token_bytes(32)
    try:
        cache.add(name, mine, timeout=max(1, int(keep.total_seconds())))
        found = cache.get(name)
    except Exception:  # noqa: BLE001 - every cache fails in its own way; limits then count per process
        found = None
    return found if isinstance(found, bytes) else mine


def forget() -> None:
    """Forget the keys of this process (tests; a process that ends forgets them anyway)."""
    with _lock:
        _here.clear()
