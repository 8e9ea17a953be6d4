"""Every read of counseling."""

from datetime import datetime

from accounts.policies import must_be_entered
from accounts.queries import open_grants
from accounts.states import Role
from accounts.viewer import Viewer
from audit.queries import acted_since
from counseling import codes, policies
from counseling.models import Case
from duty.colleagues import name_of


def case(viewer: Viewer, *, code: str) -> Case:
    """A case by its code, for its own counselor. Raises `Refused`: `not_found`, `second_factor`."""
    found = (
        Case.objects.select_related("program", "counselor").filter(code=codes.typed(code)).first()
    )
    return policies.must_be_assigned(viewer, found)


def own_case(viewer: Viewer, *, code: str) -> Case:
    """A participant's own case. Raises `Refused`: `not_entered`, `not_found`."""
    found = (
        Case.objects.select_related("program", "counselor").filter(code=codes.typed(code)).first()
    )
    return policies.must_be_own(viewer, found)


def own_cases(viewer: Viewer) -> list[Case]:
    """A participant's own, newest first. Raises `Refused("not_entered")`."""
    participant = must_be_entered(viewer)
    found = Case.objects.filter(participant_id=participant).select_related("program", "counselor")
    return list(found.order_by("-opened_at", "-pk")[:20])


def top_of(case: Case) -> Case:
    """The case that stands for the person, in the ledger and at the desk: itself unless merged."""
    return case.merged_into if case.merged_into is not None else case


def counselors_of(program: int, *, now: datetime) -> dict[int, str]:
    """The program's counselors today and what they are called, by number."""
    found = open_grants(now=now).filter(
        role=Role.COUNSELOR, program_id=program, staff__is_active=True
    )
    rows = found.select_related("staff").order_by("staff__display_name", "staff_id")
    return {row.staff_id: name_of(row.staff) for row in rows}


def is_absent(case: Case, *, since: datetime) -> bool:
    """Whether the case's counselor has had it since before then, and done nothing since."""
    if case.counselor_id is None or case.assigned_at is None or case.assigned_at > since:
        return False
    return not acted_since(case.counselor_id, since=since)
