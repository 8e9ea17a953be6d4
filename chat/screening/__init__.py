"""Text in, finding out. Pure: no database, no clock, bounded time."""

from chat.screening.screen import Finding, Screened, screen

__all__ = ["Finding", "Screened", "screen"]
