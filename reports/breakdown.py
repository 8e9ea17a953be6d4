"""内訳: a sheet's figures by municipality, and by who spoke, as far as their readers may see.

Of a fiscal year it is told once: three months after its end, on 30 June, when offices have closed
their books (出納整理期間), by what was recorded until then. There is no second telling to subtract
from the first. What is small is hidden, and with it what would give it back: by the
total, by what other quarters' totals say, and by people where a figure isn't people.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from accounts.viewer import Viewer
from foundation.clock import jst_day
from ledger.states import Relation
from programs.models import Municipality, Program
from reports import guarded, joined, past, sentences
from reports.apart import SEVERAL, UNTOLD, Apart, as_data, from_data, told_apart
from reports.indicators import end_of
from reports.places import Year, guarded_pair, guarded_year
from reports.rules import Figures, Indicator, Sheet
from reports.states import Along, Counting
from reports.suppression import USUAL, Yardstick, yardstick_of

KEPT = 64
ELSEWHERE = "elsewhere"
_known: "OrderedDict[tuple[str, str, datetime, str], dict[Along, Apart]]" = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Row:
    """One municipality or relation: figures by fiscal year, None hidden; the sum of all years
    only where every year is told and none of them hidden.
    """

    code: str
    words: str
    years: dict[int, int | None]
    sum: int | None


@dataclass(frozen=True, slots=True)
class Table:
    """An indicator broken down along something; `total` is exact."""

    indicator: Indicator
    along: Along
    rows: list[Row]
    total: dict[int, int]

    @property
    def printed(self) -> list[Row]:
        """The rows but those of `zeros`."""
        return [row for row in self.rows if not self._is_zero(row)]

    @property
    def zeros(self) -> list[str]:
        """Municipalities that are 0 in every year that is told; nothing hidden is among them."""
        return [row.words for row in self.rows if self._is_zero(row)]

    def _is_zero(self, row: Row) -> bool:
        place = self.along is Along.MUNICIPALITY and row.code not in (ELSEWHERE, SEVERAL, UNTOLD)
        return place and bool(row.years) and all(number == 0 for number in row.years.values())


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A sheet's tables. `told`: the years that are told and as of when; `later`: not yet."""

    program: Program
    sheet: Sheet
    told: dict[int, date]
    later: dict[int, date]
    tables: list[Table]


def day_of(year: int) -> date:
    """The day as of which a fiscal year is broken down."""
    return date(year + 1, 6, 30)


def read(viewer: Viewer, slug: str, *, now: datetime) -> Breakdown:
    """The breakdown of a sheet. Raises as `guarded.sheet_for`."""
    program, sheet = guarded.sheet_for(viewer, slug)
    days = {year: day_of(year) for year in sheet.years}
    told = {year: day for year, day in days.items() if day < jst_day(now)}
    later = {year: day for year, day in days.items() if year not in told}
    last = max((end_of(day) for day in told.values()), default=None)
    moments = [one for one in guarded.told_at(sheet, program, now=now) if last and one <= last]
    among = guarded.among_others(sheet)
    whole = among.whole
    history = guarded.history(whole, moments)
    tables = []
    for place, indicator in enumerate(sheet.indicators):
        if indicator.count is Counting.PLACES:
            continue  # which municipality has one is public, and nobody is counted
        over = joined.above(whole.indicators, indicator)
        under = joined.beneath(whole.indicators, indicator)
        for along in Along:
            codes = _codes(program) if along is Along.MUNICIPALITY else _relations()
            of = {one: yard for one, (_, yard) in codes.items()}
            years: dict[int, dict[str, int | None]] = {}
            totals = {}
            for year, day in told.items():
                upto = end_of(day)
                past_lines = [
                    lines for at, lines in zip(moments, history, strict=True) if at <= upto
                ]
                found = {
                    at: _year(whole, at, along, year, upto=upto, codes=codes, history=past_lines)
                    for at in (place, over, under)
                    if at is not None
                }
                if among.hides(place, year):
                    years[year] = dict.fromkeys(codes)
                elif over is not None:
                    years[year] = guarded_pair(found[over], found[place], of=of)[1]
                elif under is not None:
                    years[year] = guarded_pair(found[place], found[under], of=of)[0]
                else:
                    years[year] = guarded_year(*found[place], of=of)
                totals[year] = found[place].totals[-1]
            rows = [_row(code, words, years, later) for code, (words, _) in codes.items()]
            tables.append(Table(indicator, along, rows, totals))
    return Breakdown(program, sheet, told, later, tables)


