"""What waits at the desk, as its pages show it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from accounts.states import Role
from accounts.viewer import Viewer
from chat.actions.items import CLAIMED_FOR
from chat.models import Finding, Item, Message, Report, Room
from chat.states import ItemKind, ItemState, MessageState, RoomKind
from duty.colleagues import name_of
from duty.policies import must_be_of_the_team
from foundation.refusals import Refused
from moderation import policies
from moderation.models import AlarmStep, DeskChoice
from moderation.recusals import appeals_of, hidden_from, must_read_item
from moderation.states import Many
from programs.models import Program

SHOWN = 50
# By seat, and by the member of staff of whom it told.
Seen = dict[tuple[int, int | None], list[Finding]]
HELD_LATE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Line:
    """An item on the queue."""

    id: int
    kind: str
    room: str
    who: str
    words: str
    erased: bool  # they erased themselves: nothing of it is left to read
    folded: bool  # this reader asked not to be shown this kind
    about: tuple[str, ...]  # reasons and classes
    times: int
    raised_at: datetime
    late: bool
    claimed_by: str
    mine: bool
    free: bool
    calls_me: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for this reader, by urgency and age."""

    version: int
    lines: list[Line]
    more: bool
    blurred: bool
    without: tuple[str, ...]


def version_of(program: int) -> int:
    """How often what waits there changed."""
    return _counted(program)[0]


def stands_at(program: int) -> int:
    """The number of a program's desk: it grows with what waits there and what colleagues tell."""
    return sum(_counted(program))


def _counted(program: int) -> tuple[int, int]:
    of = Program.objects.filter(pk=program)
    found = of.values_list("desk_version__version", "desk_news__version").first()
    waiting, news = found or (0, 0)
    return waiting or 0, news or 0


def rooms_of(viewer: Viewer, *, program: int) -> list[Room]:
    """The rooms that someone keeps in a program, in their order."""
    must_be_of_the_team(viewer, program=program)
    rooms = Room.objects.filter(program=program, removed_at__isnull=True)
    shown = rooms.exclude(kind=RoomKind.COUNSELING).order_by("position", "pk")
    keeps_all = viewer.holds(Role.COORDINATOR, program=program)
    return [
        room
        for room in shown
        if keeps_all or viewer.holds(Role.SUPPORTER, program=program, room=room.pk)
    ]


def program_of_item(viewer: Viewer, *, item: int) -> int:
    """Whose desk an item is at. Raises `Refused("not_found")`, also of what is above the desk."""
    row = Item.objects.filter(pk=item).first()
    policies.must_see_item(viewer, row)
    must_read_item(viewer, row)
    if row is None or row.about_staff_id is not None:
        raise Refused("not_found")
    return row.program_id


def in_their_rooms(viewer: Viewer, program: int) -> Q:
    """Of a program's rows with a `room`, those that someone sees; of no room: coordinators."""
    if viewer.holds(Role.COORDINATOR, program=program):
        return Q()
    kept = [
        grant.rooms
        for grant in viewer.grants
        if grant.role == Role.SUPPORTER and grant.covers(program, None)
    ]
    here = Q(room__program=program)
    # No rooms named are all of them.
    return here if not all(kept) else here & Q(room__in=frozenset().union(*kept))


def at_the_desk(viewer: Viewer, *, program: int) -> QuerySet[Item]:
    """The items of a program that a reader may know of at the desk.

    What is about staff isn't among them, whoever reads; what is about no room is the coordinators'.
    """
    must_be_of_the_team(viewer, program=program)
    found = Item.objects.filter(program=program, about_staff__isnull=True)
    if hidden := hidden_from(viewer):
        found = found.exclude(seat__participant__in=hidden)
        found = found.exclude(kind=ItemKind.APPEAL.value, subject__in=appeals_of(hidden))
    return found.filter(in_their_rooms(viewer, program))


def queue(
    viewer: Viewer, *, program: int, kind: str = "", room: int | None = None, now: datetime
) -> Queue:
    """At most 50, the most urgent and oldest first. Eight queries at most."""
    # Before what is read: what changes in between is asked for again, and never missed.
    version = stands_at(program)
    found = at_the_desk(viewer, program=program).exclude(state=ItemState.DONE.value)
    if kind:
        found = found.filter(kind=kind)
    if room is not None:
        found = found.filter(room=room)
    ordered = found.order_by("urgency", "raised_at", "pk")
    rows = list(
        ordered.select_related("room", "message__seat", "murmur", "seat", "claimed_by")[: SHOWN + 1]
    )
    choice = choice_of(viewer)
    return Queue(
        version=version,
        lines=lines_of(viewer, rows[:SHOWN], choice, now=now),
        more=len(rows) > SHOWN,
        blurred=choice.blurred,
        without=tuple(choice.without),
    )


