"""Fault points for the fault tests: what breaks on purpose, and how often.

`IBASHO_FAULT="bell_drop=0.3,bell_double=0.2,bell_delay=0.5"`; production refuses the setting.
"""

import random
from functools import cache

from django.conf import settings


@cache
def _points() -> dict[str, float]:
    points = {}
    for part in settings.IBASHO_FAULT.split(","):
        name, _, value = part.partition("=")
        if name:
            points[name.strip()] = float(value or 1)
    return points


def happens(name: str) -> bool:
    """Whether a fault strikes this time."""
    points = _points()
    return name in points and random.random() < points[name]


def amount(name: str) -> float:
    """The size of a fault (seconds), 0.0 when it isn't set."""
    return _points().get(name, 0.0)
