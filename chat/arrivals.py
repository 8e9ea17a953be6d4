"""Someone opens a socket: who they are, whether they may, and where they left off. In a thread."""

from dataclasses import dataclass
from datetime import datetime

from accounts import letters
from accounts.addresses import address_key
from accounts.models import Participant
from accounts.queries import viewer_from_session
from accounts.viewer import Viewer
from chat import protocol as p
from chat import queries
from chat.actions import seats
from chat.actions.visits import SAME_VISIT
from chat.models import Room, Seat, Visit
from chat.states import Mode, RoomKind
from duty.queries import attending
from foundation.limits import Buckets

FULL_S = 60.0  # a room that is full is asked again after this
_handshakes = Buckets("handshakes")


@dataclass(frozen=True, slots=True)
class Knock:
    """What a handshake says."""

    slug: str
    session: str | None
    scope: dict[str, object]
    epoch: str | None
    since: int | None


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """Accepted, told why, closed."""

    code: p.Close
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class LetIn:
    """A seat, and the welcome that was read at `head`."""

    viewer: Viewer
    person: int
    version: int
    room: int
    seat: int
    mode: Mode
    head: int
    letter: int
    address: str
    welcome: p.Welcome


def arrive(knock: Knock, now: datetime) -> TurnedAway | LetIn:
    """Decide about a handshake."""
    address = address_key(knock.scope, now=now)
    if wait := _handshakes.take(address):
        return TurnedAway(p.Close.TOO_MANY, round(wait, 1))
    room = Room.objects.filter(slug=knock.slug).first()
    # Nobody sits in a counseling room who wasn't assigned to it; there is no such assignment yet.
    if room is None or room.kind == RoomKind.COUNSELING:
        return TurnedAway(p.Close.NO_SUCH_ROOM)
    if room.removed_at is not None:
        return TurnedAway(p.Close.ROOM_GONE)
    viewer = viewer_from_session(knock.session, now=now)
    if viewer.participant is None:
        return TurnedAway(p.Close.NOT_ENTERED if viewer.staff is None else p.Close.NOT_ALLOWED)
    person = Participant.objects.filter(pk=viewer.participant).first()
    if person is None:
        return TurnedAway(p.Close.NOT_ENTERED)
    standing = queries.standing_of(person.pk, room=room.pk, now=now)
    if standing.barred:
        return TurnedAway(p.Close.NOT_ALLOWED)
    if queries.is_full(room, person=person.pk, now=now):
        return TurnedAway(p.Close.TOO_MANY, FULL_S)
    seat = seats.take(viewer, room=room, standing=standing)
    # Read before the log, so that a letter written meanwhile is not missed.
    letter = letters.newest(person.pk)
    mode = _mode(seat, now)
    caught_up = queries.catch_up(room, epoch=knock.epoch, since=knock.since)
    head = caught_up.events[-1].seq if caught_up.recovered and caught_up.events else room.head
    if not caught_up.recovered:
        # Messages may have been read that came after the room's head was.
        head = max([room.head, *(one.seq for one in caught_up.events)])
    # Read again: what the room is must not be older than the events that were read.
    room.refresh_from_db(fields=["name", "kind", "slow_s", "stamps", "told_band", "told_here"])
    return LetIn(
        viewer=viewer,
        person=person.pk,
        version=person.version,
        room=room.pk,
        seat=seat.pk,
        mode=mode,
        head=max(head, room.head),
        letter=letter,
        address=address,
        welcome=_welcome(room, seat, mode, caught_up, head=max(head, room.head), now=now),
    )


def _mode(seat: Seat, now: datetime) -> Mode:
    stay = Visit.objects.filter(
        seat=seat, ended_at__isnull=True, seen_at__gte=now - SAME_VISIT
    ).first()
    return Mode(stay.mode) if stay else Mode.WATCHING


def _welcome(
    room: Room, seat: Seat, mode: Mode, caught_up: queries.CatchUp, *, head: int, now: datetime
) -> p.Welcome:
    state = queries.states_of([room], now=now)[room.pk]
    supporter = attending([room.pk], now=now).get(room.pk, 0) > 0
    author = queries.author_of(seat)
    return p.Welcome(
        v=p.VERSION,
        epoch=room.epoch,
        head=head,
        recovered=caught_up.recovered,
        events=caught_up.events,
        more=caught_up.more,
        room=queries.room_now(room, state),
        you=p.You(
            id=author.id, handle=author.handle, mark=author.mark, role=author.role, mode=mode.value
        ),
        presence=queries.presence_of(room, supporter=supporter),
        limits=p.Limits(),
    )
