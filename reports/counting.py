"""Counting people over a few rows: what was merged, resolved as one. Pure.

The bulk is counted by the database (`whole.py`); rows of merged codes come here, and those of
codes about which something was entered since (`remembered.py`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ledger.states import IBASHO, OWN_ROOM, Channel, Cohort, Kind

COHORTS = (Cohort.YES.value, Cohort.UNKNOWN.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What of a program's entries is counted, and how; without years and words."""

    program: str
    kind: str
    sums: bool  # quantities are summed; else distinct people are counted
    once: bool
    each_destination: bool
    cohort: bool
    own_room: bool
    destination: str

    @property
    def leaves_own_room(self) -> bool:
        """Whether being linked to our own room counts for nothing."""
        return self.kind == Kind.LINKED and not self.own_room and not self.destination

    def takes(self, kind: str, cohort: str, destination: str) -> bool:
        """Whether an entry like this is counted."""
        if kind != self.kind or (self.cohort and cohort not in COHORTS):
            return False
        if self.destination:
            return destination == self.destination
        return not (self.leaves_own_room and destination == OWN_ROOM)


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


# An entry of a merge or of its taking back: number, the number it takes back, code, into which.
Merge = tuple[int, int | None, str, str]


def resolved(merges: Iterable[Merge]) -> dict[str, str]:
    """For each code of a merge that isn't taken back, the one that stands for all of them."""
    # Sorted here: asked to sort, a database walks the whole chain in order to find a few.
    known = sorted(merges)
    back = {counters for _, counters, _, _ in known}
    stands: dict[str, str] = {}

    def end(code: str) -> str:
        while stands.get(code, code) != code:
            code = stands[code]
        return code

    for seq, counters, code, into in known:
        if counters is not None or seq in back:
            continue
        stands.setdefault(code, code)
        stands.setdefault(into, into)
        stands[end(code)] = end(into)
    return {code: end(code) for code in stands}


def counted(rows: Iterable[Row], rule: Rule, *, one: Mapping[str, str]) -> list[Count]:
    """Distinct codes per year, or (`once`) each in the first year in which anything stands."""
    stands: defaultdict[tuple[str, str, str, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        unit = (
            row.cohort if rule.cohort else "",
            one.get(row.subject, row.subject),
            row.destination if rule.each_destination else "",
            row.year,
        )
        for place, told in enumerate((True, row.channel == Channel.WEB, row.origin == IBASHO)):
            stands[unit][place] += row.quantity if told else 0
    seen: set[tuple[str, str, str]] = set()
    sums: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for (cohort, subject, destination, year), much in sorted(stands.items()):
        if much[0] <= 0 or (rule.once and (cohort, subject, destination) in seen):
            continue
        seen.add((cohort, subject, destination))
        for place in range(3):
            sums[cohort, year][place] += much[place] > 0
    return [Count(cohort, year, *three) for (cohort, year), three in sorted(sums.items())]


def summed(rows: Iterable[Row], rule: Rule) -> list[Count]:
    """The quantities per year."""
    sums: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        place = sums[row.cohort if rule.cohort else "", row.year]
        for at, told in enumerate((True, row.channel == Channel.WEB, row.origin == IBASHO)):
            place[at] += row.quantity if told else 0
    return [Count(cohort, year, *three) for (cohort, year), three in sorted(sums.items())]


def added(*signed: tuple[int, Iterable[Count]]) -> list[Count]:
    """Counts added up, each with its sign; what comes to nothing isn't told."""
    sums: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for sign, counts in signed:
        for one in counts:
            for at, number in enumerate((one.all, one.web, one.ibasho)):
                sums[one.cohort, one.year][at] += sign * number
    return [Count(*key, *three) for key, three in sorted(sums.items()) if any(three)]
