"""Say something in a room."""

from datetime import timedelta

from chat import policies
from chat import protocol as p
from chat.actions import words
from chat.actions.sitting import Act, Answer, Sitting
from chat.asked import RoomRow, Said
from chat.known import Known
from chat.models import Message, Room
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
    one, room = sitting.actor(act), sitting.rooms[act.room]
    text, veil = clean(frame.text), clean(frame.veil) if frame.veil else ""
    nonce, key = frame.nonce.lower(), body_key(text, veil)
    standing, talk = sitting.standing(one, room.pk), words.is_talk(room)
    earlier = sitting.said(one.id, nonce)
    if earlier is not None and earlier.body_key in (key, ""):
        return _again(earlier, frame.nonce, premoderated=_waits(sitting, one, room, standing))

    both = f"{veil}\n{text}" if veil else text
    look = words.look_at(sitting, one, both)
    try:
        text = measured(text, most=p.MAX_TEXT)
        veil = measured(veil, most=p.MAX_VEIL, required=False) if veil else ""
        if earlier is not None:
            # Never a silent success for another text.
            raise Refused(p.Refusal.CONFLICT)
        sealed = talk and one.participant is not None
        words.stop_if_unsafe(look, links=words.SEAL_LINKS if sealed else ())
        policies.may_post(standing, room=sitting.states[room.pk], now=sitting.now)
        _keep_pace(sitting, one, room.slow_s, times=FLOOD_COSTS if look.screened.flood else 1)
        if not talk and not look.screened.care:
            _slow_repeats(sitting, one.person, key)
    except Refused:
        words.flag(sitting, one.seat, look, both)
        raise

    # Nobody but the two reads a talk: it has no holds.
    held = "" if talk else _held_for(look, waits=_waits(sitting, one, room, standing))
    message = NewMessage(
        room=room.pk,
        seat=one.id,
        seq=None if held else sitting.next_seq(room.pk),
        nonce=nonce,
        handle=one.seat.handle,
        body_key=key,
        text=text,
        veil=veil,
        state=MessageState.HELD if held else MessageState.SHOWN,
        at=sitting.now,
    )
    if look.screened.findings:
        row = sitting.add_found_message(message)
        words.flag(sitting, one.seat, look, both, message=row)
    else:
        sitting.add_message(message)
    if act.session is None:
        sitting.note(one.id)
    if held:
        return Answer([p.Held(nonce=frame.nonce, reason=held)])
    return Answer([p.Ack(nonce=frame.nonce, at=sitting.at, seq=message.seq or 0)])


def _again(earlier: Said | NewMessage | Message, nonce: str, *, premoderated: bool) -> Answer:
    """The original answer, for a repeat."""
    if earlier.seq is None:
        reason = "premoderated" if premoderated else "screened"
        return Answer([p.Held(nonce=nonce, reason=reason)])
    return Answer([p.Ack(nonce=nonce, at=wire(earlier.at), seq=earlier.seq)])


def _waits(sitting: Sitting, one: Known, room: Room | RoomRow, standing: policies.Standing) -> bool:
    """Whether a supporter reads this person's posts first, whatever they say."""
    if one.staff is not None:
        return False
    return policies.must_wait(
        standing,
        premoderated=room.premoderated,
        newcomers=room.newcomers_held,
        entered_at=one.entered_at,
        now=sitting.now,
    )


def _held_for(look: words.Look, *, waits: bool) -> str:
    """Why a supporter reads it first; empty: the room hears it at once."""
    if waits:
        return "premoderated"
    return "screened" if look.held else ""


def _keep_pace(sitting: Sitting, one: Known, slow_s: int, *, times: int) -> None:
    if slow_s and sitting.has_said(one.id):
        raise Refused(p.Refusal.TOO_FAST, retry_after=float(slow_s))
    if slow_s:
        last = (
            Message.objects.filter(seat=one.id, at__gt=sitting.now - timedelta(seconds=slow_s))
            .order_by("-at")
            .first()
        )
        if last is not None:
            wait = slow_s - (sitting.now - last.at).total_seconds()
            raise Refused(p.Refusal.TOO_FAST, retry_after=max(1.0, round(wait, 1)))
    for _ in range(times):
        sitting.pay("posts", one.person)


def _slow_repeats(sitting: Sitting, person: int, key: str) -> None:
    """The same again and again, under nonces of its own: after a few it must wait."""
    if sitting.is_repeat(person, key):
        sitting.pay("repeats", person)
