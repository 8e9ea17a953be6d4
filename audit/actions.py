"""Writing the log, and the one door by which old entries leave it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from audit.models import AuditEntry, Purge
from audit.triggers import YEARS
from foundation.clock import years_before

AT_ONCE = 200


def record(
    viewer_actor: int | None,
    *,
    role: str,
    verb: str,
    object_type: str,
    object_id: str | int,
    now: datetime,
    program: int | None = None,
    reason: str = "",
    fields: Sequence[str] = (),
    values: Mapping[str, Any] | None = None,
) -> None:
    """Note a deed or a look, in the transaction of the deed itself.

    `viewer_actor` is a member of staff's number, None for a command. `fields` are names; `values`
    those of settings, and of a role: whose (`staff`, a number) and which (`role`). Never words of
    a message, never anything about a participant.
    """
    AuditEntry.objects.create(
        at=now,
        actor=viewer_actor,
        role=role,
        verb=verb,
        object_type=object_type,
        object_id=str(object_id),
        program=program,
        reason=reason,
        fields=list(fields),
        values=dict(values) if values is not None else None,
    )


def look(
    viewer_actor: int | None,
    *,
    role: str,
    verb: str,
    object_type: str,
    object_id: str | int,
    now: datetime,
    program: int | None = None,
) -> None:
    """Note that someone looks at what is one person's, once in each hour of the clock.

    Comes before anything is shown: where it can't be written, the database's error goes on to the
    door, and nothing is seen. Who looks again within the hour only reads here.
    """
    key = {
        "actor": viewer_actor,
        "verb": verb,
        "object_type": object_type,
        "object_id": str(object_id),
        "hour": now.replace(minute=0, second=0, microsecond=0),
    }
    seen = AuditEntry.objects.filter(**key)
    if seen.exists():
        return
    try:
        with transaction.atomic():
            AuditEntry.objects.create(at=now, role=role, program=program, **key)
    except IntegrityError:
        if not seen.exists():
            raise


def purge(*, now: datetime) -> Iterator[int]:
    """What is older than five years goes; yields how many after each short transaction.

    The record of it is written first: without one the database removes nothing.
    """
    upto = years_before(now, YEARS)
    due = AuditEntry.objects.filter(at__lt=upto)
    if count := due.count():
        Purge.objects.create(at=now, upto=upto, entries=count)
    while keys := list(due.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            gone, _ = AuditEntry.objects.filter(pk__in=keys).delete()
        yield gone
