"""What waits for a human: raised with what it is about, claimed by one at a time, settled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from chat.models import DeskVersion, Finding, Item, Message, Murmur, Report, Room
from chat.queries import written_by
from chat.states import URGENCY, ItemKind, ItemState, MessageState, RoomKind
from foundation.bell import bell

# Whoever claimed something and did nothing for so long leaves it to the next.
CLAIMED_FOR = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Raised:
    """Something to be raised. `subject` is one of `message:n`, `seat:n`, `murmur:n`, …"""

    kind: ItemKind
    subject: str
    room: int | None = None
    program: int | None = None  # needed where there is no room
    message: int | None = None
    murmur: int | None = None
    seat: int | None = None
    about_staff: int | None = None


def of_held(row: Message) -> Raised:
    """A message that waits for a supporter."""
    return Raised(
        ItemKind.HELD, f"message:{row.pk}", room=row.room_id, message=row.pk, seat=row.seat_id
    )


def of_murmur(row: Murmur) -> Raised:
    """A murmur that nobody read yet."""
    return Raised(
        ItemKind.MURMUR, f"murmur:{row.pk}", room=row.room_id, murmur=row.pk, seat=row.seat_id
    )


def of_report(row: Report) -> Raised:
    """Someone told of a message; where whoever wrote it is staff, it skips the desk."""
    message, author = row.message, written_by(row.message)
    return Raised(
        ItemKind.REPORT, f"message:{message.pk}", room=message.room_id, message=message.pk,
        seat=author.pk if author else None, about_staff=author.staff_id if author else None,
    )  # fmt: skip


def of_finding(row: Finding) -> Raised:
    """Words of crisis are about a person; anything else is about the text that it was seen in."""
    crisis = "crisis" in row.classes
    text = f"message:{row.message_id}" if row.message_id else f"murmur:{row.murmur_id}"
    stored = row.message_id or row.murmur_id
    staff = row.about_staff_id
    person = f"seat:{row.seat_id}" + (f"/staff:{staff}" if staff else "")
    return Raised(
        ItemKind.CRISIS if crisis else ItemKind.FLAG,
        person if crisis or not stored else text,
        room=row.room_id, message=row.message_id, murmur=row.murmur_id, seat=row.seat_id,
        about_staff=staff,
    )  # fmt: skip


def raise_all(raised: Iterable[Raised], *, now: datetime) -> None:
    """Inside the caller's transaction: each becomes an item, or opens its own again.

    Two at once make one item: the unique constraint holds, and the loser's is the winner's.
    """
    wanted = {(one.kind, one.subject): one for one in raised}
    if not wanted:
        return
    rooms = {one.room for one in wanted.values() if one.room is not None}
    there = list(Room.objects.filter(pk__in=rooms).order_by("pk"))
    programs = {room.pk: room.program_id for room in there}
    # What is said in a talk of two is no business of the desk: its counselor has a chain. What is
    # told of that counselor goes above them.
    talks = {room.pk for room in there if room.kind == RoomKind.COUNSELING}
    wanted = {
        key: one
        for key, one in wanted.items()
        if one.room is None
        or (one.room in programs and (one.room not in talks or one.about_staff is not None))
    }
    if not wanted:
        return
    known = _known(wanted)
    rows = [
        _row(one, one.program or programs[one.room or 0], now=now)
        for key, one in wanted.items()
        if key not in known
    ]
    Item.objects.bulk_create(rows, ignore_conflicts=True)
    for key in known:
        _again(wanted[key], now=now)
    # What is about staff is no business of the desk: not even that something changed.
    changed(
        one.program or programs[one.room or 0] for one in wanted.values() if one.about_staff is None
    )


def _known(wanted: Iterable[tuple[ItemKind, str]]) -> set[tuple[ItemKind, str]]:
    subjects = {subject for _, subject in wanted}
    rows = Item.objects.filter(subject__in=subjects).order_by("pk").values_list("kind", "subject")
    return {(ItemKind(kind), subject) for kind, subject in rows} & set(wanted)


def _row(one: Raised, program: int, *, now: datetime) -> Item:
    return Item(
        kind=one.kind.value, subject=one.subject, program_id=program, room_id=one.room,
        message_id=one.message, murmur_id=one.murmur, seat_id=one.seat,
        about_staff_id=one.about_staff, urgency=URGENCY[one.kind], opened_at=now, raised_at=now,
    )  # fmt: skip


def _again(one: Raised, *, now: datetime) -> None:
    mine = Item.objects.filter(kind=one.kind.value, subject=one.subject)
    before = mine.values_list("message", flat=True).first()
    # What rang last is what is read; words that nothing stored stand in their finding.
    mine.update(times=F("times") + 1, message=one.message, murmur=one.murmur)
    # What was settled opens again, and its age begins anew.
    mine.filter(state=ItemState.DONE.value).update(
        state=ItemState.NEW.value, raised_at=now, claimed_by=None, claimed_at=None,
        settled_by=None, settled_at=None, outcome="",
    )  # fmt: skip
    if before is not None and before != one.message:
        _leave_in_sight(before, now=now)


def _leave_in_sight(message: int, *, now: datetime) -> None:
    """What an item led to until now: where people don't see it, another one leads there."""
    out_of_sight = [MessageState.HELD.value, MessageState.HIDDEN.value]
    for row in Message.objects.filter(pk=message, state__in=out_of_sight):
        keep_in_sight(row, now=now)


