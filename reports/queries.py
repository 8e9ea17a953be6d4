"""Reads of figures."""

from dataclasses import dataclass
from datetime import date, datetime

from foundation import clock
from ledger.models import Note
from ledger.subjects import evidence_number
from programs import queries as programs
from reports import rules
from reports.effects import Effect, Told, effects
from reports.indicators import end_of, figures
from reports.models import Closing, FamilyRun, Install, OwnSheet, Return
from reports.rules import Figures, Sheet
from reports.states import Point

MOST_NOTES = 300


@dataclass(frozen=True, slots=True)
class Reading:
    """A sheet, its figures and the day whose knowledge they are."""

    sheet: Sheet
    as_of: date
    lines: list[Figures]


def sheet(slug: str) -> Sheet | None:
    """The sheet of that name: shipped, or started by a coordinator.

    It says how its program counted consultations in its years.
    """
    found = rules.shipped().get(slug)
    if found is None and (row := OwnSheet.objects.filter(slug=slug).first()) is not None:
        found = rules.parse(row.slug, row.data)
    return None if found is None else found.told_how(programs.counting_of(found.program))


def sheets_of(program: str) -> list[Sheet]:
    """All sheets of a program (its slug), the newest years first."""
    return sorted(sheets_as_they_came(program), key=lambda one: (-one.years[0], one.slug))


def sheets_as_they_came(program: str) -> list[Sheet]:
    """The same in the order in which they came to be: shipped, then started."""
    own = OwnSheet.objects.filter(program__slug=program).order_by("pk")
    found = [one for one in rules.shipped().values() if one.program == program]
    found += [rules.parse(row.slug, row.data) for row in own]
    periods = programs.counting_of(program)
    return [one.told_how(periods) for one in found]


def models_for(program: str) -> list[Sheet]:
    """The sheets that a program's new one may start from: its own, then the shipped."""
    own = sheets_of(program)
    mine = {one.slug for one in own}
    return own + [one for one in rules.shipped().values() if one.slug not in mine]


def exact(slug: str, *, as_of: date | None, now: datetime) -> Reading | None:
    """A sheet's figures to the last one; None where there is no such sheet.

    Who may read them so is decided before: the command, and an auditor with a reason.
    """
    found = sheet(slug)
    if found is None:
        return None
    upto = None if as_of is None else end_of(as_of)
    return Reading(found, as_of or clock.jst_day(now), figures(found, upto=upto))


@dataclass(frozen=True, slots=True)
class Revision:
    """過年度修正: a cell that is another now than when its year was closed."""

    code: str
    year: int
    closed: int
    now: int

    @property
    def difference(self) -> int:
        """What came since; less than nothing where something was taken back or merged."""
        return self.now - self.closed


def closings(slug: str) -> list[Closing]:
    """The closings of a sheet, by year."""
    return list(Closing.objects.filter(sheet=slug, sent_back_at=None).order_by("year"))


def revisions(closing: Closing, lines: list[Figures]) -> list[Revision]:
    """Which cells of the closed years differ from the sheet's `lines` of another day."""
    frozen = {one["code"]: one["actual"] for one in closing.figures}
    return [
        Revision(line.indicator.code, year, frozen[line.indicator.code][str(year)], actual)
        for line in lines
        if line.indicator.code in frozen
        for year, actual in line.actual.items()
        if year <= closing.year and frozen[line.indicator.code].get(str(year), actual) != actual
    ]


def noted_heads() -> dict[tuple[str, int], str]:
    """The ends of chains that closings wrote down."""
    rows = Closing.objects.filter(head_seq__gt=0).values_list(
        "program__slug", "head_seq", "head_hash"
    )
    return {(program, seq): hash_ for program, seq, hash_ in rows}


OVERLAP = "団体間の重複は除けない"


@dataclass(frozen=True, slots=True)
class Awaited:
    """A house's file of a month: one a program, once a house has told of it.

    `program` is empty for a house that has sent nothing yet; `came` is None where it's missing.
    """

    house: Install
    program: str
    came: Return | None

    @property
    def name(self) -> str:
        """Whose it is, in words."""
        return f"{self.house.name} ({self.program})" if self.program else self.house.name


def returns_of(month: str) -> list[Awaited]:
    """What every house owes for a month, with the newest file that came."""
    came = {
        (row.install_id, row.program): row
        for row in Return.objects.filter(month=month).order_by("taken_at")
    }
    told: dict[int, list[str]] = {}
    pairs = Return.objects.order_by("program").values_list("install", "program").distinct()
    for house, program in pairs:
        told.setdefault(house, []).append(program)
    return [
        Awaited(house, program, came.get((house.pk, program)))
        for house in Install.objects.order_by("name")
        for program in told.get(house.pk, [""])
    ]


def not_reported(month: str) -> list[str]:
    """Whose file of a month hasn't come, house by house and program by program."""
    return [one.name for one in returns_of(month) if one.came is None]


def overlap_unknown(program: str = "") -> bool:
    """Whether people of several houses can't be told apart, in a program or in any."""
    rows = Return.objects.filter(shares_key=False)
    return (rows.filter(program=program) if program else rows).exists()


def overlap_of(program: str) -> str:
    """What is printed under a program's figures on every format; nothing where none overlaps."""
    return OVERLAP if overlap_unknown(program) else ""


def notes_of(sheet: Sheet) -> list[str]:
    """What is printed below a sheet that hides nothing: overlap, how each line is counted."""
    overlap = overlap_of(sheet.program)
    return [*([overlap] if overlap else []), *rules.in_words(sheet)]


def effects_of(run: FamilyRun) -> list[Effect]:
    """What a run of the family program changed; small cells hidden."""
    return effects(records_of(run))


def records_of(run: FamilyRun) -> list[Told]:
    """The records of a run, in the order in which they were last written."""
    return [
        Told(row.subject, Point(row.point), row.burden, row.relation, row.used_service)
        for row in run.records.order_by("at", "pk")
    ]


def numbers_with_notes(program: str) -> tuple[list[str], int]:
    """The evidence numbers of entries with words beside them, up to a bound, in the order of the
    numbers, which tells nothing of when; how many more there are.
    """
    seqs = Note.objects.filter(program=program).values_list("seq", flat=True)
    found = sorted(evidence_number(program, seq) for seq in seqs)
    return found[:MOST_NOTES], max(0, len(found) - MOST_NOTES)


def entry_with_note(program: str, evidence: str) -> int | None:
    """The entry of an evidence number, if it has words beside it."""
    seqs = Note.objects.filter(program=program).values_list("seq", flat=True)
    return next((seq for seq in seqs if evidence_number(program, seq) == evidence), None)
