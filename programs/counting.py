"""Which rule of counting holds on which day, from the decisions in their order. Pure.

A decision says from which later day on a rule holds; what was planned and hadn't begun is dropped.
So each day has one rule once it is there, and keeps it: what was counted is never counted anew.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from programs.states import CountedAs


class Decision(Protocol):
    """What is read of a decision."""

    counted_as: str
    decided_on: date
    since: date


@dataclass(frozen=True, slots=True)
class Period:
    """A rule, from a day in Japan on (None: from the beginning) until the next one begins."""

    since: date | None
    counted_as: CountedAs


def periods(decisions: Iterable[Decision]) -> list[Period]:
    """The rules in their order, the first from the beginning; neighbours differ."""
    found = [Period(None, CountedAs.ONCE_A_DAY)]
    for one in decisions:
        found = [old for old in found if old.since is None or old.since <= one.decided_on]
        if found[-1].counted_as != one.counted_as:
            found.append(Period(one.since, CountedAs(one.counted_as)))
    return found


def counted_on(found: Sequence[Period], day: date) -> CountedAs:
    """The rule of a day."""
    begun = [one for one in found if one.since is None or one.since <= day]
    return begun[-1].counted_as
