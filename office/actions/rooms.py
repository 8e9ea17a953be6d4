"""Rooms: made, changed, given hours, switched by hand, taken away."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from accounts.viewer import Viewer
from chat.actions import rooms, setup
from chat.models import Room
from chat.schedule import Hours
from chat.states import Hand, HolidayRule
from foundation.refusals import Refused
from office.actions.noting import begun, note
from office.policies import must_coordinate


def create_room(
    viewer: Viewer, *, program: int, values: Mapping[str, object], now: datetime
) -> Room:
    """A new room. Raises `Refused("slug_taken")`."""
    actor = must_coordinate(viewer, program=program)
    with transaction.atomic():
        room = setup.create(program=program, values=values, now=now)
        note(
            actor, "create", what="room", number=room.pk, program=program, now=now,
            changes=begun(values),
        )  # fmt: skip
    return room


def change_room(
    viewer: Viewer, *, program: int, room: int, version: int, values: Mapping[str, object],
    now: datetime,
) -> None:  # fmt: skip
    """Other settings; open pages hear of them. Raises what `setup.change` does."""
    actor = must_coordinate(viewer, program=program)
    with transaction.atomic():
        changes = setup.change(program=program, room=room, version=version, values=values, now=now)
        if changes:
            note(
                actor, "change", what="room", number=room, program=program, now=now,
                changes=changes,
            )  # fmt: skip


def set_room_hours(
    viewer: Viewer, *, program: int, room: int, version: int, hours: Sequence[Hours],
    holidays: HolidayRule, special_days: Mapping[str, Sequence[Sequence[str]]], now: datetime,
) -> None:  # fmt: skip
    """Another timetable. Raises `Refused` as `change_room` does, and `hours_overlap`."""
    actor = must_coordinate(viewer, program=program)
    with transaction.atomic():
        changes = setup.set_hours(
            program=program, room=room, version=version, hours=hours, holidays=holidays,
            special_days=special_days, now=now,
        )  # fmt: skip
        if changes:
            note(
                actor, "set_hours", what="room", number=room, program=program, now=now,
                changes=changes,
            )  # fmt: skip


def switch_room(
    viewer: Viewer, *, program: int, room: int, hand: Hand, reason: str, now: datetime
) -> None:
    """The hand switch, with its reason. Raises `Refused("gone")`."""
    actor = must_coordinate(viewer, program=program)
    with transaction.atomic():
        before = _room(program, room).hand
        rooms.switch(room=room, hand=hand, reason=reason, now=now)
        note(
            actor, "switch", what="room", number=room, program=program, now=now, reason=reason,
            changes={"hand": [before, hand.value]},
        )  # fmt: skip


def remove_room(
    viewer: Viewer, *, program: int, room: int, version: int, reason: str, now: datetime
) -> None:
    """For good. Raises `Refused`: `gone`, `changed_meanwhile`."""
    actor = must_coordinate(viewer, program=program)
    with transaction.atomic():
        setup.remove(program=program, room=room, version=version, now=now)
        note(actor, "remove", what="room", number=room, program=program, now=now, reason=reason)


def _room(program: int, room: int) -> Room:
    row = Room.objects.select_for_update(no_key=True).filter(
        program_id=program, pk=room, removed_at__isnull=True
    ).first()  # fmt: skip
    if row is None:
        raise Refused("gone")
    return row
