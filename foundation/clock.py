"""Time, in one place. Instants are aware UTC; days, weekdays and hours are Japan's.

The door (a view, a socket, a command) reads the clock once and passes `now` on.
"""

from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

# Japan has had no daylight saving since 1951, so a fixed offset is exact and needs no tz database.
JST = timezone(timedelta(hours=9), "JST")


def now() -> datetime:
    """The present instant, aware, UTC."""
    return datetime.now(UTC)


def instant(seconds: float) -> datetime:
    """Seconds since 1970, as a file system notes them."""
    return datetime.fromtimestamp(seconds, UTC)


def jst(at: datetime) -> datetime:
    """The same instant on a clock in Japan. A naive time is refused with ValueError."""
    if at.tzinfo is None:
        raise ValueError("a naive time has no place here")
    return at.astimezone(JST)


def jst_day(at: datetime) -> date:
    """The calendar day in Japan."""
    return jst(at).date()


def fiscal_year(day: date) -> int:
    """The Japanese fiscal year (1 April – 31 March) that holds the day."""
    return day.year if day.month >= 4 else day.year - 1


@lru_cache(maxsize=256)  # all that was stored together has one instant
def wire(at: datetime) -> str:
    """ISO 8601, UTC, milliseconds, as frames carry it: `2026-11-23T17:03:05.120Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def years_before(at: datetime, years: int) -> datetime:
    """The same day so many years ago; of 29 February, the 28th."""
    try:
        return at.replace(year=at.year - years)
    except ValueError:
        return at.replace(year=at.year - years, day=28)


def month_of(at: datetime) -> date:
    """The first day of the month in Japan that holds the instant."""
    return jst_day(at).replace(day=1)
