"""Cases whose counselor isn't there: reads for a coordinator, who sees nothing of the case."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.viewer import Viewer
from audit.queries import acted_since
from counseling import policies, queries
from counseling.models import Case
from counseling.states import CaseState

ABSENT = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Away:
    """A case that a coordinator may give to another counselor, and why: its counselor has left,
    or does nothing.
    """

    case: Case
    left: bool


def has_left(case: Case, *, now: datetime) -> bool:
    """Whether whoever is responsible for the case is no counselor of its program any more."""
    return case.counselor_id is not None and case.counselor_id not in queries.counselors_of(
        case.program_id, now=now
    )


def is_absent(case: Case, *, now: datetime) -> bool:
    """Whether the case's counselor has had it for three days, and done nothing in them."""
    since = now - ABSENT
    if case.counselor_id is None or case.assigned_at is None or case.assigned_at > since:
        return False
    return not acted_since(case.counselor_id, since=since)


def absent_ones(viewer: Viewer, *, program: int, now: datetime) -> list[Away]:
    """Those of a program, what goes on first: the closed only where their counselor has left.

    Each voice's, whichever was joined to which: the two may be with different counselors, and what
    one was joined to may be over.
    Raises `Refused`: `not_found`, `second_factor`.
    """
    policies.may_coordinate(viewer, program=program)
    there = list(queries.counselors_of(program, now=now))
    rows = Case.objects.filter(program_id=program, counselor__isnull=False)
    rows = rows.select_related("counselor").order_by("counselor_id", "pk")
    left = rows.exclude(counselor_id__in=there)
    going_on = list(left.filter(state=CaseState.OPEN)[: queries.MOST])
    over = list(left.filter(state=CaseState.CLOSED)[: queries.MOST])
    kept = rows.filter(state=CaseState.OPEN, counselor_id__in=there, assigned_at__lte=now - ABSENT)[
        : queries.MOST
    ]
    # By counselor: whether somebody acted is asked once.
    by_counselor = {row.counselor_id: row for row in kept}
    away = {number for number, row in by_counselor.items() if is_absent(row, now=now)}
    absent = [row for row in kept if row.counselor_id in away]
    return [
        *(Away(one, left=True) for one in going_on),
        *(Away(one, left=False) for one in absent),
        *(Away(one, left=True) for one in over),
    ]
