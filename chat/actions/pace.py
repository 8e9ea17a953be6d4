"""How fast one person may act in this process (`protocol.md`: someone on two may get twice)."""

import threading
from collections import OrderedDict

from chat.protocol import Refusal
from foundation.limits import Buckets
from foundation.refusals import Refused

BUCKETS = {name: Buckets(name) for name in ("posts", "repeats", "stamps")}


class LastSaid:
    """What each person said last, by its key; whoever was silent longest is forgotten first."""

    def __init__(self, *, most: int = 20_000) -> None:
        self.most = most
        self._held: OrderedDict[int, str] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, said: dict[int, str]) -> None:
        """These people said these, each as their last."""
        with self._lock:  # asked from several threads
            for person, key in said.items():
                self._held.pop(person, None)
                self._held[person] = key
            while len(self._held) > self.most:
                self._held.popitem(last=False)

    def of(self, person: int) -> str:
        """The key of what someone said last; empty where it isn't known."""
        return self._held.get(person, "")


LAST = LastSaid()


def give_back(kind: str, person: int) -> None:
    """What was paid for came to nothing (a deadlock, a lost connection): it may be tried again."""
    BUCKETS[kind].give_back(person)


def take(kind: str, person: int) -> None:
    """Take one token; raises `Refused("too_fast")` with the seconds to wait."""
    if wait := BUCKETS[kind].take(person):
        raise Refused(Refusal.TOO_FAST, retry_after=round(wait, 2))
