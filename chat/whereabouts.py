"""What a hub asks of the database: where its rooms and people stand, and who may stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from accounts import letters
from accounts.models import Letter, Participant, Staff
from accounts.queries import signed_in, viewer_from_session
from chat import protocol as p
from chat.models import Room
from chat.policies import FREE, must_sit
from chat.queries import presence_of, standings
from chat.states import RoomKind
from chat.talks import talk_seat
from duty.queries import attending
from foundation import clock
from foundation.refusals import Refused
from foundation.statements import Statement, ask

# By hand: every process asks it of all who are there, every two seconds.
_HEADS = "SELECT id, head FROM chat_room WHERE id = ANY(%s) AND removed_at IS NULL"
_VERSIONS = "SELECT id, version FROM accounts_participant WHERE id = ANY(%s)"
_KEEPERS = "SELECT -id AS id, version FROM accounts_staff WHERE id = ANY(%s) AND is_active"


def positions(rooms: Sequence[int], people: Sequence[int]) -> tuple[dict[int, int], dict[int, int]]:
    """Heads of rooms and versions of people, in one trip; what is gone is missing.

    People are participants' numbers, and minus the numbers of members of staff.
    """
    heads, versions, keepers = ask(
        Statement(_HEADS, [list(rooms)]),
        Statement(_VERSIONS, [[one for one in people if one > 0]]),
        Statement(_KEEPERS, [[-one for one in people if one < 0]]),
    )
    return dict(heads), dict(versions + keepers)


@dataclass(frozen=True, slots=True)
class Recheck:
    """What a look at someone's standing says to each of their sockets, and what waits for them."""

    codes: dict[tuple[int, str | None], p.Close | None]
    cards: list[tuple[int, p.Card]]


def recheck(person: int, sockets: Sequence[tuple[int, str | None]], after: int) -> Recheck:
    """Who may stay, and the cards written after letter number `after`."""
    now = clock.now()
    if person < 0:
        return Recheck({one: _of_staff(-person, *one, now=now) for one in sockets}, [])
    if not Participant.objects.filter(pk=person).exists():
        return Recheck(dict.fromkeys(sockets, p.Close.NOT_ALLOWED), [])
    standing = standings([person], rooms={room for room, _ in sockets}, now=now)
    codes: dict[tuple[int, str | None], p.Close | None] = {}
    for room, session in sockets:
        if standing.get((person, room), FREE).barred:
            codes[room, session] = p.Close.NOT_ALLOWED
        elif session is not None and not signed_in(session, person):
            codes[room, session] = p.Close.NOT_ENTERED
        else:
            codes[room, session] = None
    cards = [(one.pk, card_of(one)) for one in letters.unread_after(person, after=after)]
    return Recheck(codes, cards)


def _of_staff(
    staff: int, room: int, session: str | None, *, now: datetime
) -> p.Close | None:  # fmt: skip
    """Whether a member of staff may go on sitting there by this session."""
    viewer = viewer_from_session(session, now=now)
    there = Room.objects.filter(pk=room).first()
    if viewer.staff != staff:
        # A closed account's sign-ins are gone; what it was barred from is no matter of signing in.
        closed = not Staff.objects.filter(pk=staff, is_active=True).exists()
        return p.Close.NOT_ALLOWED if closed else p.Close.NOT_ENTERED
    try:
        if there is not None and there.kind == RoomKind.COUNSELING:
            return None if talk_seat(viewer, room=there) else p.Close.NO_SUCH_ROOM
        must_sit(viewer, program=there.program_id if there else 0, room=room)
    except Refused:
        return p.Close.NOT_ALLOWED
    return None


def card_of(letter: Letter) -> p.Card:
    """A letter as a frame."""
    return p.Card(
        kind=cast("p.CardKind", letter.kind),
        title=letter.title,
        text=letter.text,
        links=[p.Href(label=one["label"], href=one["href"]) for one in letter.links],
    )


def presence(room: int) -> p.Presence | None:
    """What a room is told of its presence; of one that is gone, nothing."""
    row = Room.objects.filter(pk=room).first()
    if row is None:
        return None
    people = attending([room], now=clock.now())
    told = presence_of(row, supporter=people.get(room, 0) > 0)
    return p.Presence(band=told.band, supporter=told.supporter, here=told.here)
