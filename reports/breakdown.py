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
from itertools import pairwise

from accounts.viewer import Viewer
from foundation.clock import jst_day
from ledger.states import Relation
from programs.models import Municipality, Program
from reports import guarded, past, sentences
from reports.apart import SEVERAL, UNTOLD, Apart, as_data, from_data, told_apart
from reports.indicators import end_of
from reports.publishing import stretches
from reports.rules import Indicator, Sheet
from reports.states import Along, Counting
from reports.suppression import USUAL, Yardstick, guard_line, yardstick_of

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
    history = guarded.history(sheet, moments)
    tables = []
    for place, indicator in enumerate(sheet.indicators):
        if indicator.count is Counting.PLACES:
            continue  # which municipality has one is public, and nobody is counted
        for along in Along:
            codes = _codes(program) if along is Along.MUNICIPALITY else _relations()
            years: dict[int, dict[str, int | None]] = {}
            totals = {}
            for year, day in told.items():
                upto = end_of(day)
                exact = [
                    lines[place].actual[year]
                    for moment, lines in zip(moments, history, strict=True)
                    if moment <= upto
                ]
                apart = _apart(sheet.program, indicator, upto)[along]
                counts, people = _of_year(apart, year, codes)
                years[year] = guarded_year(
                    counts, people, totals=exact, of={one: codes[one][1] for one in codes}
                )
                totals[year] = exact[-1]
            rows = [_row(code, words, years, later) for code, (words, _) in codes.items()]
            tables.append(Table(indicator, along, rows, totals))
    return Breakdown(program, sheet, told, later, tables)


def count_ahead(sheet: Sheet, *, now: datetime) -> None:
    """Count the years that are told, so that their reader needn't wait."""
    for year in sheet.years:
        if day_of(year) >= jst_day(now):
            continue
        for indicator in sheet.indicators:
            if indicator.count is not Counting.PLACES:
                _apart(sheet.program, indicator, end_of(day_of(year)))


def guarded_year(
    counts: Mapping[str, int],
    people: Mapping[str, int],
    *,
    totals: Sequence[int],
    of: Mapping[str, Yardstick],
) -> dict[str, int | None]:
    """A year's figures by place; None is hidden. Pure.

    `people`: how many different ones are behind each; `totals`: the exact total at each moment at
    which it was told, the last of them that of `counts`.
    """
    whole = sum(counts.values())
    if not whole:  # then nobody is anywhere, as the total says
        return {place: None if of[place].nothing else 0 for place in counts}
    steps = [after - before for before, after in pairwise((0, *totals))]
    hidden = {
        place
        for place, count in counts.items()
        if count
        and (
            people[place] <= of[place].upto
            or any(
                _points_at(
                    run, whole, (count, people[place]), _rest(place, counts, people), of[place]
                )
                for run in stretches(steps)
            )
        )
    }
    while True:
        shown = guard_line(counts, of=of, hidden=hidden)
        gone = [place for place, count in shown.items() if count is None and counts[place]]
        # What is hidden is known in sum: it too must be many people's.
        if not gone or max(people[place] for place in gone) > USUAL.upto:
            return shown
        left = [place for place, count in shown.items() if count]
        if not left:
            return dict.fromkeys(counts)
        hidden |= {*gone, min(left, key=lambda place: (counts[place], place))}


def _rest(place: str, counts: Mapping[str, int], people: Mapping[str, int]) -> tuple[int, int]:
    others = [one for one in counts if one != place]
    return sum(counts[one] for one in others), max((people[one] for one in others), default=0)


def _points_at(
    run: int, whole: int, part: tuple[int, int], rest: tuple[int, int], yard: Yardstick
) -> bool:
    """Whether the total of a stretch of quarters, and of the rest of them, tells how few of a
    part fell into it. `part`, `rest`: (how much, of how many people).
    """
    lowest, highest = max(0, run - rest[0]), min(run, part[0])
    if run <= 0 or highest - lowest >= min(yard.room, run):
        return False
    after = whole - run  # of the part's people at most so many came outside the stretch alone
    many = lowest > yard.upto and part[1] - after > yard.upto
    others = not rest[0] or (run - highest > yard.upto and rest[1] - after > yard.upto)
    return not (many and others)


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
