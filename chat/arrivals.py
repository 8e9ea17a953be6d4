"""Someone opens a socket: who they are, whether they may, and where they left off. In a thread.

Whoever comes together is read together: after a cut all come back at once.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection

from accounts import seats as seating
from accounts import slowed
from accounts.addresses import address_key
from accounts.queries import staff_versions, viewer_from_session
from accounts.viewer import Viewer
from chat import protocol as p
from chat import queries
from chat.actions import seats
from chat.actions.visits import SAME_VISIT
from chat.asked import rooms_and_sessions, state_of
from chat.catching_up import CatchUp, catch_up, goes_on, read_newest, unread
from chat.models import Room, Seat
from chat.policies import FREE, Standing
from chat.schedule import Now
from chat.states import Mode, RoomKind
from chat.talks import talk_seat
from duty.watch import NOBODY, Watch
from duty.watching import watched, watching, watching_statement
from foundation.limits import Buckets
from foundation.refusals import Refused
from foundation.statements import Row, Statement, ask, instant

log = logging.getLogger("ibasho.chat")
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


def arrive_all(knocks: Sequence[Knock], now: datetime) -> list[TurnedAway | LetIn]:
    """Decide about handshakes, in their order; what goes wrong with one harms no other.

    Raises Django's database errors where nothing could be read.
    """
    from_where = [too_often(one.scope, now=now) for one in knocks]
    let_by = [one for one, (_, no) in zip(knocks, from_where, strict=True) if no is None]
    there = _read(let_by, now) if let_by else _There({}, {}, {}, {})
    return [
        no if no is not None else _safely(knock, address, there, now)
        for knock, (address, no) in zip(knocks, from_where, strict=True)
    ]


def _safely(knock: Knock, address: str, there: "_There", now: datetime) -> TurnedAway | LetIn:
    try:
        return _arrive(knock, address, there, now)
    except ObjectDoesNotExist:  # erased on the way in
        return TurnedAway(p.Close.NOT_ENTERED)
    except Exception as error:  # noqa: BLE001 - storage is out of reach, or worse: come again
        log.warning("someone couldn't be let in: %s", type(error).__name__)
        return TurnedAway(p.Close.RESTART, 5.0)


def _arrive(knock: Knock, address: str, there: "_There", now: datetime) -> TurnedAway | LetIn:
    room, hours = there.rooms.get(knock.slug, (None, ""))
    if room is None:
        return TurnedAway(p.Close.NO_SUCH_ROOM)
    if room.removed_at is not None:
        return TurnedAway(p.Close.ROOM_GONE)
    held = there.held.get(knock.session or "", {})
    participant = seating.held_by(held)
    if participant is None:
        return _staff_arrives(knock, room, hours, now)
    coming = _coming(there, room, participant, now)
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
    caught_up = catch_up(room, epoch=knock.epoch, since=knock.since)
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
    caught_up = catch_up(room, epoch=knock.epoch, since=knock.since)
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
class _There:
    """What was read for those who come together."""

    rooms: Mapping[str, tuple[Room, str]]  # by slug, each with its hours
    held: Mapping[str, Mapping[str, object]]  # by session
    people: Mapping[tuple[int, int], Row]  # by room and participant
    watches: Mapping[int, Watch]  # by room


_PAIRS = {
    "postgresql": """
FROM unnest(%s::bigint[], %s::bigint[]) AS x(room, person)
CROSS JOIN LATERAL (SELECT * FROM accounts_participant WHERE id = x.person OFFSET 0) AS p
LEFT JOIN LATERAL (
  SELECT * FROM chat_seat WHERE participant_id = x.person AND room_id = x.room OFFSET 0
) AS s ON true
""",
    "sqlite": """
FROM (SELECT json_extract(value, '$[0]') AS room, json_extract(value, '$[1]') AS person
  FROM json_each(%s)) AS x
