"""What counseling does by itself, in every process; each turn is safe to run twice."""

from counseling.actions.alarms import climb
from foundation import clock

EVERY_S = 10.0


def turn() -> None:
    """Words of need climb the counselor's chain."""
    climb(now=clock.now())
