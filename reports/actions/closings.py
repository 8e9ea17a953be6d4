"""締め: a sheet is frozen at a year's end, made by one person and checked by another."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.viewer import Viewer
from foundation import clock
from foundation.refusals import Refused
from ledger import chain
from ledger.models import Head
from programs.models import Program
from reports import queries
from reports.actions.noting import note
from reports.indicators import figures
from reports.models import Closing
from reports.policies import must_coordinate
from reports.rules import Figures, as_data


def close_sheet(viewer: Viewer, *, program: int, sheet: str, year: int, now: datetime) -> Closing:
    """Freeze a sheet as it is now, for the fiscal year that ended.

    Raises `Refused`: `not_found`, `too_early` (the year isn't over), `already`.
    """
    actor = must_coordinate(viewer, program=program)
    found = queries.sheet(sheet)
    with transaction.atomic():
        house = Program.objects.get(pk=program)
        if found is None or found.program != house.slug or year not in found.years:
            raise Refused("not_found")
        if clock.jst_day(now) < date(year + 1, 4, 1):
            raise Refused("too_early")
        # Nothing is entered while the figures are taken: they belong to exactly this head.
        Head.objects.bulk_create(
            [Head(program=house.slug, hash=chain.first(house.slug))], ignore_conflicts=True
        )
        head = Head.objects.select_for_update().get(pk=house.slug)
        if Closing.objects.filter(sheet=sheet, year=year).exists():
            raise Refused("already")
        row = Closing.objects.create(
            program=house,
            sheet=sheet,
            year=year,
            upto=now,
            figures=[_frozen(line) for line in figures(found)],
            rules=as_data(found),
            head_seq=head.seq,
            head_hash=head.hash,
            made_by=actor,
            made_at=now,
        )
        note(viewer, "close", what="sheet", number=f"{sheet}:{year}", program=program, now=now)
    return row


def check_closing(viewer: Viewer, *, program: int, closing: int, now: datetime) -> None:
    """Confirm a closing that somebody else made. Raises `Refused`: `not_found`, `already`,
    `own` for whoever made it.
    """
    actor = must_coordinate(viewer, program=program)
    with transaction.atomic():
        row = Closing.objects.select_for_update().filter(pk=closing, program=program).first()
        if row is None:
            raise Refused("not_found")
        if row.checked_by is not None:
            raise Refused("already")
        if row.made_by == actor:
            raise Refused("own")
        row.checked_by, row.checked_at = actor, now
        row.save(update_fields=["checked_by", "checked_at"])
        note(
            viewer, "confirm", what="sheet", number=f"{row.sheet}:{row.year}", program=program,
            now=now,
        )  # fmt: skip


def _frozen(line: Figures) -> dict[str, Any]:
    return {
        "code": line.indicator.code,
        "actual": {str(year): actual for year, actual in line.actual.items()},
        "unknown": line.unknown and {str(year): n for year, n in line.unknown.items()},
        "listed": line.listed,
    }
