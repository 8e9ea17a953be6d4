"""Undoing closes exactly one row, and only what that row did ends with it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.states import Role
from accounts.viewer import Viewer
from audit.actions import record
from chat.actions import moderation as chat
from chat.actions import rooms
from chat.actions.sitting import lock_rooms
from chat.models import Message, Room
from chat.states import Hand, MessageState
from foundation.refusals import Refused
from foundation.tidy import tidy
from moderation import policies, telling
from moderation.actions.contact import must_hold_none_about
from moderation.models import Act
from moderation.recusals import must_read
from moderation.states import BY_SWITCH, LASTING, ON_PEOPLE, ON_ROOMS, ActKind

MOST_NOTE = 200
_COLUMN = {
    ActKind.SLOW: "slow_s",
    ActKind.PREMODERATE: "premoderated",
    ActKind.NEWCOMERS: "newcomers_held",
    ActKind.LOCK: "hand",
    ActKind.AWAY: "hand",
}
_STRICTER = list(Hand).index


def undo(viewer: Viewer, *, act: int, note: str = "", now: datetime) -> Act:
    """Take back one act.

    Raises `Refused`: `not_found`, `closed` (it ended or was undone), `own_words`, `contact`, what
    `tidy` raises.
    """
    found = Act.objects.select_related("room").filter(pk=act).first()
    role = policies.may_undo(viewer, found)
    must_read(viewer, found.participant_id)  # type: ignore[union-attr]
    if ActKind(found.kind) not in LASTING:  # type: ignore[union-attr]
        raise Refused("closed")
    if found.kind == ActKind.HIDE and found.message is not None:  # type: ignore[union-attr]
        policies.must_not_be_own(viewer, found.message)  # type: ignore[union-attr]
    note = tidy(note, most=MOST_NOTE) if note.strip() else ""
    must_hold_none_about(viewer, note, act=found, now=now)  # type: ignore[arg-type]
    return close_by(viewer.staff or 0, role=role, act=act, note=note, now=now)


def close_by(
    staff: int, *, role: Role, act: int, note: str, now: datetime, told: bool = True
) -> Act:
    """Close a row and end what it did, in one transaction; the loser of two is refused."""
    with transaction.atomic():
        row = _locked(act)
        if row.closed_at is not None:
            raise Refused("closed")
        row.closed_at = row.undone_at = now
        row.undone_by_id, row.undone_note = staff, note
        row.save(update_fields=["closed_at", "undone_at", "undone_by", "undone_note"])
        _end(row, now=now)
        record(
            staff, role=role, verb="moderation.undone", object_type="act", object_id=row.pk,
            program=row.program_id, now=now,
        )  # fmt: skip
        if told:
            telling.tell_undone(row, now=now) if row.kind in telling.WHAT else None
    return row


def _locked(act: int) -> Act:
    # As every action: the room before what stands in it.
    room = Act.objects.values_list("room", flat=True).get(pk=act)
    lock_rooms([room] if room else [])
    return Act.objects.select_for_update(of=("self",)).get(pk=act)


def _end(row: Act, *, now: datetime) -> None:
    kind = ActKind(row.kind)
    if kind in ON_PEOPLE and row.restriction_id is not None:
        chat.lift(restriction=row.restriction_id, now=now)
    elif kind in ON_ROOMS:
        settle_room(row.room_id or 0, kind, base=row.before, ended=row.value, now=now)
    elif row.message_id is not None and kind in (ActKind.HIDE, ActKind.VEIL):
        _end_on_message(row, kind, now=now)


def _end_on_message(row: Act, kind: ActKind, *, now: datetime) -> None:
    message = Message.objects.get(pk=row.message_id or 0)
    if kind is ActKind.HIDE and message.state == MessageState.HIDDEN:
        chat.restore(message=message.pk, now=now)
    if kind is ActKind.VEIL and message.state == MessageState.SHOWN:
        others = Act.objects.filter(message=message, kind=kind.value, closed_at__isnull=True)
        last = others.order_by("pk").last()
        word = last.value if last is not None else row.before
        chat.veil(message=message.pk, veil=str(word or ""), now=now)


def settle_room(room: int, kind: ActKind, *, base: Any, ended: Any = None, now: datetime) -> None:
    """Bring a room to what its standing acts ask for; without any, to what it was before them.

    `ended`: what the act asked for that was just closed.
    """
    lock_rooms([room])
    wanted: list[Any] = [base, *_standing(room, kind).values_list("value", flat=True)]
    if kind is ActKind.SLOW:
        rooms.set_slow(room=room, seconds=max(int(one) for one in wanted), now=now)
    elif kind is ActKind.PREMODERATE:
        rooms.hold_posts(room=room, everyone=any(wanted))
    elif kind is ActKind.NEWCOMERS:
        rooms.hold_posts(room=room, newcomers=any(wanted))
    else:
        _settle_switch(room, [Hand(one) for one in wanted], ended=ended, now=now)


def _settle_switch(room: int, wanted: list[Hand], *, ended: Any, now: datetime) -> None:
    hand = max(wanted, key=_STRICTER)
    asked = max([hand, Hand(ended)] if ended is not None else [hand], key=_STRICTER)
    there = Hand(Room.objects.values_list("hand", flat=True).get(pk=room))
    # A coordinator set something stricter meanwhile: no act's end undoes that.
    if _STRICTER(there) <= _STRICTER(asked):
        rooms.switch(room=room, hand=hand, reason="", now=now)


def _standing(room: int, kind: ActKind) -> QuerySet[Act]:
    kinds = BY_SWITCH if kind in BY_SWITCH else (kind,)
    found = Act.objects.filter(room=room, kind__in=[one.value for one in kinds])
    return found.filter(closed_at__isnull=True).order_by("pk")


def base_of(room: int, kind: ActKind) -> object:
    """What a room was before the acts of a kind that stand there."""
    if (first := _standing(room, kind).first()) is not None:
        return first.before
    return Room.objects.values_list(_COLUMN[kind], flat=True).get(pk=room)


def close_due(*, now: datetime) -> int:
    """Acts whose time is over are closed, and rooms return to what they were; how many.

    A row that was closed meanwhile is passed by: what is queued looks again under the lock.
    """
    due = Act.objects.filter(until__lte=now, closed_at__isnull=True).order_by("pk")
    return sum(
        close_now(key, at=until or now, now=now)
        for key, until in list(due.values_list("pk", "until")[:200])
    )


def close_now(act: int, *, at: datetime, now: datetime) -> bool:
    """Close a row that nobody undid; whether it still stood."""
    with transaction.atomic():
        row = _locked(act)
        if row.closed_at is not None:
            return False
        row.closed_at = at
        row.save(update_fields=["closed_at"])
        if ActKind(row.kind) in ON_ROOMS:
            _end(row, now=now)
    return True
