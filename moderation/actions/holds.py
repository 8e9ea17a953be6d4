"""What is held is judged soon, or goes back to its author; never late into the room."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from chat.actions import moderation as chat
from chat.actions.sitting import lock_rooms
from chat.models import Item, Message
from chat.states import ItemKind, ItemState, MessageState
from duty.colleagues import team
from duty.models import Shift
from duty.states import RUNNING
from moderation import telling
from moderation.actions import acts
from moderation.actions.queue import finish
from moderation.models import Act
from moderation.recusals import recused_from
from moderation.states import ActKind, Outcome, Reason

JUDGED_WITHIN = timedelta(minutes=10)
AT_ONCE = 50
HOUSE = "house"  # the role of what nobody did


# Kinds whose subject is a row that may go away by itself: erased, taken back, past its time.
_OF_MESSAGES = (ItemKind.REPORT.value, ItemKind.HELD.value)


def settle_gone(*, now: datetime) -> int:
    """What nobody can look at any more needn't wait: its words or its person are gone; how many.

    Words of crisis wait on: who erased themselves right after them must be known to somebody.
    """
    waiting = Item.objects.exclude(state=ItemState.DONE.value)
    gone = waiting.filter(
        Q(kind__in=_OF_MESSAGES, message__isnull=True)
        | Q(kind=ItemKind.MURMUR.value, murmur__isnull=True)
        | Q(kind=ItemKind.FLAG.value, seat__isnull=True)
    )
    rows = list(gone.order_by("raised_at", "pk")[:AT_ONCE])
    if not rows:
        return 0
    with transaction.atomic():
        return len(finish(rows, by=None, outcome=Outcome.GONE, now=now))


def return_late(*, now: datetime) -> int:
    """Held messages whose ten minutes are over and whose shift has ended go back; how many.

    While somebody of that room who was on duty when it was held still is, it waits for them.
    """
    late = Item.objects.filter(
        kind=ItemKind.HELD.value, raised_at__lte=now - JUDGED_WITHIN, message__isnull=False
    ).exclude(state=ItemState.DONE.value)
    returned = 0
    for row in late.select_related("seat").order_by("raised_at", "pk")[:AT_ONCE]:
        if not _readers(row, now=now):
            returned += _give_back(row.pk, row.message_id or 0, row.room_id or 0, now=now)
    return returned


def _readers(row: Item, *, now: datetime) -> set[int]:
    """Who can still judge it, of those who were on duty when it was held."""
    running = Shift.objects.filter(
        program=row.program_id, state__in=RUNNING, ends_at__gt=now, begun_at__lte=row.raised_at
    )
    there = set(running.order_by("pk").values_list("supporter", flat=True))
    if not there:
        return there
    here = {one.staff for one in team(row.program_id, room=row.room_id, now=now) if one.on_duty}
    return there & here - recused_from(row.seat.participant_id if row.seat else None)


def _give_back(item: int, message: int, room: int, *, now: datetime) -> bool:
    with transaction.atomic():
        lock_rooms([room])
        row = Message.objects.select_related("seat", "room").filter(pk=message).first()
        if row is None or row.state != MessageState.HELD:
            # Somebody judged it meanwhile.
            finish(Item.objects.filter(pk=item), by=None, outcome=Outcome.GONE, now=now)
            return False
        participant = row.seat.participant_id if row.seat else None
        evidence = acts.evidence_of(row)
        chat.turn_down(message=message, now=now)
        done = Act.objects.create(
            kind=ActKind.RETURN.value, program_id=row.room.program_id, room_id=room, message=row,
            item_id=item, participant_id=participant, role=HOUSE, reason=Reason.OTHER.value,
            evidence=evidence.words, at=now,
        )  # fmt: skip
        acts.attribute(done, evidence)
        if participant is not None:
            telling.tell_returned(participant, row.text, now=now)
        finish(Item.objects.filter(pk=item), by=None, outcome=Outcome.RETURNED, now=now)
    return True
