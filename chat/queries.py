"""Every read of rooms. A message becomes words for people in one place only: `message_frame`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import msgspec
from django.db.models import Exists, F, OuterRef, Q

from chat import protocol as p
from chat.models import (
    Item,
    Message,
    Murmur,
    Mute,
    Opening,
    Restriction,
    Room,
    RoomEvent,
    Seat,
    Visit,
)  # fmt: skip
from chat.policies import FREE, Standing
from chat.schedule import USUAL, Gate, Hours, Now, Special, door, look, special_days, state_at
from chat.states import (
    Audience,
    Hand,
    HolidayRule,
    MessageState,
    RestrictionKind,
    RoomKind,
    RoomState,
)
from duty.queries import attending, watching
from duty.watch import NOBODY, Watch
from foundation.clock import wire

# A visit that nobody touched for this long is over, whoever notes its end.
STILL_HERE = timedelta(minutes=5)
GONE_AUTHOR = p.Author(id="", handle="", mark="", role="participant")
SHOWN_STATES = (MessageState.SHOWN, MessageState.HIDDEN, MessageState.WITHDRAWN)


# --- words ---------------------------------------------------------------------------------------


def author_of(seat: Seat | None, *, handle: str = "") -> p.Author:
    """Who someone is in this room: by the name they bore then (`handle`), or bear now."""
    if seat is None:
        return GONE_AUTHOR
    return p.Author(
        id=seat.key,
        handle=handle or seat.handle,
        mark=seat.mark,
        role=cast("p.Role", seat.role),
    )


def said_frame(
    *, seq: int, author: p.Author, text: str, veil: str, at: str, stamps: dict[str, int]
) -> p.Message:
    """A message whose words are shown. `at` is `clock.wire`'s."""
    return p.Message(
        seq=seq, from_=author, text=text, veil=veil, at=at, state="shown", stamps=stamps
    )


def message_frame(message: Message) -> p.Message | p.Gone:
    """A message as people see it now. Words of what is hidden or taken back never leave here."""
    assert message.seq is not None
    if message.state not in SHOWN_STATES:
        return p.Gone(seq=message.seq)
    author, at = author_of(message.seat, handle=message.handle), wire(message.at)
    if message.state == MessageState.SHOWN:
        return said_frame(
            seq=message.seq, author=author, text=message.text, veil=message.veil, at=at,
            stamps=message.stamps,
        )  # fmt: skip
    return p.Message(
        seq=message.seq,
        from_=author,
        text="",
        veil="",
        at=at,
        state=cast("p.MessageStateName", str(message.state)),
        stamps=message.stamps,
    )


def event_frame(event: RoomEvent) -> p.Event:
    """One number of the log that is no message, rendered from the message's present state."""
    message = event.message
    if event.kind == "room":
        return p.RoomChanged(seq=event.seq, **(event.body or {}))
    if message is None or event.of is None:
        return p.Gone(seq=event.seq)
    if event.kind == "stamped":
        if message.state == MessageState.ERASED:
            return p.Gone(seq=event.seq)
        return p.Stamped(seq=event.seq, of=event.of, stamps=message.stamps)
    state = cast("p.ChangedStateName", str(message.state))
    if message.state == MessageState.SHOWN:
        return p.Changed(
            seq=event.seq, of=event.of, state=state, text=message.text, veil=message.veil
        )
    return p.Changed(seq=event.seq, of=event.of, state=state)


# --- the log -------------------------------------------------------------------------------------


def events_after(room: int, *, since: int, limit: int, head: int | None = None) -> list[p.Event]:
    """At most `limit` events with a number above `since`, in order and without holes.

    A message is an event by its own number; everything else has a row in the log. What is gone
    from both leaves its number. The `head` is read before: up to it both reads see everything.
    """
    if head is None:
        head = Room.objects.filter(pk=room).values_list("head", flat=True).first() or 0
    upto = min(head, since + limit)
    if upto <= since:
        return []
    numbers = {"room_id": room, "seq__gt": since, "seq__lte": upto}
    messages = Message.objects.filter(**numbers).select_related("seat").order_by("seq")
    # A row for a message is what an older process of this house wrote: it says nothing more.
    others = RoomEvent.objects.filter(**numbers).exclude(kind="message")
    others = others.select_related("message").order_by("seq")
    found: dict[int, p.Event] = {row.seq or 0: message_frame(row) for row in messages}
    found |= {row.seq: event_frame(row) for row in others}
    return [found.get(seq) or p.Gone(seq=seq) for seq in range(since + 1, upto + 1)]


