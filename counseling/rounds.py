"""What counseling does by itself, in every process; each turn is safe to run twice."""

from counseling.actions import meetings, visits
from foundation import clock

EVERY_S = 60.0


def turn() -> None:
    """A letter the day before an appointment; a call when nobody came back from a visit."""
    now = clock.now()
    meetings.remind(now=now)
    visits.alarm(now=now)
