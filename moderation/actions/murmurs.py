"""つぶやき: read, and answered if there is something to say. That someone read it is told."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.states import Role
from accounts.viewer import Viewer
from audit.actions import record
from chat import promises
from chat.actions import moderation as chat
from chat.actions import postcards
from chat.models import Item, Murmur
from chat.states import ItemKind, ItemState
from duty.actions.attending import acted
from duty.models import Shift
from duty.states import ShiftState
from foundation.refusals import Refused
from foundation.tidy import tidy
from moderation import policies, telling
from moderation.actions import acts
from moderation.actions.contact import must_hold_no_contact
from moderation.actions.queue import finish, must_be_free
from moderation.models import Act
from moderation.recusals import must_read
from moderation.states import ActKind, Outcome, Reason

MOST_WORDS = 1000
AT_ONCE = 50
_KEPT = (ShiftState.PLANNED.value, ShiftState.BEGUN.value)


def mark_read(viewer: Viewer, *, murmur: int, now: datetime) -> None:
    """「読みました」. Twice is like once. Raises `Refused`: `not_found`, `claimed_already`."""
    row, role = _theirs(viewer, murmur)
    with transaction.atomic():
        must_be_free(_waiting(murmur), by=viewer.staff, now=now)
        if Murmur.objects.filter(pk=murmur, read_at__isnull=True).update(read_at=now):
            record(
                viewer.staff, role=role, verb="moderation.murmur_read", object_type="murmur",
                object_id=murmur, program=row.room.program_id, now=now,
            )  # fmt: skip
        _settle(viewer, murmur, Outcome.READ, now=now)


def reply(viewer: Viewer, *, murmur: int, text: str, now: datetime) -> Act:
    """An answer, as a letter; kept, and read by the room's other supporters.

    Raises `Refused`: `not_found`, `claimed_already` (by somebody else), `contact`, what `tidy`
    raises.
    """
    row, role = _theirs(viewer, murmur)
    words = tidy(text, most=MOST_WORDS)
    must_hold_no_contact(viewer, words, room=row.room, now=now)
    with transaction.atomic():
        must_be_free(_waiting(murmur), by=viewer.staff, now=now)
        done = acts.keep(
            viewer, ActKind.REPLY, role=role, program_id=row.room.program_id, room_id=row.room_id,
            participant_id=row.seat.participant_id, reason=Reason.OTHER.value, words=words,
            evidence={"murmur": murmur}, now=now,
        )  # fmt: skip
        chat.answer_murmur(murmur=murmur, text=words, links=[telling.to_tell(done)], now=now)
        _settle(viewer, murmur, Outcome.ANSWERED, now=now)
    return done


def read_to_room(viewer: Viewer, *, murmur: int, now: datetime) -> None:
    """「部屋で読む」: a はがき, without the name, from the viewer's own seat.

    Raises `Refused`: `not_found`, `claimed_already`, and what `postcards.read_aloud` raises, as
    `card_…`.
    """
    row, role = _theirs(viewer, murmur)
    program, room = row.room.program_id, row.room_id
    with transaction.atomic():
        must_be_free(_waiting(murmur), by=viewer.staff, now=now)
        try:
            postcards.read_aloud(viewer, murmur=murmur, now=now)
        except Refused as no:
            raise Refused(no.code if no.code == "not_found" else f"card_{no.code}") from None
        if role is Role.SUPPORTER:
            acted(viewer.staff or 0, program=program, room=room, now=now)
        record(
            viewer.staff, role=role, verb="moderation.postcard_read", object_type="murmur",
            object_id=murmur, program=program, now=now,
        )  # fmt: skip
        _settle(viewer, murmur, Outcome.READ, now=now)


def note_promises(*, now: datetime) -> int:
    """What people were told of when their murmurs are read is kept with what waits; how many.

    Where the rota names nobody yet, it is looked for again. Any process may run it at any time.
    """
    coming = Shift.objects.filter(program=OuterRef("program"), state__in=_KEPT, ends_at__gt=now)
    waiting = Item.objects.filter(Exists(coming), kind=ItemKind.MURMUR.value, due_at__isnull=True)
    rows = waiting.exclude(state=ItemState.DONE.value).select_related("seat")
    noted, known = 0, dict[tuple[int, int], datetime | None]()
    for row in rows.order_by("raised_at", "pk")[:AT_ONCE]:
        room, person = row.room_id or 0, (row.seat.participant_id or 0) if row.seat else 0
        if (room, person) not in known:
            known[room, person] = promises.read_by(
                room=room, program=row.program_id, participant=person, now=now
            )
        if (due := known[room, person]) is not None:
            noted += Item.objects.filter(pk=row.pk, due_at__isnull=True).update(due_at=due)
    return noted


def _settle(viewer: Viewer, murmur: int, outcome: Outcome, *, now: datetime) -> None:
    finish(_waiting(murmur), by=viewer.staff, outcome=outcome, now=now)


def _waiting(murmur: int) -> QuerySet[Item]:
    return Item.objects.filter(murmur=murmur, kind=ItemKind.MURMUR.value).order_by("pk")


def _theirs(viewer: Viewer, murmur: int) -> tuple[Murmur, Role]:
    row = Murmur.objects.filter(pk=murmur).select_related("room", "seat").first()
    if row is None:
        raise Refused("not_found")
    role = policies.must_keep(viewer, room=row.room)
    must_read(viewer, row.seat.participant_id)
    return row, role