def missed(room: int, *, since: int) -> p.Events:
    """The answer to `resume`. What is no longer kept is `gone`: the numbering stays whole."""
    row = Room.objects.get(pk=room)
    purged: list[p.Event] = [
        p.Gone(seq=seq) for seq in range(since + 1, min(row.floor, since + p.MAX_EVENTS) + 1)
    ]
    room_left = p.MAX_EVENTS - len(purged)
    after = max(since, row.floor)
    events = purged + (events_after(room, since=after, limit=room_left) if room_left else [])
    reached = events[-1].seq if events else since
    return p.Events(events=events, more=reached < row.head, head=row.head)


def newest(room: int, *, before: int | None = None, limit: int = p.NEWEST) -> list[p.Event]:
    """The newest messages (below `before`), oldest first; what was erased is `gone`."""
    # Below the floor only evidence under a report is kept, and that for nobody here.
    rows = Message.objects.filter(room_id=room, seq__gt=F("room__floor"))
    if before is not None:
        rows = rows.filter(seq__lt=before)
    page = list(rows.select_related("seat").order_by("-seq")[:limit])
    return [message_frame(row) for row in reversed(page)]


@dataclass(frozen=True, slots=True)
class CatchUp:
    """What a client gets that names a position, or none: encoded `events`, reaching to `head`."""

    recovered: bool
    events: msgspec.Raw
    head: int
    more: bool


def catch_up(room: Room, *, epoch: str | None, since: int | None) -> CatchUp:
    """Continue after `since` when its epoch and range allow it; else start fresh."""
    if since is None or epoch != room.epoch or not room.floor <= since <= room.head:
        return CatchUp(False, _newest_encoded(room), room.head, False)
    events = events_after(room.pk, since=since, limit=p.MAX_EVENTS, head=room.head)
    reached = events[-1].seq if events else since
    return CatchUp(True, msgspec.Raw(p.encode(events)), max(reached, since), reached < room.head)


# The newest messages by room, for as long as nothing happens there: every change of any of them
# is an event, and moves the head. Whoever comes back after a cut comes with many others.
_newest: dict[int, tuple[tuple[str, int, int], msgspec.Raw]] = {}


def _newest_encoded(room: Room) -> msgspec.Raw:
    """The newest messages up to the room's head as this `room` was read."""
    at = (room.epoch, room.head, room.floor)
    kept = _newest.get(room.pk)
    if kept is None or kept[0] != at:
        found = newest(room.pk, before=room.head + 1)
        kept = _newest[room.pk] = (at, msgspec.Raw(p.encode(found)))
    return kept[1]


# --- rooms ---------------------------------------------------------------------------------------


def hours_of(rooms: Iterable[int]) -> dict[int, list[Hours]]:
    """Weekly hours by room."""
    found: dict[int, list[Hours]] = {}
    for one in Opening.objects.filter(room_id__in=list(rooms)).order_by("room_id", "weekday"):
        found.setdefault(one.room_id, []).append(Hours(one.weekday, one.opens, one.closes))
    return found


def special_of(room: Room, hours: Sequence[Hours], *, now: datetime) -> Special:
    """The days around now on which a room's hours aren't the week's."""
    if not room.special_days and room.holidays == HolidayRule.USUAL:
        return USUAL
    rule = HolidayRule(room.holidays)
    return special_days(room.special_days, rule=rule, hours=hours, now=now)


def gate_of(
    *, watched: bool | None, since: datetime | None, watch: Watch, required: int, now: datetime
) -> tuple[bool, Gate]:
    """Whether a room is watched at `now`, from what is kept of its gate and who attends."""
    return look(
        Gate(watched, since),
        enough=watch.enough(required),
        since=now if watch.enough(required) else watch.since(required, now=now),
        now=now,
    )


