"""What reports do by themselves: past quarters are counted before anybody asks for them."""

from foundation import clock
from reports import breakdown, guarded

EVERY_S = 600.0


def turn() -> None:
    """Count what the sheets of every program tell, up to the newest quarter's end."""
    now = clock.now()
    for program, sheet in guarded.every_sheet():
        guarded.count_ahead(sheet, program, now=now)
        breakdown.count_ahead(sheet, now=now)
