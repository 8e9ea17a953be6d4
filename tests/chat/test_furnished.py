"""What a process is made of is read before anyone comes, and never looked through for garbage."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor

from chat.household import GROWN, furnish
from chat.hub import Hub
from chat.rounds import all_rounds


def test_what_stays_is_not_looked_through_again() -> None:
    """A full collection would stop every room; after it there is next to nothing left to look at.

    The embedded process of an evening holds about three hundred thousand objects.
    """
    before = gc.get_threshold()
    try:
        furnish()
        assert gc.get_threshold() == GROWN  # what a batch brings isn't looked through either
        assert gc.get_freeze_count() > 100_000
        assert len(gc.get_objects()) < gc.get_freeze_count() / 20
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


class _Ring:
    def __init__(self) -> None:
        self.self = self


async def test_what_sockets_leave_goes_by_a_round() -> None:
    with ThreadPoolExecutor(1) as pool:
        rounds = {one.cr_frame.f_locals["name"]: one for one in all_rounds(Hub(pool), pool)}
        turn = rounds["garbage"].cr_frame.f_locals["turn"]
        for one in rounds.values():
            one.close()
    gc.disable()
    try:
        left = weakref.ref(_Ring())
        assert left() is not None
        await turn()
        assert left() is None
    finally:
        gc.enable()
