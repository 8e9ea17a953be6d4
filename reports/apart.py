"""An indicator's figures told apart by municipality, and by who spoke: exact, as of a moment.

A person or a link that is counted once stands in one place alone: under what the entries of its
year agree on, under `SEVERAL` where they don't. So the places add up to the figure of the sheet.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, cast

from django.db.models import Count, F, Q, Sum

from ledger.states import Cohort
from reports.behind import fiscal_of, rows_of
from reports.rules import Indicator
from reports.states import Along, Counting
from reports.whole import merged

SEVERAL = "several"
UNTOLD = ""
Place = tuple[int, str]  # fiscal year; municipality code or relation


class Standing(NamedTuple):
    """What stands under a code in a year, in one municipality and of one relation."""

    subject: str
    destination: str
    year: int
    municipality: str
    relation: str
    quantity: int
    records: int

    def at(self, along: Along) -> str:
        """Where it stands."""
        return self.municipality if along is Along.MUNICIPALITY else self.relation


@dataclass(slots=True)
class Apart:
    """Figures by place, and how many different people are behind each."""

    counts: defaultdict[Place, int] = field(default_factory=lambda: defaultdict(int))
    people: defaultdict[Place, int] = field(default_factory=lambda: defaultdict(int))


def told_apart(program: str, indicator: Indicator, upto: datetime) -> dict[Along, Apart]:
    """By what was recorded before `upto`; merged codes are one person's as known then."""
    rows = rows_of(program, indicator).filter(recorded_at__lt=upto)
    if indicator.cohort:
        rows = rows.filter(cohort=Cohort.YES)
    by = ("subject", "where", "fiscal", "municipality_code", "relation")
    groups = (
        rows.annotate(fiscal=fiscal_of(), where=F("destination"))
        .order_by()
        .values(*by)
        .annotate(
            much=Sum("quantity"),
            records=Count("pk", filter=Q(counters__isnull=True))
            - Count("pk", filter=Q(counters__isnull=False)),
        )
        .filter(much__gt=0)
    )
    found = [
        Standing(*row)
        for row in cast(Iterable[Any], groups.values_list(*by, "much", "records").iterator())
    ]
    one = merged(program, upto)
    return {along: counted_apart(found, indicator, along, one=one) for along in Along}


def as_data(found: Mapping[Along, Apart]) -> dict[str, list[list[Any]]]:
    """As plain data, which `from_data` reads back."""
    return {
        along.value: [
            [year, code, apart.counts.get((year, code), 0), apart.people.get((year, code), 0)]
            for year, code in sorted(apart.counts.keys() | apart.people.keys())
        ]
        for along, apart in found.items()
    }


def from_data(data: Mapping[str, list[list[Any]]]) -> dict[Along, Apart]:
    """Read what `as_data` wrote."""
    found = {along: Apart() for along in Along}
    for along, apart in found.items():
        for year, code, count, people in data[along.value]:
            apart.counts[year, code] = count
            apart.people[year, code] = people
    return found


def counted_apart(
    rows: Iterable[Standing], indicator: Indicator, along: Along, *, one: Mapping[str, str]
) -> Apart:
    """The same of rows at hand. Pure."""
    found, behind = Apart(), defaultdict[Place, set[str]](set)
    units: defaultdict[tuple[str, str, int], set[str]] = defaultdict(set)
    for row in rows:
        who, where = one.get(row.subject, row.subject), row.at(along)
        if indicator.count is Counting.SUM:
            found.counts[row.year, where] += row.quantity
            if who:
                behind[row.year, where].add(who)
            else:
                found.people[row.year, where] += row.records
        elif who:
            units[who, row.destination if indicator.each_destination else "", row.year].add(where)
    seen: set[tuple[str, str]] = set()
    for (who, destination, year), places in sorted(units.items()):
        if indicator.count is Counting.ONCE and (who, destination) in seen:
            continue
        seen.add((who, destination))
        told = places - {UNTOLD} or {UNTOLD}
        where = told.pop() if len(told) == 1 else SEVERAL
        found.counts[year, where] += 1
        behind[year, where].add(who)
    for place, people in behind.items():
        found.people[place] += len(people)
    return found
