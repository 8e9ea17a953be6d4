"""Acts on a message: approve, turn down, hide, restore, veil; each under the room's lock."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.states import Role
from accounts.viewer import Viewer
from chat.actions import moderation as rooms
from chat.actions.sitting import lock_rooms
from chat.models import Item, Message, Room
from chat.queries import written_by
from chat.states import ItemKind, ItemState, MessageState
from foundation.refusals import Refused
from foundation.tidy import tidy
from moderation import policies, telling
from moderation.actions import acts
from moderation.actions.contact import must_hold_no_contact
from moderation.actions.queue import finish, must_be_free
from moderation.actions.undo import undo
from moderation.models import Act
from moderation.recusals import must_read
from moderation.states import ActKind, Outcome, Reason

MOST_VEIL, MOST_NOTE = 40, 200
# What an act on a message settles; a report about staff is settled by hand, above the desk.
_SETTLED = (ItemKind.HELD, ItemKind.REPORT, ItemKind.FLAG)


def act_on_message(
    viewer: Viewer, kind: ActKind, *, message: int, reason: Reason = Reason.OTHER, note: str = "",
    veil: str = "", now: datetime,
) -> Act:  # fmt: skip
    """One of `ON_MESSAGES`. The author of what was hidden, veiled or turned down is told.

    Raises `Refused`: `not_found`, `claimed_already` (somebody else is reading it; what hurts may
    be hidden all the same), `moved_on` (somebody was faster, or it was taken back), `own_words`,
    `no_veil`, `contact`, what `tidy` raises.
    """
    row, role = _theirs(viewer, message)
    note = _said(viewer, note, most=MOST_NOTE, room=row.room, now=now)
    veil = _said(viewer, veil, most=MOST_VEIL, room=row.room, now=now)
    if kind is ActKind.VEIL and not veil:
        raise Refused("no_veil")
    if kind is not ActKind.HIDE:
        must_be_free(_items(row), by=viewer.staff, now=now)
    if kind is ActKind.RESTORE:
        standing = Act.objects.filter(
            message=message, kind=ActKind.HIDE.value, closed_at__isnull=True
        )
        if (hidden := standing.order_by("pk").first()) is not None:
            policies.must_not_be_own(viewer, row)
            return undo(viewer, act=hidden.pk, note=note, now=now)
    with transaction.atomic():
        lock_rooms([row.room_id])
        row = Message.objects.select_related("seat", "room").get(pk=message)
        if kind in (ActKind.APPROVE, ActKind.RESTORE):
            policies.must_not_be_own(viewer, row)
        author, is_card = _author(row)
        evidence = acts.evidence_of(row)
        if is_card:
            evidence.words["card"] = True
        before = _carry_out(kind, row, veil=veil, now=now)
        done = acts.keep(
            viewer, kind, role=role, program_id=row.room.program_id, room_id=row.room_id,
            message=row, participant_id=author,
            item=_item(row), reason=reason.value, note=note, evidence=evidence.words, before=before,
            value=veil or None, now=now,
        )  # fmt: skip
        acts.attribute(done, evidence)
        if kind in telling.WHAT:
            telling.tell(done, now=now)
        _settle(viewer, row, kind, now=now)
    return done


def _theirs(viewer: Viewer, message: int) -> tuple[Message, Role]:
    row = Message.objects.filter(pk=message).select_related("room", "seat").first()
    if row is None:
        raise Refused("not_found")
    role = policies.must_keep(viewer, room=row.room)
    must_read(viewer, _author(row)[0])
    return row, role


def _author(row: Message) -> tuple[int | None, bool]:
    """Whose words they are, and whether as a はがき: not whoever read it to the room wrote it."""
    seat = written_by(row)
    is_card = seat is not None and seat.pk != row.seat_id
    return (seat.participant_id if seat is not None else None), is_card


def _said(viewer: Viewer, text: str, *, most: int, room: Room, now: datetime) -> str:
    kept = tidy(text, most=most) if text.strip() else ""
    must_hold_no_contact(viewer, kept, room=room, now=now)
    return kept


def _carry_out(kind: ActKind, row: Message, *, veil: str, now: datetime) -> object:
    try:
        match kind:
            case ActKind.APPROVE:
                _must_be(row, MessageState.HELD)
                rooms.release(message=row.pk, now=now)
            case ActKind.TURN_DOWN:
                rooms.turn_down(message=row.pk, now=now)
            case ActKind.HIDE:
                rooms.hide(message=row.pk, now=now)
            case ActKind.RESTORE:
                _must_be(row, MessageState.HIDDEN)
                rooms.restore(message=row.pk, now=now)
            case ActKind.VEIL:
                return rooms.veil(message=row.pk, veil=veil, now=now)
            case _:
                raise Refused("not_found")
    except Refused as no:
        raise Refused("moved_on" if no.code == "no_such_message" else no.code) from None
    return None


def _must_be(row: Message, state: MessageState) -> None:
    if row.state != state:
        raise Refused("moved_on")


def _waiting(row: Message) -> list[Item]:
    return list(_items(row).exclude(state=ItemState.DONE.value).order_by("urgency", "pk"))


def _items(row: Message) -> QuerySet[Item]:
    return Item.objects.filter(message=row, kind__in=_SETTLED, about_staff__isnull=True)


def _item(row: Message) -> Item | None:
    return next(iter(_waiting(row)), None)


def _settle(viewer: Viewer, row: Message, kind: ActKind, *, now: datetime) -> None:
    restored = kind in (ActKind.APPROVE, ActKind.RESTORE)
    outcome = Outcome.NOTHING if restored else Outcome.ACTED
    finish(_waiting(row), by=viewer.staff, outcome=outcome, now=now)
