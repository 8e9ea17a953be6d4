"""Counting people over a few rows: what was merged, resolved as one. Pure.

The bulk is counted by the database (`indicators.py`); rows of merged codes come here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ledger.states import IBASHO, Channel


@dataclass(frozen=True, slots=True)
class Row:
    """How much stands under a code in a year."""

    cohort: str
    subject: str
    destination: str
    year: int
    channel: str
    origin: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Count:
    """How many were counted in a year; of these, how many by Web and from our rooms."""

    cohort: str
    year: int
    all: int
    web: int
    ibasho: int


def resolved(merges: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each code of a merge the one that stands for all; `merges` as (code, into)."""
    stands: dict[str, str] = {}

    def end(code: str) -> str:
        while stands.get(code, code) != code:
            code = stands[code]
        return code

    for code, into in merges:
        stands.setdefault(code, code)
        stands.setdefault(into, into)
        stands[end(code)] = end(into)
    return {code: end(code) for code in stands}


def counted(
    rows: Iterable[Row],
    *,
    one: Mapping[str, str],
    once: bool,
    each_destination: bool,
    by_cohort: bool,
) -> list[Count]:
    """Distinct codes per year, or (`once`) each in the first year in which anything stands."""
    stands: defaultdict[tuple[str, str, str, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        unit = (
            row.cohort if by_cohort else "",
            one.get(row.subject, row.subject),
            row.destination if each_destination else "",
            row.year,
        )
        for place, told in enumerate((True, row.channel == Channel.WEB, row.origin == IBASHO)):
            stands[unit][place] += row.quantity if told else 0
    seen: set[tuple[str, str, str]] = set()
    sums: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for (cohort, subject, destination, year), much in sorted(stands.items()):
        if much[0] <= 0 or (once and (cohort, subject, destination) in seen):
            continue
        seen.add((cohort, subject, destination))
        for place in range(3):
            sums[cohort, year][place] += much[place] > 0
    return [Count(cohort, year, *three) for (cohort, year), three in sorted(sums.items())]
