"""One transaction for everything that waits: rooms locked, standing read again, all stored at once.

A verb (`post.py`, `stamp.py`, …) looks things up here and stages what it wants; nothing is written
until `store`. What the room learns is announced after the commit and only then.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction

from accounts import letters, seats
from chat import protocol as p
from chat import queries
from chat.actions import pace
from chat.models import Finding, Message, Murmur, Report, Room, RoomEvent, Seat, StampGiven
from chat.policies import FREE, Standing
from chat.schedule import Now
from foundation.bell import bell
from foundation.refusals import Link


@dataclass(frozen=True, slots=True)
class Act:
    """A frame, and the seat it came from."""

    room: int
    seat: int
    frame: p.Incoming
    # The session it came by; None where the caller has just checked it (a form POST).
    session: str | None = None


@dataclass(slots=True)
class Answer:
    """What its author is told. `close` ends the socket after the frames."""

    frames: list[p.Outgoing] = field(default_factory=list)
    close: p.Close | None = None


@dataclass(slots=True)
class Letter:
    """A letter to be written with everything else."""

    participant: int
    kind: letters.Kind
    title: str
    text: str
    links: Sequence[Link] = ()


def lock_rooms(rooms: Iterable[int]) -> dict[int, Room]:
    """Lock these rooms until the transaction ends, in id order, as every action does."""
    # Without the key: whoever only names a room (a visit, a restriction) needn't wait for it.
    locked = Room.objects.select_for_update(no_key=True)
    rows = locked.filter(pk__in=sorted(set(rooms))).order_by("pk")
    return {row.pk: row for row in rows}


class Sitting:
    """Made inside `transaction.atomic()`; locks its rooms in id order, as every action does."""

    def __init__(
        self, rooms: Iterable[int], *, now: datetime, paid: list[tuple[str, int]] | None = None
    ) -> None:
        self.now = now
        self.rooms = lock_rooms(rooms)
        self.seats: dict[int, Seat] = {}
        self.states: dict[int, Now] = {}
        self._standing: dict[tuple[int, int], Standing] = {}
        self._sessions: dict[str, dict[str, Any]] = {}
        self._said: dict[tuple[int, UUID], Message] = {}
        self._murmured: dict[tuple[int, UUID], Murmur] = {}
        self._messages: dict[tuple[int, int], Message] = {}
        self._new_messages: list[Message] = []
        self._new_events: list[RoomEvent] = []
        self._new_murmurs: list[Murmur] = []
        self._new_reports: list[Report] = []
        self._findings: list[Finding] = []
        self._letters: list[Letter] = []
        self._touched: dict[int, Message] = {}
        self._paid = [] if paid is None else paid
        self.acts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))

    # --- looking up -------------------------------------------------------------------------

    def read(self, acts: Sequence[Act]) -> None:
        """Everything the verbs will ask, in a fixed number of queries."""
        ids = {act.seat for act in acts}
        self.seats = {
            seat.pk: seat
            for seat in Seat.objects.filter(pk__in=ids).select_related("participant").order_by("pk")
        }
        people = [s.participant_id for s in self.seats.values() if s.participant_id]
        self._standing = queries.standings(people, rooms=self.rooms, now=self.now)
        self.states = queries.states_of(list(self.rooms.values()), now=self.now)
        if keys := {act.session for act in acts if act.session}:
            live = Session.objects.filter(session_key__in=keys, expire_date__gt=self.now)
            self._sessions = {row.session_key: row.get_decoded() for row in live.order_by()}
        said = [act for act in acts if isinstance(act.frame, p.Post)]
        if said:
            rows = Message.objects.filter(
                seat_id__in={act.seat for act in said},
                nonce__in=[UUID(a.frame.nonce) for a in said if isinstance(a.frame, p.Post)],
            ).order_by("pk")
            self._said = {(row.seat_id or 0, row.nonce): row for row in rows}
        murmured = [act for act in acts if isinstance(act.frame, p.Murmur)]
        if murmured:
            whispers = Murmur.objects.filter(
                seat_id__in={act.seat for act in murmured},
                nonce__in={
                    UUID(act.frame.nonce) for act in murmured if isinstance(act.frame, p.Murmur)
                },
            ).order_by("pk")
            self._murmured = {(row.seat_id, row.nonce): row for row in whispers}

    def standing(self, seat: Seat) -> Standing:
        """What stands against the person of a seat, in this room, now."""
        return self._standing.get((seat.participant_id or 0, seat.room_id), FREE)

    def signed_in(self, act: Act) -> bool:
        """Whether the session an act came by still holds its seat."""
        if act.session is None:
            return True
        held, seat = self._sessions.get(act.session), self.seats[act.seat]
        if held is None or seat.participant is None:
            return False
        return seats.held_by(held) == seat.participant_id and seats.is_good(
            held, seat.participant.passphrase_at
        )

    def said(self, seat: int, nonce: UUID) -> Message | None:
        """The message stored for a nonce, if any."""
        return self._said.get((seat, nonce))

    def has_said(self, seat: int) -> bool:
        """Whether something of this seat waits in this very transaction."""
        return any(message.seat_id == seat for message in self._new_messages)

    def has_found(self, seat: int, key: str) -> bool:
        """Whether the same words of this seat were found in this very transaction."""
        return any(one.seat_id == seat and one.body_key == key for one in self._findings)

    def murmured(self, seat: int, nonce: UUID) -> Murmur | None:
        """The murmur stored for a nonce, if any."""
        return self._murmured.get((seat, nonce))

    def message(self, room: int, seq: int) -> Message | None:
        """A message of the room by its number; the same object each time."""
        key = (room, seq)
        if key not in self._messages:
            row = Message.objects.filter(room_id=room, seq=seq).select_related("seat").first()
            if row is None:
                return None
            self._messages[key] = self._touched.get(row.pk, row)
        return self._messages[key]

    def pay(self, kind: str, person: int) -> None:
        """Take a token of someone's pace. Raises `Refused("too_fast")`."""
        pace.take(kind, person)
        self._paid.append((kind, person))

    # --- staging ----------------------------------------------------------------------------

    def add_message(self, message: Message) -> None:
        """A new message; with a number if the room sees it at once."""
        self._new_messages.append(message)
        self._said[message.seat_id or 0, message.nonce] = message

    def add_murmur(self, murmur: Murmur) -> None:
        """A new murmur."""
        self._new_murmurs.append(murmur)
        self._murmured[murmur.seat_id, murmur.nonce] = murmur

    def add_report(self, report: Report) -> None:
        """A new report."""
        self._new_reports.append(report)

    def add_finding(self, finding: Finding) -> None:
        """What screening saw."""
        self._findings.append(finding)

    def add_letter(self, letter: Letter) -> None:
        """A card for one person."""
        self._letters.append(letter)

    def change(self, message: Message) -> None:
        """A message whose state, words, number or stamps changed."""
        self._touched[message.pk] = message

    def next_seq(self, room: int) -> int:
        """The room's next number; the row is locked, so it is nobody else's."""
        self.rooms[room].head += 1
        return self.rooms[room].head

    def add_event(
        self, room: int, kind: str, *, message: Message | None = None, body: object = None,
        seq: int | None = None,
    ) -> RoomEvent:  # fmt: skip
        """One more number of the room's log."""
        number = self.next_seq(room) if seq is None else seq
        event = RoomEvent(
            room_id=room,
            seq=number,
            kind=kind,
            message=message,
            of=message.seq if message is not None else None,
            body=body,
            at=self.now,
        )
        self._new_events.append(event)
        return event

    # --- storing ----------------------------------------------------------------------------

    def store(self) -> None:
        """Write all that was staged, and announce it once it is committed."""
        if self._new_messages:
            Message.objects.bulk_create(self._new_messages)
        if self._touched:
            Message.objects.bulk_update(
                self._touched.values(),
                ["state", "text", "veil", "body_key", "handle", "stamps", "seq", "seat"],
            )
        if self._new_murmurs:
            Murmur.objects.bulk_create(self._new_murmurs)
        if self._new_reports:
            Report.objects.bulk_create(self._new_reports)
        if self._findings:
            Finding.objects.bulk_create(self._findings)
        # In the order of their people, as every process does: each letter locks its person.
        for one in sorted(self._letters, key=lambda letter: letter.participant):
            letters.write(
                one.participant, kind=one.kind, title=one.title, text=one.text, links=one.links,
                now=self.now,
            )  # fmt: skip
        if self._new_events:
            RoomEvent.objects.bulk_create(self._new_events)
            for room in {event.room_id for event in self._new_events}:
                Room.objects.filter(pk=room).update(head=self.rooms[room].head)
            transaction.on_commit(self._announce)

    def _announce(self) -> None:
        by_room: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
        for event in self._new_events:
            by_room[event.room_id].append((event.seq, p.encode(queries.event_frame(event))))
        for room, events in by_room.items():
            bell.room(room, self.rooms[room].head, events)


def give_stamp(message: Message, *, seat: int, stamp: str, on: bool) -> bool:
    """Give or take one stamp and bring the message's numbers up to date. Whether it changed."""
    if on:
        _, changed = StampGiven.objects.get_or_create(message=message, seat_id=seat, stamp=stamp)
    else:
        gone, _ = StampGiven.objects.filter(message=message, seat_id=seat, stamp=stamp).delete()
        changed = gone > 0
    if changed:
        count = message.stamps.get(stamp, 0) + (1 if on else -1)
        message.stamps = {**message.stamps, stamp: count}
        if count <= 0:
            del message.stamps[stamp]
    return changed
