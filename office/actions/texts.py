"""Texts that people read."""

from datetime import datetime

from django.db import transaction

from accounts.viewer import Viewer
from office.actions.noting import note
from office.policies import must_coordinate
from programs.actions import texts
from programs.states import TextKey


def write_text(
    viewer: Viewer, *, program: int, key: TextKey, body: str, after: int, now: datetime
) -> None:
    """The next version of a text. Raises `Refused`: `changed_meanwhile`, `same`."""
    actor = must_coordinate(viewer, program=program)
    with transaction.atomic():
        row = texts.write(program=program, key=key, body=body, after=after, now=now)
        note(
            actor, "write", what="text", number=key.value, program=program, now=now,
            changes={"version": [after, row.version]},
        )  # fmt: skip
