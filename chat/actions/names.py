"""A name is read like any words: one that hurts isn't borne here, need in one is heard."""

from datetime import datetime

from accounts import letters
from chat import in_force, promises
from chat.actions import items
from chat.actions.words import AGAIN, CARE_LINKS, CARE_TITLE, care_text
from chat.models import Finding, Room, Seat
from chat.protocol import Refusal
from chat.repeats import body_key
from chat.screening import Screened, screen
from foundation.refusals import Refused

HURTS = "name_hurts"


def read(room: Room, name: str) -> Screened:
    """What screening sees in a name, by the house's rules and the program's own."""
    return screen(name, more=in_force.lexicons(room.program_id))


def must_be_borne(looked: Screened) -> None:
    """Raises `Refused`: `contact`, or `name_hurts`. Never for words of crisis alone."""
    if looked.contact:
        raise Refused(Refusal.CONTACT)
    if looked.verdict == "hold":
        raise Refused(HURTS)


def hear(room: Room, seat: Seat, name: str, looked: Screened, *, now: datetime) -> None:
    """The card and the flag for somebody whose name calls for someone; once in ten minutes.

    Inside a transaction that has locked the room: what rang before may be hidden just now.
    """
    person, key = seat.participant_id, body_key("look", name)
    if not looked.care or person is None:
        return
    before = Finding.objects.filter(seat__participant=person, body_key=key, at__gt=now - AGAIN)
    if before.exists():
        return
    seen = [one for one in looked.findings if one.kind != "flood"]
    row = Finding.objects.create(
        room=room, seat=seat, body_key=key, words=looked.masked(name),
        classes=sorted({one.kind for one in seen}), rules=sorted({one.rule for one in seen}),
        at=now,
    )  # fmt: skip
    items.raise_all([items.of_finding(row)], now=now)
    called = ""
    if looked.crisis:
        called = promises.called(room=room.pk, program=room.program_id, participant=person, now=now)
    letters.write(
        person, kind=letters.Kind.CARE, title=str(CARE_TITLE), text=care_text(called),
        links=CARE_LINKS, now=now,
    )  # fmt: skip
