"""A room for two: kind `counseling`. It has no gate and no list; only who was given a seat sits.

`counseling` says who that is. Nobody need watch, so free text is always open there.
"""

import secrets
from datetime import datetime, time

from accounts.models import Participant, Staff
from accounts.standing import bump_staff
from chat.models import Opening, Room, Seat
from chat.states import COUNSELOR, Hand, RoomKind

_MARKS = ("月", "灯", "窓", "舟", "橋")


def open_talk(*, program: int, name: str) -> Room:
    """A new one, inside the caller's transaction."""
    room = Room.objects.create(
        slug=f"talk-{secrets.token_hex(10)}",
        name=name,
        kind=RoomKind.COUNSELING,
        program_id=program,
        required_supporters=0,
        watched=True,
        epoch=secrets.token_hex(6),
    )
    Opening.objects.bulk_create(
        Opening(room=room, weekday=day, opens=time(0), closes=time(0)) for day in range(7)
    )
    return room


def shut(room: int, *, closed: bool) -> None:
    """A talk that is over takes no more words, and screens those that come all the same."""
    Room.objects.filter(pk=room).update(hand=Hand.CLOSED if closed else Hand.NONE)


def seat_person(room: int, *, person: Participant) -> Seat:
    """The participant's seat there."""
    seat, _new = Seat.objects.get_or_create(
        room_id=room,
        participant=person,
        defaults={"key": _key(), "handle": person.handle, "mark": _mark(room)},
    )
    return seat


def seat_staff(room: int, *, staff: Staff, handle: str) -> Seat:
    """A counselor's; given again to whoever had lost it."""
    seat, _new = Seat.objects.update_or_create(
        room_id=room,
        staff=staff,
        defaults={"handle": handle[:20], "role": COUNSELOR, "ended_at": None},
        create_defaults={
            "key": _key(), "handle": handle[:20], "mark": _mark(room), "role": COUNSELOR,
        },
    )  # fmt: skip
    return seat


def end_seat(room: int, *, staff: int, now: datetime) -> bool:
    """They don't sit there any more; their sockets close, their words stay. Whether they sat."""
    mine = Seat.objects.filter(room_id=room, staff_id=staff, ended_at__isnull=True)
    if not mine.update(ended_at=now):
        return False
    bump_staff(staff)
    return True


def end_seats(room: int, *, now: datetime) -> None:
    """Nobody of the staff sits there any more."""
    sitting = Seat.objects.filter(room_id=room, staff__isnull=False, ended_at__isnull=True)
    for staff in list(sitting.order_by("staff").values_list("staff", flat=True)):
        end_seat(room, staff=staff or 0, now=now)


def _key() -> str:
    return secrets.token_urlsafe(8)[:11]


def _mark(room: int) -> str:
    taken = set(Seat.objects.filter(room_id=room).values_list("mark", flat=True))
    return next((mark for mark in _MARKS if mark not in taken), _MARKS[0])
