"""What a process is made of is read before anyone comes, and never looked through for garbage."""

import gc

from chat.household import furnish


def test_what_stays_is_not_looked_through_again() -> None:
    """A full collection would stop every room; after it there is next to nothing left to look at.

    The embedded process of an evening holds about three hundred thousand objects.
    """
    try:
        furnish()
        assert gc.get_freeze_count() > 100_000
        assert len(gc.get_objects()) < gc.get_freeze_count() / 20
    finally:
        gc.unfreeze()
