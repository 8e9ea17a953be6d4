"""A coordinator plans when one may come without an appointment."""

from datetime import datetime, time

from django.db import transaction

from accounts.states import Role
from accounts.viewer import Viewer
from audit.actions import record
from chat.schedule import Hours
from chat.timetable import clash
from counseling import hours, policies
from counseling.models import DropIn
from foundation.refusals import Refused
from programs.models import Program


def add(
    viewer: Viewer, *, program: int, weekday: int, opens: time, closes: time, now: datetime
) -> None:
    """One more stretch each week; one that overlaps another is refused.

    Raises `Refused`: `not_found`, `second_factor`, `no_day`, `hours_clash`.
    """
    policies.may_coordinate(viewer, program=program)
    if not 0 <= weekday <= 6:
        raise Refused("no_day")
    with transaction.atomic():
        # Two at once would not see each other's.
        Program.objects.select_for_update().get(pk=program)
        there = hours.weekly([program]).get(program, [])
        if clash([*there, Hours(weekday, opens, closes)], {}) is not None:
            raise Refused("hours_clash")
        DropIn.objects.create(program_id=program, weekday=weekday, opens=opens, closes=closes)
        _note(viewer, "add_drop_in", program=program, now=now)


def remove(viewer: Viewer, *, number: int, now: datetime) -> None:
    """One stretch less. Raises `Refused`: `not_found`, `second_factor`."""
    found = DropIn.objects.filter(pk=number).first()
    if found is None:
        raise Refused("not_found")
    policies.may_coordinate(viewer, program=found.program_id)
    with transaction.atomic():
        DropIn.objects.filter(pk=number).delete()
        _note(viewer, "remove_drop_in", program=found.program_id, now=now)


def _note(viewer: Viewer, verb: str, *, program: int, now: datetime) -> None:
    record(
        viewer.staff, role=Role.COORDINATOR.value, verb=f"counseling.{verb}",
        object_type="program", object_id=program, program=program, now=now,
    )  # fmt: skip
