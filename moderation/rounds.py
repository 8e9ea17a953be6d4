"""What the desk does by itself, in every process; each turn is safe to run twice."""

from datetime import datetime, timedelta

from foundation import clock
from moderation.actions.alarms import climb
from moderation.actions.away import end_kept
from moderation.actions.holds import return_late, settle_gone
from moderation.actions.murmurs import note_promises
from moderation.actions.purge import purge
from moderation.actions.undo import close_due

FIRST_S, EVERY_S = 0.0, 5.0
PURGE_EVERY = timedelta(days=1)
# The rota names who reads a murmur when it comes; where it names nobody, a plan moves it, and plans
# are made by the day.
PROMISES_EVERY = timedelta(seconds=30)
# When this process last did.
_purged: list[datetime] = []
_promised: list[datetime] = []


def turn() -> None:
    """Acts whose time is over end, held messages go back, words of crisis climb the rota."""
    now = clock.now()
    if not _promised or abs(now - _promised[-1]) >= PROMISES_EVERY:
        _promised[:] = [now]
        note_promises(now=now)
    climb(now=now)
    close_due(now=now)
    end_kept(now=now)
    return_late(now=now)
    settle_gone(now=now)
    if not _purged or now - _purged[-1] > PURGE_EVERY:
        _purged[:] = [now]
        purge(now=now)
