"""Whether there is room for one more connection: the last files are kept for those inside."""

import os
import resource

# The lines to the database and the broker may have to be drawn anew.
KEPT_FILES = 64


def has_room() -> bool:
    """Whether this process may open clearly more files than it has open now."""
    may_open, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        # The system gives the lowest number that is free.
        lowest = os.dup(2)
    except OSError:
        return False
    os.close(lowest)
    return lowest < may_open - KEPT_FILES
