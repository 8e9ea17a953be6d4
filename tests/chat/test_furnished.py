"""What a process is made of is read before anyone comes, and never looked through for garbage."""

import gc

from chat.household import GROWN, furnish


def test_what_stays_is_not_looked_through_again() -> None:
    """A full collection would stop every room; after it there is next to nothing left to look at.

    The embedded process of an evening holds about three hundred thousand objects.
    """
    before = gc.get_threshold()
    try:
        furnish()
        assert gc.get_threshold()[0] == GROWN  # what a batch brings isn't looked through either
        assert gc.get_freeze_count() > 100_000
        assert len(gc.get_objects()) < gc.get_freeze_count() / 20
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
