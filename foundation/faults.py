"""Fault points for the fault tests: what breaks on purpose, and how often.

`IBASHO_FAULT="bell_drop=0.3,bell_double=0.2,bell_delay=0.5"`; production refuses the setting.
`before_commit=20` ends the process, as kill -9 would, the twentieth time it comes by that point;
so do `after_commit` (stored, but nobody was told) and `after_ack`.
"""

import os
import random
from collections import Counter
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


_passed: Counter[str] = Counter()


def strike(name: str) -> None:
    """End the process here, the n-th time it comes by."""
    if name in _points():
        _passed[name] += 1
        if _passed[name] == _points()[name]:
            os._exit(9)
