"""What supporters do to a room's words and to someone's standing. `moderation` calls these.

Each is a room event or a bump of the person's version, so that open sockets learn within a second.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import letters
from accounts.standing import bump
from chat import protocol as p
from chat.actions.items import keep_in_sight
from chat.actions.sitting import Sitting, lock_rooms
from chat.models import Message, Murmur, Restriction, Room
from chat.states import MessageState, RestrictionKind, may_become
from foundation.refusals import Link, Refused


def _move(message: int, wanted: MessageState, *, now: datetime) -> Message:
    """Compare and swap under the room's lock; the loser is refused."""
    room = Message.objects.values_list("room_id", flat=True).get(pk=message)
    with transaction.atomic():
        sitting = Sitting({room}, now=now)
        row = Message.objects.select_related("seat").get(pk=message)
        if not may_become(MessageState(row.state), wanted):
            raise Refused(p.Refusal.NO_SUCH_MESSAGE)
        first_time = row.seq is None and wanted is MessageState.SHOWN
        row.state = wanted
        sitting.change(row)
        if first_time:
            # A held message gets its number when it is released.
            row.seq = sitting.next_seq(room)
            sitting.add_event(room, "message", message=row, seq=row.seq)
        elif row.seq is not None:
            sitting.add_event(room, "changed", message=row)
        sitting.store()
        if wanted is MessageState.HIDDEN:
            keep_in_sight(row, now=now)
    return row


def hide(*, message: int, now: datetime) -> Message:
    """The room doesn't see it any more; its words are kept for the supporters."""
    return _move(message, MessageState.HIDDEN, now=now)


def restore(*, message: int, now: datetime) -> Message:
    """What was hidden is shown again, words and all."""
    return _move(message, MessageState.SHOWN, now=now)


def release(*, message: int, now: datetime) -> Message:
    """A held message is let into the room and gets its number."""
    return _move(message, MessageState.SHOWN, now=now)


def turn_down(*, message: int, now: datetime) -> Message:
    """A held message doesn't come into the room."""
    return _move(message, MessageState.REFUSED, now=now)


def veil(*, message: int, veil: str, now: datetime) -> str:
    """Fold a message under a word of warning, or (empty) unfold it; the word that it had before."""
    room = Message.objects.values_list("room_id", flat=True).get(pk=message)
    with transaction.atomic():
        sitting = Sitting({room}, now=now)
        row = Message.objects.select_related("seat").get(pk=message)
        if row.state != MessageState.SHOWN:
            raise Refused(p.Refusal.NO_SUCH_MESSAGE)
        before, row.veil = row.veil, veil
        if before != veil:
            sitting.change(row)
            sitting.add_event(room, "changed", message=row)
        sitting.store()
    return before


def answer_murmur(*, murmur: int, text: str, links: Sequence[Link] = (), now: datetime) -> None:
    """Someone read it and answers: the answer is a letter, and waits as long as it must."""
    with transaction.atomic():
        row = Murmur.objects.select_for_update(of=("self",)).select_related("seat").get(pk=murmur)
        Murmur.objects.filter(pk=murmur, read_at__isnull=True).update(read_at=now)
        if row.seat.participant_id is not None:
            letters.write(
                row.seat.participant_id,
                kind=letters.Kind.REPLY,
                title=_("つぶやきを読みました"),
                text=text,
                links=links,
                now=now,
            )


def _every_room() -> list[int]:
    # Also those the person hasn't entered yet: they may be on their way in.
    return list(Room.objects.order_by("pk").values_list("pk", flat=True))


def restrict(
    *, participant: int, kind: RestrictionKind, room: int | None, reason: str,
    until: datetime | None, now: datetime,
) -> Restriction:  # fmt: skip
    """Mute, pause or bar someone, in one room or (`room=None`) everywhere.

    It takes the rooms' locks, as a post does: a post that is on its way is committed before this
    returns or sees the restriction, so nothing slips through between its policy and its commit.
    """
    with transaction.atomic():
        lock_rooms([room] if room is not None else _every_room())
        row = Restriction.objects.create(
            participant_id=participant,
            kind=kind,
            room_id=room,
            reason=reason,
            starts_at=now,
            until=until,
        )
        bump(participant)
    return row


def lift(*, restriction: int, now: datetime) -> None:
    """End one restriction and no other."""
    with transaction.atomic():
        row = Restriction.objects.select_for_update().get(pk=restriction)
        if row.lifted_at is None:
            row.lifted_at = now
            row.save(update_fields=["lifted_at"])
            bump(row.participant_id)