def chosen(viewer: Viewer, *, program: int, items: Iterable[int]) -> list[Item]:
    """These of the queue that may be done with together, the most urgent and oldest first."""
    found = at_the_desk(viewer, program=program).filter(pk__in=list(items)[:SHOWN])
    rows = found.exclude(state=ItemState.DONE.value).filter(
        kind__in=[kind.value for kind in (ItemKind.REPORT, ItemKind.FLAG, ItemKind.HELD)]
    )
    ordered = rows.order_by("urgency", "raised_at", "pk")
    return list(ordered.select_related("room", "message__seat", "murmur", "seat", "claimed_by"))


@dataclass(frozen=True, slots=True)
class Together:
    """What one press would do: to which, and how many of each kind."""

    deed: Many
    lines: list[Line]
    kinds: list[tuple[str, int]]


def together(
    viewer: Viewer, *, program: int, items: Iterable[int], now: datetime
) -> list[Together]:
    """What may be done with these at once; deeds that none of them allows are missing."""
    rows, choice = chosen(viewer, program=program, items=items), choice_of(viewer)
    lines = dict(
        zip((row.pk for row in rows), lines_of(viewer, rows, choice, now=now), strict=True)
    )
    found = []
    for deed in Many:
        fit = [lines[row.pk] for row in rows if fits(deed, row) and not _is_anothers(lines[row.pk])]
        if fit:
            kinds = Counter(line.kind for line in fit)
            found.append(Together(deed, fit, sorted(kinds.items())))
    return found


def _is_anothers(line: Line) -> bool:
    return not line.free and not line.mine


def fits(deed: Many, item: Item) -> bool:
    """Whether a deed can be done to an item; what is held ends by being let in or not alone."""
    state = item.message.state if item.message is not None else None
    if deed is Many.APPROVE:
        return item.kind == ItemKind.HELD and state == MessageState.HELD
    if deed is Many.HIDE:
        return item.kind != ItemKind.HELD and state == MessageState.SHOWN
    return item.kind != ItemKind.HELD


def choice_of(viewer: Viewer) -> DeskChoice:
    """What someone chose for their own desk; the defaults where they never did."""
    found = DeskChoice.objects.filter(staff=viewer.staff or 0).first()
    return found or DeskChoice(staff_id=viewer.staff or 0, without=[])


def _above(viewer: Viewer, program: int) -> QuerySet[Item]:
    policies.must_be_above(viewer, program=program)
    found = Item.objects.filter(program=program, about_staff__isnull=False)
    found = found.exclude(state=ItemState.DONE.value).exclude(about_staff=viewer.staff)
    return found.exclude(seat__participant__in=hidden_from(viewer))


def waits_above(viewer: Viewer, *, program: int) -> bool:
    """Whether something told of staff waits for this reader: their way there says so, since no
    desk does.
    """
    return _above(viewer, program).exists()


def above_the_desk(viewer: Viewer, *, program: int, now: datetime) -> list[Line]:
    """Reports about staff, for coordinators and reviewers; never one about the reader."""
    ordered = _above(viewer, program).order_by("urgency", "raised_at", "pk")
    shown = ordered.select_related("room", "message__seat", "murmur", "seat", "claimed_by")[:SHOWN]
    return lines_of(viewer, list(shown), DeskChoice(without=[]), now=now)


def lines_of(
    viewer: Viewer, rows: Sequence[Item], choice: DeskChoice, *, now: datetime
) -> list[Line]:
    """Items as the queue shows them to this reader."""
    reasons = _reasons(row.message_id for row in rows if row.kind == ItemKind.REPORT)
    seen = _classes(rows)
    steps = AlarmStep.objects.filter(item__in=[row.pk for row in rows], staff=viewer.staff or 0)
    calls = set(steps.exclude(channel="").order_by("pk").values_list("item", "raised_at"))
    return [
        Line(
            id=row.pk,
            kind=row.kind,
            room=row.room.name if row.room else "",
            who=_who(row),
            words="" if row.kind in choice.without else _words(row, seen),
            erased=is_erased(row),
            folded=row.kind in choice.without,
            about=(*reasons.get(row.message_id or 0, ()), *_seen_in(row, seen)),
            times=row.times,
            raised_at=row.raised_at,
            late=_is_late(row, now),
            claimed_by=name_of(row.claimed_by) if _held(row, now) else "",
            mine=_held(row, now) and row.claimed_by_id == viewer.staff,
            free=not _held(row, now),
            calls_me=(row.pk, row.raised_at) in calls,
        )
        for row in rows
    ]


