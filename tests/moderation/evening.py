"""What the desk's tests set up: a room with two supporters, and people who say things there."""

from datetime import datetime

from accounts.models import Participant
from chat import protocol as p
from chat.models import Item, Message, Room
from chat.states import ItemKind
from tests.chat.deeds import do, rest, said


def message(person: Participant, room: Room, text: str = "しずかな夜ですね") -> Message:
    """Somebody says something; its row."""
    return Message.objects.get(room=room, seq=said(person, room, text))


def report(
    person: Participant, row: Message, *, note: str = "", reason: str = "abuse",
    now: datetime | None = None,
) -> None:  # fmt: skip
    """Somebody tells the supporters of it."""
    rest()
    frame = p.Report(of=row.seq or 0, reason=reason, note=note)  # type: ignore[arg-type]
    assert not [
        answer for answer in do(person, row.room, frame, now=now)
        if isinstance(answer, p.RefusedFrame)
    ]  # fmt: skip


def item_of(kind: ItemKind, **of: object) -> Item:
    """The one item of a kind."""
    return Item.objects.get(kind=kind.value, **of)
