"""What is past its time goes, in steps that hold the database only briefly."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from chat.actions.evidence import AFTER_ITS_END, outlived
from chat.models import Finding, Item, Message, Murmur, Room, RoomEvent, Visit
from chat.states import ItemKind, ItemState, MessageState, RoomKind

WORDS = timedelta(days=30)
VISITS = timedelta(days=90)
AT_ONCE = 50


def purge(*, now: datetime) -> Iterator[tuple[str, int]]:
    """Yields (class, rows gone) after each short transaction; the caller breathes in between."""
    # A talk of two goes with its case.
    rooms = Room.objects.exclude(kind=RoomKind.COUNSELING)
    for room in rooms.order_by("pk").values_list("pk", flat=True):
        while gone := _events(room, now - WORDS):
            yield "events", gone
    # Held and refused texts have no number, so the log doesn't lead to them.
    yield from _in_steps("held", Message.objects.filter(seq__isnull=True, at__lt=now - WORDS))
    # What was read to the room goes with its message: until then its author may still erase it.
    murmurs = Murmur.objects.filter(at__lt=now - WORDS)
    yield from _in_steps("murmurs", murmurs.exclude(postcard__message__isnull=False))
    yield from _in_steps("findings", Finding.objects.filter(at__lt=now - WORDS))
    # Before its items go, by which it is found.
    while keys := list(outlived(now=now).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        yield "taken_back", Message.objects.filter(pk__in=keys).update(text="", veil="")
    yield from _in_steps("reported", _reported(now - AFTER_ITS_END))
    done = Item.objects.filter(state=ItemState.DONE.value, settled_at__lt=now - AFTER_ITS_END)
    yield from _in_steps("items", done.filter(~Exists(_out_of_sight())))
    yield from _in_steps("visits", Visit.objects.filter(ended_at__lt=now - VISITS))


def _out_of_sight() -> QuerySet[Message]:
    """What people don't see keeps its item for as long as it is there."""
    unseen = Message.objects.filter(state__in=[MessageState.HELD, MessageState.HIDDEN])
    return unseen.filter(items=OuterRef("pk"))


def _reported(before: datetime) -> QuerySet[Message]:
    """Messages below their room's floor whose report was closed so long ago."""
    closed = Item.objects.filter(
        message=OuterRef("pk"), kind=ItemKind.REPORT.value, state=ItemState.DONE.value,
        settled_at__lt=before,
    )  # fmt: skip
    return Message.objects.filter(Exists(closed), seq__lte=F("room__floor"))


def _events(room: int, before: datetime) -> int:
    """The oldest stretch of one room's log, and its messages but for those under a report."""
    with transaction.atomic():
        row = Room.objects.select_for_update(no_key=True).get(pk=room)
        kept = {"room": row, "seq__gt": row.floor, "seq__lte": row.floor + AT_ONCE}
        old: dict[int, datetime] = {
            seq or 0: at
            for log in (Message.objects, RoomEvent.objects)
            for seq, at in log.filter(**kept).order_by("seq").values_list("seq", "at")
        }
        upto = row.floor
        # What is gone already goes with what follows it.
        for seq in sorted(old):
            if old[seq] >= before:
                break
            upto = seq
        else:
            upto = min(row.floor + AT_ONCE, row.head)
        if upto == row.floor:
            return 0
        Room.objects.filter(pk=room).update(floor=upto)
        RoomEvent.objects.filter(room=row, seq__lte=upto).delete()
        Message.objects.filter(room=row, seq__lte=upto, reports__isnull=True).delete()
        return upto - row.floor


def _in_steps(name: str, rows: object) -> Iterator[tuple[str, int]]:
    while True:
        keys = list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])  # type: ignore[attr-defined]
        if not keys:
            return
        with transaction.atomic():
            gone, _ = rows.model.objects.filter(pk__in=keys).delete()  # type: ignore[attr-defined]
        yield name, gone
