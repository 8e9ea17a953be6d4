"""What happens to every well-formed text before anything else: it is screened.

Words of crisis bring a card and a flag also when the text is then refused; contact details and
one's own 合言葉 stop it; what may hurt is held, unless it is also a call for help.
"""

import contextlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from accounts import letters, passphrase
from chat import in_force, promises
from chat import protocol as p
from chat.actions import items
from chat.actions.sitting import Letter, Sitting
from chat.asked import RoomRow
from chat.known import Known
from chat.models import Finding, Message, Murmur, Room, Seat
from chat.repeats import body_key
from chat.screening import Screened, Sight, screen, sights
from foundation.refusals import Link, Refused
from foundation.tidy import clean

CARE_TITLE = gettext_lazy("いま話せるところ")
CARE_LINKS = (Link("いま話せるところ", "/now/"),)
SEAL_LINKS = (Link("鍵をかけて預ける", "/counseling/mine/"),)


# The same words again within this time summon nobody anew: a page repeats what was refused.
AGAIN = timedelta(minutes=10)
# Contact details once are a slip; twice within this time the supporters are told.
SECOND_TRY = timedelta(days=1)
MOST_SCREENED = 3000  # code points; bounded time for any text
MOST_AHEAD = 50_000  # code points looked at together; bounded memory for what is found in them


class Look(Struct, frozen=True, gc=False):
    """What screening saw in a text, and what it said before."""

    screened: Screened
    key: str  # of the words, where something was found
    again: bool
    passphrase: bool

    @property
    def held(self) -> bool:
        """Whether a supporter reads it before the room does."""
        return self.screened.verdict == "hold"


def ahead(frames: Iterable[p.Incoming]) -> dict[str, Sight]:
    """What the house's rules see in what is said, before anything is locked: `look_at` then has
    less to do while others wait. Of very much it does the rest itself.
    """
    texts, length = [], 0
    for one in frames:
        if isinstance(one, p.Post | p.Murmur) and length < MOST_AHEAD:
            with contextlib.suppress(Refused):  # told when its turn comes
                texts.append(_said(one)[:MOST_SCREENED])
                length += len(texts[-1])
    return sights(texts)


def _said(frame: p.Post | p.Murmur) -> str:
    """All of a frame's words, cleaned. Raises `Refused("malformed")`."""
    veil = clean(frame.veil) if isinstance(frame, p.Post) else ""
    return f"{veil}\n{clean(frame.text)}" if veil else clean(frame.text)


def look_at(sitting: Sitting, one: Known, text: str, *, about_staff: int | None = None) -> Look:
    """Screen a well-formed text; for words of crisis stage the card. `flag` stages the flag.

    `about_staff`: it tells of this member of staff; then those above them are called.
    """
    own = in_force.lexicons(sitting.program(one.room))
    text_seen = text[:MOST_SCREENED]
    screened = screen(text_seen, more=own, sight=sitting.sights.get(text_seen))
    own_phrase = bool(one.phrase) and passphrase.contained_in(text, one.phrase)
    if not screened.findings:
        return Look(screened, "", again=False, passphrase=own_phrase)
    key, seat = body_key("look", text), one.seat
    again = screened.care and _seen(sitting, seat, key)
    if screened.care and not again and one.participant:
        sitting.add_letter(
            Letter(
                participant=one.participant,
                kind=letters.Kind.CARE,
                title=str(CARE_TITLE),
                text=care_text(_called(sitting, seat, about_staff) if screened.crisis else ""),
                links=CARE_LINKS,
            )
        )
    return Look(screened, key, again, own_phrase)


def care_text(called: str) -> str:
    """What the card says; `called`: who is called or told, where somebody is."""
    return _(
        "つらいことばがあったので、自動でお出ししています。%(called)s"
        "いますぐ人と話せるところがあります。声を出さずに、文字で話せるところもあります。"
    ) % {"called": called}


def _called(sitting: Sitting, seat: Seat, about_staff: int | None) -> str:
    program, person, now = sitting.program(seat.room_id), seat.participant_id or 0, sitting.now
    if about_staff is not None:
        return promises.called_above(
            program=program, about=about_staff, participant=person, now=now
        )
    if is_talk(sitting.rooms[seat.room_id]):
        return promises.called_in_talk(room=seat.room_id, program=program, now=now)
    return promises.called(room=seat.room_id, program=program, participant=person, now=now)


