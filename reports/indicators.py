"""From a rule to its figures: exact, as the auditor sees them.

The counts are remembered and extended by what was entered since (`remembered.py`), so a sheet
costs the same however long the ledger is. Municipalities are few, and counted anew.
"""

import copy
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from foundation import clock
from foundation.clock import fiscal_year
from ledger.models import Entry, Head
from ledger.states import PEOPLE, Cohort, Kind
from reports.counting import Count, Rule
from reports.remembered import End, Memory, counts_of, keep
from reports.rules import Figures, Indicator, Sheet
from reports.states import Counting
from reports.whole import Wanted, asked

MOST_KEPT = 64
_KEPT: dict[tuple[str, str, datetime | None], list[Figures]] = {}


def end_of(day: date) -> datetime:
    """The instant up to which a day's records are known: its midnight in Japan."""
    return datetime.combine(day + timedelta(days=1), time(), clock.JST)


def figures(sheet: Sheet, *, upto: datetime | None = None) -> list[Figures]:
    """Every line of a sheet, by what was recorded before `upto` (None: all of it)."""
    return figures_at(sheet, [upto])[0]


def figures_at(sheet: Sheet, uptos: Sequence[datetime | None]) -> list[list[Figures]]:
    """Every line of a sheet at each of some moments.

    A ledger with the same end is the same ledger: figures are kept in this process's memory under
    its hash, and are asked for again only when something was entered.
    """
    while True:
        wanted = _wanted(sheet.program, uptos)
        found = _counted(sheet, wanted)
        # An entry that came meanwhile may lie after a moment that was after all of them: again.
        if wanted == list(uptos) or wanted == _wanted(sheet.program, uptos):
            return found


def _wanted(program: str, uptos: Sequence[datetime | None]) -> list[datetime | None]:
    """The moments; None for those after all that is known, which are one."""
    newest = _newest(program)
    return [None if upto is None or newest is None or newest < upto else upto for upto in uptos]


def _counted(sheet: Sheet, wanted: Sequence[datetime | None]) -> list[list[Figures]]:
    name, end = repr(sheet), _end(sheet.program)
    found = {upto: _KEPT.get((name, end, upto)) for upto in wanted}
    missing = [upto for upto, lines in found.items() if lines is None]
    if missing:
        ends = End(sheet.program, missing)
        memories = [Memory(ends, upto) for upto in missing]
        lines = [_figures(sheet, one, memories) for one in sheet.indicators]
        found |= {upto: [line[at] for line in lines] for at, upto in enumerate(missing)}
        if _end(sheet.program) == end:
            # Nothing came while it was counted: these are the figures of that end.
            keep([row for memory in memories for row in memory.to_keep()])
            for upto in missing:
                while len(_KEPT) >= MOST_KEPT:
                    _KEPT.pop(next(iter(_KEPT)), None)
                _KEPT[name, end, upto] = copy.deepcopy(found[upto] or [])
    return [copy.deepcopy(found[upto] or []) for upto in wanted]


def _newest(program: str) -> datetime | None:
    rows = Entry.objects.filter(program=program).order_by("-recorded_at")
    return rows.values_list("recorded_at", flat=True).first()


def _end(program: str) -> str:
    return Head.objects.filter(pk=program).values_list("hash", flat=True).first() or ""


def _figures(sheet: Sheet, indicator: Indicator, memories: Sequence[Memory]) -> list[Figures]:
    """One line at each of some moments."""
    if indicator.count is Counting.PLACES:
        return [_places(sheet, indicator, memory.upto) for memory in memories]
    rule, cohort = _rule(sheet, indicator), Cohort.YES.value if indicator.cohort else ""
    found = []
    for counts in counts_of(memories, rule):
        line = Figures(indicator, _by_year(sheet, counts, cohort, "all"))
        if indicator.cohort:
            line.unknown = _by_year(sheet, counts, Cohort.UNKNOWN.value, "all")
        for split in indicator.splits:
            line.splits[split] = _by_year(sheet, counts, cohort, split.value)
        found.append(line)
    if indicator.beside:
        heads = replace(rule, sums=False, once=False, each_destination=False)
        people = counts_of(memories, heads)
        nameless = _nameless(sheet, indicator, [memory.upto for memory in memories])
        for line, counts, years in zip(found, people, nameless, strict=True):
            line.people = _by_year(sheet, counts, cohort, "all")
            line.nameless = years
    return found


def _nameless(
    sheet: Sheet, indicator: Indicator, uptos: Sequence[datetime | None]
) -> list[frozenset[int]]:
    """The years in which something stands without a code, at each of some moments."""
    if indicator.kind in PEOPLE:
        return [frozenset()] * len(uptos)
    rows = Entry.objects.filter(program=sheet.program, kind=indicator.kind, subject="")
    if indicator.destination:
        rows = rows.filter(destination=indicator.destination)
    if indicator.cohort:
        rows = rows.filter(cohort=Cohort.YES)
    said = list(rows.order_by().values_list("occurred_on", "recorded_at", "quantity"))
    found = []
    for upto in uptos:
        sums: defaultdict[int, int] = defaultdict(int)
        for day, at, quantity in said:
            if upto is None or at < upto:
                sums[fiscal_year(day)] += quantity
        found.append(frozenset(year for year, much in sums.items() if much > 0))
    return found


def _rule(sheet: Sheet, indicator: Indicator) -> Rule:
    return Rule(
        program=sheet.program,
        kind=indicator.kind.value,
        sums=indicator.count is Counting.SUM,
        once=indicator.count is Counting.ONCE,
        each_destination=indicator.each_destination,
        cohort=indicator.cohort,
        own_room=indicator.own_room,
        destination=indicator.destination,
    )


def _by_year(sheet: Sheet, counts: Sequence[Count], cohort: str, what: str) -> dict[int, int]:
    years = dict.fromkeys(sheet.years, 0)
    for count in counts:
        if count.cohort == cohort and count.year in years:
            years[count.year] += getattr(count, what)
    return years


def _places(sheet: Sheet, indicator: Indicator, upto: datetime | None) -> Figures:
    rule = _rule(sheet, indicator)
    opened = _first_years(Wanted(rule, upto))
    listed = Wanted(rule, upto)
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
    return Figures(indicator, actual, listed=len(before), places=places, before=frozenset(before))


def _first_years(wanted: Wanted) -> dict[str, int]:
    table, values = wanted.of("ledger_tally", "municipality_code", "quarter / 4")
    rows = asked(
        f"SELECT municipality_code, year, SUM(quantity) FROM {table} GROUP BY 1, 2",  # noqa: S608
        values,
    )
    years: defaultdict[str, list[int]] = defaultdict(list)
    for code, year, quantity in rows:
        if quantity > 0:
            years[code].append(year)
    return {code: min(found) for code, found in years.items()}
