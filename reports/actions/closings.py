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
from reports.models import Closing, Remark
from reports.policies import must_coordinate
from reports.rules import Figures, as_data
from reports.states import CLOSING_MOVES, ClosingState, closing_state

SHORTEST, LONGEST = 4, 200  # characters of a reason


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
        if Closing.objects.filter(sheet=sheet, year=year, sent_back_at=None).exists():
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
        # What was written of the year before it was sent back stays with it.
        Remark.objects.filter(
            closing__sheet=sheet,
            closing__year=year,
            code__in=[one.code for one in found.indicators],
        ).update(closing=row)
        note(viewer, "close", what="sheet", number=f"{sheet}:{year}", program=program, now=now)
    return row


def check_closing(viewer: Viewer, *, program: int, closing: int, now: datetime) -> None:
    """Confirm a closing that somebody else made. Raises `Refused`: `not_found`, `already`,
    `own` for whoever made it.
    """
    actor = must_coordinate(viewer, program=program)
    with transaction.atomic():
        row = _to_move(program, closing, ClosingState.CONFIRMED, by=actor)
        row.checked_by, row.checked_at = actor, now
        row.save(update_fields=["checked_by", "checked_at"])
        note(
            viewer, "confirm", what="sheet", number=f"{row.sheet}:{row.year}", program=program,
            now=now,
        )  # fmt: skip


def send_back(viewer: Viewer, *, program: int, closing: int, reason: str, now: datetime) -> None:
    """Give a closing that isn't confirmed back to its maker, who closes the year anew.

    Raises `Refused`: `not_found`, `already`, `own` for whoever made it, `no_reason`.
    """
    actor = must_coordinate(viewer, program=program)
    why = reason.strip()
    if not SHORTEST <= len(why) <= LONGEST:
        raise Refused("no_reason")
    with transaction.atomic():
        row = _to_move(program, closing, ClosingState.SENT_BACK, by=actor)
        row.sent_back_by, row.sent_back_at, row.sent_back_reason = actor, now, why
        row.save(update_fields=["sent_back_by", "sent_back_at", "sent_back_reason"])
        note(
            viewer, "send_back", what="sheet", number=f"{row.sheet}:{row.year}", program=program,
            reason=why, now=now,
        )  # fmt: skip


def _to_move(program: int, closing: int, to: ClosingState, *, by: int) -> Closing:
    row = Closing.objects.select_for_update().filter(pk=closing, program=program).first()
    if row is None:
        raise Refused("not_found")
    stands = closing_state(
        checked=row.checked_at is not None,
        sent_back=row.sent_back_at is not None,
        published=row.published_at is not None,
    )
    if to not in CLOSING_MOVES[stands]:
        raise Refused("already")
    if row.made_by == by:
        raise Refused("own")
    return row


def _frozen(line: Figures) -> dict[str, Any]:
    return {
        "code": line.indicator.code,
        "actual": {str(year): actual for year, actual in line.actual.items()},
        "unknown": line.unknown and {str(year): n for year, n in line.unknown.items()},
        "listed": line.listed,
    }
