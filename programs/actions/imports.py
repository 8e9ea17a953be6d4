"""A whole list of agencies at once: laid ready where nobody sees it, then one moment for all.

Its rows come in in small transactions, so that nobody waits; applying sets one column of one row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from foundation.clock import jst_day
from foundation.refusals import Refused
from foundation.tables import Table
from programs import agency_rows
from programs.agency_rows import HEADERS, Bad, Good, Reading, key
from programs.models import Agency, AgencyImport, Municipality, Program

CHUNK = 50  # rows a transaction: SQLite's one lock is never held longer than 50 ms
COLUMNS = (
    "kind", "name", "municipality_id", "address", "telephone", "hours_text", "hours", "accepts",
    "note", "url", "source", "verified_on",
)  # fmt: skip
_AS_LISTED = "このままたしかめてください。そうでなければ、取りこまないでください。"
MOST_CELL = 2000  # of a bad row's cell that waits to be mended


def stage(
    *, program: int, table: Table, file_name: str, instead_of: int | None = None, now: datetime
) -> AgencyImport:
    """Lay a list ready. One that was cut off goes; one that waits only when it is `instead_of`.

    Raises `NotATable`, and `Refused("list_waits")`: somebody may have mended its rows. Nothing is
    changed then.
    """
    reading = agency_rows.read(table, towns=_towns(), today=jst_day(now))
    with transaction.atomic():
        Program.objects.select_for_update().get(pk=program)
        waiting = _waiting(program)
        if waiting.filter(staged_at__isnull=False).exclude(pk=instead_of or 0).exists():
            raise Refused("list_waits")
        dropped = [one.pk for one in waiting]
        waiting.update(dropped_at=now, bad=[], notes=[])
        made = AgencyImport.objects.create(
            program_id=program, file_name=file_name[-120:], at=now,
            notes=[asdict(one) for one in reading.notes], bad=_kept(reading.bad),
        )  # fmt: skip
    for one in dropped:
        _sweep(one)
    _lay(made, reading.good, now=now)
    AgencyImport.objects.filter(pk=made.pk).update(staged_at=now)
    made.refresh_from_db()
    return made


def mend(
    *, program: int, imported: int, version: int, cells: Mapping[int, Mapping[str, str]],
    left_out: Iterable[int], now: datetime,
) -> AgencyImport:  # fmt: skip
    """Bad rows written anew, by line, or left out. What is good now is laid beside the rest; but a
    row whose agency somebody changed by hand, and who mends it wasn't told of it, is asked again.

    Raises `Refused`: `gone` when the list isn't waiting any more, `list_mended` when somebody
    else has mended it since.
    """
    drop_lines = set(left_out)
    with transaction.atomic():
        row = _locked(program, imported)
        if row.version != version:
            raise Refused("list_mended")
        bad = [one for one in row.bad if one["line"] not in drop_lines]
        names = list(HEADERS)
        rows = [
            (one["line"], tuple({**one["cells"], **cells.get(one["line"], {})}.get(n, "")
             for n in names))
            for one in bad
        ]  # fmt: skip
        staged = Agency.objects.filter(brought_by=row).order_by("pk")
        seen = [key(*pair) for pair in staged.values_list("name", "municipality_id")]
        reading = Reading()
        if rows:
            table = Table(tuple(HEADERS[name] for name in names), tuple(rows))
            reading = agency_rows.read(table, towns=_towns(), today=jst_day(now), seen=seen)
        told = {one["line"]: one["told"] for one in bad if "told" in one}
        good, asked = _told_of_all(row, reading.good, told=told, now=now)
        # What somebody was told of an agency stays told while its row has other faults.
        kept = [
            one | ({"told": told[line]} if (line := one["line"]) in told else {})
            for one in _kept(reading.bad)
        ]
        row.bad = sorted([*kept, *asked], key=itemgetter("line"))
        row.notes = [
            *row.notes,
            *(asdict(one) for one in reading.notes),
            *({"line": line, "said": "取りこみません。"} for line in sorted(drop_lines)),
        ]
        row.version += 1
        row.save(update_fields=["bad", "notes", "version"])
        _lay(row, good, now=now)
    row.refresh_from_db()
    return row


@dataclass(frozen=True, slots=True)
class Applied:
    """How many agencies a list added, changed, and found as they were.

    Where rows are `asked` about again, nothing was taken in.
    """

    added: int
    changed: int
    same: int
    asked: int = 0


def apply(*, program: int, imported: int, now: datetime) -> Applied:
    """All of it takes effect at once; or nothing, where somebody changed one of its agencies by
    hand since: those rows, and no others, wait to be mended again.

    Raises `Refused`: `gone`: not waiting any more · `not_ready`: bad rows are left, or it was cut
    off.
    """
    with transaction.atomic():
        Program.objects.select_for_update().get(pk=program)
        row = _locked(program, imported)
        if row.bad or row.staged_at is None:
            raise Refused("not_ready")
        if overtaken := _overtaken(row):
            _ask_again(row, overtaken, now=now)
            return Applied(added=0, changed=0, same=0, asked=len(overtaken))
        changed = Agency.objects.filter(leaves_with=row).count()
        added = Agency.objects.filter(brought_by=row).count() - changed
        row.applied_at = now
        row.save(update_fields=["applied_at"])
    return Applied(added=added, changed=changed, same=row.same)


def drop(*, program: int, imported: int, now: datetime) -> None:
    """Let a waiting list go. Raises `Refused("gone")`."""
    with transaction.atomic():
        row = _locked(program, imported)
        row.dropped_at, row.bad, row.notes = now, [], []
        row.save(update_fields=["dropped_at", "bad", "notes"])
    _sweep(row.pk)


def _waiting(program: int) -> QuerySet[AgencyImport]:
    return AgencyImport.objects.filter(
        program_id=program, applied_at__isnull=True, dropped_at__isnull=True
    )


def _locked(program: int, imported: int) -> AgencyImport:
    row = _waiting(program).select_for_update().filter(pk=imported).first()
    if row is None:
        raise Refused("gone")
    return row


def _towns() -> set[str]:
    return set(Municipality.objects.order_by().values_list("code", flat=True))


def _kept(bad: Sequence[Bad]) -> list[dict[str, Any]]:
    return [
        {
            "line": one.line,
            "cells": {name: cell[:MOST_CELL] for name, cell in one.cells.items()},
            "wrong": dict(one.wrong),
        }
        for one in bad
    ]


def _overtaken(row: AgencyImport) -> list[tuple[Agency, Agency]]:
    """Rows of a list whose agency somebody changed, added or took away after they were laid; each
    with that agency as it is now.
    """
    # Whoever adds, changes or takes away by hand leaves a later time; mostly nobody has.
    since = Agency.objects.filter(program_id=row.program_id, changed_at__gt=row.at)
    if not since.exclude(brought_by=row).exists():
        return []
    laid = Agency.objects.filter(brought_by=row).select_related("replaces").order_by("list_line")
    moved = Q(replaces__changed_at__gt=F("changed_at")) | Q(replaces__removed_at__isnull=False)
    found = {one.pk: (one, one.replaces) for one in laid.filter(moved) if one.replaces is not None}
    by_hand = Agency.objects.standing().filter(program_id=row.program_id, changed_at__gt=row.at)
    later = {key(one.name, one.municipality_id): one for one in by_hand.exclude(brought_by=row)}
    towns = {one.municipality_id for one in later.values()}
    for one in laid.filter(municipality__in=towns):
        there = later.get(key(one.name, one.municipality_id))
        if there is not None and there.changed_at > one.changed_at:
            found.setdefault(one.pk, (one, there))
    return list(found.values())


def _told_of_all(
    row: AgencyImport, good: Sequence[Good], *, told: Mapping[int, Sequence[str]], now: datetime
) -> tuple[list[Good], list[dict[str, Any]]]:
    """Rows that may be laid, and those to ask about again: their agency was changed, added or
    taken away by hand since whoever mends them last read how it stands. `told`: see `_question`.
    """
    by_hand = Agency.objects.filter(program_id=row.program_id, changed_at__gt=row.at)
    later = by_hand.exclude(brought_by=row).order_by("changed_at")
    there = {key(one.name, one.municipality_id): one for one in later.exclude(removed_at=None)}
    there |= {key(one.name, one.municipality_id): one for one in later.standing()}
    may, asked = [], []
    for one in good:
        mine = Agency(program_id=row.program_id, list_line=one.line, **one.values)
        this = key(mine.name, mine.municipality_id)
        theirs, since = there.get(this), row.at
        name, town, at = told.get(one.line, ("", "", ""))
        if (name, town) == this:
            since = datetime.fromisoformat(at)
        if theirs is None or theirs.changed_at <= since or _alike(mine, theirs):
            may.append(one)
        else:
            asked.append(_question(mine, theirs, now=now))
    return may, asked


def _alike(mine: Agency, theirs: Agency) -> bool:
    same = all(getattr(mine, column) == getattr(theirs, column) for column in COLUMNS)
    return same and theirs.removed_at is None


def _ask_again(
    row: AgencyImport, overtaken: Sequence[tuple[Agency, Agency]], *, now: datetime
) -> None:
    row.bad += [_question(one, there, now=now) for one, there in overtaken]
    Agency.objects.filter(pk__in=[one.replaces_id for one, _ in overtaken]).update(leaves_with=None)
    Agency.objects.filter(pk__in=[one.pk for one, _ in overtaken]).delete()
    row.bad.sort(key=itemgetter("line"))
    row.version += 1
    row.save(update_fields=["bad", "version"])


def _question(one: Agency, there: Agency, *, now: datetime) -> dict[str, Any]:
    """A row that waits for a yes. `told`: of which agency it says how it stands, and at what time.

    A change that comes after is asked about once more.
    """
    return {
        "line": one.list_line or 0,
        "cells": dict(zip(HEADERS, agency_rows.cells_of(vars(one)), strict=True)),
        "wrong": {"name": _changed(one, there)},
        "told": [*key(one.name, one.municipality_id), now.isoformat()],
    }


def _changed(one: Agency, there: Agency) -> str:
    if there.removed_at is not None:
        return f"準備したあとに、ほかの人が外しました。もう一度のせるなら、{_AS_LISTED}"
    pairs = zip(
        HEADERS.values(), *(agency_rows.cells_of(vars(x)) for x in (one, there)), strict=True
    )
    now = "、".join(f"{header} {cell or '(なし)'}" for header, mine, cell in pairs if mine != cell)
    what = f"いまは {now}です。" if now else ""
    return f"準備したあとに、ほかの人が変えました。{what}この一覧のとおりにするなら、{_AS_LISTED}"


def _lay(row: AgencyImport, good: Sequence[Good], *, now: datetime) -> None:
    """Rows beside those that stand; the ones that they replace are marked to leave with them."""
    there = {
        key(one.name, one.municipality_id): one
        for one in Agency.objects.standing().filter(program_id=row.program_id).order_by("pk")
    }
    same = 0
    for start in range(0, len(good), CHUNK):
        rows = good[start : start + CHUNK]
        fresh, leaving = [], []
        for one in rows:
            old = there.get(key(one.values["name"], one.values["municipality_id"]))
            if old is not None and all(getattr(old, c) == one.values[c] for c in COLUMNS):
                same += 1
                continue
            if old is not None:
                leaving.append(old.pk)
            fresh.append(
                Agency(
                    program_id=row.program_id,
                    changed_at=now,
                    brought_by=row,
                    list_line=one.line,
                    replaces=old,
                    **one.values,
                )
            )
        with transaction.atomic():
            Agency.objects.bulk_create(fresh)
            Agency.objects.filter(pk__in=leaving).update(leaves_with=row)
    if same:
        AgencyImport.objects.filter(pk=row.pk).update(same=row.same + same)


def _sweep(imported: int) -> None:
    """The rows of a list that was dropped."""
    Agency.objects.filter(leaves_with=imported).update(leaves_with=None)
    rows = Agency.objects.filter(brought_by=imported, brought_by__dropped_at__isnull=False)
    while chunk := list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        Agency.objects.filter(pk__in=chunk).delete()
