"""A program begins: an admin makes it, and then invites its first coordinator."""

from datetime import datetime

from django.db import transaction

from accounts.states import Role
from accounts.viewer import Viewer
from audit.actions import record
from office.policies import must_admin
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
