"""From a rule to its figures: exact, as the auditor sees them.

What is asked of the ledger are its sums by quarter and its heads by year, less what was recorded
after `upto`; so a sheet of today costs the same however long the ledger is, and an older one only
what came since. Codes that were merged are few and are counted in `counting.py`.
"""

import copy
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from foundation import clock
from ledger.models import Entry, Head
from ledger.states import IBASHO, Cohort, Kind
from reports.counting import Count, Row, counted, resolved
from reports.rules import Figures, Indicator, Sheet
from reports.states import Counting

MOST_KEPT = 64
_KEPT: dict[tuple[str, str, datetime | None], list[Figures]] = {}
_COHORTS = (Cohort.YES.value, Cohort.UNKNOWN.value)
_SQLITE_YEAR = "CAST(strftime('%%Y', occurred_on, '-3 months') AS INTEGER)"
_POSTGRES_YEAR = "CAST(EXTRACT(YEAR FROM occurred_on - INTERVAL '3 months') AS INTEGER)"


def end_of(day: date) -> datetime:
    """The instant up to which a day's records are known: its midnight in Japan."""
    return datetime.combine(day + timedelta(days=1), time(), clock.JST)


def figures(sheet: Sheet, *, upto: datetime | None = None) -> list[Figures]:
    """Every line of a sheet, by what was recorded before `upto` (None: all of it).

    A ledger with the same end is the same ledger: figures are kept in this process's memory under
    its hash, and are counted anew only when something was entered.
    """
    if upto is not None and not _anything_since(sheet.program, upto):
        upto = None
    key = (repr(sheet), _end(sheet.program), upto)
    if (kept := _KEPT.get(key)) is not None:
        return copy.deepcopy(kept)
    one = _merged(sheet.program, upto)
    counted_now = [_figures(sheet, indicator, upto, one) for indicator in sheet.indicators]
    if _end(sheet.program) == key[1]:
        # Nothing came while it was counted: these are the figures of that end.
        while len(_KEPT) >= MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT)), None)
        _KEPT[key] = copy.deepcopy(counted_now)
    return counted_now


def _end(program: str) -> str:
    return Head.objects.filter(pk=program).values_list("hash", flat=True).first() or ""


def _figures(
    sheet: Sheet, indicator: Indicator, upto: datetime | None, one: dict[str, str]
) -> Figures:
    if indicator.count is Counting.PLACES:
        return _places(sheet, indicator, upto)
    if indicator.count is Counting.SUM:
        counts = _sums(sheet.program, indicator, upto)
    else:
        once = indicator.count is Counting.ONCE
        counts = _people(
            sheet.program, indicator, upto, one, once=once, each=indicator.each_destination
        )
    cohort = Cohort.YES.value if indicator.cohort else ""
    found = Figures(indicator, _by_year(sheet, counts, cohort, "all"))
    if indicator.cohort:
        found.unknown = _by_year(sheet, counts, Cohort.UNKNOWN.value, "all")
    for split in indicator.splits:
        found.splits[split] = _by_year(sheet, counts, cohort, split.value)
    if indicator.beside:
        people = _people(sheet.program, indicator, upto, one, once=False, each=False)
        found.people = _by_year(sheet, people, cohort, "all")
    return found


def _by_year(sheet: Sheet, counts: Sequence[Count], cohort: str, what: str) -> dict[int, int]:
    years = dict.fromkeys(sheet.years, 0)
    for count in counts:
        if count.cohort == cohort and count.year in years:
            years[count.year] += getattr(count, what)
    return years


def _anything_since(program: str, upto: datetime) -> bool:
    return Entry.objects.filter(program=program, recorded_at__gte=upto).exists()


def _merged(program: str, upto: datetime | None) -> dict[str, str]:
    """Which code stands for which, by the merges known then and not taken back."""
    known = Entry.objects.filter(program=program, kind=Kind.SUBJECT_MERGED)
    if upto is not None:
        known = known.filter(recorded_at__lt=upto)
    # Sorted here: asked to sort, a database walks the whole chain in order to find a few.
    rows = sorted(known.values_list("seq", "counters", "subject", "merged_into"))
    back = {counters for _, counters, _, _ in rows if counters is not None}
    return resolved(
        (subject, into)
        for seq, counters, subject, into in rows
        if counters is None and seq not in back
    )


def _year() -> str:
    return _SQLITE_YEAR if connection.vendor == "sqlite" else _POSTGRES_YEAR


