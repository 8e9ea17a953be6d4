"""Text in, finding out. Pure: no database, no clock, bounded time."""

from chat.screening.screen import Finding, Screened, Sight, places, screen, sights

__all__ = ["Finding", "Screened", "Sight", "places", "screen", "sights"]
