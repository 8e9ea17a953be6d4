"""Someone opens a socket: who they are, whether they may, and where they left off. In a thread."""

from dataclasses import dataclass
from datetime import datetime

from accounts import seats as seating
from accounts import slowed
from accounts.addresses import address_key
from accounts.queries import staff_versions, viewer_from_session
from accounts.viewer import Viewer
from chat import protocol as p
from chat import queries
from chat.actions import seats
from chat.actions.visits import SAME_VISIT
from chat.asked import room_and_session, state_of
from chat.models import Room, Seat
from chat.policies import FREE, Standing
from chat.schedule import Now
from chat.states import Mode, RoomKind
from chat.talks import talk_seat
from duty.watch import NOBODY, Watch
from duty.watching import watched, watching, watching_statement
from foundation.limits import Buckets
from foundation.refusals import Refused
from foundation.statements import Statement, ask, instant

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


def too_often(scope: dict[str, object], *, now: datetime) -> tuple[str, TurnedAway | None]:
    """From where a handshake comes, and whether too many did."""
    address = address_key(scope, now=now)
    if wait := _handshakes.take(address):
        return address, TurnedAway(p.Close.TOO_MANY, round(wait, 1))
    return address, None


def arrive(knock: Knock, now: datetime) -> TurnedAway | LetIn:
    """Decide about a handshake."""
    address, no = too_often(knock.scope, now=now)
    if no is not None:
        return no
    room, hours, held = room_and_session(knock.slug, knock.session, now=now)
    if room is None:
        return TurnedAway(p.Close.NO_SUCH_ROOM)
    if room.removed_at is not None:
        return TurnedAway(p.Close.ROOM_GONE)
    participant = seating.held_by(held)
    if participant is None:
        return _staff_arrives(knock, room, hours, now)
    coming = _coming(room, participant, now)
    if coming is None or not seating.is_good(held, coming.passphrase_at):
        return TurnedAway(p.Close.NOT_ENTERED)
    viewer = Viewer(participant=participant, session=knock.session)
    if room.kind == RoomKind.COUNSELING and coming.seat is None:
        return TurnedAway(p.Close.NO_SUCH_ROOM)  # nobody sits there who wasn't given a seat
    if coming.standing.barred:
        slowed.note(address, now=now)
        return TurnedAway(p.Close.NOT_ALLOWED)
    if queries.is_full(room, person=participant, now=now):
        return TurnedAway(p.Close.TOO_MANY, FULL_S)
    seat = coming.seat or seats.take(viewer, room=room, standing=coming.standing)
    caught_up = queries.catch_up(room, epoch=knock.epoch, since=knock.since)
    state = state_of(room, hours, watch=coming.watch, now=now)
    return LetIn(
        viewer=viewer,
        person=participant,
        version=coming.version,
        room=room.pk,
        seat=seat.pk,
        mode=coming.mode,
        head=caught_up.head,
        letter=coming.letter,
        address=address,
        welcome=_welcome(room, seat, coming, caught_up, state),
    )


def _staff_arrives(
    knock: Knock, room: Room, hours: str, now: datetime
) -> TurnedAway | LetIn:  # fmt: skip
    """A member of staff: their session, their role here, the seat that goes with it."""
    staff = viewer_from_session(knock.session, now=now).staff
    if staff is None:
        return TurnedAway(p.Close.NOT_ENTERED)
    # Numbered before it is read: what changes from here on is looked at again.
    version = staff_versions([staff]).get(staff, 0)
    viewer = viewer_from_session(knock.session, now=now)
    if room.kind == RoomKind.COUNSELING:
        given = talk_seat(viewer, room=room)
        if given is None:
            return TurnedAway(p.Close.NO_SUCH_ROOM)
        seat = given
    else:
        try:
            seat = seats.take(viewer, room=room, standing=FREE)
        except Refused:
            return TurnedAway(p.Close.NOT_ALLOWED)
    watch = watching([room.pk], now=now).get(room.pk, NOBODY)
    coming = _Coming(version, 0, Mode.WATCHING, FREE, None, watch, seat)
    caught_up = queries.catch_up(room, epoch=knock.epoch, since=knock.since)
    return LetIn(
        viewer=viewer,
        person=queries.person_of(seat),
        version=version,
        room=room.pk,
        seat=seat.pk,
        mode=coming.mode,
        head=caught_up.head,
        letter=0,
        address=address_key(knock.scope, now=now),
        welcome=_welcome(
            room, seat, coming, caught_up, state_of(room, hours, watch=watch, now=now)
        ),
    )


@dataclass(frozen=True, slots=True)
class _Coming:
    version: int
    letter: int
    mode: Mode
    standing: Standing
    passphrase_at: datetime | None
    watch: Watch
    seat: Seat | None


_COMING = """
SELECT p.version, p.passphrase_at, s.id, s.key, s.handle, s.mark, s.role,
  (SELECT max(l.id) FROM accounts_letter l WHERE l.participant_id = p.id),
  (SELECT v.mode FROM chat_visit v
   WHERE v.seat_id = s.id AND v.ended_at IS NULL AND v.seen_at >= %s),
  (SELECT count(*) FROM chat_restriction r
   WHERE r.participant_id = p.id AND r.lifted_at IS NULL)
FROM accounts_participant p
LEFT JOIN chat_seat s ON s.participant_id = p.id AND s.room_id = %s WHERE p.id = %s
"""


def _coming(room: Room, participant: int, now: datetime) -> _Coming | None:
    """Someone at the door: their seat if they had one, what stands against them, what waits."""
    # Letters are numbered before the log is read, so that one written meanwhile is not missed.
    rows, there = ask(
        Statement(_COMING, [now - SAME_VISIT, room.pk, participant]),
        watching_statement([room.pk], now=now),
    )
    if not rows:
        return None
    version, renewed, seat, key, handle, mark, role, letter, mode, restrictions = rows[0]
    return _Coming(
        version=version,
        letter=letter or 0,
        mode=Mode(mode) if mode else Mode.WATCHING,
        standing=queries.standing_of(participant, room=room.pk, now=now)
        if restrictions and room.kind != RoomKind.COUNSELING
        else FREE,
        passphrase_at=instant(renewed) if renewed else None,
        watch=watched(there, now=now).get(room.pk, NOBODY),
        seat=None
        if seat is None
        else Seat(pk=seat, room_id=room.pk, key=key, handle=handle, mark=mark, role=role),
    )


def _welcome(
    room: Room, seat: Seat, coming: _Coming, caught_up: queries.CatchUp, state: Now
) -> p.Welcome:
    author = queries.author_of(seat)
    return p.Welcome(
        v=p.VERSION,
        epoch=room.epoch,
        head=caught_up.head,
        recovered=caught_up.recovered,
        # Encoded already.
        events=caught_up.events,  # type: ignore[arg-type]
        more=caught_up.more,
        room=queries.room_now(room, state),
        you=p.You(
            id=author.id,
            handle=author.handle,
            mark=author.mark,
            role=author.role,
            mode=coming.mode.value,
        ),
        presence=queries.presence_of(room, supporter=coming.watch.attending > 0),
        limits=p.Limits(),
    )
