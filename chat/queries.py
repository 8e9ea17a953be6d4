"""Every read of rooms. A message becomes words for people in one place only: `message_frame`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.db.models import BigIntegerField, F, Q, Value
from django.db.models.functions import Cast

from accounts import letters
from accounts.models import Letter, Participant
from accounts.queries import signed_in
from chat import protocol as p
from chat.models import (
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
from chat.schedule import USUAL, Hours, Now, Special, door, special_days, state_at
from chat.states import Hand, HolidayRule, MessageState, RestrictionKind
from duty.queries import attending
from foundation import clock
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


def message_frame(message: Message) -> p.Message | p.Gone:
    """A message as people see it now. Words of what is hidden or taken back never leave here."""
    assert message.seq is not None
    if message.state not in SHOWN_STATES:
        return p.Gone(seq=message.seq)
    shown = message.state == MessageState.SHOWN
    return p.Message(
        seq=message.seq,
        from_=author_of(message.seat, handle=message.handle),
        text=message.text if shown else "",
        veil=message.veil if shown else "",
        at=wire(message.at),
        state=cast("p.MessageStateName", str(message.state)),
        stamps=message.stamps,
    )


def event_frame(event: RoomEvent) -> p.Event:
    """One number of the log, rendered from the message's present state."""
    message = event.message
    if event.kind == "room":
        return p.RoomChanged(seq=event.seq, **(event.body or {}))
    if message is None or event.of is None:
        return p.Gone(seq=event.seq)
    if event.kind == "message":
        return message_frame(message)
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


def events_after(room: int, *, since: int, limit: int) -> list[p.Event]:
    """At most `limit` events with a number above `since`, in order."""
    rows = (
        RoomEvent.objects.filter(room_id=room, seq__gt=since)
        .select_related("message__seat")
        .order_by("seq")[:limit]
    )
    return [event_frame(row) for row in rows]


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
    """What a client gets that names a position, or none."""

    recovered: bool
    events: list[p.Event]
    more: bool


def catch_up(room: Room, *, epoch: str | None, since: int | None) -> CatchUp:
    """Continue after `since` when its epoch and range allow it; else start fresh."""
    if since is None or epoch != room.epoch or not room.floor <= since <= room.head:
        return CatchUp(False, newest(room.pk), False)
    events = events_after(room.pk, since=since, limit=p.MAX_EVENTS)
    reached = events[-1].seq if events else since
    return CatchUp(True, events, reached < room.head)


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


def states_of(rooms: Sequence[Room], *, now: datetime) -> dict[int, Now]:
    """The present state of each room, from clock, hand and duty: two queries."""
    ids = [room.pk for room in rooms]
    hours, people = hours_of(ids), attending(ids, now=now)
    return {
        room.pk: state_at(
            now,
            hours=hours.get(room.pk, ()),
            hand=Hand(room.hand),
            attending=people.get(room.pk, 0),
            required=room.required_supporters,
            special=special_of(room, hours.get(room.pk, ()), now=now),
        )
        for room in rooms
    }


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


def _standing(rows: Sequence[Restriction]) -> Standing:
    by_kind = {kind: [r for r in rows if r.kind == kind] for kind in RestrictionKind}
    muted, paused = by_kind[RestrictionKind.MUTE], by_kind[RestrictionKind.PAUSE]
    return Standing(
        muted=bool(muted),
        muted_until=_last(muted),
        paused=bool(paused),
        paused_until=_last(paused),
        barred=bool(by_kind[RestrictionKind.BAR]),
    )


def _last(rows: Sequence[Restriction]) -> datetime | None:
    """The latest end; None when there is none, or when one has no end."""
    ends = [row.until for row in rows if row.until is not None]
    return max(ends) if ends and len(ends) == len(rows) else None


def standing_of(participant: int, *, room: int, now: datetime) -> Standing:
    """One person's standing in one room."""
    return standings([participant], rooms=[room], now=now).get((participant, room), FREE)


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


# --- for the hub --------------------------------------------------------------------------------


def positions(rooms: Sequence[int], people: Sequence[int]) -> tuple[dict[int, int], dict[int, int]]:
    """Heads of rooms and versions of people, in one query; what is gone is missing."""
    zero = Value(0, output_field=BigIntegerField())
    one = Value(1, output_field=BigIntegerField())
    heads = Room.objects.filter(pk__in=rooms, removed_at__isnull=True)
    versions = Participant.objects.filter(pk__in=people)
    rows = (
        heads.order_by()
        .values_list(zero, "pk", "head")
        .union(
            versions.order_by().values_list(
                one, "pk", Cast("version", output_field=BigIntegerField())
            ),
            all=True,
        )
    )
    found: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for which, key, number in rows:
        found[which][key] = number
    return found


@dataclass(frozen=True, slots=True)
class Recheck:
    """What a look at someone's standing says to each of their sockets, and what waits for them."""

    codes: dict[tuple[int, str | None], p.Close | None]
    cards: list[tuple[int, p.Card]]


def recheck(person: int, sockets: Sequence[tuple[int, str | None]], after: int) -> Recheck:
    """Who may stay, and the cards written after letter number `after`."""
    now = clock.now()
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


def card_of(letter: Letter) -> p.Card:
    """A letter as a frame."""
    return p.Card(
        kind=cast("p.CardKind", letter.kind),
        title=letter.title,
        text=letter.text,
        links=[p.Href(label=one["label"], href=one["href"]) for one in letter.links],
    )
