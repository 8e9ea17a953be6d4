"""Erase everything of someone: texts go, the room's numbering stays whole."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from chat.actions import presence
from chat.actions.sitting import Sitting, give_stamp
from chat.models import Finding, Message, Murmur, Report, Seat, StampGiven, Visit
from chat.states import MessageState

AT_ONCE = 100  # per transaction, so that nobody else waits long for the lock


def erase(participant: int, *, now: datetime) -> None:
    """Every trace of a participant in every room. Safe to run again after a cut."""
    for seat in Seat.objects.filter(participant_id=participant).order_by("pk"):
        while not _some(seat, now):
            pass


def _some(seat: Seat, now: datetime) -> bool:
    """Erase some of a seat's traces; True when the seat itself is gone.

    The seat goes in the same transaction that finds nothing left, under the room's lock: a post
    that was on its way either is erased with the others or finds no seat.
    """
    with transaction.atomic():
        sitting = Sitting({seat.room_id}, now=now)
        stamps = list(
            StampGiven.objects.filter(seat=seat).select_related("message").order_by("pk")[:AT_ONCE]
        )
        for given in stamps:
            message = sitting.message(seat.room_id, given.message.seq or 0)
            if message is not None and give_stamp(
                message, seat=seat.pk, stamp=given.stamp, on=False
            ):
                sitting.change(message)
                sitting.add_event(seat.room_id, "stamped", message=message)
        # Also what was read aloud for them, from a supporter's seat.
        own = Message.objects.filter(Q(seat=seat) | Q(postcard__murmur__seat=seat)).order_by("pk")
        messages = list(own.exclude(state=MessageState.ERASED)[:AT_ONCE])
        for message in messages:
            _erase_words(sitting, message)
        done = not stamps and not messages
        if done:
            Murmur.objects.filter(seat=seat).delete()
            Report.objects.filter(seat=seat).update(note="")
            Finding.objects.filter(seat=seat).delete()
            Visit.objects.filter(seat=seat).update(seat=None)
            seat.delete()
        sitting.store()
    if done:
        presence.forget(seat.room_id, key=seat.key)
    return done


def _erase_words(sitting: Sitting, message: Message) -> None:
    if message.seq is None:
        message.delete()
        return
    kept = sitting.message(message.room_id, message.seq) or message
    kept.state = MessageState.ERASED
    kept.text = kept.veil = kept.body_key = kept.handle = ""
    kept.stamps = {}
    kept.seat = None
    StampGiven.objects.filter(message=kept).delete()
    Finding.objects.filter(message=kept).update(words="")
    sitting.change(kept)
    sitting.add_event(message.room_id, "changed", message=kept)