def changed(programs: Iterable[int]) -> None:
    """Count a change of what waits there, inside the caller's transaction; the bell rings after."""
    for program in sorted(set(programs)):
        if not DeskVersion.objects.filter(program=program).update(version=F("version") + 1):
            DeskVersion.objects.bulk_create(
                [DeskVersion(program_id=program, version=1)], ignore_conflicts=True
            )
        transaction.on_commit(partial(bell.desk, program))


def claimable(*, by: int, now: datetime) -> Q:
    """Whether an item can be claimed by someone: new, their own, or left by who had it."""
    return (
        Q(state=ItemState.NEW.value)
        | Q(state=ItemState.CLAIMED.value, claimed_by=by)
        | Q(state=ItemState.CLAIMED.value, claimed_at__lte=now - CLAIMED_FOR)
    )


def claim(item: int, *, by: int, now: datetime) -> bool:
    """Compare and swap: of two who take it at once, one has it. Whether it is theirs now."""
    with transaction.atomic():
        mine = Item.objects.filter(claimable(by=by, now=now), pk=item)
        if not mine.update(
            state=ItemState.CLAIMED.value, claimed_by=by, claimed_at=now,
            looked_at=Coalesce("looked_at", now),
        ):  # fmt: skip
            return False
        _changed_by(item)
    return True


def let_go(item: int, *, by: int) -> bool:
    """Back into the queue. Whether it was theirs."""
    with transaction.atomic():
        mine = Item.objects.filter(pk=item, state=ItemState.CLAIMED.value, claimed_by=by)
        if not mine.update(state=ItemState.NEW.value, claimed_by=None, claimed_at=None):
            return False
        _changed_by(item)
    return True


def settle(items: Sequence[int], *, by: int | None, outcome: str, now: datetime) -> list[int]:
    """Done. Those that were settled by this very call; the others were done before."""
    settled = []
    # Whoever settles something without claiming it has looked at it; what ends by itself, nobody.
    first = {} if by is None else {"looked_at": Coalesce("looked_at", now)}
    with transaction.atomic():
        for item in items:
            still = Item.objects.filter(pk=item).exclude(state=ItemState.DONE.value)
            if still.update(
                state=ItemState.DONE.value, settled_by=by, settled_at=now, outcome=outcome,
                closed_at=Coalesce("closed_at", now), **first,
            ):  # fmt: skip
                settled.append(item)
                _changed_by(item)
    return settled


def _changed_by(item: int) -> None:
    at_desk = Item.objects.filter(pk=item, about_staff__isnull=True)
    changed(at_desk.values_list("program", flat=True))


def keep_in_sight(message: Message, *, now: datetime) -> None:
    """A message that people don't see has an item, whoever hid it: done, and looked up later."""
    # One above the desk is nothing to the desk: it must not tell by what comes beside it either.
    if Item.objects.filter(message=message, about_staff__isnull=True).exists():
        return
    one = Raised(
        ItemKind.HIDDEN, f"message:{message.pk}", room=message.room_id, message=message.pk,
        seat=message.seat_id,
    )  # fmt: skip
    raise_all([one], now=now)
    row = Item.objects.get(kind=ItemKind.HIDDEN.value, subject=one.subject)
    settle([row.pk], by=None, outcome="hidden", now=now)