JOIN accounts_participant p ON p.id = x.person
LEFT JOIN chat_seat s ON s.participant_id = x.person AND s.room_id = x.room
""",
}
_COMING = """
SELECT x.room, x.person, p.version, p.passphrase_at, s.id, s.key, s.handle, s.mark, s.role,
  (SELECT max(l.id) FROM accounts_letter l WHERE l.participant_id = p.id),
  (SELECT v.mode FROM chat_visit v
   WHERE v.seat_id = s.id AND v.ended_at IS NULL AND v.seen_at >= %s),
  (SELECT count(*) FROM chat_restriction r
   WHERE r.participant_id = p.id AND r.lifted_at IS NULL)
"""


def coming_statement(pairs: Sequence[tuple[int, int]], *, now: datetime) -> Statement:
    """Those at the door, each (room, participant): their seats, what stands against them."""
    sql = _COMING + _PAIRS[connection.vendor]
    if connection.vendor == "postgresql":
        rooms, people = [room for room, _ in pairs], [person for _, person in pairs]
        return Statement(sql, [now - SAME_VISIT, rooms, people])
    return Statement(sql, [now - SAME_VISIT, [list(pair) for pair in pairs]])


def _read(knocks: Sequence[Knock], now: datetime) -> _There:
    slugs, sessions = [one.slug for one in knocks], [one.session for one in knocks]
    rooms, living = rooms_and_sessions(slugs, sessions, now=now)
    held = {key: SessionStore().decode(data) for key, data in living.items()}
    pairs = {
        (rooms[one.slug][0].pk, participant)
        for one in knocks
        if one.slug in rooms
        and (participant := seating.held_by(held.get(one.session or "", {}))) is not None
    }
    if not pairs:
        return _There(rooms, held, {}, {})
    # Letters are numbered before the log is read, so that one written meanwhile is not missed.
    rows, there = ask(
        coming_statement(sorted(pairs), now=now),
        watching_statement({room for room, _ in pairs}, now=now),
    )
    people = {(row[0], row[1]): row[2:] for row in rows}
    found = _There(rooms, held, people, watched(there, now=now))
    _read_newest(knocks, found)
    return found


def _read_newest(knocks: Sequence[Knock], there: _There) -> None:
    """Read at once what those will ask for who start fresh, as far as they may hear it."""
    fresh = {}
    for one in knocks:
        room, _ = there.rooms.get(one.slug, (None, ""))
        if room is None or room.removed_at or goes_on(room, epoch=one.epoch, since=one.since):
            continue
        person = seating.held_by(there.held.get(one.session or "", {}))
        row = None if person is None else there.people.get((room.pk, person))
        if row is not None and (room.kind != RoomKind.COUNSELING or row[2] is not None):
            fresh[room.pk] = room
    try:
        if new := unread(fresh.values()):
            read_newest(new)
    except Exception as error:  # noqa: BLE001 - each asks for their own room again, by themselves
        log.warning("the newest of a room couldn't be read: %s", type(error).__name__)


@dataclass(frozen=True, slots=True)
class _Coming:
    version: int
    letter: int
    mode: Mode
    standing: Standing
    passphrase_at: datetime | None
    watch: Watch
    seat: Seat | None


def _coming(there: _There, room: Room, participant: int, now: datetime) -> _Coming | None:
    """Someone at the door: their seat if they had one, what stands against them, what waits."""
    row = there.people.get((room.pk, participant))
    if row is None:
        return None
    version, renewed, seat, key, handle, mark, role, letter, mode, restrictions = row
    return _Coming(
        version=version,
        letter=letter or 0,
        mode=Mode(mode) if mode else Mode.WATCHING,
        standing=queries.standing_of(participant, room=room.pk, now=now)
        if restrictions and room.kind != RoomKind.COUNSELING
        else FREE,
        passphrase_at=instant(renewed) if renewed else None,
        watch=there.watches.get(room.pk, NOBODY),
        seat=None
        if seat is None
        else Seat(pk=seat, room_id=room.pk, key=key, handle=handle, mark=mark, role=role),
    )


def _welcome(room: Room, seat: Seat, coming: _Coming, caught_up: CatchUp, state: Now) -> p.Welcome:
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
