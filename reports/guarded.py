"""A sheet as far as members of staff may see it: totals exact, every part guarded.

They choose among quarters' ends and closings (締め) only. What is told of a part then depends on
what was told at the moments before (`publishing.py`), closings of the program's other sheets among
them; the ledger only grows, so the figures of a moment that is past never change and are counted
once per process.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from accounts.viewer import Viewer
from foundation.clock import fiscal_year, jst_day
from foundation.refusals import Refused
from ledger.models import Entry
from programs.models import Municipality, Program
from reports import joined, queries, rules
from reports.around import Around, around
from reports.behind import By, behind, counts_people
from reports.indicators import end_of, figures_at
from reports.models import Closing
from reports.policies import READERS, must_read
from reports.publishing import Told, lone_told
from reports.queries import Revision
from reports.rules import Figures, Indicator, Sheet, reiwa
from reports.states import Counting, Split

KEPT = 256
_known: "OrderedDict[tuple[str, datetime, str], list[Figures]]" = OrderedDict()
_behind: "OrderedDict[tuple[str, tuple[datetime, ...], str], list[By | None]]" = OrderedDict()
_lock = threading.Lock()

PARTS = {Split.WEB: "うちWeb", Split.IBASHO: "うち電子居場所から"}
PEOPLE = "実人数"
UNKNOWN = "世代がわからない人"
UNTOLD = [Told(None, None)]
BEFORE = "事業開始前"


@dataclass(frozen=True, slots=True)
class Part:
    """What is told beside a figure, by fiscal year; None is hidden.

    `since`: of which quarter's end a figure is, where it isn't that of the page. `nameless`: years
    in which records bear no code, so that how many people there were isn't known.
    """

    words: str
    years: dict[int, int | None]
    since: dict[int, date]
    sum: int | None  # None: hidden, or no sum (people of a year may be those of another)
    nameless: frozenset[int] = frozenset()

    @property
    def hides(self) -> bool:
        """Whether a year of it is hidden."""
        return any(one is None and y not in self.nameless for y, one in self.years.items())


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
        return any(part.hides for part in self.parts)


@dataclass(frozen=True, slots=True)
class Reading:
    """A sheet as its readers see it: of which moment, of which others it could be.

    `moments`: at which exact totals were told up to this one. `revisions`: 過年度修正, of each
    closing that lies before; of a closing itself, what is otherwise at the newest quarter's end.
    """

    program: Program
    sheet: Sheet
    as_of: date
    ends: list[date]  # quarters' ends, newest first
    lines: list[Line]
    moments: list[datetime]
    closing: Closing | None  # the one that is read, if it is one
    closings: list[Closing]  # all of the sheet that stand, by year
    sent_back: list[Closing]  # the last one of a year that isn't closed anew yet
    revisions: list[tuple[Closing, list[Revision]]]
    around: Around
    beyond: list[Line]  # those of `around.whole` that stand on other sheets

    @property
    def at(self) -> str:
        """As the address says it: `as_of=2021-03-31`, `closed=2020`."""
        if self.closing is not None:
            return f"closed={self.closing.year}"
        return f"as_of={self.as_of.isoformat()}"


@dataclass(frozen=True, slots=True)
class _Moment:
    upto: datetime
    day: date
    closing: Closing | None = None


def programs_of(viewer: Viewer) -> list[Program]:
    """The programs whose figures the viewer may read."""
    return list(Program.objects.filter(pk__in=viewer.programs(*READERS)).order_by("name", "pk"))


def sheets_of(program: Program) -> list[Sheet]:
    """The sheets of a program."""
    return queries.sheets_of(program.slug)


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


def read(
    viewer: Viewer, slug: str, *, as_of: date | None, now: datetime, closed: int | None = None
) -> Reading:
    """A sheet at a quarter's end (None: the newest), or as its year `closed` was closed.

    Raises `Refused`: `not_found`, `no_such_end` for a day that is none, `no_such_closing`,
    `too_early` before the sheet's first quarter is over.
    """
    program, sheet = sheet_for(viewer, slug)
    ends = quarter_ends(sheet.years[0], jst_day(now))
    if not ends:
        raise Refused("too_early")
    day = ends[-1] if as_of is None else as_of
    if day not in ends:
        raise Refused("no_such_end")
    every = list(Closing.objects.filter(program=program).order_by("upto", "pk"))
    # What was sent back was told too, and is a moment; it is read no more.
    standing = (one for one in every if one.sheet == slug and one.sent_back_at is None)
    own = sorted(standing, key=lambda one: one.year)
    moments = [_Moment(end_of(end), end) for end in ends]
    moments += [_Moment(one.upto, jst_day(one.upto), one) for one in every]
    moments.sort(key=lambda one: one.upto)
    closing = None
    if closed is not None:
        closing = next((one for one in own if one.year == closed), None)
        if closing is None:
            raise Refused("no_such_closing")
        sheet, day = rules.parse(slug, closing.rules), jst_day(closing.upto)
    upto = end_of(day) if closing is None else closing.upto
    before = [one for one in moments if one.upto <= upto]
    newest = link(sheet.program, moments[-1].upto)
    among = among_others(sheet)
    history = _figures(among.whole, [one.upto for one in before], newest)
    days = [one.day for one in before]
    people = _people(among.whole, [one.upto for one in before], newest)
    parts = joined.told(among.whole.indicators, history, people)
    every_line = [
        _line(place, among, [one[place] for one in history], days, people[place], parts)
        for place in range(len(among.whole.indicators))
    ]
    own_many = len(sheet.indicators)
    lines, beyond = every_line[:own_many], every_line[own_many:]
    if closing is None:
        known = [one for one in own if one.upto <= upto]
        exact = [line.exact for line in lines]
    else:
        lines = [_as_closed(line, closing) for line in lines]
        known = [closing] if end_of(ends[-1]) > closing.upto else []
        exact = _figures(sheet, [end_of(ends[-1])], newest)[0]
    return Reading(
        program, sheet, day, ends[::-1], lines, [one.upto for one in before], closing, own,
        _sent_back(every, slug, own),
        [(one, queries.revisions(one, exact)) for one in known], among, beyond,
    )  # fmt: skip


def among_others(sheet: Sheet) -> Around:
    """A sheet among those of its program."""
    return around(sheet, queries.sheets_as_they_came(sheet.program))


def _sent_back(every: list[Closing], slug: str, own: list[Closing]) -> list[Closing]:
    closed = {one.year for one in own}
    last = {
        one.year: one
        for one in every
        if one.sheet == slug and one.sent_back_at is not None and one.year not in closed
    }
    return [last[year] for year in sorted(last)]


def told_at(sheet: Sheet, program: Program, *, now: datetime) -> list[datetime]:
    """At which moments exact totals of a sheet have been told, the oldest first."""
    ends = [end_of(end) for end in quarter_ends(sheet.years[0], jst_day(now))]
    closed = Closing.objects.filter(program=program).values_list("upto", flat=True)
    return sorted([*ends, *closed])


def history(sheet: Sheet, moments: Sequence[datetime]) -> list[list[Figures]]:
    """The exact figures at moments that are past."""
    return _figures(sheet, moments, link(sheet.program, moments[-1])) if moments else []


def every_sheet() -> list[tuple[Program, Sheet]]:
    """Every program's sheets."""
    programs = Program.objects.order_by("pk")
    return [(program, sheet) for program in programs for sheet in sheets_of(program)]


