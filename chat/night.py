"""夜のひとこと: what the night room says as it falls quiet, by the season. Pure.

`data/night.toml` holds ten weeks of evenings. A season's lines and those for any time take turns,
so that none comes back within four weeks of the same season.
"""

import tomllib
from datetime import date, datetime, timedelta
from functools import cache
from itertools import chain
from pathlib import Path

from foundation.clock import jst

# A night belongs to the day on which it begins.
DAWN = timedelta(hours=6)
SEASONS = {
    "spring": (3, 4, 5),
    "summer": (6, 7, 8),
    "autumn": (9, 10, 11),
    "winter": (12, 1, 2),
}
ANY = "any"


@cache
def lines() -> dict[str, list[str]]:
    """All lines, by season and for any time."""
    text = (Path(__file__).parent / "data" / "night.toml").read_text(encoding="utf-8")
    found: dict[str, list[str]] = tomllib.loads(text)
    return found


def season_of(day: date) -> str:
    """The season of a day in Japan."""
    return next(name for name, months in SEASONS.items() if day.month in months)


def line_for(now: datetime) -> str:
    """What the room says first in the night of `now`; the same all night."""
    return lines_for(now)[0]


def lines_for(now: datetime) -> list[str]:
    """What it may say in the night of `now`, each spell another: those that are the first of the
    nights just before and after come last.
    """
    night = jst(now - DAWN).date()
    there = lines()
    turns = list(chain.from_iterable(zip(there[season_of(night)], there[ANY], strict=True)))
    begin = night.toordinal() % len(turns)
    in_order = [*turns[begin:], *turns[:begin]]
    half = len(in_order) // 2
    return [in_order[0], *in_order[half:], *in_order[1:half]]
