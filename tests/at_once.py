"""Deeds that begin in the same moment, each with a database connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from foundation.refusals import Refused


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """What each returned, in their order; a `Refused` stands for the deed that was refused."""
    together: threading.Barrier = threading.Barrier(len(deeds), timeout=30)
    told: list[Any] = [None] * len(deeds)

    def turn(place: int, deed: Callable[[], Any]) -> None:
        try:
            together.wait()
            told[place] = deed()
        except Refused as no:
            told[place] = no
        finally:
            connection.close()

    hands = [threading.Thread(target=turn, args=one) for one in enumerate(deeds)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return told
