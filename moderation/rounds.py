"""What the desk does by itself, in every process: ends, returns, calls; each safe to run twice."""

from foundation import clock
from moderation.actions.alarms import climb
from moderation.actions.holds import return_late
from moderation.actions.undo import close_due

EVERY_S = 5.0


def turn() -> None:
    """Acts whose time is over end, held messages go back, words of crisis climb the rota."""
    now = clock.now()
    climb(now=now)
    close_due(now=now)
    return_late(now=now)
