"""Who keeps the house in a program: names, roles, until when. For its coordinators and admins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

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
from office.policies import must_know_people

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


def people(viewer: Viewer, *, program: int, now: datetime) -> list[Person]:
    """Everybody with a role in the program, then those who had one. Three queries."""
    must_know_people(viewer, program=program)
    rows = (
        RoleGrant.objects.filter(program_id=program, staff__is_active=True)
        .select_related("staff")
        .prefetch_related("rooms")
        .order_by("staff__username", "pk")[:MOST]
    )
    rooms = dict(room_choices(program))
    # A role given anew begins in the moment in which the one before it ends.
    ended = {(row.staff_id, row.role, row.ended_at): row for row in rows if row.ended_at}
    found: dict[int, tuple[Staff, list[Held]]] = {}
    for row in rows:
        _, held = found.setdefault(row.staff_id, (row.staff, []))
        if row.ended_at is None:
            past = ended.get((row.staff_id, row.role, row.granted_at))
            before = _held(past, rooms, jst_day(now)) if past else None
            held.append(_held(row, rooms, jst_day(now), before=before))
    there = [
        Person(id=pk, username=one.username, display_name=one.display_name, held=held)
        for pk, (one, held) in found.items()
    ]
    return sorted(there, key=lambda one: not one.held)


def person(viewer: Viewer, *, program: int, staff: int, now: datetime) -> Person | None:
    """One of them."""
    there = people(viewer, program=program, now=now)
    return next((one for one in there if one.id == staff), None)


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
    rows = (
        Invitation.objects.filter(used_at__isnull=True, withdrawn_at__isnull=True)
        .filter(Q(program_id=program) | Q(staff__in=theirs), expires_at__gt=now)
        .select_related("staff")
        .order_by("-invited_at")[:MOST]
    )
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
