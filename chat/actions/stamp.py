"""Answer without words."""

from chat import policies, queries
from chat import protocol as p
from chat.actions.sitting import Act, Answer, Sitting, give_stamp
from chat.states import MessageState
from foundation.refusals import Refused


def stamp(sitting: Sitting, act: Act, frame: p.Stamp) -> Answer:
    """Give a stamp, or take it back. Doing it twice changes nothing."""
    seat = sitting.seat(act)
    if frame.stamp not in queries.stamps_of(act.room):
        raise Refused(p.Refusal.NO_SUCH_STAMP)
    policies.may_stamp(
        sitting.standing(sitting.actor(act), act.room),
        room=sitting.states[act.room],
        now=sitting.now,
    )
    message = sitting.message(act.room, frame.of)
    if message is None or message.state != MessageState.SHOWN:
        raise Refused(p.Refusal.NO_SUCH_MESSAGE)
    sitting.pay("stamps", queries.person_of(seat))
    seq: int | None = None
    if give_stamp(message, seat=seat.pk, stamp=frame.stamp, on=frame.on):
        sitting.change(message)
        seq = sitting.add_event(act.room, "stamped", message=message)
        if frame.on:
            sitting.note(seat.pk, "stamps")
    return acked(frame.nonce, sitting.at, seq)


def acked(nonce: str | None, at: str, seq: int | None = None) -> Answer:
    """`ack` for a frame that carried a nonce; nothing for one that didn't."""
    if nonce is None:
        return Answer()
    return Answer(
        [p.Ack(nonce=nonce, at=at) if seq is None else p.Ack(nonce=nonce, at=at, seq=seq)]
    )
