"""Looking something up in the log.

`audit` stands below `accounts` and knows no viewer: whoever asks says which programs they may see.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from audit.models import AuditEntry

AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for; None is anything. `before` is an entry's number, for the next page."""

    actor: int | None = None
    role: str | None = None
    program: int | None = None
    verb: str | None = None
    object_type: str | None = None
    object_id: str | None = None
    reason: str | None = None  # some of its words
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


def entries(
    programs: Collection[int] | None, *, sought: Sought, shared: Collection[str] = ()
) -> list[AuditEntry]:
    """The newest entries first, at most `AT_ONCE`. `programs` None: of all, for an admin.

    `shared` are the object types that belong to every program: found beside those of `programs`.
    """
    wanted = {
        "actor": sought.actor,
        "role": sought.role,
        "program": sought.program,
        "verb": sought.verb,
        "object_type": sought.object_type,
        "object_id": sought.object_id,
        "reason__icontains": sought.reason,
        "at__gte": sought.since,
        "at__lt": sought.until,
        "pk__lt": sought.before,
    }
    found = AuditEntry.objects.filter(**{k: v for k, v in wanted.items() if v is not None})
    if programs is not None:
        of_all = Q(program__isnull=True, object_type__in=shared)
        found = found.filter(Q(program__in=programs) | of_all)
    return list(found.order_by("-pk")[:AT_ONCE])


def acted_since(actor: int, *, since: datetime) -> bool:
    """Whether this member of staff did anything that the log knows of, from then on.

    Who only looked did nothing yet for whoever waits.
    """
    return AuditEntry.objects.filter(actor=actor, at__gte=since, hour__isnull=True).exists()
