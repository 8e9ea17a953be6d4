"""Say something in a room."""

from datetime import timedelta

from chat import policies, queries
from chat import protocol as p
from chat.actions import words
from chat.actions.sitting import Act, Answer, Sitting
from chat.asked import Said
from chat.models import Message, Seat
from chat.repeats import body_key
from chat.states import MessageState
from chat.written import NewMessage
from foundation.clock import wire
from foundation.refusals import Refused
from foundation.tidy import clean, measured

# What fills a room without saying much is paid for like so many posts.
FLOOD_COSTS = 3


def post(sitting: Sitting, act: Act, frame: p.Post) -> Answer:
    """Store a text once per nonce; the room sees it after the commit, or a supporter first."""
    seat = sitting.seat(act)
    room = sitting.rooms[act.room]
    text, veil = clean(frame.text), clean(frame.veil)
    nonce, key = sitting.nonce(frame), body_key(text, veil)
    earlier = sitting.said(seat.pk, nonce)
    if earlier is not None and earlier.body_key in (key, ""):
        return _again(earlier, frame.nonce, premoderated=_waits(sitting, seat, room.pk))

    both = f"{veil}\n{text}" if veil else text
    look = words.look_at(sitting, seat, both)
    try:
        text = measured(text, most=p.MAX_TEXT)
        veil = measured(veil, most=p.MAX_VEIL, required=False)
        if earlier is not None:
            # Never a silent success for another text.
            raise Refused(p.Refusal.CONFLICT)
        sealed = words.is_talk(room) and seat.participant_id is not None
        words.stop_if_unsafe(look, links=words.SEAL_LINKS if sealed else ())
        policies.may_post(
            sitting.standing(seat.pk, room.pk), room=sitting.states[room.pk], now=sitting.now
        )
        _keep_pace(sitting, seat, room.slow_s, times=FLOOD_COSTS if look.screened.flood else 1)
        if not look.screened.care and not words.is_talk(room):
            _slow_repeats(sitting, queries.person_of(seat), key)
    except Refused:
        words.flag(sitting, seat, look, both)
        raise

    held = _held_for(sitting, seat, room.pk, look)
    message = NewMessage(
        room=room.pk,
        seat=seat.pk,
        seq=None if held else sitting.next_seq(room.pk),
        nonce=nonce,
        handle=seat.handle,
        body_key=key,
        text=text,
        veil=veil,
        state=MessageState.HELD if held else MessageState.SHOWN,
        at=sitting.now,
    )
    if look.screened.findings:
        row = sitting.add_found_message(message)
        words.flag(sitting, seat, look, both, message=row)
    else:
        sitting.add_message(message)
    if act.session is None:
        sitting.note(seat.pk)
    if held:
        return Answer([p.Held(nonce=frame.nonce, reason=held)])
    return Answer([p.Ack(nonce=frame.nonce, at=sitting.at, seq=message.seq or 0)])


def _again(earlier: Said | NewMessage | Message, nonce: str, *, premoderated: bool) -> Answer:
    """The original answer, for a repeat."""
    if earlier.seq is None:
        reason = "premoderated" if premoderated else "screened"
        return Answer([p.Held(nonce=nonce, reason=reason)])
    return Answer([p.Ack(nonce=nonce, at=wire(earlier.at), seq=earlier.seq)])


def _waits(sitting: Sitting, seat: Seat, room: int) -> bool:
    """Whether a supporter reads this person's posts first, whatever they say."""
    if seat.staff_id is not None:
        return False
    return policies.must_wait(
        sitting.standing(seat.pk, room),
        premoderated=sitting.rooms[room].premoderated,
        newcomers=sitting.rooms[room].newcomers_held,
        entered_at=seat.participant.entered_at if seat.participant else None,
        now=sitting.now,
    )


def _held_for(sitting: Sitting, seat: Seat, room: int, look: words.Look) -> str:
    """Why a supporter reads it first; empty: the room hears it at once."""
    # Nobody but the two reads a talk: it has no holds.
    if words.is_talk(sitting.rooms[room]):
        return ""
    if _waits(sitting, seat, room):
        return "premoderated"
    return "screened" if look.held else ""


def _keep_pace(sitting: Sitting, seat: Seat, slow_s: int, *, times: int) -> None:
    if slow_s and sitting.has_said(seat.pk):
        raise Refused(p.Refusal.TOO_FAST, retry_after=float(slow_s))
    if slow_s:
        last = (
            Message.objects.filter(seat=seat, at__gt=sitting.now - timedelta(seconds=slow_s))
            .order_by("-at")
            .first()
        )
        if last is not None:
            wait = slow_s - (sitting.now - last.at).total_seconds()
            raise Refused(p.Refusal.TOO_FAST, retry_after=max(1.0, round(wait, 1)))
    for _ in range(times):
        sitting.pay("posts", queries.person_of(seat))


def _slow_repeats(sitting: Sitting, person: int, key: str) -> None:
    """The same again and again, under nonces of its own: after a few it must wait."""
    if sitting.is_repeat(person, key):
        sitting.pay("repeats", person)
