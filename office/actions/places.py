"""Real places (居場所) and their pictures."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.viewer import Viewer
from office.actions.noting import begun, note
from office.policies import must_coordinate
from programs.actions import places


def add_place(viewer: Viewer, *, program: int, values: Mapping[str, object], now: datetime) -> int:
    """A new place; its number."""
    actor = must_coordinate(viewer, program=program)
    with transaction.atomic():
        row = places.add(program=program, values=values, now=now)
        note(
            actor, "create", what="place", number=row.pk, program=program, now=now,
            changes=begun(values),
        )  # fmt: skip
    return row.pk


def change_place(
    viewer: Viewer, *, program: int, place: int, version: int, values: Mapping[str, object],
    now: datetime,
) -> None:  # fmt: skip
    """Change one. Raises `Refused`: `gone`, `changed_meanwhile`."""
    actor = must_coordinate(viewer, program=program)
    with transaction.atomic():
        changes = places.change(
            program=program, place=place, version=version, values=values, now=now
        )
        if changes:
            note(
                actor, "change", what="place", number=place, program=program, now=now,
                changes=changes,
            )  # fmt: skip


def remove_place(
    viewer: Viewer, *, program: int, place: int, version: int, reason: str, now: datetime
) -> None:
    """Off every list, with its pictures. Raises `Refused`: `gone`, `changed_meanwhile`."""
    actor = must_coordinate(viewer, program=program)
    with transaction.atomic():
        changes = places.take_away(program=program, place=place, version=version, now=now)
        note(
            actor, "remove", what="place", number=place, program=program, now=now,
            changes=changes, reason=reason,
        )  # fmt: skip


def add_picture(
    viewer: Viewer, *, program: int, place: int, data: bytes, words: str, now: datetime
) -> None:
    """A picture of a place. Raises `NotAPicture`, `Refused`: `gone`, `too_many`."""
    actor = must_coordinate(viewer, program=program)
    with transaction.atomic():
        picture = places.add_picture(program=program, place=place, data=data, words=words, now=now)
        note(
            actor, "add_picture", what="place", number=place, program=program, now=now,
            changes=begun({"picture": picture.name, "words": picture.words}),
        )  # fmt: skip


def remove_picture(
    viewer: Viewer, *, program: int, place: int, picture: int, reason: str, now: datetime
) -> None:
    """Delete a picture. Raises `Refused("gone")`."""
    actor = must_coordinate(viewer, program=program)
    with transaction.atomic():
        gone = places.take_picture_away(program=program, place=place, picture=picture)
        note(
            actor, "remove_picture", what="place", number=place, program=program, now=now,
            changes={"picture": [gone.name, None], "words": [gone.words, None]}, reason=reason,
        )  # fmt: skip
