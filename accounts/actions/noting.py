"""What is noted about somebody's account: where those who answer for them look."""

from collections.abc import Sequence
from datetime import datetime

from accounts import queries
from audit.actions import record


def about_account(
    actor: int | None,
    *,
    role: str,
    verb: str,
    staff: int,
    reason: str = "",
    fields: Sequence[str] = (),
    now: datetime,
) -> None:
    """One entry per program in which they hold a role, be its last day over, or one of none.

    An account belongs to no program, and a coordinator sees those of their own alone. What ends
    roles is noted before it does.
    """
    held = {program for _, program in queries.held_by(staff) if program is not None}
    found: list[int | None] = [*sorted(held)]
    for program in found or [None]:
        record(
            actor, role=role, verb=verb, object_type="staff", object_id=staff, program=program,
            reason=reason, fields=fields, now=now,
        )  # fmt: skip
