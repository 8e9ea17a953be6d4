"""A shift's move from one state to another, and what colleagues are told of it."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.models import Staff
from accounts.states import Role
from audit.actions import record
from duty.models import DeskNews, Notice, Shift
from duty.rota import Stretch
from duty.states import NoticeKind, ShiftState, before
from foundation.bell import bell
from foundation.clock import wire
from foundation.refusals import Refused

HOUSE = "house"  # in the log, where the house acted by itself


def move(
    shift: Shift,
    wanted: ShiftState,
    *,
    actor: int | None,
    role: Role | str,
    now: datetime,
    reason: str = "",
    **columns: Any,
) -> None:
    """Compare, swap, record, inside the caller's transaction. Raises `Refused("moved_on")`."""
    there = Shift.objects.filter(pk=shift.pk, state__in=before(wanted))
    if not there.update(state=wanted.value, changed_at=now, **columns):
        raise Refused("moved_on")
    shift.state = wanted.value
    for name, value in columns.items():
        setattr(shift, name, value)
    note(shift, wanted.value, actor=actor, role=role, now=now, reason=reason)


def note(
    shift: Shift,
    verb: str,
    *,
    actor: int | None,
    role: Role | str,
    now: datetime,
    reason: str = "",
    values: dict[str, Any] | None = None,
) -> None:
    """One line in the log about a shift."""
    record(
        actor,
        role=str(role),
        verb=f"duty.{verb}",
        object_type="shift",
        object_id=shift.pk,
        program=shift.program_id,
        reason=reason,
        values=values,
        now=now,
    )


def as_planned(shift: Shift) -> dict[str, Any]:
    """A shift's place on the rota, for the log."""
    return {
        "supporter": shift.supporter_id,
        "starts_at": wire(shift.starts_at),
        "ends_at": wire(shift.ends_at),
        "rooms": shift.rooms,
    }


def tell(
    people: Iterable[int],
    kind: NoticeKind,
    *,
    shift: Shift,
    about: int | None = None,
    now: datetime,
) -> None:
    """Leave a notice at the desks of these colleagues; those that are open show it at once."""
    Notice.objects.bulk_create(
        Notice(to_id=one, kind=kind.value, shift=shift, about_id=about, at=now)
        for one in sorted(set(people))
    )
    news(shift.program_id)


def tell_of_visit(
    people: Iterable[int], kind: NoticeKind, *, program: int, starts_at: datetime, now: datetime
) -> None:
    """The same of a visit: when it was to begin, and not to whom or where."""
    Notice.objects.bulk_create(
        Notice(to_id=one, kind=kind.value, starts_at=starts_at, at=now)
        for one in sorted(set(people))
    )
    news(program)


def news(program: int) -> None:
    """Count that the program's desks have something to show, in the caller's transaction; the bell
    rings after. As late in it as can be: everybody who tells there waits for whoever counted.
    """
    if not DeskNews.objects.filter(program=program).update(version=F("version") + 1):
        DeskNews.objects.bulk_create(
            [DeskNews(program_id=program, version=1)], ignore_conflicts=True
        )
    transaction.on_commit(partial(bell.desk, program))


def lock_people(people: Iterable[int]) -> None:
    """Hold these members of staff until the transaction ends, in order of their numbers: whoever
    plans for one person waits for whoever does already.
    """
    rows = Staff.objects.select_for_update(no_key=True).filter(pk__in=sorted(set(people)))
    list(rows.order_by("pk").values_list("pk", flat=True))


def stretch_of(shift: Shift) -> Stretch:
    """When it is."""
    return Stretch(shift.starts_at, shift.ends_at)
