"""A member of staff looks at one person's case; the look is noted before anything is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.policies import must_act_as
from accounts.states import Role
from accounts.viewer import Viewer
from audit.actions import look
from counseling import bridges, emergencies, onward, policies, queries
from counseling.models import Case, Meeting, Referral, Visit


@dataclass(frozen=True, slots=True)
class Talk:
    """A case's talk, as whoever sits in it sees it, and how to follow it."""

    case: Case
    wire: queries.Wire | None
    said: list[queries.Said]


@dataclass(frozen=True, slots=True)
class Onward:
    """What leads on from a case."""

    case: Case
    referrals: Sequence[Referral]
    meetings: Sequence[Meeting]
    visits: Sequence[Visit]


def at_case(viewer: Viewer, *, code: str, now: datetime) -> queries.Opened:
    """A case with all that belongs to it. Raises `Refused`: `not_found`, `second_factor`."""
    found = queries.opened(viewer, code=code)
    for voice in found.voices:
        _note(viewer, voice, now=now)
    return found


def at_talk(viewer: Viewer, *, code: str, now: datetime) -> Talk:
    """Its talk alone, for who was asked in. Raises `Refused`: `not_found`, `second_factor`."""
    case = queries.followed(viewer, code=code)
    _note(viewer, case, now=now)
    # The wire before the words: what comes meanwhile follows.
    wire = queries.wire_of(case, viewer=viewer)
    return Talk(case, wire, queries.talk_of(case, viewer=viewer))


def at_onward(viewer: Viewer, *, code: str, now: datetime) -> Onward:
    """What leads on from it. Raises `Refused`: `not_found`, `second_factor`."""
    case, referrals = onward.referrals(viewer, code=code)
    _note(viewer, case, now=now)
    meetings, visits = onward.meetings(viewer, code=code), onward.visits(viewer, code=code)
    return Onward(case, referrals, meetings, visits)


def at_referral(viewer: Viewer, *, code: str, referral: int, now: datetime) -> onward.Seen:
    """One referral of it. Raises `Refused`: `not_found`, `second_factor`."""
    found = onward.referral(viewer, code=code, referral=referral)
    _note(viewer, found.referral.case, now=now)
    return found


def at_bridge(viewer: Viewer, *, code: str, now: datetime) -> bridges.Known:
    """つなぎ with both of its sides. Raises `Refused`: `not_found`, `second_factor`."""
    found = bridges.known(viewer, code=code)
    shown = {found.case.pk: found.case}
    if found.bridge is not None and not found.apart:
        both = (found.bridge.caller_case, found.bridge.person_case)
        shown |= {case.pk: case for case in both if case is not None}
    for case in shown.values():
        _note(viewer, case, now=now)
    return found


def at_emergency(viewer: Viewer, *, number: int, now: datetime) -> emergencies.Known:
    """Danger to life in it, for who may know. Raises `Refused`: `not_found`, `second_factor`."""
    found = emergencies.one(viewer, number=number, now=now)
    _note(viewer, found.row.case, role=policies.may_know(viewer, found.row), now=now)
    return found


def at_list(viewer: Viewer, *, what: str, program: int, now: datetime) -> None:
    """A list of a program with what people asked or feared in it (`cases`, `emergencies`).

    Raises `Refused`: `not_found`, `second_factor`.
    """
    role = must_act_as(viewer, Role.COUNSELOR, Role.COORDINATOR, program=program)
    _look(viewer, what, program, role=role, program=program, now=now)


def at_visits(viewer: Viewer, *, now: datetime) -> None:
    """The visits that the viewer was named for, in each program where they visit."""
    for program in sorted(viewer.programs(Role.SUPPORTER, Role.COUNSELOR)):
        role = must_act_as(viewer, Role.SUPPORTER, Role.COUNSELOR, program=program)
        _look(viewer, "visits", program, role=role, program=program, now=now)


def _note(viewer: Viewer, case: Case, *, now: datetime, role: Role = Role.COUNSELOR) -> None:
    _look(viewer, "case", case.pk, role=role, program=case.program_id, now=now)


def _look(
    viewer: Viewer, what: str, number: int, *, role: Role, program: int, now: datetime
) -> None:
    look(
        viewer.staff, role=role.value, verb="counseling.look", object_type=what,
        object_id=number, program=program, now=now,
    )  # fmt: skip
