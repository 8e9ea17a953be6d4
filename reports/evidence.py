"""What lies behind a cell of a sheet, as far as its reader may see.

Members of staff see the numbers of the entries, and how they spread over quarters and channels only
where every cell passes the guard — and had passed it at every quarter's end and closing before, in
what became known until then: two pages of different dates, subtracted, tell no more than one.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

from django.db.models import Case, IntegerField, Q, QuerySet, Sum, Value, When

from accounts.viewer import Viewer
from foundation.refusals import Refused
from ledger.models import Entry, Note
from ledger.states import Channel, Cohort
from ledger.subjects import evidence_number
from reports import guarded, joined, past
from reports.behind import layer_of, people_by, rows_of, taken_back_at_once
from reports.indicators import end_of
from reports.rules import Indicator, Sheet
from reports.states import Counting, Split
from reports.suppression import USUAL, Guarded, Table, guard
from reports.which_count import which_count

AT_ONCE = 300
NO_CHANNEL = "-"
CHANNELS = (*Channel, NO_CHANNEL)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a sheet, opened. `spread` is None where a cell of it would be small.

    `counted`: which of the numbers made the figure, of municipalities alone. Of people it would
    tell whoever confirmed an entry that somebody else confirmed another about the same person.
    """

    line: guarded.Line
    year: int
    numbers: list[str]
    after: int | None  # so many numbers were shown until here, and more follow
    spread: Guarded | None
    counted: frozenset[str] | None


def opened(
    viewer: Viewer,
    slug: str,
    *,
    code: str,
    year: int,
    as_of: date | None,
    after: int,
    now: datetime,
    closed: int | None = None,
) -> tuple[guarded.Reading, Cell]:
    """A cell of a sheet at a quarter's end, or of the one that was closed for a year, as it stood
    then. Raises as `guarded.read`, and `Refused("not_found")` for no such one."""
    reading = guarded.read(viewer, slug, as_of=as_of, closed=closed, now=now)
    line = next((one for one in reading.lines if one.indicator.code == code), None)
    if line is None or year not in reading.sheet.years:
        raise Refused("not_found")
    upto = end_of(reading.as_of) if reading.closing is None else reading.closing.upto
    rows = entries(reading.sheet.program, line.indicator, year=year, upto=upto)
    program = reading.sheet.program
    # In the order of the codes, which tells nothing of when one was recorded.
    numbers = {seq: evidence_number(program, seq) for seq in rows.values_list("seq", flat=True)}
    found = sorted(numbers.values())
    end = after + AT_ONCE
    spread = _spread_beside(reading, line, year)
    counted = None
    if line.indicator.count is Counting.PLACES:
        made = which_count(reading.sheet, line.indicator, year=year, upto=upto, among=numbers)
        counted = frozenset(numbers[seq] for seq in made)
    more = end if len(found) > end else None
    return reading, Cell(line, year, found[after:end], more, spread, counted)


def entries(
    program: str, indicator: Indicator, *, year: int, upto: datetime
) -> QuerySet[Entry, Entry]:
    """The entries that a cell is counted from, counter-entries among them."""
    rows = rows_of(program, indicator).filter(
        occurred_on__gte=date(year, 4, 1),
        occurred_on__lt=date(year + 1, 4, 1),
        recorded_at__lt=upto,
    )
    return rows.filter(cohort=Cohort.YES) if indicator.cohort else rows


def _spread_beside(reading: guarded.Reading, line: guarded.Line, year: int) -> Guarded | None:
    """The spread, as far as the parts beside the figure and the figures that bound it let it be."""
    indicators, program = reading.around.whole.indicators, reading.sheet.program
    lines = [*reading.lines, *reading.beyond]
    place = next(at for at, one in enumerate(lines) if one is line)
    if reading.around.hides(place, year):
        return None
    web = guarded.PARTS[Split.WEB]
    for part in line.parts:
        if part.words == web and (part.years[year] is None or year in part.since):
            return None
    over = joined.above(indicators, line.indicator)
    if over is not None and _spread_beside(reading, lines[over], year) is None:
        return None
    under = joined.beneath(indicators, line.indicator)
    inside: list[int] = []
    if under is not None:
        history = guarded.history(reading.around.whole, reading.moments)
        totals = [lines[under].actual[year] for lines in history]
        inside = [max(0, after - before) for before, after in pairwise((0, *totals))]
    return _spread(program, line.indicator, year, reading.moments, inside)


