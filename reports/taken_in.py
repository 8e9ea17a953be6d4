"""Files of records that stand in the ledger: which, and what came of each. Reads."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields

from django.db.models import Q

from accounts.viewer import Viewer
from ledger.entries import Fact
from ledger.models import Entry, Head
from programs.models import Program
from reports.models import RecordImport
from reports.policies import must_import

SHOWN = 20
LOOKED_THROUGH = 200  # files of a page, of which others' aren't shown
# What makes two rows of files the same: all but where they came from.
ALIKE = tuple(one.name for one in fields(Fact) if one.name != "evidence")


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A file that was taken in. `sums`: (program, kind, how many entries still stand)."""

    row: RecordImport
    programs: frozenset[str]
    standing: dict[str, list[int]]  # program → numbers of the entries that nothing took back
    sums: list[tuple[str, str, int]]


@dataclass(frozen=True, slots=True)
class Files:
    """Files that were taken in, the newest first; `last`: after which the older ones begin."""

    rows: list[RecordImport]
    last: int | None


def came_of(row: RecordImport) -> TakenIn:
    """What a file brought."""
    # The day it was taken in leads past everything older: a million entries aren't looked through.
    heads = list(Head.objects.order_by("program").values_list("program", flat=True))
    found = list(
        Entry.objects.filter(
            program__in=heads, recorded_at__gte=row.applied_at,
            evidence__startswith=f"import:{row.pk}:",
        ).order_by("program", "seq").values_list("program", "seq", "kind", "counters")
    )  # fmt: skip
    gone = {(program, counters) for program, _, _, counters in found if counters is not None}
    standing: dict[str, list[int]] = {}
    sums: Counter[tuple[str, str]] = Counter()
    for program, seq, kind, counters in found:
        if counters is None and (program, seq) not in gone:
            standing.setdefault(program, []).append(seq)
            sums[program, kind] += 1
    programs = frozenset(program for program, *_ in found)
    return TakenIn(row, programs, standing, [(*of, many) for of, many in sorted(sums.items())])


def standing_rows(facts: Sequence[Fact]) -> list[int]:
    """Which of these rows, by position, stand already from files, each entry there for one row.

    A list that grew by a month brings its old rows along; they must not count twice unseen.
    """
    if not facts:
        return []
    of: dict[tuple[object, ...], int] = Counter()
    days = [fact.occurred_on for fact in facts]
    for program in sorted({fact.program for fact in facts}):
        kinds = {fact.kind.value for fact in facts if fact.program == program}
        brought = Entry.objects.filter(
            program=program, kind__in=kinds, occurred_on__range=(min(days), max(days)),
            evidence__startswith="import:",
        ).order_by()  # fmt: skip
        # A counter-entry is alike but for its quantity, which is less than nothing.
        for *alike, quantity, counters in brought.values_list(*ALIKE[:-1], "quantity", "counters"):
            key = (*alike, abs(quantity))
            of[key] += 1 if counters is None else -1
    found = []
    for at, fact in enumerate(facts):
        key = tuple(getattr(fact, name) for name in ALIKE)
        if of[key] > 0:
            of[key] -= 1
            found.append(at)
    return found


def taken_in(viewer: Viewer, *, imported: int) -> TakenIn | None:
    """A file, for whoever may import in each program that it touched; None for anyone else."""
    mine = _mine(viewer)
    row = RecordImport.objects.filter(
        pk=imported, applied_at__isnull=False, taken_back_at=None
    ).first()
    came = None if row is None else came_of(row)
    return came if came and came.programs and came.programs <= mine else None


def lately(viewer: Viewer, *, after: int = 0) -> Files:
    """The files that they may take back, the newest first, a page of them; `after`: of a page."""
    mine = _mine(viewer)
    rows = RecordImport.objects.filter(applied_at__isnull=False, taken_back_at=None)
    # One that was taken back since still says where its page ended.
    before = RecordImport.objects.filter(pk=after, applied_at__isnull=False).first()
    if before is not None:
        same = Q(applied_at=before.applied_at, pk__lt=before.pk)
        rows = rows.filter(same | Q(applied_at__lt=before.applied_at))
    found: list[RecordImport] = []
    last = None
    looked = list(rows.order_by("-applied_at", "-pk")[: LOOKED_THROUGH + 1])
    for row in looked[:LOOKED_THROUGH]:
        if len(found) == SHOWN:
            return Files(found, last)
        last = row.pk
        came = came_of(row)
        if came.programs and came.programs <= mine:
            found.append(row)
    return Files(found, last if len(looked) > LOOKED_THROUGH else None)


def _mine(viewer: Viewer) -> set[str]:
    programs = Program.objects.filter(pk__in=must_import(viewer))
    return set(programs.values_list("slug", flat=True))
