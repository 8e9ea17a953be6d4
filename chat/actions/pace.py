"""How fast one person may act in this process (`protocol.md`: someone on two may get twice)."""

from chat.protocol import Refusal
from foundation.limits import Buckets
from foundation.refusals import Refused

BUCKETS = {name: Buckets(name) for name in ("posts", "stamps")}


def give_back(kind: str, person: int) -> None:
    """What was paid for came to nothing (a deadlock, a lost connection): it may be tried again."""
    BUCKETS[kind].give_back(person)


def take(kind: str, person: int) -> None:
    """Take one token; raises `Refused("too_fast")` with the seconds to wait."""
    if wait := BUCKETS[kind].take(person):
        raise Refused(Refusal.TOO_FAST, retry_after=round(wait, 2))