def count_ahead(sheet: Sheet, program: Program, *, now: datetime) -> None:
    """Count what a sheet tells of the moments that are past, so that its reader needn't wait."""
    moments = told_at(sheet, program, now=now)
    if moments:
        whole = among_others(sheet).whole
        history(whole, moments)
        _people(whole, moments, link(sheet.program, moments[-1]))


def to_close(reading: Reading, now: datetime) -> list[int]:
    """The years of a sheet that are over and not closed."""
    closed = {one.year for one in reading.closings}
    return [
        year
        for year in reading.sheet.years
        if year not in closed and jst_day(now) >= date(year + 1, 4, 1)
    ]


def _as_closed(line: Line, closing: Closing) -> Line:
    frozen = next(one for one in closing.figures if one["code"] == line.indicator.code)
    actual = {int(year): number for year, number in frozen["actual"].items()}
    return replace(line, exact=replace(line.exact, actual=actual, listed=frozen["listed"]))


def covered(line: Line, program: Program) -> list[tuple[str, str, str]]:
    """(municipality, `before`, `covered` or nothing, since when in words) of the prefecture.

    Only where municipalities are counted; `before` are those of 事業開始前. Which municipality
    has a window or an ibasho is public; nobody is counted in it.
    """
    if line.indicator.count is not Counting.PLACES:
        return []
    rows = Municipality.objects.filter(code__startswith=program.prefecture_code).order_by("code")
    found = []
    for code, name in rows.values_list("code", "name"):
        if code in line.exact.before:
            found.append((name, "before", BEFORE))
        elif code in line.exact.places:
            found.append((name, "covered", reiwa(line.exact.places[code])))
        else:
            found.append((name, "", ""))
    return found


