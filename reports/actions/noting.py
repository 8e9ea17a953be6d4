"""A line in the log for each deed."""

from collections.abc import Sequence
from datetime import datetime

from accounts.states import Role
from accounts.viewer import Viewer
from audit.actions import record


def note(
    viewer: Viewer,
    verb: str,
    *,
    what: str,
    number: int | str,
    program: int,
    now: datetime,
    reason: str = "",
    fields: Sequence[str] = (),
) -> None:
    """Who did what to what; in which of their roles."""
    role = next(
        role
        for role in (Role.COORDINATOR, Role.COUNSELOR, Role.AUDITOR, Role.ANALYST)
        if viewer.holds(role, program=program)
    )
    record(
        viewer.staff, role=role, verb=verb, object_type=what, object_id=number, program=program,
        reason=reason, fields=fields, now=now,
    )  # fmt: skip
