"""One transaction for everything that waits: rooms locked, standing read again, all stored at once.

A verb (`post.py`, `stamp.py`, …) looks things up here and stages what it wants; nothing is written
until `store`. What the room learns is announced after the commit and only then.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from msgspec import Struct

from accounts import letters
from chat import asked, known, queries
from chat import protocol as p
from chat.actions import items, pace
from chat.asked import RoomRow, Said
from chat.known import Known
from chat.models import Finding, Message, Murmur, Report, Room, RoomEvent, Seat, StampGiven
from chat.policies import FREE, Standing, keeps_seat
from chat.schedule import Now
from chat.screening import Sight
from chat.states import MessageState, RoomKind
from chat.written import NewMessage, write
from foundation.bell import Ring, bell
from foundation.clock import wire
from foundation.refusals import Link

Announce = Callable[[list[Ring]], None]
Later = Callable[[], tuple[int, bytes]]  # a number and its frame, as they are after the commit


class Act(Struct, frozen=True, gc=False):
    """A frame, and the seat it came from."""

    room: int
    seat: int
    frame: p.Incoming
    # The session it came by; None where the caller has just checked it (a form POST).
    session: str | None = None


class Answer(Struct, gc=False):
    """What its author is told. `close` ends the socket after the frames."""

    frames: list[p.Outgoing] = []  # a list of its own each time
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
        self, rooms: Iterable[int], *, now: datetime, announce: Announce | None = None
    ) -> None:
        self._begin({row.pk: row for row in lock_rooms(rooms).values()}, now, announce)

    @classmethod
    def of(
        cls, acts: Sequence["Act"], *, now: datetime, announce: Announce | None = None
    ) -> "Sitting":
        """A sitting that has locked and read everything that these acts will ask."""
        posts = [(a.seat, a.frame.nonce.lower()) for a in acts if isinstance(a.frame, p.Post)]
        found = asked.read(
            rooms={act.room for act in acts},
            seats={act.seat for act in acts},
            sessions={act.session for act in acts if act.session},
            nonces=posts,
            now=now,
        )
        self = cls.__new__(cls)
        self._begin(found.rooms, now, announce)
        self.states, self._known = found.states, found.known
        self._sessions, self._said = found.sessions, dict(found.said)
        self._read_murmurs(acts)
        return self

    def _begin(
        self,
        rooms: Mapping[int, Room] | Mapping[int, RoomRow],
        now: datetime,
        announce: Announce | None,
    ) -> None:
        self.now, self.at = now, wire(now)
        self.rooms = rooms
        self.states: dict[int, Now] = {}
        self._announce_by = announce or bell.rooms
        self._known: dict[int, Known] = {}
        self._sessions: Mapping[str, str] = {}
        self._said: dict[tuple[int, str], Said | NewMessage | Message] = {}
        self._murmured: dict[tuple[int, UUID], Murmur] = {}
        self._messages: dict[tuple[int, int], Message] = {}
        self._new_messages: list[NewMessage] = []
        self._found_messages: list[Message] = []
        self._new_events: list[RoomEvent] = []
        self._told: dict[int, list[NewMessage | Later]] = defaultdict(list)
        self._new_murmurs: list[Murmur] = []
        self._new_reports: list[Report] = []
        self._findings: list[Finding] = []
        self._letters: list[Letter] = []
        self._touched: dict[int, Message] = {}
        self.paid: list[tuple[str, int]] = []
        self.sights: Mapping[str, Sight] = {}  # what was looked at before anything was locked
        self._last_said: dict[int, str] = {}
        # What members of staff did.
        self.at_work: list[Act] = []
        # For the visits: what was done, by seat.
        self.acts: dict[int, dict[str, int]] = {}

    # --- looking up -------------------------------------------------------------------------

    def _read_murmurs(self, acts: Sequence["Act"]) -> None:
        murmured = [(a.seat, UUID(a.frame.nonce)) for a in acts if isinstance(a.frame, p.Murmur)]
        if murmured:
            whispers = Murmur.objects.filter(
                seat_id__in={seat for seat, _ in murmured},
                nonce__in={nonce for _, nonce in murmured},
            ).order_by("pk")
            self._murmured = {(row.seat_id, row.nonce): row for row in whispers}

    def seats(self) -> dict[int, Seat]:
        """All seats of this transaction's acts, by key."""
        return {key: one.seat for key, one in self._known.items()}

    def known(self, seat: int) -> Known | None:
        """Who sits there; None when the seat is gone."""
        return self._known.get(seat)

    def seat(self, act: "Act") -> Seat:
        """The seat that an act came from."""
        return self._known[act.seat].seat

    def actor(self, act: "Act") -> Known:
        """Who an act comes from."""
        return self._known[act.seat]

    def standing(self, one: Known, room: int) -> Standing:
        """What stands against someone in this room, now."""
        # What peers have decided stands in their rooms, never between someone and a counselor.
        if not one.restrictions or self.rooms[room].kind == RoomKind.COUNSELING:
            return FREE
        return known.standing(one, room=room, now=self.now)

    def signed_in(self, act: "Act") -> bool:
        """Whether the session an act came by still holds its seat."""
        if act.session is None:
            return True
        data = self._sessions.get(act.session)
        return known.signed_in(self._known[act.seat], data, now=self.now)

    def keeps(self, act: "Act") -> bool:
        """Whether a member of staff still may sit here; a participant needs no role."""
        one, room = self._known[act.seat], act.room
        return not one.needs_role or keeps_seat(
            one.seat, one.grants, program=self.program(room), room=room
        )

    def program(self, room: int) -> int:
        """The program that a locked room belongs to."""
        row = self.rooms[room]
        return row.program if isinstance(row, RoomRow) else row.program_id

    def said(self, seat: int, nonce: str) -> Said | NewMessage | Message | None:
        """What a nonce in small letters said, stored or in this very transaction; None: nothing."""
        return self._said.get((seat, nonce))

    def has_said(self, seat: int) -> bool:
        """Whether something of this seat waits in this very transaction."""
        return any(one.seat == seat for one in self._new_messages) or any(
            one.seat_id == seat for one in self._found_messages
        )

    def has_found(self, seat: int, key: str) -> bool:
        """Whether the same words of this seat were found in this very transaction."""
        return any(one.seat_id == seat and one.body_key == key for one in self._findings)

    def reports_of(self, message: Message) -> list[Report]:
        """What was told of a message in this very transaction."""
        return [one for one in self._new_reports if one.message_id == message.pk]

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
        self.paid.append((kind, person))

    def is_repeat(self, person: int, key: str) -> bool:
        """Whether it is what someone said last. It is remembered once it is stored."""
        last = self._last_said.get(person) or pace.LAST.of(person)
        self._last_said[person] = key
        return last == key

    def note(self, seat: int, deed: str | None = None) -> None:
        """For the visit of this seat: it acted, and counts what it did."""
        done = self.acts.setdefault(seat, {})
        if deed is not None:
            done[deed] = done.get(deed, 0) + 1

    # --- staging ----------------------------------------------------------------------------

    def add_message(self, message: NewMessage) -> None:
        """A new message; with a number if the room sees it at once."""
        if message.seq is None:
            # What waits for a supporter has an item, which needs the message's key.
            self.add_found_message(message)
            return
        self._new_messages.append(message)
        self._said[message.seat, message.nonce] = message
        self._told[message.room].append(message)

    def add_found_message(self, message: NewMessage) -> Message:
        """The same, where a finding points at the message: it needs its key first."""
        row = Message(
            room_id=message.room, seat=self._known[message.seat].seat, seq=message.seq,
            nonce=UUID(message.nonce), handle=message.handle, body_key=message.body_key,
            text=message.text, veil=message.veil, state=message.state, at=message.at,
        )  # fmt: skip
        self._found_messages.append(row)
        self._said[message.seat, message.nonce] = row
        if message.seq is not None:
            self.add_event(message.room, "message", message=row, seq=message.seq)
        return row

    def add_row(self, message: Message) -> None:
        """A message that came by no act: it has its number already."""
        self._found_messages.append(message)
        self.add_event(message.room_id, "message", message=message, seq=message.seq)

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
    ) -> int:  # fmt: skip
        """One more number of the room's log. A message is one by itself and has no row there."""
        number = self.next_seq(room) if seq is None else seq
        if kind == "message":
            assert message is not None
            self._told[room].append(lambda: (number, p.encode(queries.message_frame(message))))
            return number
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
        self._told[room].append(lambda: (number, p.encode(queries.event_frame(event))))
        return number

    # --- storing ----------------------------------------------------------------------------

    def store(self) -> None:
        """Write all that was staged, and announce it once it is committed."""
        self.store_first()
        self.store_last()

    def store_first(self) -> None:
        """Everything but what was plainly said, and the rooms' new heads."""
        if self._found_messages:
            Message.objects.bulk_create(self._found_messages)
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
        items.raise_all(self._raised(), now=self.now)
        # In the order of their people, as every process does: each letter locks its person.
        for one in sorted(self._letters, key=lambda letter: letter.participant):
            letters.write(
                one.participant, kind=one.kind, title=one.title, text=one.text, links=one.links,
                now=self.now,
            )  # fmt: skip
        if self._new_events:
            RoomEvent.objects.bulk_create(self._new_events)
        if self._last_said:
            transaction.on_commit(partial(pace.LAST.note, self._last_said))
        if self._told:
            transaction.on_commit(self._announce)

    def store_last(self, *, commit: bool = False) -> None:
        """The rest; `commit`: this transaction has nothing else to do, and ends with it."""
        heads = {room: self.rooms[room].head for room in self._told}
        write(self._new_messages, heads=heads, commit=commit)

    def _raised(self) -> list[items.Raised]:
        """What a human must look at, of all that is stored here."""
        held = MessageState.HELD
        return [
            *(items.of_held(row) for row in self._found_messages if row.state == held),
            *(items.of_murmur(row) for row in self._new_murmurs),
            *(items.of_report(row) for row in self._new_reports),
            *(
                items.of_finding(row)
                for row in self._findings
                # What is held waits already, with what was seen in it.
                if "crisis" in row.classes or row.message is None or row.message.state != held
            ),
        ]

    def _announce(self) -> None:
        told, encoded = self._told.items(), self._encoded
        self._announce_by(
            [(room, self.rooms[room].head, [encoded(one) for one in said]) for room, said in told]
        )

    def _encoded(self, one: NewMessage | Later) -> tuple[int, bytes]:
        if not isinstance(one, NewMessage):
            return one()
        assert one.seq is not None
        frame = queries.said_frame(
            seq=one.seq, author=self._known[one.seat].author, text=one.text, veil=one.veil,
            at=self.at, stamps={},
        )  # fmt: skip
        return one.seq, p.encode(frame)


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
