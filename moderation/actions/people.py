"""Acts on a person in a room: mute, pause, check, bar; and a private word, which is kept."""

from datetime import datetime

from django.db import transaction

from accounts.states import Role
from accounts.viewer import Viewer
from chat.actions import moderation as chat
from chat.models import Item, Room, Seat
from chat.states import RestrictionKind
from foundation.refusals import Refused
from foundation.tidy import tidy
from moderation import policies, telling
from moderation.actions import acts
from moderation.actions.contact import must_hold_no_contact
from moderation.actions.queue import must_be_free
from moderation.looks import led_by
from moderation.models import Act
from moderation.recusals import must_read
from moderation.states import ON_PEOPLE, ActKind, Reason

MOST_NOTE, MOST_WORDS = 200, 1000
_RESTRICTIONS = {
    ActKind.MUTE: RestrictionKind.MUTE,
    ActKind.PAUSE: RestrictionKind.PAUSE,
    ActKind.CHECK: RestrictionKind.CHECK,
    ActKind.ROOM_BAR: RestrictionKind.BAR,
    ActKind.SITE_BAR: RestrictionKind.BAR,
}


def act_on_person(
    viewer: Viewer, kind: ActKind, *, seat: int, until: datetime | None, reason: Reason,
    note: str = "", words: str = "", item: int | None = None, now: datetime,
) -> Act:  # fmt: skip
    """One of `ON_PEOPLE`; `words` are said to them too (a pause's plan for coming back).

    Raises `Refused`: `not_found`, `no_end`, `too_long_for_you`, `not_a_participant`, `no_plan`
    (a pause without a plan for coming back), `contact`, what `tidy` raises.
    """
    if kind not in ON_PEOPLE:
        raise Refused("not_found")
    row, role = _theirs(viewer, seat)
    policies.may_last(kind, role, until=until, now=now)
    note = _said(viewer, note, most=MOST_NOTE, room=row.room, now=now)
    words = _said(viewer, words, most=MOST_WORDS, room=row.room, now=now)
    if kind is ActKind.PAUSE and not words:
        raise Refused("no_plan")
    return restrict(
        viewer, kind, role=role, seat=row, until=until, reason=reason, note=note, words=words,
        item=item, now=now,
    )  # fmt: skip


def restrict(
    viewer: Viewer, kind: ActKind, *, role: Role, seat: Seat, until: datetime | None,
    reason: Reason, note: str, words: str, item: int | None, now: datetime,
) -> Act:  # fmt: skip
    """The restriction and its act, in one transaction."""
    where = None if kind is ActKind.SITE_BAR else seat.room_id
    with transaction.atomic():
        restriction = chat.restrict(
            participant=seat.participant_id or 0, kind=_RESTRICTIONS[kind], room=where,
            reason=note, until=until, now=now,
        )  # fmt: skip
        done = acts.keep(
            viewer, kind, role=role, program_id=seat.room.program_id, room_id=where,
            participant_id=seat.participant_id, restriction=restriction, reason=reason.value,
            note=note, words=words, evidence=acts.evidence_about(seat), until=until,
            item=led_by(item, seat=seat), now=now,
        )  # fmt: skip
        telling.tell(done, now=now)
    return done


def say(viewer: Viewer, *, seat: int, text: str, item: int | None = None, now: datetime) -> Act:
    """A private word, as a letter. The room's other supporters and the coordinators read it too.

    Raises `Refused`: `not_found`, `not_a_participant`, `claimed_already` (somebody else has the
    item), `contact`, what `tidy` raises.
    """
    row, role = _theirs(viewer, seat)
    led = led_by(item, seat=row)
    if led is not None:
        must_be_free(Item.objects.filter(pk=led.pk), by=viewer.staff, now=now)
    words = _said(viewer, text, most=MOST_WORDS, room=row.room, required=True, now=now)
    with transaction.atomic():
        done = acts.keep(
            viewer, ActKind.WORD, role=role, program_id=row.room.program_id, room_id=row.room_id,
            participant_id=row.participant_id, reason=Reason.OTHER.value, words=words,
            item=led, now=now,
        )  # fmt: skip
        telling.tell(done, now=now)
    return done


def _theirs(viewer: Viewer, seat: int) -> tuple[Seat, Role]:
    row = Seat.objects.filter(pk=seat).select_related("room").first()
    if row is None:
        raise Refused("not_found")
    role = policies.must_keep(viewer, room=row.room)
    if row.participant_id is None:
        raise Refused("not_a_participant")
    must_read(viewer, row.participant_id)
    return row, role


def _said(
    viewer: Viewer, text: str, *, most: int, room: Room, required: bool = False, now: datetime
) -> str:
    """Whoever the sender is: no contact details leave the room."""
    if not text.strip() and not required:
        return ""
    kept = tidy(text, most=most)
    must_hold_no_contact(viewer, kept, room=room, now=now)
    return kept
