"""What the desk does by itself, in every process; each turn is safe to run twice."""

from datetime import datetime, timedelta

from foundation import clock
from foundation.statements import Statement, ask
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
# Whether anything waits, any act's time may be over, and anybody asked to be relieved: as a rule
# none of it. One question by hand then stands for seven, beside which everybody's messages waited.
_DUE = """
SELECT EXISTS (SELECT 1 FROM chat_item WHERE NOT (state = 'done')) AS waiting,
  EXISTS (SELECT 1 FROM moderation_act
    WHERE closed_at IS NULL AND (until <= %s OR kind = 'away')) AS ending,
  EXISTS (SELECT 1 FROM duty_relief WHERE state = 'asked') AS asked
"""
# When this process last did.
_purged: list[datetime] = []
_promised: list[datetime] = []


def turn() -> None:
    """Acts whose time is over end, held messages go back, words of crisis climb the rota."""
    now = clock.now()
    if not _promised or abs(now - _promised[-1]) >= PROMISES_EVERY:
        _promised[:] = [now]
        note_promises(now=now)
    [[(waiting, ending, asked)]] = ask(Statement(_DUE, [now]))
    if waiting or asked:
        climb(now=now)
    if ending:
        close_due(now=now)
        end_kept(now=now)
    if waiting:
        return_late(now=now)
        settle_gone(now=now)
    if not _purged or now - _purged[-1] > PURGE_EVERY:
        _purged[:] = [now]
        purge(now=now)
