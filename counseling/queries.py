"""Every read of counseling."""

from accounts.viewer import Viewer
from counseling import policies
from counseling.models import Case


def case(viewer: Viewer, *, code: str) -> Case:
    """A case by its code, for its own counselor. Raises `Refused`: `not_found`, `second_factor`."""
    found = Case.objects.select_related("program", "counselor").filter(code=typed(code)).first()
    return policies.must_be_assigned(viewer, found)


def own_case(viewer: Viewer, *, code: str) -> Case:
    """A participant's own case. Raises `Refused`: `not_entered`, `not_found`."""
    found = Case.objects.select_related("program", "counselor").filter(code=typed(code)).first()
    return policies.must_be_own(viewer, found)


def own_cases(viewer: Viewer) -> list[Case]:
    """A participant's own, newest first. Raises `Refused("not_entered")`."""
    participant = policies.must_be_entered(viewer)
    found = Case.objects.filter(participant_id=participant).select_related("program", "counselor")
    return list(found.order_by("-opened_at", "-pk")[:20])


def top_of(case: Case) -> Case:
    """The case that stands for the person, in the ledger and at the desk: itself unless merged."""
    return case.merged_into if case.merged_into is not None else case


def typed(code: str) -> str:
    """A code as someone types it, as it is kept; anything else finds nothing."""
    return code.strip().upper().replace("-", "")[:8]
