"""What was told of stays readable for those who judge, also where its author takes it back.

Nobody in the room sees it any more; `purge` empties it when the time of evidence is over.
"""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from chat.actions.sitting import Sitting
from chat.models import Item, Message
from chat.states import ItemKind, ItemState, MessageState

AFTER_ITS_END = timedelta(days=90)  # what was under a report, once that is closed


def take_back(sitting: Sitting, message: Message) -> int:
    """Out of everybody's sight, under the room's lock; the number of the change. The words go,
    unless they are evidence.
    """
    message.state = MessageState.WITHDRAWN
    if not _is_evidence(sitting, message):
        message.text = message.veil = ""
    sitting.change(message)
    return sitting.add_event(message.room_id, "changed", message=message)


def _is_evidence(sitting: Sitting, message: Message) -> bool:
    """Whether somebody told of it, or something waits that is about it."""
    if sitting.reports_of(message):
        return True
    lately = Q(kind=ItemKind.REPORT.value, settled_at__gte=sitting.now - AFTER_ITS_END)
    rows = Item.objects.filter(message=message)
    return rows.filter(~Q(state=ItemState.DONE.value) | lately).exists()


def outlived(*, now: datetime) -> QuerySet[Message]:
    """Words that were taken back and kept, of which nothing was open for so long."""
    before = now - AFTER_ITS_END
    about = Item.objects.filter(message=OuterRef("pk"))
    needed = about.filter(~Q(state=ItemState.DONE.value) | Q(settled_at__gte=before))
    over = Item.objects.filter(state=ItemState.DONE.value, settled_at__lt=before)
    # By the items: there are few of them, and none of these words is without one.
    kept = Message.objects.filter(
        pk__in=over.filter(message__isnull=False).values("message"),
        state=MessageState.WITHDRAWN.value,
    )
    return kept.exclude(text="", veil="").exclude(Exists(needed))
