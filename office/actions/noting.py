"""One line of the log per deed, in the deed's own transaction."""

from collections.abc import Mapping
from datetime import date, datetime

from accounts.states import Role
from audit import actions as audit


def note(
    actor: int | None, verb: str, *, what: str, number: str | int, program: int | None,
    now: datetime, changes: Mapping[str, object] | None = None, reason: str = "",
) -> None:  # fmt: skip
    """`changes`: column to [before, after] of a setting; never anything about a person.

    No `actor`: a command on the machine itself.
    """
    values = {name: _plain(value) for name, value in (changes or {}).items()}
    audit.record(
        actor,
        role="command" if actor is None else Role.COORDINATOR,
        verb=verb,
        object_type=what,
        object_id=number,
        program=program,
        reason=reason,
        fields=sorted(values),
        values=values or None,
        now=now,
    )


def begun(values: Mapping[str, object]) -> dict[str, object]:
    """The columns of something new as `changes`: nothing was there before."""
    return {name: [None, value] for name, value in values.items()}


def _plain(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