def is_talk(room: Room | RoomRow) -> bool:
    """Whether two talk there: nobody else reads what they write."""
    return not (room.required if isinstance(room, RoomRow) else room.required_supporters)


def _seen(sitting: Sitting, seat: Seat, key: str) -> bool:
    lately = Finding.objects.filter(seat=seat, body_key=key, at__gt=sitting.now - AGAIN)
    return sitting.has_found(seat.pk, key) or lately.exists()


def flag(
    sitting: Sitting, seat: Seat, look: Look, text: str, *,
    message: Message | None = None, murmur: Murmur | None = None, about_staff: int | None = None,
    quoted: bool = False,
) -> None:  # fmt: skip
    """Tell the supporters what screening saw. Words are kept only where nothing else keeps them.

    `about_staff`: they speak of this member of staff, who isn't among those told; nor is a member
    of staff who tries to leave contact details of their own. `quoted`: contact details in it are
    what they tell of.
    """
    stored = message is not None or murmur is not None
    # What only fills the room is slowed; it is nobody's work.
    nobodys = ("flood", "contact") if quoted else ("flood",)
    seen = [one for one in look.screened.findings if one.kind not in nobodys]
    if not seen or (look.again and not stored):
        return
    tried = look.screened.contact and not stored and not quoted
    again = tried and _tried_before(seat, now=sitting.now)
    if not (look.screened.care or stored or again):
        return  # a slip: nothing was stored, and nothing is
    # A 合言葉 is kept nowhere, not even among the words of someone in need. What a talk of two
    # refused is kept nowhere either: only what was found is masked, and names stand beside it.
    confided = about_staff is None and is_talk(sitting.rooms[seat.room_id])
    keep = not stored and not look.passphrase and not confided
    # Nobody judges their own try, nor sees that it was told.
    themselves = seat.staff_id if look.screened.contact and not quoted else None
    sitting.add_finding(
        Finding(
            room_id=seat.room_id,
            seat=seat,
            message=message,
            murmur=murmur,
            about_staff_id=about_staff if about_staff is not None else themselves,
            body_key=look.key,
            classes=sorted({one.kind for one in seen}),
            rules=sorted({one.rule for one in seen}),
            words=look.screened.masked(text)[:MOST_SCREENED] if keep else "",
            at=sitting.now,
        )
    )


def tried_at_the_desk(seat: Seat, *, program: int, text: str, now: datetime) -> None:
    """A member of staff wrote contact details to someone, and was stopped: the second time within
    a day it is told above them, as what they try in a room.
    """
    looked = screen(text[:MOST_SCREENED], more=in_force.lexicons(program))
    # What else they write to someone in need is no call of their own.
    seen = [one for one in looked.findings if one.kind == "contact"]
    with transaction.atomic():
        if not seen or not _tried_before(seat, now=now):
            return
        row = Finding.objects.create(
            room_id=seat.room_id, seat=seat, about_staff_id=seat.staff_id,
            body_key=body_key("look", text), classes=["contact"],
            rules=sorted({one.rule for one in seen}),
            words=looked.masked(text)[:MOST_SCREENED], at=now,
        )  # fmt: skip
        items.raise_all([items.of_finding(row)], now=now)


def _tried_before(seat: Seat, *, now: datetime) -> bool:
    """Whether this person tried to leave contact details within the last day; notes this try."""
    own = Seat.objects.filter(pk=seat.pk)
    if seat.participant_id is not None:
        own = Seat.objects.filter(participant_id=seat.participant_id)
    elif seat.staff_id is not None:
        own = Seat.objects.filter(staff_id=seat.staff_id)
    before = own.filter(contact_tried_at__gt=now - SECOND_TRY).exists()
    Seat.objects.filter(pk=seat.pk).update(contact_tried_at=now)
    return before


def stop_if_unsafe(look: Look, *, links: Sequence[Link] = ()) -> None:
    """Refuse one's own 合言葉 and contact details, whoever the sender is; `links` lead on."""
    if look.passphrase:
        raise Refused(p.Refusal.PASSPHRASE)
    if look.screened.contact:
        raise Refused(p.Refusal.CONTACT, links=links)
