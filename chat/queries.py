"""Every read of rooms. A message becomes words for people in one place only: `message_frame`."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol, cast

from django.db.models import Exists, F, OuterRef, Q

from accounts.viewer import Viewer
from chat import protocol as p
from chat.models import (
    Item,
    Message,
    Murmur,
    Mute,
    OwnRule,
    Postcard,
    Restriction,
    Room,
    RoomEvent,
    Seat,
    Visit,
)  # fmt: skip
from chat.policies import FREE, Standing, sits
from chat.rooms_now import hours_of as hours_of
from chat.rooms_now import room_cards as room_cards
from chat.rooms_now import special_of as special_of
from chat.rooms_now import states_of as states_of
from chat.schedule import Now
from chat.states import (
    MessageState,
    RestrictionKind,
    RuleState,
)
from foundation.clock import wire

# A visit that nobody touched for this long is over, whoever notes its end.
STILL_HERE = timedelta(minutes=5)
MOST_POSTCARDS = MOST_RULES = 100
GONE_AUTHOR = p.Author(id="", handle="", mark="", role="participant")
SHOWN_STATES = (MessageState.SHOWN, MessageState.HIDDEN, MessageState.WITHDRAWN)


# --- words ---------------------------------------------------------------------------------------


class Seated(Protocol):
    """What people may know of someone's seat."""

    key: str
    handle: str
    mark: str
    role: str


class Said(Protocol):
    """What becomes of a message before people: a `Message`, or the row of one."""

    seq: int | None
    handle: str
    text: str
    veil: str
    state: str
    stamps: dict[str, int]
    at: datetime

    @property
    def seat(self) -> Seated | None:
        """Whose it is, if they haven't erased themselves."""


def author_of(seat: Seated | None, *, handle: str = "") -> p.Author:
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


def message_frame(message: Said) -> p.Message | p.Gone:
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


# --- rooms ---------------------------------------------------------------------------------------


def stamps_of(room: int) -> list[str]:
    """The stamps that a room knows."""
    found = Room.objects.filter(pk=room).values_list("stamps", flat=True).first()
    return found or []


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


def written_by(message: Message) -> Seat | None:
    """Whose words it is: of a はがき not whoever read it to the room."""
    if message.seat is None or message.seat.staff_id is None:
        return message.seat
    card = Postcard.objects.filter(message=message).select_related("murmur__seat").first()
    return card.murmur.seat if card is not None else message.seat


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
    """One's own murmurs, newest last, and whether each was read to the room."""
    rows = Murmur.objects.filter(seat_id=seat, at__gte=since).select_related("postcard")
    return list(rows.order_by("at")[:20])


def postcards(viewer: Viewer, *, program: int) -> list[Murmur]:
    """はがき that wait to be read in the rooms that a member of staff sits in, the oldest first."""
    if not viewer.verified:
        return []
    rows = Murmur.objects.filter(
        room__program=program, room__removed_at__isnull=True, aloud=True, postcard__isnull=True
    ).select_related("room", "seat")
    return [
        one
        for one in rows.order_by("at", "pk")[:MOST_POSTCARDS]
        if sits(viewer.grants, program=program, room=one.room_id)
    ]


# --- a program's own screening rules -------------------------------------------------------------


def own_rules(*, program: int) -> list[OwnRule]:
    """What stands, the newest first, and what ended last. `office` asks whether someone may."""
    rows = OwnRule.objects.filter(program=program).select_related("made_by", "moved_by")
    ended = RuleState.ENDED.value
    standing = rows.exclude(state=ended).order_by("-pk")
    return [*standing[:MOST_RULES], *rows.filter(state=ended).order_by("-moved_at", "-pk")[:20]]


def own_rule(*, program: int, pk: int) -> OwnRule | None:
    """One of them."""
    rows = OwnRule.objects.select_related("made_by", "moved_by")
    return rows.filter(program=program, pk=pk).first()


# --- what waits ----------------------------------------------------------------------------------


def out_of_sight() -> int:
    """How many held or hidden messages no item leads to. Anything but 0 is a fault of the house."""
    unseen = Message.objects.filter(state__in=[MessageState.HELD, MessageState.HIDDEN])
    return unseen.exclude(Exists(Item.objects.filter(message=OuterRef("pk")))).count()
