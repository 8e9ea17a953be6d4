"""つぶやき: say something to the supporters only."""

from uuid import UUID

from chat import policies, queries
from chat import protocol as p
from chat.actions import words
from chat.actions.sitting import Act, Answer, Sitting
from chat.models import Murmur
from chat.repeats import body_key
from foundation.clock import wire
from foundation.refusals import Link, Refused
from foundation.tidy import clean, measured

# Whoever wants to be reached can ask for it there.
ASK_LINKS = (Link("相談をおねがいする", "/counseling/ask/"),)


def murmur(sitting: Sitting, act: Act, frame: p.Murmur) -> Answer:
    """Store a murmur once per nonce."""
    seat = sitting.seat(act)
    text = clean(frame.text)
    nonce, key = UUID(frame.nonce), body_key(text, str(frame.aloud))
    earlier = sitting.murmured(seat.pk, nonce)
    if earlier is not None and earlier.body_key == key:
        return Answer([p.Ack(nonce=frame.nonce, at=wire(earlier.at))])

    look = words.look_at(sitting, sitting.actor(act), text)
    try:
        text = measured(text, most=p.MAX_TEXT)
        if earlier is not None:
            raise Refused(p.Refusal.CONFLICT)
        if look.screened.contact:
            raise Refused(p.Refusal.CONTACT, links=ASK_LINKS)
        words.stop_if_unsafe(look)
        policies.must_be_watched(sitting.rooms[act.room].kind)
        policies.may_murmur(room=sitting.states[act.room], is_staff=seat.staff_id is not None)
        sitting.pay("posts", queries.person_of(seat))
    except Refused:
        words.flag(sitting, seat, look, text)
        raise

    row = Murmur(
        room_id=act.room, seat=seat, nonce=nonce, body_key=key, text=text, aloud=frame.aloud,
        at=sitting.now,
    )  # fmt: skip
    words.flag(sitting, seat, look, text, murmur=row)
    sitting.add_murmur(row)
    sitting.note(seat.pk, "murmurs")
    return Answer([p.Ack(nonce=frame.nonce, at=wire(row.at))])