def _spread(
    program: str,
    indicator: Indicator,
    year: int,
    moments: Sequence[datetime],
    inside: Sequence[int] = (),
) -> Guarded | None:
    name = past.about(
        "spread", indicator.kind, indicator.destination, indicator.own_room, indicator.cohort,
        year, *moments, *inside,
    )  # fmt: skip
    found = past.asked_once(
        program, name, moments[-1], lambda: _counts(program, indicator, year, moments, inside)
    )
    if found is None:
        return None
    counts = {(quarter, channel): much for quarter, channel, much in found}
    used = [channel for channel in CHANNELS if any(place[1] == channel for place in counts)]
    table = guard(Table(["1", "2", "3", "4"], used, counts))
    return table if table.whole else None


def _counts(
    program: str,
    indicator: Indicator,
    year: int,
    moments: Sequence[datetime],
    inside: Sequence[int],
) -> list[tuple[str, str, int]] | None:
    """(quarter, channel, how much); None where few came to one of them at one of the moments.

    `inside`: how much came at each moment of a figure each of whose units has one in this: all of
    it must fit into every cell, and beside it.
    """
    rows = entries(program, indicator, year=year, upto=moments[-1])
    quarters = [date(year, 7, 1), date(year, 10, 1), date(year + 1, 1, 1), date(year + 1, 4, 1)]
    quarter = Case(
        *(When(occurred_on__lt=day, then=Value(place)) for place, day in enumerate(quarters)),
        default=Value(3),
        output_field=IntegerField(),
    )
    apart = rows.annotate(quarter=quarter, layer=layer_of(moments)).order_by()
    stayed = apart.filter(counters__isnull=True).exclude(
        seq__in=taken_back_at_once(program, indicator, moments)
    )
    by = ("layer", "quarter", "channel")
    people = people_by(
        stayed, by, {"all": Q(quantity__gt=0)}, program=program, moments=moments
    )  # fmt: skip
    counts: Counter[tuple[str, str]] = Counter()
    of_layer: Counter[int] = Counter()
    groups = list(apart.values(*by).annotate(much=Sum("quantity")))
    for group in groups:
        of_layer[group["layer"]] += group["much"]
    for group in groups:
        behind = people.get(tuple(group[one] for one in by), {"all": 0})["all"]
        if group["much"] < 0 or (
            group["much"] and (behind <= USUAL.upto or USUAL.hides(group["much"]))
        ):
            return None
        beneath = inside[group["layer"]] if inside else 0
        rest = of_layer[group["layer"]] - group["much"]
        if group["much"] and (group["much"] < beneath or rest < beneath):
            return None
        counts[f"{group['quarter'] + 1}", group["channel"] or NO_CHANNEL] += group["much"]
    return [(*place, much) for place, much in sorted(counts.items())]


@dataclass(frozen=True, slots=True)
class Full:
    """An entry as its auditor sees it."""

    program: str
    seq: int
    occurred_on: date
    recorded_at: datetime
    quantity: int
    channel: str
    cohort: str
    relation: str
    municipality_code: str
    destination: str
    origin: str
    evidence: str
    confirmed_by: str
    counters: int | None
    subject: str
    note: str
    counted: bool = False  # whether it made the figure of the cell it was opened from

    @property
    def number(self) -> str:
        """What other staff know it by."""
        return evidence_number(self.program, self.seq)


def full(
    sheet: Sheet, indicator: Indicator, *, year: int, as_of: date, after: int = 0
) -> list[Full]:
    """Entries whole, up to a bound. Who may see them, and that it is noted: `actions.looking`."""
    upto = end_of(as_of)
    found = _whole(entries(sheet.program, indicator, year=year, upto=upto), after)
    seqs = [one.seq for one in found]
    made = which_count(sheet, indicator, year=year, upto=upto, among=seqs)
    return [replace(one, counted=one.seq in made) for one in found]


def confirmed(program: str, *, by: int, year: int, after: int = 0) -> list[Full]:
    """The entries of a fiscal year that somebody confirmed, whole, up to the same bound."""
    rows = Entry.objects.filter(
        program=program,
        confirmed_by=str(by),
        occurred_on__gte=date(year, 4, 1),
        occurred_on__lt=date(year + 1, 4, 1),
    )
    return _whole(rows, after)


def _whole(rows: QuerySet[Entry, Entry], after: int) -> list[Full]:
    asked = [name for name in Full.__slots__ if name not in ("note", "counted")]
    found = list(rows.filter(seq__gt=after).order_by("seq").values(*asked)[:AT_ONCE])
    words: dict[tuple[str, int], str] = {}
    if found:
        programs, seqs = {row["program"] for row in found}, [row["seq"] for row in found]
        notes = Note.objects.filter(program__in=programs, seq__in=seqs)
        words = {(one.program, one.seq): one.body for one in notes}
    return [Full(**row, note=words.get((row["program"], row["seq"]), "")) for row in found]
