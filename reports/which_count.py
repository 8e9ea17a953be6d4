"""Which of the entries that a cell opens into made its figure.

A cell of distinct people lists all that was confirmed of them: of each, or of each municipality,
the first entry that stands is the one that is counted. What was taken back counts for nothing, nor
does what takes it back. As many count as the cell says (`sum`: their quantities).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from foundation.clock import fiscal_year
from ledger.models import Entry
from ledger.states import Cohort, Kind
from reports.behind import rows_of
from reports.rules import Indicator, Sheet
from reports.states import Counting
from reports.whole import merged

AT_ONCE = 500
_SAID = ("seq", "counters", "occurred_on", "subject", "destination", "municipality_code")


@dataclass(frozen=True, slots=True)
class _Said:
    seq: int
    counters: int | None
    occurred_on: date
    subject: str
    destination: str
    municipality_code: str


def which_count(
    sheet: Sheet, indicator: Indicator, *, year: int, upto: datetime, among: Collection[int]
) -> frozenset[int]:
    """Of some entries of a cell (their numbers), those that made its figure."""
    one = merged(sheet.program, upto)
    asked = list(_asked(sheet, indicator, year, upto, "seq", among))
    if indicator.count is Counting.SUM:
        back = _asked(sheet, indicator, year, upto, "counters", among)
        gone = {row.counters for row in back}
        return frozenset(r.seq for r in asked if r.counters is None and r.seq not in gone)
    if indicator.count is Counting.PLACES:
        towns = {row.municipality_code for row in asked}
        about = list(_asked(sheet, indicator, year, upto, "municipality_code", towns))
        return _firsts(indicator, about, one, year) & frozenset(among) - _listed(
            sheet, indicator, about, upto
        )
    ends = {one.get(row.subject, row.subject) for row in asked} - {""}
    codes = ends | {code for code, end in one.items() if end in ends}
    about = list(_asked(sheet, indicator, year, upto, "subject", codes))
    return _firsts(indicator, about, one, year) & frozenset(among)


def _asked(
    sheet: Sheet,
    indicator: Indicator,
    year: int,
    upto: datetime,
    column: str,
    values: Iterable[int | str],
) -> Iterator[_Said]:
    """Entries up to the end of the year with one of some values in a column."""
    rows = rows_of(sheet.program, indicator).filter(
        occurred_on__lt=date(year + 1, 4, 1), recorded_at__lt=upto
    )
    if indicator.cohort:
        rows = rows.filter(cohort=Cohort.YES)
    wanted = sorted(values, key=str)
    for first in range(0, len(wanted), AT_ONCE):
        some = Q(**{f"{column}__in": wanted[first : first + AT_ONCE]})
        for values_of in rows.filter(some).order_by().values_list(*_SAID):
            yield _Said(*values_of)


def _firsts(
    indicator: Indicator, about: Iterable[_Said], one: Mapping[str, str], year: int
) -> frozenset[int]:
    standing: defaultdict[tuple[str, str], list[_Said]] = defaultdict(list)
    for row in _standing(about):
        who = one.get(row.subject, row.subject)
        if indicator.count is Counting.PLACES:
            who = row.municipality_code
        standing[who, row.destination if indicator.each_destination else ""].append(row)
    found = set()
    for rows in standing.values():
        anew = indicator.count is Counting.PEOPLE  # each year
        able = [row for row in rows if not anew or fiscal_year(row.occurred_on) == year]
        first = min(able, key=lambda row: (row.occurred_on, row.seq), default=None)
        if first is not None and fiscal_year(first.occurred_on) == year:
            found.add(first.seq)
    return frozenset(found)


def _standing(rows: Iterable[_Said]) -> list[_Said]:
    known = list(rows)
    back = {row.counters for row in known}
    return [row for row in known if row.counters is None and row.seq not in back]


def _listed(
    sheet: Sheet, indicator: Indicator, about: Iterable[_Said], upto: datetime
) -> frozenset[int]:
    """The entries of municipalities that stand in the baseline."""
    rows = Entry.objects.filter(
        program=sheet.program, kind=Kind.BASELINE_LISTED, destination=indicator.kind.value,
        recorded_at__lt=upto,
    )  # fmt: skip
    listed = _standing(_Said(*row) for row in rows.order_by().values_list(*_SAID))
    towns = {row.municipality_code for row in listed}
    return frozenset(row.seq for row in about if row.municipality_code in towns)
