"""つぶやき: say something to the supporters only."""

from uuid import UUID

from chat import policies
from chat import protocol as p
from chat.actions import words
from chat.actions.sitting import Act, Answer, Sitting
from chat.models import Murmur
from chat.repeats import body_key
from foundation.clock import wire
from foundation.refusals import Refused
from foundation.tidy import tidy


def murmur(sitting: Sitting, act: Act, frame: p.Murmur) -> Answer:
    """Store a murmur once per nonce."""
    seat = sitting.seats[act.seat]
    text = tidy(frame.text, most=p.MAX_TEXT)
    nonce, key = UUID(frame.nonce), body_key(text, str(frame.aloud))

    if earlier := sitting.murmured(seat.pk, nonce):
        if earlier.body_key != key:
            raise Refused(p.Refusal.CONFLICT)
        return Answer([p.Ack(nonce=frame.nonce, at=wire(earlier.at))])

    screened = words.look_at(sitting, seat, text)
    try:
        words.stop_if_unsafe(seat, screened, text)
        policies.may_murmur(room=sitting.states[act.room])
        sitting.pay("posts", seat.participant_id or 0)
    except Refused:
        words.flag(sitting, seat, screened, text)
        raise

    row = Murmur(
        room_id=act.room, seat=seat, nonce=nonce, body_key=key, text=text, aloud=frame.aloud,
        at=sitting.now,
    )  # fmt: skip
    words.flag(sitting, seat, screened, text, murmur=row)
    sitting.add_murmur(row)
    sitting.acts[seat.pk]["murmurs"] += 1
    return Answer([p.Ack(nonce=frame.nonce, at=wire(row.at))])
