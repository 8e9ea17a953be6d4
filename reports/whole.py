"""A count over the whole ledger, by the database: from its sums by quarter and its heads by year.

Less what was recorded after `upto`. Codes that were merged are few and are counted in
`counting.py`. Slow in a long ledger: `remembered.py` needs it once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from ledger.models import Entry
from ledger.states import OWN_ROOM, Kind
from reports.counting import COHORTS, Count, Row, Rule, counted, resolved

_SQLITE_YEAR = "CAST(strftime('%%Y', occurred_on, '-3 months') AS INTEGER)"
_POSTGRES_YEAR = "CAST(EXTRACT(YEAR FROM occurred_on - INTERVAL '3 months') AS INTEGER)"


def counts(rule: Rule, upto: datetime | None) -> list[Count]:
    """What a rule counts, by what was recorded before `upto` (None: all of it)."""
    if rule.sums:
        return _sums(rule, upto)
    return _people(rule, upto, merged(rule.program, upto))


def merged(program: str, upto: datetime | None) -> dict[str, str]:
    """Which code stands for which, by the merges known then and not taken back."""
    known = Entry.objects.filter(program=program, kind=Kind.SUBJECT_MERGED)
    if upto is not None:
        known = known.filter(recorded_at__lt=upto)
    return resolved(known.order_by().values_list("seq", "counters", "subject", "merged_into"))


def year_of() -> str:
    """The fiscal year in which an entry happened, as SQL."""
    return _SQLITE_YEAR if connection.vendor == "sqlite" else _POSTGRES_YEAR


def asked(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


class Wanted:
    """The rows that a rule counts, as SQL: which table, which of its rows."""

    def __init__(self, rule: Rule, upto: datetime | None) -> None:
        self.where = "program = %s AND kind = %s"
        self.values: list[Any] = [rule.program, rule.kind]
        if rule.cohort:
            self.where += " AND cohort IN (%s, %s)"
            self.values += COHORTS
        if rule.destination:
            self.where += " AND destination = %s"
            self.values.append(rule.destination)
        elif rule.leaves_own_room:
            self.where += " AND destination <> %s"
            self.values.append(OWN_ROOM)
        self.upto = upto

    def of(self, table: str, columns: str, year: str, more: str = "") -> tuple[str, list[Any]]:
        """The rows of `table` as a subselect, less those recorded since."""
        where = self.where + more
        text = f"SELECT {columns}, {year} AS year, quantity FROM {table} WHERE {where}"  # noqa: S608
        if self.upto is None:
            return f"({text}) AS t", list(self.values)
        since = (
            f"SELECT {columns}, {year_of()} AS year, -quantity FROM ledger_entry"  # noqa: S608
            f" WHERE {where} AND recorded_at >= %s"
        )
        values = [*self.values, *self.values, self._instant()]
        return f"({text} UNION ALL {since}) AS t", values

    def _instant(self) -> Any:
        assert self.upto is not None
        return connection.ops.adapt_datetimefield_value(self.upto)


SPLIT = (
    "SUM(quantity), SUM(CASE WHEN channel = 'web' THEN quantity ELSE 0 END),"
    " SUM(CASE WHEN origin = 'ibasho' THEN quantity ELSE 0 END)"
)


def _sums(rule: Rule, upto: datetime | None) -> list[Count]:
    wanted = Wanted(rule, upto)
    table, values = wanted.of("ledger_tally", "cohort, channel, origin", "quarter / 4")
    cohort = "cohort" if rule.cohort else "''"
    rows = asked(
        f"SELECT {cohort}, year, {SPLIT} FROM {table} GROUP BY 1, 2",  # noqa: S608 - own names
        values,
    )
    return [Count(*row[:2], *map(int, row[2:])) for row in rows]


def _people(rule: Rule, upto: datetime | None, one: dict[str, str]) -> list[Count]:
    wanted = Wanted(rule, upto)
    columns = "cohort, subject, destination, channel, origin"
    more = "" if upto is None else " AND subject <> ''"
    apart = " AND subject {} (SELECT code FROM merged)" if one else ""
    listed, codes = _merge_list(rule.program) if one else ("", [])
    table, values = wanted.of("ledger_headcount", columns, "year", more + apart.format("NOT IN"))
    cohort = "cohort" if rule.cohort else "''"
    place = "destination" if rule.each_destination else "''"
    unit = f"{cohort} AS cohort_told, subject, {place} AS place, year"
    stands = (
        f"SELECT {unit}, SUM(quantity) AS q,"  # noqa: S608 - names of this file
        " SUM(CASE WHEN channel = 'web' THEN quantity ELSE 0 END) AS w,"
        " SUM(CASE WHEN origin = 'ibasho' THEN quantity ELSE 0 END) AS i"
        f" FROM {table} GROUP BY 1, 2, 3, 4 HAVING SUM(quantity) > 0"
    )
    # A year and its two marks as one number, so that the least of them tells the first year's.
    marks = "year * 4 + CASE WHEN w > 0 THEN 2 ELSE 0 END + CASE WHEN i > 0 THEN 1 ELSE 0 END"
    if rule.once:
        stands = (
            f"SELECT cohort_told, MIN({marks}) AS m FROM ({stands}) AS s"  # noqa: S608 - own names
            " GROUP BY cohort_told, subject, place"
        )
    else:
        stands = f"SELECT cohort_told, {marks} AS m FROM ({stands}) AS s"  # noqa: S608
    rows = asked(
        f"{listed} SELECT cohort_told, m, COUNT(*) FROM ({stands}) AS f"  # noqa: S608
        " GROUP BY cohort_told, m",
        codes + values,
    )
    counts = [Count(of, m // 4, n, n * (m // 2 % 2), n * (m % 2)) for of, m, n in rows]
    if not one:
        return counts
    table, values = wanted.of("ledger_headcount", columns, "year", more + apart.format("IN"))
    few = asked(f"{listed} SELECT {columns}, year, quantity FROM {table}", codes + values)  # noqa: S608
    told = [
        Row(of, who, there, year, over, origin, n) for of, who, there, over, origin, year, n in few
    ]
    return counts + counted(told, rule, one=one)


def _merge_list(program: str) -> tuple[str, list[Any]]:
    where = "ledger_entry WHERE program = %s AND kind = %s"
    codes = f"SELECT subject AS code FROM {where} UNION SELECT merged_into FROM {where}"  # noqa: S608
    return f"WITH merged AS ({codes})", [program, Kind.SUBJECT_MERGED.value] * 2
