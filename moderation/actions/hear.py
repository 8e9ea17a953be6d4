"""Need in what somebody writes to those who judge is heard first, as in a room."""

from datetime import datetime

from django.db import transaction

from accounts import letters, passphrase
from accounts.models import Participant
from chat import in_force, promises
from chat.actions import items
from chat.actions.sitting import lock_rooms
from chat.actions.words import AGAIN, CARE_LINKS, CARE_TITLE, MOST_SCREENED, care_text
from chat.models import Finding, Seat
from chat.repeats import body_key
from chat.screening import screen
from chat.states import RoomKind
from moderation.models import Act


def hear_need(act: Act, *, person: int, text: str, now: datetime) -> None:
    """The card, and a call to those above the desk: whoever did what is objected to reads nothing
    of it. The same words again within ten minutes bring neither; they may still be refused.
    """
    looked = screen(text[:MOST_SCREENED], more=in_force.lexicons(act.program_id))
    if not looked.care:
        return
    seat, key = seat_in(act, person), body_key("look", text)
    lately = Finding.objects.filter(seat=seat, body_key=key, at__gt=now - AGAIN)
    if seat is not None and lately.exists():
        return
    with transaction.atomic():
        called = ""
        if seat is not None:
            # What rang before may be hidden just now: that is asked under the lock.
            lock_rooms([seat.room_id])
            seen = [one for one in looked.findings if one.kind != "flood"]
            row = Finding.objects.create(
                room_id=seat.room_id, seat=seat, about_staff_id=act.by_id, body_key=key,
                classes=sorted({one.kind for one in seen}),
                rules=sorted({one.rule for one in seen}),
                words="" if holds_passphrase(text, person) else looked.masked(text)[:MOST_SCREENED],
                at=now,
            )  # fmt: skip
            items.raise_all([items.of_finding(row)], now=now)
            if looked.crisis:
                called = _called(act, seat, person, now)
        letters.write(
            person, kind=letters.Kind.CARE, title=str(CARE_TITLE), text=care_text(called),
            links=CARE_LINKS, now=now,
        )  # fmt: skip


def _called(act: Act, seat: Seat, person: int, now: datetime) -> str:
    program = act.program_id
    if act.by_id is not None:
        return promises.called_above(program=program, about=act.by_id, participant=person, now=now)
    return promises.called(room=seat.room_id, program=program, participant=person, now=now)


def holds_passphrase(text: str, person: int) -> bool:
    """Whether somebody's own 合言葉 stands in a text: then it is kept nowhere."""
    key = Participant.objects.values_list("passphrase_key", flat=True).get(pk=person)
    return bool(key) and passphrase.contained_in(text, key)


def seat_in(act: Act, person: int) -> Seat | None:
    """Theirs where it was done; of what was done everywhere, their newest in the program."""
    theirs = Seat.objects.filter(participant=person, room__program=act.program_id)
    rooms = theirs.exclude(room__kind=RoomKind.COUNSELING).order_by("-pk")
    return rooms.filter(room=act.room_id).first() or rooms.first()