def _is_late(row: Item, now: datetime) -> bool:
    if row.kind == ItemKind.MURMUR:
        return row.due_at is not None and row.due_at <= now
    return row.kind == ItemKind.HELD and row.raised_at <= now - HELD_LATE


def _held(row: Item, now: datetime) -> bool:
    return (
        row.state == ItemState.CLAIMED
        and row.claimed_at is not None
        and row.claimed_at > now - CLAIMED_FOR
    )


def _who(row: Item) -> str:
    seat, handle = row.seat, ""
    if row.message is not None and not _is_card(row, row.message):
        seat, handle = row.message.seat, row.message.handle
    return f"{handle or seat.handle} {seat.mark}" if seat is not None else handle


def _words(row: Item, seen: Seen) -> str:
    if row.message is not None:
        return as_evidence(row, row.message).text
    if row.murmur is not None:
        return row.murmur.text
    # What rang last was stored nowhere else: of what was refused, the newest of this kind.
    kept = [
        one.words
        for one in seen.get((row.seat_id or 0, row.about_staff_id), ())
        if one.message_id is None and one.murmur_id is None and _rings_as(one) == row.kind
    ]
    return kept[-1] if kept else ""


def is_erased(row: Item) -> bool:
    """Whether words of crisis wait whose author erased themselves meanwhile."""
    theirs = row.subject.startswith("seat:")
    return row.kind == ItemKind.CRISIS and theirs and row.seat_id is None


def as_evidence(row: Item, message: Message) -> Message:
    """What an item is about, with words that were taken back where they are kept for it.

    Those of staff only above the desk: that they are kept tells their author who reads there.
    """
    by_staff = message.seat is not None and message.seat.staff_id is not None
    if by_staff and row.about_staff_id is None and not _is_card(row, message):
        return without_taken_back(message)
    return message


def _is_card(row: Item, message: Message) -> bool:
    """Whether somebody else read it to the room for whom it is about."""
    return row.seat_id is not None and row.seat_id != message.seat_id


def without_taken_back(message: Message) -> Message:
    """As it stands beside others: words that were taken back are nobody's to read there."""
    if message.state == MessageState.WITHDRAWN:
        message.text = message.veil = ""
    return message


def _rings_as(finding: Finding) -> ItemKind:
    return ItemKind.CRISIS if "crisis" in finding.classes else ItemKind.FLAG


def _reasons(messages: Iterable[int | None]) -> dict[int, tuple[str, ...]]:
    rows = Report.objects.filter(message__in=[one for one in messages if one]).order_by("at", "pk")
    found: dict[int, tuple[str, ...]] = {}
    for message, reason in rows.values_list("message", "reason"):
        known = found.get(message, ())
        found[message] = known if reason in known else (*known, reason)
    return found


def _classes(rows: Sequence[Item]) -> Seen:
    """What screening saw of the people of these items since each was raised."""
    seats = {row.seat_id for row in rows if row.kind in (ItemKind.CRISIS, ItemKind.FLAG)}
    if not seats:
        return {}
    since = min(row.raised_at for row in rows) - timedelta(minutes=1)
    found: Seen = {}
    for one in Finding.objects.filter(seat__in=seats, at__gte=since).order_by("at", "pk"):
        found.setdefault((one.seat_id or 0, one.about_staff_id), []).append(one)
    return found


def _seen_in(row: Item, seen: Seen) -> tuple[str, ...]:
    if row.kind not in (ItemKind.CRISIS, ItemKind.FLAG):
        return ()
    told = seen.get((row.seat_id or 0, row.about_staff_id), ())
    classes = {one for finding in told for one in finding.classes}
    return tuple(sorted(classes))


def held_now(viewer: Viewer, *, program: int) -> list[Item]:
    """What is still held: listed when a shift ends."""
    rows = at_the_desk(viewer, program=program).filter(kind=ItemKind.HELD.value)
    open_ = rows.exclude(state=ItemState.DONE.value).select_related("room")
    return list(open_.order_by("raised_at", "pk")[:SHOWN])


def oldest_open() -> datetime | None:
    """Since when the oldest open item waits; None when nothing does."""
    rows = Item.objects.exclude(state=ItemState.DONE.value).order_by("raised_at")
    return rows.values_list("raised_at", flat=True).first()


def waiting_by_kind() -> dict[str, int]:
    """How many items of each kind wait in the whole house."""
    rows = Item.objects.exclude(state=ItemState.DONE.value).values_list("kind")
    counted = dict(rows.annotate(number=Count("pk")).order_by("kind"))
    return {kind.value: counted.get(kind.value, 0) for kind in ItemKind}
