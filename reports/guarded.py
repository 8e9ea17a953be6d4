"""A sheet as far as members of staff may see it: totals exact, every part guarded.

They choose among quarters' ends only. What is told of a part at one of them depends on what was
told at the ends before (`publishing.py`); the ledger only grows, so the figures of an end that is
past never change and are counted once per process.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.viewer import Viewer
from foundation.clock import fiscal_year, jst_day
from foundation.refusals import Refused
from ledger.models import Entry
from programs.models import Municipality, Program
from reports import queries
from reports.indicators import end_of, figures
from reports.policies import READERS, must_read
from reports.publishing import Told, lone_told, parts_told
from reports.rules import Figures, Indicator, Sheet, reiwa, shipped
from reports.states import Counting, Split

KEPT = 256
_known: "OrderedDict[tuple[str, datetime, str], list[Figures]]" = OrderedDict()
_lock = threading.Lock()

PARTS = {Split.WEB: "うちWeb", Split.IBASHO: "うち電子居場所から"}
PEOPLE = "実人数"
UNKNOWN = "世代がわからない人"


@dataclass(frozen=True, slots=True)
class Part:
    """What is told beside a figure, by fiscal year; None is hidden.

    `since`: of which quarter's end a figure is, where it isn't that of the page.
    """

    words: str
    years: dict[int, int | None]
    since: dict[int, date]
    sum: int | None  # None: hidden, or no sum (people of a year may be those of another)


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator's exact figures and what may be told beside them."""

    indicator: Indicator
    exact: Figures
    parts: list[Part]
    pace: int | None  # where the running year's figure leads to by its end

    @property
    def rate(self) -> float | None:
        """Of the target of all years, in percent; None without a target."""
        target = self.indicator.target_sum
        return 100 * self.exact.actual_sum / target if target else None

    @property
    def hides(self) -> bool:
        """Whether something beside it is hidden."""
        return any(None in part.years.values() for part in self.parts)


@dataclass(frozen=True, slots=True)
class Reading:
    """A sheet as its readers see it: of which end, of which other ends it could be."""

    program: Program
    sheet: Sheet
    as_of: date
    ends: list[date]  # newest first
    lines: list[Line]


def programs_of(viewer: Viewer) -> list[Program]:
    """The programs whose figures the viewer may read."""
    return list(Program.objects.filter(pk__in=viewer.programs(*READERS)).order_by("name", "pk"))


def sheets_of(program: Program) -> list[Sheet]:
    """The sheets of a program."""
    return [sheet for sheet in shipped().values() if sheet.program == program.slug]


def sheet_for(viewer: Viewer, slug: str) -> tuple[Program, Sheet]:
    """A sheet and its program. Raises `Refused("not_found")` and what `must_read` raises."""
    sheet = queries.sheet(slug)
    program = None if sheet is None else Program.objects.filter(slug=sheet.program).first()
    if sheet is None or program is None:
        raise Refused("not_found")
    must_read(viewer, program=program.pk)
    return program, sheet


def quarter_ends(first_year: int, today: date) -> list[date]:
    """The last days of the quarters that are over, since a fiscal year began; oldest first."""
    found, year, month = [], first_year, 7
    while (end := date(year, month, 1) - timedelta(days=1)) < today:
        found.append(end)
        year, month = (year + 1, 1) if month == 10 else (year, month + 3)
    return found


def read(viewer: Viewer, slug: str, *, as_of: date | None, now: datetime) -> Reading:
    """A sheet at a quarter's end (None: the newest). Raises `Refused`: `not_found`, `no_such_end`
    for a day that is none, `too_early` before the sheet's first quarter is over.
    """
    program, sheet = sheet_for(viewer, slug)
    ends = quarter_ends(sheet.years[0], jst_day(now))
    if not ends:
        raise Refused("too_early")
    day = ends[-1] if as_of is None else as_of
    if day not in ends:
        raise Refused("no_such_end")
    upto = ends[: ends.index(day) + 1]
    history = [_figures(sheet, end) for end in upto]
    lines = [
        _line(indicator, [one[place] for one in history], upto)
        for place, indicator in enumerate(sheet.indicators)
    ]
    return Reading(program, sheet, day, ends[::-1], lines)


def covered(line: Line, program: Program) -> list[tuple[str, str]]:
    """(municipality, its year or nothing) of the prefecture, where municipalities are counted.

    Which municipality has a window or an ibasho is public; nobody is counted in it.
    """
    if line.indicator.count is not Counting.PLACES:
        return []
    rows = Municipality.objects.filter(code__startswith=program.prefecture_code).order_by("code")
    opened = line.exact.places
    return [
        (name, reiwa(opened[code]) if code in opened else "")
        for code, name in rows.values_list("code", "name")
    ]


def _figures(sheet: Sheet, end: date) -> list[Figures]:
    upto = end_of(end)
    last = Entry.objects.filter(program=sheet.program, recorded_at__lt=upto)
    link = last.order_by("-recorded_at", "-seq").values_list("hash", flat=True).first()
    # The newest link stands for everything before it: with another one it is another ledger.
    key = (repr(sheet), upto, link or "")
    with _lock:
        if key in _known:
            _known.move_to_end(key)
            return _known[key]
    found = figures(sheet, upto=upto)
    with _lock:
        _known[key] = found
        if len(_known) > KEPT:
            _known.popitem(last=False)
    return found


def _line(indicator: Indicator, history: Sequence[Figures], ends: Sequence[date]) -> Line:
    exact, years = history[-1], list(history[-1].actual)
    parts = [
        _part(
            PARTS[split],
            {
                year: parts_told(
                    [one.actual[year] for one in history],
                    [one.splits[split][year] for one in history],
                )
                for year in years
            },
            ends,
        )
        for split in indicator.splits
    ]
    for words, lone in ((PEOPLE, "people"), (UNKNOWN, "unknown")):
        if getattr(exact, lone) is not None:
            told = {
                year: lone_told([getattr(one, lone)[year] for one in history]) for year in years
            }
            parts.append(_part(words, told, ends, summed=lone != "people"))
    return Line(indicator, exact, parts, _pace(exact, ends[-1]))


def _part(
    words: str, told: dict[int, list[Told]], ends: Sequence[date], *, summed: bool = True
) -> Part:
    last = {year: ones[-1] for year, ones in told.items()}
    numbers = [one.number for one in last.values()]
    total = sum(n for n in numbers if n is not None) if summed and None not in numbers else None
    newest = len(ends) - 1
    since = {y: ends[one.at] for y, one in last.items() if one.at is not None and one.at != newest}
    return Part(words, {year: one.number for year, one in last.items()}, since, total)


def _pace(exact: Figures, as_of: date) -> int | None:
    year = fiscal_year(as_of)
    first, last = date(year, 4, 1), date(year + 1, 3, 31)
    if year not in exact.actual or as_of >= last:
        return None
    return round(exact.actual[year] * ((last - first).days + 1) / ((as_of - first).days + 1))
