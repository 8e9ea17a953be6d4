"""はがき: a murmur that a supporter may read to the room, without the name of who wrote it.

It is screened and limited like a post of its author's. The author may take it back at any time;
the stamps that it got come to them as a letter, by name and without a number.
"""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import letters
from accounts.viewer import Viewer
from chat import in_force, policies, queries
from chat.actions import evidence, seats
from chat.actions.sitting import Letter, Sitting
from chat.models import Message, Murmur, Postcard
from chat.policies import FREE
from chat.protocol import Refusal
from chat.repeats import body_key
from chat.screening import screen
from chat.states import MessageState, may_become
from foundation.refusals import Link, Refused

# Stamps are gathered for so long: the evening on which it was read, and the night.
GATHERED = timedelta(hours=12)
AT_ONCE = 50


def read_aloud(viewer: Viewer, *, murmur: int, now: datetime) -> int:
    """Read a postcard to its room, from the supporter's own seat; the message's number.

    Raises `Refused`: `not_found` (no such murmur, or not one of the viewer's rooms), `not_aloud`
    (not meant for it, or taken back), `read_already`, and what a post of its author's is refused
    with: `quiet`, `ending`, `locked`, `closed`, `muted`, `paused`, `contact`.
    """
    with transaction.atomic():
        room = Murmur.objects.filter(pk=murmur).values_list("room", flat=True).first()
        sitting = Sitting({room} if room else (), now=now)
        row = _of(murmur)
        if row is None:
            raise Refused("not_found")
        keeper = _keeper(viewer, row)
        seat = seats.take(viewer, room=row.room, standing=FREE)
        _must_be_readable(row, now)
        text = _("はがきが、とどいています。") + "\n\n" + row.text
        message = Message(
            room=row.room, seat=seat, seq=sitting.next_seq(row.room_id), nonce=uuid4(),
            handle=seat.handle, body_key=body_key(text, ""), text=text,
            state=MessageState.SHOWN, at=now,
        )  # fmt: skip
        sitting.add_row(message)
        if row.seat.participant_id is not None:
            sitting.add_letter(_told(row))
        sitting.store()
        Postcard.objects.create(murmur=row, message=message, read_by_id=keeper, read_at=now)
        Murmur.objects.filter(pk=row.pk, read_at__isnull=True).update(read_at=now)
    return message.seq or 0


def take_back(viewer: Viewer, *, murmur: int, now: datetime) -> None:
    """The author's: it isn't read, or what was read leaves the room. Twice is like once.

    Raises `Refused("not_found")` for anybody else's.
    """
    with transaction.atomic():
        room = Murmur.objects.filter(pk=murmur).values_list("room", flat=True).first()
        sitting = Sitting({room} if room else (), now=now)
        row = _of(murmur)
        if row is None or viewer.participant is None:
            raise Refused("not_found")
        if row.seat.participant_id != viewer.participant:
            raise Refused("not_found")
        Murmur.objects.filter(pk=murmur).update(aloud=False)
        card = Postcard.objects.select_related("message__seat").filter(murmur=row).first()
        if card is None or card.message is None:
            return
        message = card.message
        if may_become(MessageState(message.state), MessageState.WITHDRAWN):
            evidence.take_back(sitting, message)
            sitting.store()


def answer_all(*, now: datetime) -> int:
    """Write the letters of postcards that were read some time ago; how many were looked at.

    Any process may run it at any time. Who got no stamp gets no letter that says so.
    """
    due = Postcard.objects.filter(answered_at__isnull=True, read_at__lte=now - GATHERED)
    keys = list(due.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    for key in keys:
        with transaction.atomic():
            if Postcard.objects.filter(pk=key, answered_at__isnull=True).update(answered_at=now):
                _answer(Postcard.objects.select_related("message", "murmur__seat").get(pk=key), now)
    return len(keys)


def _answer(card: Postcard, now: datetime) -> None:
    message, author = card.message, card.murmur.seat.participant_id
    if author is None or message is None or message.state != MessageState.SHOWN:
        return
    if message.stamps:
        names = "".join(f"「{name}」" for name in message.stamps)
        letters.write(
            author,
            kind=letters.Kind.REPLY,
            title=_("はがきに、スタンプがありました"),
            text=_("部屋で読まれたはがきに、%(names)sのスタンプがありました。") % {"names": names},
            now=now,
        )


def _of(murmur: int) -> Murmur | None:
    found = Murmur.objects.select_for_update(of=("self",)).select_related("room", "seat")
    return found.filter(pk=murmur).first()


def _keeper(viewer: Viewer, row: Murmur) -> int:
    try:
        return policies.must_sit(viewer, program=row.room.program_id, room=row.room_id)
    except Refused:
        raise Refused("not_found") from None


def _must_be_readable(row: Murmur, now: datetime) -> None:
    if Postcard.objects.filter(murmur=row).exists():
        raise Refused("read_already")
    if not row.aloud:
        raise Refused("not_aloud")
    # Words of need are no reason to keep silent; everything else that screening sees is.
    own = in_force.lexicons(row.room.program_id)
    if any(one.kind not in ("crisis", "likeness") for one in screen(row.text, more=own).findings):
        raise Refused(Refusal.CONTACT)
    standing = FREE
    if row.seat.participant_id is not None:
        standing = queries.standing_of(row.seat.participant_id, room=row.room_id, now=now)
    state = queries.states_of([row.room], now=now)[row.room_id]
    policies.may_post(standing, room=state, now=now)


def _told(row: Murmur) -> Letter:
    return Letter(
        participant=row.seat.participant_id or 0,
        kind=letters.Kind.REPLY,
        title=_("はがきを、部屋で読みました"),
        text=_(
            "名前は出していません。とりけしたくなったら、その部屋のつぶやきから、いつでもできます。"
        ),
        links=(Link(row.room.name, f"/rooms/{row.room.slug}/"),),
    )