def gates_of(rooms: Sequence[Room], *, now: datetime) -> dict[int, tuple[bool, Gate]]:
    """Each room's gate: how it stands, and what is to be kept of it. One query."""
    there = watching([room.pk for room in rooms], now=now)
    return {
        room.pk: gate_of(
            watched=room.watched,
            since=room.turning_since,
            watch=there.get(room.pk, NOBODY),
            required=room.required_supporters,
            now=now,
        )
        for room in rooms
    }


def states_of(rooms: Sequence[Room], *, now: datetime) -> dict[int, Now]:
    """The present state of each room, from clock, hand and duty: two queries."""
    return states_by(rooms, gates_of(rooms, now=now), now=now)


def states_by(
    rooms: Sequence[Room], gates: Mapping[int, tuple[bool, Gate]], *, now: datetime
) -> dict[int, Now]:
    """`states_of`, where the gates are known already."""
    hours = hours_of([room.pk for room in rooms])
    return {
        room.pk: state_at(
            now,
            hours=hours.get(room.pk, ()),
            hand=Hand(room.hand),
            watched=gates[room.pk][0],
            special=special_of(room, hours.get(room.pk, ()), now=now),
        )
        for room in rooms
    }


def stamps_of(room: int) -> list[str]:
    """The stamps that a room knows."""
    found = Room.objects.filter(pk=room).values_list("stamps", flat=True).first()
    return found or []


@dataclass(frozen=True, slots=True)
class RoomCard:
    """A room on the list, and the head of its page."""

    id: int
    slug: str
    name: str
    kind: str
    about: str
    audience: str
    rules: str
    state: str
    until: datetime | None
    opens_at: datetime | None
    band: str
    supporter: bool


def room_cards(rooms: Sequence[Room], *, now: datetime) -> list[RoomCard]:
    """Rooms with their present state; presence as last told."""
    ids = [room.pk for room in rooms]
    states, people, hours = states_of(rooms, now=now), attending(ids, now=now), hours_of(ids)
    return [
        RoomCard(
            id=room.pk,
            slug=room.slug,
            name=room.name,
            kind=room.kind,
            about=room.about,
            audience=room.audience,
            rules=room.rules,
            state=states[room.pk].state.value,
            until=states[room.pk].until,
            opens_at=_opens_at(room, hours.get(room.pk, ()), now),
            band=room.told_band,
            supporter=people.get(room.pk, 0) > 0,
        )
        for room in rooms
    ]


def elsewhere(room: Room, *, now: datetime) -> RoomCard | None:
    """Where a room that takes no words now leads: one of its program that does, or, in the hours
    without supporters, the night room. None from a room that is open.
    """
    rows = Room.objects.filter(program=room.program_id, removed_at__isnull=True)
    there = list(rows.exclude(kind=RoomKind.COUNSELING).order_by("position", "pk"))
    states = states_of(there, now=now)
    if states[room.pk].state is RoomState.OPEN:
        return None
    # A room for some people is no place to send everybody to.
    others = [
        one
        for one in there
        if one.pk != room.pk and one.audience in (Audience.EVERYONE, room.audience)
    ]
    found = [one for one in others if states[one.pk].state is RoomState.OPEN]
    if not found and room.kind != RoomKind.NIGHT:
        found = [
            one
            for one in others
            if one.kind == RoomKind.NIGHT and states[one.pk].state is RoomState.QUIET
        ]
    return room_cards(found[:1], now=now)[0] if found else None


def is_full(room: Room, *, person: int, now: datetime) -> bool:
    """Whether a room holds as many as it may, about; whoever is inside already stays."""
    if room.capacity is None:
        return False
    inside = Visit.objects.filter(
        room=room, ended_at__isnull=True, seen_at__gte=now - STILL_HERE
    ).order_by()
    if inside.filter(seat__participant=person).exists():
        return False
    return inside.count() >= room.capacity


def _opens_at(room: Room, hours: Sequence[Hours], now: datetime) -> datetime | None:
    return door(hours, now, special_of(room, hours, now=now)).opens_at


def listed_rooms() -> list[Room]:
    """All rooms that anyone may look at, in their order."""
    return list(
        Room.objects.filter(removed_at__isnull=True)
        .exclude(kind="counseling")
        .order_by("position", "pk")
    )


