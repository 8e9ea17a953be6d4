"""Reads of the office: what a coordinator sees of their program. Viewer first, always judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.states import Role
from accounts.viewer import Viewer
from chat import queries as chat
from chat import timetable
from chat.models import OwnRule, Room
from chat.queries import hours_of, room_cards, special_of
from chat.schedule import Hours
from chat.states import RoomKind
from office.policies import must_coordinate
from programs import queries as programs
from programs.models import Program

MOST = 100


def programs_of(viewer: Viewer) -> list[Program]:
    """The programs that someone coordinates today; an admin's are all."""
    found = Program.objects.order_by("pk")
    if not viewer.holds(Role.ADMIN):
        found = found.filter(pk__in=viewer.programs(Role.COORDINATOR))
    return list(found[:MOST])


def may_open_alone(viewer: Viewer, *, program: int) -> bool:
    """Whether one supporter alone may open a room of the program, as it stands now."""
    must_coordinate(viewer, program=program)
    return Program.objects.values_list("may_open_alone", flat=True).get(pk=program)


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room on the list: what it is, and what it is just now."""

    id: int
    name: str
    slug: str
    kind: str
    audience: str
    state: str
    until: datetime | None
    opens_at: datetime | None
    hand: str
    required: int
    has_hours: bool


def rooms(viewer: Viewer, *, program: int, now: datetime) -> list[RoomRow]:
    """A program's rooms, in their order."""
    must_coordinate(viewer, program=program)
    there = _rooms(program)
    hours = hours_of([room.pk for room in there])
    return [
        RoomRow(
            id=room.pk,
            name=room.name,
            slug=room.slug,
            kind=room.kind,
            audience=room.audience,
            state=card.state,
            until=card.until,
            opens_at=card.opens_at,
            hand=room.hand,
            required=room.required_supporters,
            has_hours=bool(hours.get(room.pk) or room.special_days),
        )
        for room, card in zip(there, room_cards(there, now=now), strict=True)
    ]


def _rooms(program: int) -> list[Room]:
    return list(
        Room.objects.filter(program_id=program, removed_at__isnull=True)
        .exclude(kind=RoomKind.COUNSELING)
        .order_by("position", "pk")
    )


def room(viewer: Viewer, *, program: int, pk: int) -> Room | None:
    """One room of the program."""
    must_coordinate(viewer, program=program)
    rows = Room.objects.filter(program_id=program, pk=pk, removed_at__isnull=True)
    return rows.exclude(kind=RoomKind.COUNSELING).first()


@dataclass(frozen=True, slots=True)
class Timetable:
    """A room's hours, and the next two weeks as they will be."""

    hours: Sequence[Hours]
    days: Sequence[timetable.Day]


def timetable_of(viewer: Viewer, *, room: Room, now: datetime) -> Timetable:
    """What is kept now."""
    must_coordinate(viewer, program=room.program_id)
    hours = hours_of([room.pk]).get(room.pk, [])
    special = special_of(room, hours, now=now)
    return Timetable(hours=hours, days=timetable.preview(hours, special, now=now))


def rules(viewer: Viewer, *, program: int) -> list[OwnRule]:
    """The program's own screening rules."""
    must_coordinate(viewer, program=program)
    return chat.own_rules(program=program)


def rule(viewer: Viewer, *, program: int, pk: int) -> OwnRule | None:
    """One of them."""
    must_coordinate(viewer, program=program)
    return chat.own_rule(program=program, pk=pk)


def counting(viewer: Viewer, *, program: int) -> programs.Counting:
    """How a program counts consultations, and since when."""
    must_coordinate(viewer, program=program)
    return programs.counting(program)
