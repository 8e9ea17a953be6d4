"""Keeping an eye on a room, and no longer."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction

from accounts.states import Role
from accounts.viewer import Viewer
from duty import policies
from duty.actions.moves import note
from duty.models import Attendance, RoomOff, Shift
from duty.states import ShiftState
from duty.watch import ACT_WITHIN
from foundation.refusals import Refused

# What was noted less than this ago isn't noted again at each word.
JUST_NOW = timedelta(minutes=1)


def attend(viewer: Viewer, *, shift: int, room: int, now: datetime) -> None:
    """An act at the desk for a room: 「います」.

    Raises `Refused`: `not_found`, `not_begun`, `shift_over`, `too_many_rooms` (at the third),
    `alone` (at the second, while nobody else is on duty), `taken_off` (of this room, until the
    shift ends).
    """
    with transaction.atomic():
        held = policies.must_be_own(
            viewer, Shift.objects.select_for_update(no_key=True).filter(pk=shift).first()
        )
        policies.must_keep(viewer, program=held.program_id, room=room)
        take_room(held, room=room, actor=viewer.staff, role=Role.SUPPORTER, now=now)


def acted(staff: int, *, program: int, room: int, now: datetime) -> None:
    """A deed in the room itself is an act there, inside the transaction of the deed.

    Without a running shift, or where somebody attends as many rooms as one can, it counts for
    nothing.
    """
    mine = Shift.objects.filter(supporter=staff, program=program, state=ShiftState.BEGUN)
    lately = Attendance.objects.filter(shift__in=mine, room=room, acted_at__gt=now - JUST_NOW)
    if lately.exists():
        return
    held = mine.select_for_update(no_key=True).first()
    if held is not None:
        with suppress(Refused):
            take_room(held, room=room, actor=staff, role=Role.SUPPORTER, now=now)


def take_room(
    held: Shift, *, room: int, actor: int | None, role: Role | str, now: datetime
) -> None:
    """The same for a shift whose row is locked. Raises `Refused` as `attend`, but `not_found`."""
    policies.must_be_at_the_desk(held, now=now)
    if RoomOff.objects.filter(shift=held, room=room).exists():
        raise Refused("taken_off")
    acts = Attendance.objects.filter(shift=held, acted_at__gt=now - ACT_WITHIN)
    rooms = set(acts.order_by("room").values_list("room", flat=True))
    policies.may_attend_one_more(len(rooms - {room}), alone=is_alone(held, now=now))
    Attendance.objects.update_or_create(shift=held, room=room, defaults={"acted_at": now})
    if room not in rooms:  # 「います」 again every few minutes is no news
        note(held, "attended", actor=actor, role=role, values={"room": room}, now=now)


def is_alone(held: Shift, *, now: datetime) -> bool:
    """Whether nobody else is on duty in the program."""
    others = Shift.objects.filter(program=held.program_id, state=ShiftState.BEGUN, ends_at__gt=now)
    return not others.exclude(supporter=held.supporter_id).exists()


def leave_room(viewer: Viewer, *, shift: int, room: int, now: datetime) -> None:
    """No longer. Raises `Refused("not_found")`."""
    with transaction.atomic():
        held = policies.must_be_own(viewer, Shift.objects.filter(pk=shift).first())
        if Attendance.objects.filter(shift=held, room=room).delete()[0]:
            note(
                held, "left_room", actor=viewer.staff, role=Role.SUPPORTER, values={"room": room},
                now=now,
            )  # fmt: skip
