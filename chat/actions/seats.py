"""Taking a seat in a room, one's name there, and whom one doesn't want to read."""

import random
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts import nicknames
from accounts.models import Participant, Staff
from accounts.queries import supporter_names
from accounts.states import Role
from accounts.viewer import Viewer
from chat import protocol as p
from chat.actions import names
from chat.actions.sitting import lock_rooms
from chat.models import Mute, Room, Seat, Visit
from chat.policies import Standing, must_sit
from chat.screening import Screened
from duty.colleagues import shown_as
from foundation import clock
from foundation.refusals import Refused

MARKS = tuple("葉雨月石灯羽波雲森鈴雪霧風鳥魚実糸星砂橋窓舟麦花")
SUPPORTER = "supporter"  # `protocol.Role`
NEARBY = timedelta(minutes=30)


def take(viewer: Viewer, *, room: Room, standing: Standing) -> Seat:
    """One's seat in the room, made on the first coming.

    Raises `Refused("not_allowed")` for the barred, and for staff whose room it isn't.
    """
    if viewer.staff is not None:
        return _take_for_staff(must_sit(viewer, program=room.program_id, room=room.pk), room)
    if viewer.participant is None or standing.barred:
        raise Refused("not_allowed")
    seat = Seat.objects.filter(room=room, participant_id=viewer.participant).first()
    if seat is not None:
        return seat
    person = Participant.objects.get(pk=viewer.participant)
    looked = names.read(room, person.handle)
    try:
        with transaction.atomic():
            if looked.care:
                lock_rooms([room.pk])
            seat = Seat.objects.create(
                room=room,
                participant=person,
                key=secrets.token_urlsafe(8)[:11],
                handle=_name(room, person, looked),
                mark=_mark(room),
            )
            _stay_hidden(seat)
            names.hear(room, seat, person.handle, looked, now=clock.now())
            return seat
    except IntegrityError:  # the same person arrived twice at once
        return Seat.objects.get(room=room, participant=person)


def of_staff(staff: int, *, room: Room) -> Seat:
    """A member of staff's, also where they may not sit: by it is told what they tried there."""
    return _take_for_staff(staff, room)


def _take_for_staff(staff: int, room: Room) -> Seat:
    """By the name that they bear as staff, and with the supporter's badge."""
    person = Staff.objects.get(pk=staff)
    name = shown_as(person, role=Role.SUPPORTER)
    seat = Seat.objects.filter(room=room, staff=person).first()
    if seat is None:
        try:
            with transaction.atomic():
                seat = Seat.objects.create(
                    room=room, staff=person, key=secrets.token_urlsafe(8)[:11], handle=name,
                    mark=_mark(room), role=SUPPORTER,
                )  # fmt: skip
                _keep_hidden(seat)
                return seat
        except IntegrityError:  # the same person arrived twice at once
            seat = Seat.objects.get(room=room, staff=person)
    if seat.handle != name:
        seat.handle = name
        seat.save(update_fields=["handle"])
    return seat


def _stay_hidden(seat: Seat) -> None:
    """From the staff who don't want to read them in some room, they are hidden in this one too."""
    known = Mute.objects.filter(muted__participant=seat.participant_id, seat__staff__isnull=False)
    staff = Seat.objects.filter(room=seat.room_id, staff__in=known.values("seat__staff"))
    _hide((one, seat.pk) for one in staff.order_by("pk").values_list("pk", flat=True))


def _keep_hidden(seat: Seat) -> None:
    """The same from the other side: a member of staff comes to a room for the first time."""
    known = Mute.objects.filter(seat__staff=seat.staff_id, muted__participant__isnull=False)
    theirs = Seat.objects.filter(
        room=seat.room_id, participant__in=known.values("muted__participant")
    )
    _hide((seat.pk, one) for one in theirs.order_by("pk").values_list("pk", flat=True))


def _hide(pairs: Iterable[tuple[int, int]]) -> None:
    now = clock.now()
    rows = [Mute(seat_id=seat, muted_id=muted, at=now) for seat, muted in pairs]
    if rows:
        Mute.objects.bulk_create(rows, ignore_conflicts=True)


def _name(room: Room, person: Participant, looked: Screened) -> str:
    """Their own, unless someone in the room is called so, or it isn't borne here."""
    near = [nicknames.skeleton(one) for one in names_near(room.pk, but=person.pk, now=clock.now())]
    if nicknames.skeleton(person.handle) in near:
        return nicknames.offer()
    try:
        names.must_be_borne(looked)
    except Refused:
        return nicknames.offer()
    return person.handle


def _mark(room: Room) -> str:
    """One that nobody who was here lately has, while there are such."""
    lately = Seat.objects.filter(room=room).order_by("-pk").values_list("mark", flat=True)
    there = set(lately[: len(MARKS) - 4])
    free = [mark for mark in MARKS if mark not in there]
    return random.SystemRandom().choice(free or MARKS)


def names_near(room: int, *, but: int, now: datetime) -> list[str]:
    """Names of those in the room, which a new one must not be taken for."""
    # The visits of those who erased themselves have no seat any more.
    lately = Visit.objects.filter(room_id=room, seat__isnull=False, seen_at__gt=now - NEARBY)
    there = lately.exclude(seat__participant_id=but)
    return list(there.order_by().values_list("seat__handle", flat=True).distinct())


def rename(viewer: Viewer, *, room: Room, handle: str, now: datetime) -> None:
    """A name for this room only. Raises `Refused` for look-alikes, and what isn't borne here."""
    if viewer.participant is None:
        raise Refused("not_allowed")
    taken = names_near(room.pk, but=viewer.participant, now=now)
    name = nicknames.check(handle, taken=taken, supporters=supporter_names())
    looked = names.read(room, name)
    with transaction.atomic():
        if looked.care:
            # Heard first: also where the name is then refused.
            lock_rooms([room.pk])
            own = Seat.objects.get(room=room, participant_id=viewer.participant)
            names.hear(room, own, name, looked, now=now)
    names.must_be_borne(looked)
    Seat.objects.filter(room=room, participant_id=viewer.participant).update(handle=name)


def mute(viewer: Viewer, *, room: Room, key: str, on: bool, now: datetime) -> None:
    """Don't show me this one, or do again. Told to nobody; one's own page applies it."""
    if viewer.participant is None:
        raise Refused("not_allowed")
    own = Seat.objects.get(room=room, participant_id=viewer.participant)
    other = Seat.objects.filter(room=room, key=key).first()
    if not on:
        Mute.objects.filter(seat=own, muted__key=key).delete()
        return
    if other is None or other.pk == own.pk:
        raise Refused(p.Refusal.NO_SUCH_MESSAGE)
    Mute.objects.get_or_create(seat=own, muted=other, defaults={"at": now})
