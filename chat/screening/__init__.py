"""Text in, finding out. Pure: no database, no clock, bounded time."""

from chat.screening.screen import Finding, Screened, places, screen

__all__ = ["Finding", "Screened", "places", "screen"]
