"""What reports do by themselves: old previews go, past quarters are counted before anybody asks."""

from foundation import clock
from foundation.statements import their_now
from reports import breakdown, guarded
from reports.actions import imports

# After a restart all come back at once: they are let in before anything is counted ahead.
FIRST_S, EVERY_S = 60.0, 600.0


def turn() -> None:
    """Let previews go that nobody took in; count what the sheets of every program tell."""
    now = clock.now()
    imports.let_old_go(now=min(now, their_now()))
    for program, sheet in guarded.every_sheet():
        guarded.count_ahead(sheet, program, now=now)
        breakdown.count_ahead(sheet, now=now)
