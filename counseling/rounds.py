"""What counseling does by itself, in every process; each turn is safe to run twice."""

from counseling.actions import emergencies, meetings, overdue
from counseling.actions.alarms import climb
from foundation import clock

FIRST_S, EVERY_S = 0.0, 10.0


def turn() -> None:
    """Words of need climb the counselor's chain; a letter the day before an appointment; a call
    when nobody came back from a visit, or reviewed what one told alone.
    """
    now = clock.now()
    climb(now=now)
    meetings.remind(now=now)
    overdue.alarm(now=now)
    emergencies.alarm(now=now)
