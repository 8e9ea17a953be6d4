"""A count at many moments by one pass over a ledger: what `whole.py` gives at each of them.

Quarters' ends are many and a ledger is long: counted one by one, each end would cost a count of
everything. Entries come in the order in which they were recorded, and what stands is told whenever
a moment is reached. What is held meanwhile grows with the people, not with the entries.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any

from django.db import connection

from ledger.models import Entry
from ledger.states import IBASHO, Channel, Kind
from reports import whole
from reports.counting import Count, Row, Rule, added, counted, resolved

AT_ONCE = 2000
Standing = list[int]  # how much, of it by Web, of it from our rooms
# layer, cohort, code, destination, year, by Web, from our rooms, quantity
Said = tuple[int, str, str, str, int, bool, bool, int]


def counts_at(rule: Rule, uptos: Sequence[datetime | None]) -> list[list[Count]]:
    """What a rule counts, by what was recorded before each of some moments (None: all of it)."""
    moments = sorted(set(uptos), key=lambda one: (one is None, one))
    found = (_sums if rule.sums else _people)(rule, moments)
    by_moment = dict(zip(moments, found, strict=True))
    return [by_moment[upto] for upto in uptos]


def _sums(rule: Rule, moments: Sequence[datetime | None]) -> list[list[Count]]:
    cohort = "cohort" if rule.cohort else "''"
    layer, where, values = _layered(rule, moments)
    rows = whole.asked(
        f"SELECT {layer} AS layer, {cohort}, {whole.year_of()}, {whole.SPLIT}"  # noqa: S608
        f" FROM ledger_entry WHERE {where} GROUP BY 1, 2, 3",
        values,
    )
    came: defaultdict[int, list[Count]] = defaultdict(list)
    for at, cohort_told, year, much, web, ibasho in rows:
        came[at].append(Count(cohort_told, year, int(much), int(web), int(ibasho)))
    steps = (came[at] for at in range(len(moments)))
    return list(accumulate(steps, lambda had, more: added((1, had), (1, more))))


def _people(rule: Rule, moments: Sequence[datetime | None]) -> list[list[Count]]:
    merges = list(
        Entry.objects.filter(program=rule.program, kind=Kind.SUBJECT_MERGED)
        .order_by()
        .values_list("seq", "counters", "subject", "merged_into", "recorded_at")
    )
    codes = {code for merge in merges for code in merge[2:4]}
    walk, few = _Walk(rule), list[tuple[int, Row]]()
    found: list[list[Count]] = []
    for said in _said(rule, moments):
        while len(found) < said[0]:
            found.append(walk.counts())
        if said[2] in codes:
            few.append((said[0], _row(said)))
        else:
            walk.take(said)
    found += [walk.counts() for _ in range(len(moments) - len(found))]
    if not codes:
        return found
    # Merged codes are few: counted anew, by the merges that were known then.
    for place, upto in enumerate(moments):
        one = resolved(merge[:4] for merge in merges if upto is None or merge[4] < upto)
        found[place] += counted([row for at, row in few if at <= place], rule, one=one)
    return found


class _Walk:
    """What stands under each code, entry by entry, and how many are counted for it."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.stands: defaultdict[tuple[str, str, str], dict[int, Standing]] = defaultdict(dict)
        self.sums: Counter[tuple[str, int, int]] = Counter()

    def take(self, said: Said) -> None:
        """One more entry."""
        _, cohort, code, destination, year, web, ibasho, quantity = said
        years = self.stands[cohort, code, destination]
        had = years.setdefault(year, [0, 0, 0])
        # Most entries change nothing of what is counted.
        if had[0] <= 0 or quantity < 0 or (web and had[1] <= 0) or (ibasho and had[2] <= 0):
            self._count(cohort, years, year, -1)
            _add(had, quantity, web=web, ibasho=ibasho)
            self._count(cohort, years, year, 1)
        else:
            _add(had, quantity, web=web, ibasho=ibasho)

    def counts(self) -> list[Count]:
        """How many are counted now."""
        return [
            Count(cohort, year, *(self.sums[cohort, year, at] for at in range(3)))
            for cohort, year in sorted({key[:2] for key in self.sums})
        ]

    def _count(self, cohort: str, years: dict[int, Standing], year: int, sign: int) -> None:
        if self.rule.once:
            year = min((one for one, stands in years.items() if stands[0] > 0), default=year)
        stands = years[year]
        if stands[0] > 0:
            for at in range(3):
                self.sums[cohort, year, at] += sign * (stands[at] > 0)


def _add(standing: Standing, quantity: int, *, web: bool, ibasho: bool) -> None:
    standing[0] += quantity
    if web:
        standing[1] += quantity
    if ibasho:
        standing[2] += quantity


def _row(said: Said) -> Row:
    _, cohort, code, destination, year, web, ibasho, quantity = said
    channel, origin = Channel.WEB.value if web else "", IBASHO if ibasho else ""
    return Row(cohort, code, destination, year, channel, origin, quantity)


def _said(rule: Rule, moments: Sequence[datetime | None]) -> Iterator[Said]:
    cohort = "cohort" if rule.cohort else "''"
    place = "destination" if rule.each_destination else "''"
    layer, where, values = _layered(rule, moments)
    statement = (
        f"SELECT {layer}, {cohort}, subject, {place}, {whole.year_of()},"  # noqa: S608 - own names
        f" channel = 'web', origin = 'ibasho', quantity FROM ledger_entry"
        f" WHERE {where} AND subject <> '' ORDER BY recorded_at"
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows


def _layered(rule: Rule, moments: Sequence[datetime | None]) -> tuple[str, str, list[Any]]:
    """At which of the moments an entry was first known; which entries; the values of both."""
    wanted = whole.Wanted(rule, None)
    where, last = wanted.where, moments[-1]
    told = [connection.ops.adapt_datetimefield_value(one) for one in moments if one is not None]
    if last is not None:
        where += " AND recorded_at < %s"
        wanted.values.append(told[-1])
    before = told if last is None else told[:-1]
    whens = "".join(f" WHEN recorded_at < %s THEN {place}" for place in range(len(before)))
    layer = f"CASE{whens} ELSE {len(before)} END" if before else "0"
    return layer, where, [*before, *wanted.values]