def _year(
    sheet: Sheet,
    place: int,
    along: Along,
    year: int,
    *,
    upto: datetime,
    codes: Mapping[str, object],
    history: Sequence[Sequence[Figures]],
) -> Year:
    apart = _apart(sheet.program, sheet.indicators[place], upto)[along]
    exact = [lines[place].actual[year] for lines in history]
    return Year(*_of_year(apart, year, codes), exact)


def count_ahead(sheet: Sheet, *, now: datetime) -> None:
    """Count the years that are told, so that their reader needn't wait."""
    for year in sheet.years:
        if day_of(year) >= jst_day(now):
            continue
        for indicator in guarded.among_others(sheet).whole.indicators:
            if indicator.count is not Counting.PLACES:
                _apart(sheet.program, indicator, end_of(day_of(year)))


def _row(
    code: str, words: str, years: Mapping[int, Mapping[str, int | None]], later: Mapping[int, date]
) -> Row:
    cells = {year: shown[code] for year, shown in years.items()}
    numbers = [number for number in cells.values() if number is not None]
    whole = not later and len(numbers) == len(cells)
    return Row(code, words, cells, sum(numbers) if whole else None)


def _of_year(
    apart: Apart, year: int, codes: Mapping[str, object]
) -> tuple[dict[str, int], dict[str, int]]:
    counts, people = dict.fromkeys(codes, 0), dict.fromkeys(codes, 0)
    for (of, code), count in apart.counts.items():
        if of == year:
            place = code if code in codes else ELSEWHERE
            counts[place] += count
            # Who stands in several places elsewhere may be the same few.
            people[place] = max(people[place], apart.people[of, code])
    return counts, people


def _codes(program: Program) -> dict[str, tuple[str, Yardstick]]:
    rows = Municipality.objects.filter(code__startswith=program.prefecture_code).order_by("code")
    found = {
        code: (name, yardstick_of(people))
        for code, name, people in rows.values_list("code", "name", "population")
    }
    more = ((ELSEWHERE, "elsewhere"), (SEVERAL, "several_municipalities"), (UNTOLD, "untold"))
    return found | {code: (sentences.broken(words), USUAL) for code, words in more}


def _relations() -> dict[str, tuple[str, Yardstick]]:
    codes = [(one.value, one.value) for one in Relation]
    codes += [(SEVERAL, "several_relations"), (UNTOLD, "untold")]
    return {code: (sentences.broken(words), USUAL) for code, words in codes}


def _apart(program: str, indicator: Indicator, upto: datetime) -> dict[Along, Apart]:
    # Kept as `guarded` keeps its figures: under the newest link of what was known then.
    key = (program, repr(indicator), upto, guarded.link(program, upto))
    with _lock:
        if (found := _known.get(key)) is not None:
            _known.move_to_end(key)
            return found
    name = past.about(
        "apart", indicator.kind, indicator.count, indicator.destination, indicator.own_room,
        indicator.cohort, indicator.each_destination,
    )  # fmt: skip
    rows = past.asked_once(
        program, name, upto, lambda: as_data(told_apart(program, indicator, upto))
    )
    found = from_data(rows)
    with _lock:
        _known[key] = found
        if len(_known) > KEPT:
            _known.popitem(last=False)
    return found
