"""A coordinator says when people come together at the program's real places."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.states import Role
from accounts.viewer import Viewer
from audit.actions import record
from counseling import policies
from counseling.models import Gathering
from foundation.refusals import Refused
from programs.models import Program
from programs.queries import place as place_of

SHORTEST, LONGEST = timedelta(minutes=15), timedelta(hours=12)
AHEAD = timedelta(days=366)


def add(
    viewer: Viewer,
    *,
    program: int,
    place: int,
    starts_at: datetime,
    minutes: int,
    line: str,
    now: datetime,
) -> None:
    """One more day; the same place and start again is the same one.

    Raises `Refused`: `not_found`, `second_factor`, `no_place`, `past`, `too_far`.
    """
    policies.may_coordinate(viewer, program=program)
    if place_of(program, pk=place) is None:
        raise Refused("no_place")
    if starts_at <= now:
        raise Refused("past")
    if starts_at > now + AHEAD:
        raise Refused("too_far")
    length = min(max(timedelta(minutes=minutes), SHORTEST), LONGEST)
    with transaction.atomic():
        Gathering.objects.update_or_create(
            place_id=place, starts_at=starts_at,
            defaults={"ends_at": starts_at + length, "line": line},
        )  # fmt: skip
        _note(viewer, "add_gathering", program=program, now=now)


def remove(viewer: Viewer, *, number: int, now: datetime) -> Program:
    """It doesn't take place; whose it was. Raises `Refused`: `not_found`, `second_factor`."""
    found = Gathering.objects.filter(pk=number).select_related("place__program").first()
    if found is None:
        raise Refused("not_found")
    policies.may_coordinate(viewer, program=found.place.program_id)
    with transaction.atomic():
        Gathering.objects.filter(pk=number).delete()
        _note(viewer, "remove_gathering", program=found.place.program_id, now=now)
    return found.place.program


def _note(viewer: Viewer, verb: str, *, program: int, now: datetime) -> None:
    record(
        viewer.staff, role=Role.COORDINATOR.value, verb=f"counseling.{verb}",
        object_type="program", object_id=program, program=program, now=now,
    )  # fmt: skip