def room_now(room: Room, state: Now) -> p.RoomNow:
    """`room` of a welcome."""
    return p.RoomNow(
        slug=room.slug,
        name=room.name,
        kind=room.kind,
        state=state.state.value,
        until=wire(state.until) if state.until else None,
        slow_s=room.slow_s,
        stamps=room.stamps,
    )


def presence_of(room: Room, *, supporter: bool) -> p.PresenceNow:
    """Presence as last told; only the supporter is told as it is."""
    return p.PresenceNow(
        band=cast("p.Band", room.told_band),
        supporter=supporter,
        here=[p.Name(handle=h, mark=m) for h, m, _ in room.told_here],
    )


# --- people --------------------------------------------------------------------------------------


def standings(
    people: Iterable[int], *, rooms: Iterable[int], now: datetime
) -> dict[tuple[int, int], Standing]:
    """What stands against each person in each room; those with nothing are missing."""
    rows = Restriction.objects.filter(
        Q(until__isnull=True) | Q(until__gt=now),
        participant__in=list(people),
        lifted_at__isnull=True,
    ).order_by("pk")
    rooms = list(rooms)
    found: dict[tuple[int, int], list[Restriction]] = {}
    for row in rows:
        for room in rooms if row.room_id is None else [row.room_id]:
            found.setdefault((row.participant_id, room), []).append(row)
    return {key: _standing(held) for key, held in found.items()}


def standing_by(rows: Sequence[Restriction], *, room: int, now: datetime) -> Standing:
    """One person's standing in a room, from all their restrictions that weren't lifted."""
    return _standing(
        [r for r in rows if r.room_id in (None, room) and (r.until is None or r.until > now)]
    )


def _standing(rows: Sequence[Restriction]) -> Standing:
    by_kind = {kind: [r for r in rows if r.kind == kind] for kind in RestrictionKind}
    muted, paused = by_kind[RestrictionKind.MUTE], by_kind[RestrictionKind.PAUSE]
    return Standing(
        muted=bool(muted),
        muted_until=_last(muted),
        paused=bool(paused),
        paused_until=_last(paused),
        barred=bool(by_kind[RestrictionKind.BAR]),
        checked=bool(by_kind[RestrictionKind.CHECK]),
    )


def _last(rows: Sequence[Restriction]) -> datetime | None:
    """The latest end; None when there is none, or when one has no end."""
    ends = [row.until for row in rows if row.until is not None]
    return max(ends) if ends and len(ends) == len(rows) else None


def standing_of(participant: int, *, room: int, now: datetime) -> Standing:
    """One person's standing in one room."""
    return standings([participant], rooms=[room], now=now).get((participant, room), FREE)


def person_of(seat: Seat) -> int:
    """Whose pace it is, and whose sockets: a participant's number, or minus one of the staff's."""
    return seat.participant_id or -(seat.staff_id or 0)


def staff_seat_in(room: int, *, staff: int) -> Seat | None:
    """The seat of a member of staff in a room, if they ever took one."""
    return Seat.objects.filter(room_id=room, staff_id=staff).first()


def seat_in(room: int, *, participant: int) -> Seat | None:
    """Someone's seat in a room, if they ever took one."""
    return Seat.objects.filter(room_id=room, participant_id=participant).first()


def muted_keys(seat: int) -> list[str]:
    """Whom this person doesn't want to read, as `from.id` of the room."""
    rows = Mute.objects.filter(seat_id=seat).order_by("pk")
    return list(rows.values_list("muted__key", flat=True))


def own_murmurs(seat: int, *, since: datetime) -> list[Murmur]:
    """One's own murmurs, newest last."""
    return list(Murmur.objects.filter(seat_id=seat, at__gte=since).order_by("at")[:20])


# --- what waits ----------------------------------------------------------------------------------


def out_of_sight() -> int:
    """How many held or hidden messages no item leads to. Anything but 0 is a fault of the house."""
    unseen = Message.objects.filter(state__in=[MessageState.HELD, MessageState.HIDDEN])
    return unseen.exclude(Exists(Item.objects.filter(message=OuterRef("pk")))).count()
