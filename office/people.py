"""Who keeps the house in a program: names, roles, until when. For its coordinators and admins.

Admins are of no program: who they are, admins alone see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import policies
from accounts.models import Invitation, RoleGrant, Staff
from accounts.queries import held_by
from accounts.sentences import role_name
from accounts.states import SOON, Role
from accounts.viewer import Viewer
from chat.models import Room
from chat.states import RoomKind
from foundation.clock import jst_day
from foundation.refusals import Refused
from office.policies import must_admin, must_know_people

PAGE = 100
MOST = 500


@dataclass(frozen=True, slots=True)
class Held:
    """A role that someone holds, or whose last day is over."""

    grant: int
    role: Role
    name: str
    rooms: Sequence[str]
    trained_on: date | None
    expires_on: date | None
    soon: bool
    over: bool
    numbers: Sequence[int]  # of `rooms`
    before: "Held | None" = None  # what this one took the place of


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff, as their program knows them."""

    id: int
    username: str
    display_name: str
    held: Sequence[Held]


@dataclass(frozen=True, slots=True)
class People:
    """A page of them, and where the list goes on (None: it doesn't)."""

    shown: Sequence[Person]
    earlier: int | None
    later: int | None


def people(viewer: Viewer, *, program: int, page: int = 1, now: datetime) -> People:
    """Everybody with a role in the program, then those who had one: `PAGE` at once, by name."""
    must_know_people(viewer, program=program)
    holds = RoleGrant.objects.filter(staff=OuterRef("pk"), program=program, ended_at=None)
    listed = _known_to(program).annotate(holds=Exists(holds)).order_by("-holds", "username", "pk")
    page = max(1, page)
    start = (page - 1) * PAGE
    found = list(listed[start : start + PAGE + 1])
    return People(
        shown=_with_roles(found[:PAGE], program, now),
        earlier=page - 1 if page > 1 else None,
        later=page + 1 if len(found) > PAGE else None,
    )


def person(viewer: Viewer, *, program: int, staff: int, now: datetime) -> Person | None:
    """One of them."""
    must_know_people(viewer, program=program)
    found = _with_roles(list(_known_to(program).filter(pk=staff)), program, now)
    return found[0] if found else None


def role_of(viewer: Viewer, *, program: int, staff: int, grant: int) -> Role | None:
    """Which role of theirs a grant is or was; None for one that was never theirs there."""
    must_know_people(viewer, program=program)
    found = RoleGrant.objects.filter(pk=grant, staff=staff, program=program)
    role = found.values_list("role", flat=True).first()
    return Role(role) if role else None


def admins(viewer: Viewer, *, now: datetime) -> list[Person]:
    """Everybody who holds the role of an admin, be its last day over, by name."""
    must_admin(viewer)
    return _with_roles(list(_admins().order_by("username", "pk")[:MOST]), None, now)


def admin(viewer: Viewer, *, staff: int, now: datetime) -> Person | None:
    """One of them."""
    must_admin(viewer)
    found = _with_roles(list(_admins().filter(pk=staff)), None, now)
    return found[0] if found else None


def invited_admins(viewer: Viewer, *, now: datetime) -> list[Invitation]:
    """The links by which an admin could still begin, or come back, the newest first."""
    must_admin(viewer)
    theirs = Q(role=Role.ADMIN.value, program=None) | Q(staff__in=_admins().values("pk"))
    rows = _still_open(now).filter(theirs)
    return list(rows[:MOST])


def _admins() -> QuerySet[Staff]:
    held = RoleGrant.objects.filter(role=Role.ADMIN.value, program=None, ended_at=None)
    return Staff.objects.filter(pk__in=held.order_by().values("staff"), is_active=True)


def _still_open(now: datetime) -> QuerySet[Invitation]:
    rows = Invitation.objects.filter(used_at=None, withdrawn_at=None, expires_at__gt=now)
    return rows.select_related("staff").order_by("-invited_at")


def _known_to(program: int) -> QuerySet[Staff]:
    theirs = RoleGrant.objects.filter(program=program).order_by().values("staff")
    return Staff.objects.filter(pk__in=theirs, is_active=True)


def _with_roles(people: Sequence[Staff], program: int | None, now: datetime) -> list[Person]:
    """In their order. Three queries."""
    grants = RoleGrant.objects.filter(program=program, staff__in=people).order_by("pk")
    rows, rooms = (
        list(grants.prefetch_related("rooms")),
        dict(room_choices(program) if program else []),
    )
    # A role given anew begins in the moment in which the one before it ends.
    ended = {(row.staff_id, row.role, row.ended_at): row for row in rows if row.ended_at}
    held: dict[int, list[Held]] = {}
    for row in rows:
        if row.ended_at is None:
            past = ended.get((row.staff_id, row.role, row.granted_at))
            before = _held(past, rooms, jst_day(now)) if past else None
            one = _held(row, rooms, jst_day(now), before=before)
            held.setdefault(row.staff_id, []).append(one)
    return [
        Person(
            id=one.pk, username=one.username, display_name=one.display_name,
            held=held.get(one.pk, []),
        )
        for one in people
    ]  # fmt: skip


def _held(
    row: RoleGrant, rooms: Mapping[int, str], today: date, *, before: Held | None = None
) -> Held:
    ends = row.expires_on
    return Held(
        grant=row.pk,
        role=Role(row.role),
        name=role_name(Role(row.role)),
        rooms=[rooms.get(one.room, "—") for one in row.rooms.all()],
        numbers=[one.room for one in row.rooms.all()],
        before=before,
        trained_on=row.trained_on,
        expires_on=ends,
        soon=ends is not None and today <= ends <= today + SOON,
        over=ends is not None and ends < today,
    )


def room_choices(program: int) -> list[tuple[int, str]]:
    """A program's rooms, by number."""
    rows = Room.objects.filter(program_id=program, removed_at__isnull=True)
    named = rows.exclude(kind=RoomKind.COUNSELING).order_by("position", "pk")
    return list(named.values_list("pk", "name"))


def open_invitations(viewer: Viewer, *, program: int, now: datetime) -> list[Invitation]:
    """Those that somebody could still accept, the newest first.

    Links to come back are of no program: they are here where the viewer may take them back.
    """
    must_know_people(viewer, program=program)
    theirs = RoleGrant.objects.filter(program_id=program).values("staff")
    rows = _still_open(now).filter(Q(program_id=program) | Q(staff__in=theirs))[:MOST]
    return [
        one for one in rows if one.staff_id is None or may_keep(viewer, staff=one.staff_id, now=now)
    ]


def may_keep(viewer: Viewer, *, staff: int, now: datetime) -> bool:
    """Whether the viewer may let this person in again, or close their account."""
    try:
        policies.may_keep(viewer, staff, held=held_by(staff))
    except Refused:
        return False
    return True
