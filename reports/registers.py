"""What the registers hold, for whoever keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from django.db.models import QuerySet

from accounts.states import Role
from accounts.viewer import Viewer
from chat.models import Room
from chat.states import RoomKind
from foundation import clock
from foundation.refusals import Refused
from ledger.models import Entry, Note
from ledger.states import Kind
from ledger.subjects import evidence_number
from programs.models import Municipality, Program
from reports.models import (
    Attendance,
    FamilyRun,
    Improvement,
    Site,
    Support,
    Training,
)
from reports.policies import must_keep_registers
from reports.presence import Present, present_in

KEEPERS = (Role.COORDINATOR, Role.COUNSELOR)
OFFICE = "office:form"  # the evidence of what the form of visits entered
MOST = 300
Kept = TypeVar("Kept", Training, FamilyRun)


def programs_of(viewer: Viewer) -> list[Program]:
    """The programs whose registers the viewer keeps."""
    return list(Program.objects.filter(pk__in=viewer.programs(*KEEPERS)).order_by("name", "pk"))


def municipalities(program: Program) -> list[tuple[str, str]]:
    """(code, name) of the program's prefecture."""
    rows = Municipality.objects.filter(code__startswith=program.prefecture_code).order_by("code")
    return list(rows.values_list("code", "name"))


def sites(program: Program) -> list[Site]:
    """Windows and ibasho, also closed ones, by kind and municipality."""
    rows = Site.objects.filter(program=program, withdrawn_at=None)
    return list(
        rows.select_related("municipality").order_by("-kind", "municipality", "opened_on", "pk")
    )


def numbers(program: Program, *seqs: int | None) -> list[str]:
    """The numbers under which staff see a row's entries; an entry's own is nobody's but the
    auditor's (`evidence_number` says why)."""
    return [evidence_number(program.slug, seq) for seq in seqs if seq is not None]


def baseline(program: Program) -> list[tuple[str, str, str]]:
    """(what it is listed for, code, municipality) of 事業開始前, as far as not taken back."""
    rows = Entry.objects.filter(program=program.slug, kind=Kind.BASELINE_LISTED)
    back = set(rows.filter(counters__isnull=False).values_list("counters", flat=True))
    names = dict(municipalities(program))
    listed = rows.filter(counters__isnull=True).order_by("destination", "municipality_code")
    found = listed.values_list("seq", "destination", "municipality_code")
    return [
        (kind.removesuffix("_opened"), code, names.get(code, code))
        for seq, kind, code in found
        if seq not in back
    ]


def trainings(program: Program) -> QuerySet[Training]:
    """Courses, the newest first; how many were there is told by `courses.held`."""
    return Training.objects.filter(program=program).order_by("-held_on", "-pk")


def training(viewer: Viewer, pk: int) -> Training:
    """One of a program whose registers the viewer keeps. Raises `Refused("not_found")`."""
    return _kept(viewer, Training.objects.all(), pk)


def attendances(row: Training) -> list[Attendance]:
    """Who was there, by day."""
    return list(row.attendances.filter(withdrawn_at=None).order_by("day", "subject"))


@dataclass(frozen=True, slots=True)
class Proposed:
    """Who was in a room on a day of a course; `new` are those not yet confirmed."""

    day: int
    on: date
    room: Room
    there: list[Present]


def rooms(program: Program) -> list[Room]:
    """The rooms in which an online course may have been: those whose door says so."""
    return list(_rooms(program.pk).order_by("position", "pk"))


def _rooms(program: int) -> QuerySet[Room]:
    return Room.objects.filter(program=program).filter(kind=RoomKind.TRAINING)


def days_proposed(row: Training) -> list[int]:
    """The days of an online course of which presence may be asked: from its entry on."""
    if not row.online:
        return []
    entered = Entry.objects.get(program=row.program.slug, seq=row.seq).recorded_at
    since = clock.jst_day(entered)
    return [day for day in range(1, row.days + 1) if row.held_on + timedelta(day - 1) >= since]


def proposed(row: Training, *, room: int, day: int) -> Proposed:
    """Whom a room proposes for a day, for `looking.at_presence`. Raises `Refused("not_found")`."""
    where = _rooms(row.program_id).filter(pk=room).first()
    if where is None or day not in days_proposed(row):
        raise Refused("not_found")
    on = row.held_on + timedelta(days=day - 1)
    return Proposed(day, on, where, present_in(room, program=row.program_id, on=on))


def supports(program: Program) -> list[Support]:
    """Adviser visits, support and meetings, the newest first."""
    rows = Support.objects.filter(program=program, withdrawn_at=None)
    return list(rows.select_related("municipality").order_by("-on", "-pk"))


def stages(rows: Sequence[Support]) -> list[tuple[str, str, date]]:
    """(municipality, how far it has come, since when that is known), from the newest first."""
    found: dict[str, tuple[str, str, date]] = {}
    for row in rows:
        if row.municipality is not None and row.stage:
            found.setdefault(row.municipality.code, (row.municipality.name, row.stage, row.on))
    return [found[code] for code in sorted(found)]


def runs(program: Program) -> list[FamilyRun]:
    """Runs of the family program, the newest first."""
    return list(FamilyRun.objects.filter(program=program).order_by("-started_on", "-pk"))


def run(viewer: Viewer, pk: int) -> FamilyRun:
    """One of a program whose registers the viewer keeps. Raises `Refused("not_found")`."""
    return _kept(viewer, FamilyRun.objects.all(), pk)


def improvements(program: Program) -> list[Improvement]:
    """改善, the newest year first."""
    return list(Improvement.objects.filter(program=program).order_by("-year"))


def _kept(viewer: Viewer, rows: QuerySet[Kept], pk: int) -> Kept:
    row = rows.select_related("program").filter(pk=pk).first()
    if row is None:
        raise Refused("not_found")
    must_keep_registers(viewer, program=row.program_id)
    return row


@dataclass(frozen=True, slots=True)
class OfficeVisit:
    """A visit to a satellite office as its confirmer sees it; whose it was isn't told."""

    on: date
    office: str
    evidence: str
    number: str


def office_entries(program: Program) -> QuerySet[Entry]:
    """What the form of visits entered and nobody took back."""
    rows = Entry.objects.filter(program=program.slug, evidence=OFFICE, kind=Kind.OFFICE_VISIT)
    back = rows.filter(counters__isnull=False).order_by().values("counters")
    return rows.filter(counters__isnull=True).exclude(seq__in=back)


def office_visits(viewer: Viewer, program: Program) -> list[OfficeVisit]:
    """The newest that the viewer confirmed, with the words that tell how each is known.

    Nobody else's: a sheet lists the numbers of those of the cohort alone, so day and paper beside
    a number — or how many visits there were in all — would tell whether one visitor is of it.
    """
    mine = office_entries(program).filter(confirmed_by=str(viewer.staff))
    rows = list(mine.order_by("-occurred_on", "destination", "hash")[:MOST])
    notes = Note.objects.filter(program=program.slug, seq__in=[row.seq for row in rows])
    words = dict(notes.values_list("seq", "body"))
    return [
        OfficeVisit(
            row.occurred_on, row.destination, words.get(row.seq, ""),
            evidence_number(program.slug, row.seq),
        )
        for row in rows
    ]  # fmt: skip