def link(program: str, upto: datetime) -> str:
    """The newest link of a chain before a moment: with it, all before it is as it was."""
    last = Entry.objects.filter(program=program, recorded_at__lt=upto)
    return last.order_by("-recorded_at", "-seq").values_list("hash", flat=True).first() or ""


def _figures(sheet: Sheet, uptos: Sequence[datetime], link: str) -> list[list[Figures]]:
    # The newest link stands for everything before it: with another one it is another ledger.
    name = repr(sheet)
    with _lock:
        found = {upto: _known.get((name, upto, link)) for upto in uptos}
    missing = [upto for upto, lines in found.items() if lines is None]
    counted = figures_at(sheet, missing) if missing else []
    found |= dict(zip(missing, counted, strict=True))
    with _lock:
        for upto, lines in found.items():
            _known[name, upto, link] = lines or []
            _known.move_to_end((name, upto, link))
        while len(_known) > KEPT:
            _known.popitem(last=False)
    return [found[upto] or [] for upto in uptos]


def _people(sheet: Sheet, moments: Sequence[datetime], link: str) -> list[By | None]:
    """Who is behind each indicator's steps; None where its figures are people."""
    key = (repr(sheet), tuple(moments), link)
    with _lock:
        if key in _behind:
            _behind.move_to_end(key)
            return _behind[key]
    found = [
        None if counts_people(one) else behind(sheet, one, moments) for one in sheet.indicators
    ]
    with _lock:
        _behind[key] = found
        if len(_behind) > KEPT:
            _behind.popitem(last=False)
    return found


def _line(
    place: int,
    among: Around,
    history: Sequence[Figures],
    ends: Sequence[date],
    people: By | None,
    told_parts: joined.Parts,
) -> Line:
    indicator = among.whole.indicators[place]
    exact = history[-1]
    hidden = {year: UNTOLD for year in exact.actual if among.hides(place, year)}
    years = [year for year in exact.actual if year not in hidden]
    parts = [
        _part(PARTS[split], hidden | {y: told_parts[place, split, y] for y in years}, ends)
        for split in indicator.splits
    ]
    for words, lone in ((PEOPLE, "people"), (UNKNOWN, "unknown")):
        if getattr(exact, lone) is not None:
            behind_it = None if lone == "people" else people
            told = {
                year: lone_told(
                    [getattr(one, lone)[year] for one in history],
                    None if behind_it is None else [one.unknown for one in behind_it[year]],
                )
                for year in years
            }
            part = _part(words, hidden | told, ends, summed=lone != "people")
            parts.append(_unknown(part, exact.nameless) if lone == "people" else part)
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


def _unknown(part: Part, nameless: frozenset[int]) -> Part:
    years = {year: None if year in nameless else one for year, one in part.years.items()}
    since = {year: day for year, day in part.since.items() if year not in nameless}
    return replace(part, years=years, since=since, nameless=nameless & years.keys())


def _pace(exact: Figures, as_of: date) -> int | None:
    year = fiscal_year(as_of)
    first, last = date(year, 4, 1), date(year + 1, 3, 31)
    if year not in exact.actual or as_of >= last:
        return None
    return round(exact.actual[year] * ((last - first).days + 1) / ((as_of - first).days + 1))
