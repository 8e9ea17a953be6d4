"""Tell the supporters of a message. Nobody else learns of it, nor who did.

What is told of a member of staff goes above them; from a talk of two nothing else is told.
"""

from uuid import UUID

from chat import policies, queries
from chat import protocol as p
from chat.actions import words
from chat.actions.sitting import Act, Answer, Sitting
from chat.actions.stamp import acked
from chat.models import Item, Message, Report, Seat
from chat.repeats import body_key
from chat.states import ItemKind, ItemState, MessageState
from foundation.clock import wire
from foundation.refusals import Refused
from foundation.tidy import clean, measured


def report(sitting: Sitting, act: Act, frame: p.Report) -> Answer:
    """Store it once per nonce. The same again is passed by while the first still waits."""
    seat = sitting.seat(act)
    note = clean(frame.note)
    key = body_key(frame.reason, note, str(frame.of))
    nonce = UUID(frame.nonce) if frame.nonce else None
    if nonce is not None:
        earlier = Report.objects.filter(seat=seat, nonce=nonce).first()
        if earlier is not None:
            if earlier.body_key != key:
                raise Refused(p.Refusal.CONFLICT)
            return acked(frame.nonce, wire(earlier.at))
    message = sitting.message(act.room, frame.of)
    author = queries.written_by(message) if message is not None else None
    about = author.staff_id if author is not None else None
    kind, is_staff = sitting.rooms[act.room].kind, seat.staff_id is not None
    if note:
        look = words.look_at(sitting, sitting.actor(act), note, about_staff=about)
        # A number that somebody tells of is evidence, never a try of whoever tells.
        if look.screened.care:
            words.flag(sitting, seat, look, note, about_staff=about, quoted=True)
        note = look.screened.masked(note)
        if look.passphrase:
            raise Refused(p.Refusal.PASSPHRASE)
        note = measured(note, most=p.MAX_NOTE, required=False)
    if message is None or message.state == MessageState.ERASED:
        raise Refused(p.Refusal.NO_SUCH_MESSAGE)
    policies.may_report(kind, is_staff=is_staff, of_staff=about is not None)
    sitting.pay("stamps", queries.person_of(seat))
    if not _waits(sitting, seat, message, key):
        sitting.add_report(
            Report(
                message=message,
                seat=seat,
                nonce=nonce,
                body_key=key,
                reason=frame.reason,
                note=note,
                at=sitting.now,
            )
        )
    return acked(frame.nonce, sitting.at)


def _waits(sitting: Sitting, seat: Seat, message: Message, key: str) -> bool:
    """Whether the very same was told by them, and nobody has settled it yet."""
    told = [one.body_key for one in sitting.reports_of(message) if one.seat_id == seat.pk]
    if key in told:
        return True
    open_ = Item.objects.filter(kind=ItemKind.REPORT.value, subject=f"message:{message.pk}")
    if not open_.exclude(state=ItemState.DONE.value).exists():
        return False
    return Report.objects.filter(seat=seat, message=message, body_key=key).exists()
