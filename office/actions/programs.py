"""A program begins by an admin's hand; its coordinator says whether one alone may keep a room."""

from datetime import datetime

from django.db import transaction

from accounts.states import Role
from accounts.viewer import Viewer
from audit.actions import record
from office.actions.noting import note
from office.policies import must_admin, must_coordinate
from programs.actions import programs
from programs.models import Program


def create_program(
    viewer: Viewer,
    *,
    slug: str,
    name: str,
    prefecture_code: str,
    may_open_alone: bool,
    now: datetime,
) -> Program:
    """One more. Raises `Refused`: `not_found`, `program_taken`."""
    actor = must_admin(viewer)
    settings = {
        "slug": slug,
        "name": name,
        "prefecture_code": prefecture_code,
        "may_open_alone": may_open_alone,
    }
    with transaction.atomic():
        made = programs.create(
            slug=slug, name=name, prefecture_code=prefecture_code, may_open_alone=may_open_alone
        )
        record(
            actor, role=Role.ADMIN, verb="create", object_type="program", object_id=made.pk,
            program=made.pk, fields=sorted(settings),
            values={column: [None, value] for column, value in settings.items()}, now=now,
        )  # fmt: skip
    return made


def decide_alone(
    viewer: Viewer, *, program: int, allowed: bool, seen: bool, reason: str, now: datetime
) -> None:
    """Whether one supporter alone may open a room. Raises what `programs.let_open_alone` raises."""
    actor = must_coordinate(viewer, program=program)
    with transaction.atomic():
        changes = programs.let_open_alone(program=program, allowed=allowed, seen=seen)
        note(
            actor, "change", what="program", number=program, program=program, now=now,
            changes=changes, reason=reason,
        )  # fmt: skip
