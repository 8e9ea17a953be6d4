"""How many were at a course, as far as whoever looks at the register may see.

Who entered a course, or confirmed who was there, keeps its list and sees it whole. Everyone else
sees how many only where it isn't few people, and never few more than a quarter before; and of a
year's courses of one kind all or none, because their sum stands on a sheet.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.viewer import Viewer
from foundation.clock import fiscal_year, jst_day
from ledger.models import Entry
from programs.models import Program
from reports import registers
from reports.guarded import quarter_ends
from reports.indicators import end_of
from reports.models import Attendance, Training
from reports.suppression import USUAL

# (whose code, whether it counts, confirmed when, taken back when)
There = tuple[str, bool, datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class Held:
    """A course; 延べ and 実 are None where they are hidden."""

    row: Training
    keeps: bool  # whether the viewer keeps its list of who was there
    counted: int | None
    people: int | None


def held(viewer: Viewer, program: Program, *, now: datetime) -> list[Held]:
    """The courses of a program, the newest first."""
    rows = list(registers.trainings(program))
    kept = _kept(viewer, program, rows)
    there: defaultdict[int, list[There]] = defaultdict(list)
    found = Attendance.objects.filter(training__program=program).order_by("pk")
    for was in found:
        there[was.training_id].append(
            (was.subject, was.seq is not None, was.confirmed_at, was.withdrawn_at)
        )
    first = min((fiscal_year(row.held_on) for row in rows), default=fiscal_year(jst_day(now)))
    ends = [end_of(day) for day in quarter_ends(first, jst_day(now))]
    others = [row for row in rows if row.pk not in kept]
    few = {row.pk for row in others if _few(there[row.pk], ends)}
    hidden = _with_their_years(others, few)
    return [
        Held(row, row.pk in kept, None, None)
        if row.pk in hidden
        else Held(row, row.pk in kept, *_many(there[row.pk]))
        for row in rows
    ]


def one(viewer: Viewer, row: Training, *, now: datetime) -> Held:
    """One of them."""
    found = held(viewer, row.program, now=now)
    return next(course for course in found if course.row.pk == row.pk)


def _kept(viewer: Viewer, program: Program, rows: Iterable[Training]) -> set[int]:
    by_seq = {row.seq: row.pk for row in rows}
    entered = Entry.objects.filter(
        program=program.slug, seq__in=by_seq, confirmed_by=str(viewer.staff)
    )
    kept = {by_seq[seq] for seq in entered.values_list("seq", flat=True)}
    mine = Attendance.objects.filter(training__program=program, confirmed_by=viewer.staff or 0)
    return kept | set(mine.values_list("training", flat=True))


def _many(there: Iterable[There]) -> tuple[int, int]:
    now = [(subject, counts) for subject, counts, _, withdrawn in there if withdrawn is None]
    return sum(counts for _, counts in now), len({subject for subject, _ in now})


def _few(there: Iterable[There], ends: list[datetime]) -> bool:
    """Whether few came to it in a quarter, few for the first time, anyone in the one that isn't
    over, or was taken back from one that was."""
    layers: defaultdict[int, list[tuple[str, bool]]] = defaultdict(list)
    for subject, counts, confirmed, withdrawn in there:
        layer = _layer(confirmed, ends)
        if withdrawn is None:
            layers[layer].append((subject, counts))
        elif _layer(withdrawn, ends) != layer:
            return True
    seen: set[str] = set()
    for layer in sorted(layers):
        people = {subject for subject, _ in layers[layer]}
        steps = (sum(counts for _, counts in layers[layer]), len(people), len(people - seen))
        if layer == len(ends) or any(map(USUAL.hides, steps)):
            return True
        seen |= people
    return False


def _layer(at: datetime, ends: list[datetime]) -> int:
    return sum(end <= at for end in ends)


def _with_their_years(rows: list[Training], few: Collection[int]) -> set[int]:
    """Those of few people, and what would give them back: the others of their kind and years."""
    hidden: set[int] = set()
    more = set(few)
    while more != hidden:
        hidden = more
        years = {place for row in rows if row.pk in hidden for place in _years(row)}
        more = hidden | {row.pk for row in rows if _years(row) & years}
    return hidden


def _years(row: Training) -> set[tuple[str, int]]:
    days = (row.held_on, row.held_on + timedelta(days=row.days - 1))
    return {(row.course, fiscal_year(day)) for day in days}