def _asked(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


class _Wanted:
    """The rows that an indicator counts, as SQL: which table, which of its rows."""

    def __init__(self, program: str, indicator: Indicator, upto: datetime | None) -> None:
        self.where = "program = %s AND kind = %s"
        self.values: list[Any] = [program, indicator.kind.value]
        if indicator.cohort:
            self.where += " AND cohort IN (%s, %s)"
            self.values += _COHORTS
        if indicator.destination:
            self.where += " AND destination = %s"
            self.values.append(indicator.destination)
        elif indicator.kind is Kind.LINKED and not indicator.own_room:
            self.where += " AND destination <> %s"
            self.values.append(IBASHO)
        self.upto = upto

    def of(self, table: str, columns: str, year: str, more: str = "") -> tuple[str, list[Any]]:
        """The rows of `table` as a subselect, less those recorded since."""
        where = self.where + more
        text = f"SELECT {columns}, {year} AS year, quantity FROM {table} WHERE {where}"  # noqa: S608
        if self.upto is None:
            return f"({text}) AS t", list(self.values)
        since = (
            f"SELECT {columns}, {_year()} AS year, -quantity FROM ledger_entry"  # noqa: S608
            f" WHERE {where} AND recorded_at >= %s"
        )
        values = [*self.values, *self.values, self._instant()]
        return f"({text} UNION ALL {since}) AS t", values

    def _instant(self) -> Any:
        assert self.upto is not None
        return connection.ops.adapt_datetimefield_value(self.upto)


_SPLIT = (
    "SUM(quantity), SUM(CASE WHEN channel = 'web' THEN quantity ELSE 0 END),"
    " SUM(CASE WHEN origin = 'ibasho' THEN quantity ELSE 0 END)"
)


def _sums(program: str, indicator: Indicator, upto: datetime | None) -> list[Count]:
    wanted = _Wanted(program, indicator, upto)
    table, values = wanted.of("ledger_tally", "cohort, channel, origin", "quarter / 4")
    cohort = "cohort" if indicator.cohort else "''"
    rows = _asked(
        f"SELECT {cohort}, year, {_SPLIT} FROM {table} GROUP BY 1, 2",  # noqa: S608 - own names
        values,
    )
    return [Count(*row[:2], *map(int, row[2:])) for row in rows]


def _people(
    program: str,
    indicator: Indicator,
    upto: datetime | None,
    one: dict[str, str],
    *,
    once: bool,
    each: bool,
) -> list[Count]:
    wanted = _Wanted(program, indicator, upto)
    columns = "cohort, subject, destination, channel, origin"
    more = "" if upto is None else " AND subject <> ''"
    apart = " AND subject {} (SELECT code FROM merged)" if one else ""
    merged, codes = _merge_list(program) if one else ("", [])
    table, values = wanted.of("ledger_headcount", columns, "year", more + apart.format("NOT IN"))
    cohort = "cohort" if indicator.cohort else "''"
    place = "destination" if each else "''"
    unit = f"{cohort} AS cohort_told, subject, {place} AS place, year"
    stands = (
        f"SELECT {unit}, SUM(quantity) AS q,"  # noqa: S608 - names of this file
        " SUM(CASE WHEN channel = 'web' THEN quantity ELSE 0 END) AS w,"
        " SUM(CASE WHEN origin = 'ibasho' THEN quantity ELSE 0 END) AS i"
        f" FROM {table} GROUP BY 1, 2, 3, 4 HAVING SUM(quantity) > 0"
    )
    # A year and its two marks as one number, so that the least of them tells the first year's.
    marks = "year * 4 + CASE WHEN w > 0 THEN 2 ELSE 0 END + CASE WHEN i > 0 THEN 1 ELSE 0 END"
    if once:
        stands = (
            f"SELECT cohort_told, MIN({marks}) AS m FROM ({stands}) AS s"  # noqa: S608 - own names
            " GROUP BY cohort_told, subject, place"
        )
    else:
        stands = f"SELECT cohort_told, {marks} AS m FROM ({stands}) AS s"  # noqa: S608
    rows = _asked(
        f"{merged} SELECT cohort_told, m, COUNT(*) FROM ({stands}) AS f"  # noqa: S608
        " GROUP BY cohort_told, m",
        codes + values,
    )
    counts = [Count(of, m // 4, n, n * (m // 2 % 2), n * (m % 2)) for of, m, n in rows]
    if not one:
        return counts
    table, values = wanted.of("ledger_headcount", columns, "year", more + apart.format("IN"))
    few = _asked(f"{merged} SELECT {columns}, year, quantity FROM {table}", codes + values)  # noqa: S608
    told = [
        Row(of, who, there, year, over, origin, n) for of, who, there, over, origin, year, n in few
    ]
    return counts + counted(
        told, one=one, once=once, each_destination=each, by_cohort=indicator.cohort
    )


def _merge_list(program: str) -> tuple[str, list[Any]]:
    where = "ledger_entry WHERE program = %s AND kind = %s"
    codes = f"SELECT subject AS code FROM {where} UNION SELECT merged_into FROM {where}"  # noqa: S608
    return f"WITH merged AS ({codes})", [program, Kind.SUBJECT_MERGED.value] * 2


def _places(sheet: Sheet, indicator: Indicator, upto: datetime | None) -> Figures:
    opened = _first_years(_Wanted(sheet.program, indicator, upto))
    listed = _Wanted(sheet.program, indicator, upto)
    listed.values[1] = Kind.BASELINE_LISTED.value
    listed.where += " AND destination = %s"
    listed.values.append(indicator.kind.value)
    before = set(_first_years(listed))
    before |= {code for code, year in opened.items() if year < sheet.years[0]}
    actual = dict.fromkeys(sheet.years, 0)
    places = {}
    for code, year in sorted(opened.items()):
        if code not in before and year in actual:
            actual[year] += 1
            places[code] = year
    return Figures(indicator, actual, listed=len(before), places=places)


def _first_years(wanted: _Wanted) -> dict[str, int]:
    table, values = wanted.of("ledger_tally", "municipality_code", "quarter / 4")
    rows = _asked(
        f"SELECT municipality_code, year, SUM(quantity) FROM {table} GROUP BY 1, 2",  # noqa: S608
        values,
    )
    years: defaultdict[str, list[int]] = defaultdict(list)
    for code, year, quantity in rows:
        if quantity > 0:
            years[code].append(year)
    return {code: min(found) for code, found in years.items()}
