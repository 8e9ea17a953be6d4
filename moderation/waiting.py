"""What waits at the desk, as its pages show it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from accounts.states import Role
from accounts.viewer import Viewer
from chat.actions.items import CLAIMED_FOR
from chat.models import DeskVersion, Finding, Item, Message, Report, Restriction, Room, Seat
from chat.states import ItemKind, ItemState, MessageState
from duty.colleagues import name_of
from duty.policies import must_be_of_the_team
from foundation.refusals import Refused
from moderation import policies
from moderation.models import Act, AlarmStep, Appeal, DeskChoice, Proposal
from moderation.states import LASTING, ActKind, AppealState, ProposalState

SHOWN = 50
CONTEXT_BEFORE, CONTEXT_AFTER = 10, 3
ACTS_SHOWN = 20
HELD_LATE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Line:
    """An item on the queue."""

    id: int
    kind: str
    room: str
    who: str
    words: str
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
    found = DeskVersion.objects.filter(program=program).values_list("version", flat=True).first()
    return found or 0


def _rooms_of(viewer: Viewer, program: int) -> list[int] | None:
    """The rooms whose items someone sees; None for all."""
    if viewer.holds(Role.COORDINATOR, program=program):
        return None
    rooms = Room.objects.filter(program=program).order_by("pk").values_list("pk", flat=True)
    return [one for one in rooms if viewer.holds(Role.SUPPORTER, program=program, room=one)]


def at_the_desk(viewer: Viewer, *, program: int) -> QuerySet[Item]:
    """The items of a program that a reader may know of at the desk.

    What is about staff isn't among them, whoever reads; what is about no room is the coordinators'.
    """
    must_be_of_the_team(viewer, program=program)
    found = Item.objects.filter(program=program, about_staff__isnull=True)
    rooms = _rooms_of(viewer, program)
    return found if rooms is None else found.filter(room__in=rooms)


def queue(
    viewer: Viewer, *, program: int, kind: str = "", room: int | None = None, now: datetime
) -> Queue:
    """At most 50, the most urgent and oldest first. Seven queries at most."""
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
        version=version_of(program),
        lines=_lines(viewer, rows[:SHOWN], choice, now=now),
        more=len(rows) > SHOWN,
        blurred=choice.blurred,
        without=tuple(choice.without),
    )


def choice_of(viewer: Viewer) -> DeskChoice:
    """What someone chose for their own desk; the defaults where they never did."""
    found = DeskChoice.objects.filter(staff=viewer.staff or 0).first()
    return found or DeskChoice(staff_id=viewer.staff or 0, without=[])


def above_the_desk(viewer: Viewer, *, program: int, now: datetime) -> list[Line]:
    """Reports about staff, for coordinators and reviewers; never one about the reader."""
    policies.must_be_above(viewer, program=program)
    found = Item.objects.filter(program=program, about_staff__isnull=False)
    rows = found.exclude(state=ItemState.DONE.value).exclude(about_staff=viewer.staff)
    ordered = rows.order_by("urgency", "raised_at", "pk")
    shown = ordered.select_related("room", "message__seat", "murmur", "seat", "claimed_by")[:SHOWN]
    return _lines(viewer, list(shown), DeskChoice(without=[]), now=now)


def _lines(
    viewer: Viewer, rows: Sequence[Item], choice: DeskChoice, *, now: datetime
) -> list[Line]:
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
            folded=row.kind in choice.without,
            about=(*reasons.get(row.message_id or 0, ()), *_seen_in(row, seen)),
            times=row.times,
            raised_at=row.raised_at,
            late=row.kind == ItemKind.HELD and row.raised_at <= now - HELD_LATE,
            claimed_by=name_of(row.claimed_by) if _held(row, now) else "",
            mine=_held(row, now) and row.claimed_by_id == viewer.staff,
            free=not _held(row, now),
            calls_me=(row.pk, row.raised_at) in calls,
        )
        for row in rows
    ]


def _held(row: Item, now: datetime) -> bool:
    return (
        row.state == ItemState.CLAIMED
        and row.claimed_at is not None
        and row.claimed_at > now - CLAIMED_FOR
    )


def _who(row: Item) -> str:
    seat = row.message.seat if row.message is not None else row.seat
    handle = row.message.handle if row.message is not None else ""
    return f"{handle or seat.handle} {seat.mark}" if seat is not None else handle


def _words(row: Item, seen: dict[int, list[Finding]]) -> str:
    if row.message is not None:
        return row.message.text
    if row.murmur is not None:
        return row.murmur.text
    kept = [one.words for one in seen.get(row.seat_id or 0, ()) if one.words]
    return kept[-1] if row.kind in (ItemKind.CRISIS, ItemKind.FLAG) and kept else ""


def _reasons(messages: Iterable[int | None]) -> dict[int, tuple[str, ...]]:
    rows = Report.objects.filter(message__in=[one for one in messages if one]).order_by("at", "pk")
    found: dict[int, tuple[str, ...]] = {}
    for message, reason in rows.values_list("message", "reason"):
        known = found.get(message, ())
        found[message] = known if reason in known else (*known, reason)
    return found


def _classes(rows: Sequence[Item]) -> dict[int, list[Finding]]:
    """What screening saw of the people of these items since each was raised, by seat."""
    seats = {row.seat_id for row in rows if row.kind in (ItemKind.CRISIS, ItemKind.FLAG)}
    if not seats:
        return {}
    since = min(row.raised_at for row in rows) - timedelta(minutes=1)
    found: dict[int, list[Finding]] = {}
    for one in Finding.objects.filter(seat__in=seats, at__gte=since).order_by("at", "pk"):
        found.setdefault(one.seat_id or 0, []).append(one)
    return found


def _seen_in(row: Item, seen: dict[int, list[Finding]]) -> tuple[str, ...]:
    if row.kind not in (ItemKind.CRISIS, ItemKind.FLAG):
        return ()
    classes = {one for finding in seen.get(row.seat_id or 0, ()) for one in finding.classes}
    return tuple(sorted(classes))


# --- one item ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Detail:
    """An item with what is needed to decide."""

    item: Item
    line: Line
    message: Message | None
    before: list[Message]
    after: list[Message]
    reports: list[Report]
    findings: list[Finding]
    person: "Person | None"
    steps: list[AlarmStep]
    hidden_by: Act | None
    proposal: Proposal | None
    appeal: Appeal | None
    above: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Someone as the desk knows them in a room: what stands, and what was done and said."""

    seat: Seat
    standing: list[Restriction]
    acts: list[Act]


def detail(viewer: Viewer, *, item: int, now: datetime) -> Detail:
    """One item. Raises `Refused("not_found")` for whoever may not know of it."""
    row = (
        Item.objects.filter(pk=item)
        .select_related("room", "message__seat", "murmur", "seat", "claimed_by")
        .first()
    )
    policies.must_see_item(viewer, row)
    assert row is not None
    message = row.message or _last_found(row)
    above = row.about_staff_id is not None
    of = message if row.kind != ItemKind.MURMUR else None
    hidden = Act.objects.filter(message=message, kind=ActKind.HIDE.value, closed_at__isnull=True)
    return Detail(
        item=row,
        line=_lines(viewer, [row], DeskChoice(without=[]), now=now)[0],
        message=of,
        before=_around(of, before=True) if of else [],
        after=_around(of, before=False) if of else [],
        reports=_reports(row),
        findings=_findings(row),
        person=_person(row.seat) if row.seat is not None and not above else None,
        steps=list(
            AlarmStep.objects.filter(item=row, raised_at=row.raised_at)
            .select_related("staff")
            .order_by("number")
        ),
        hidden_by=hidden.order_by("-pk").first() if message else None,
        proposal=_subject(Proposal, row, "proposal"),
        appeal=_subject(Appeal, row, "appeal"),
        above=above,
    )


def _last_found(row: Item) -> Message | None:
    if row.kind != ItemKind.CRISIS or row.seat_id is None:
        return None
    found = Finding.objects.filter(seat=row.seat_id, message__isnull=False)
    last = found.select_related("message__seat").order_by("-at", "-pk").first()
    return last.message if last is not None else None


def _subject(model: Any, row: Item, name: str) -> Any:
    kind, _, key = row.subject.partition(":")
    return model.objects.filter(pk=int(key)).first() if kind == name else None


def _around(message: Message, *, before: bool) -> list[Message]:
    said = Message.objects.filter(room=message.room_id, seq__isnull=False).select_related("seat")
    said = said.exclude(pk=message.pk).exclude(state=MessageState.ERASED)
    if before:
        found = said.filter(at__lte=message.at).order_by("-at", "-pk")[:CONTEXT_BEFORE]
        return list(reversed(found))
    return list(said.filter(at__gt=message.at).order_by("at", "pk")[:CONTEXT_AFTER])


def _reports(row: Item) -> list[Report]:
    """What was told of it; never by whom."""
    if row.kind != ItemKind.REPORT:
        return []
    return list(Report.objects.filter(message=row.message_id).order_by("at", "pk")[:SHOWN])


def _findings(row: Item) -> list[Finding]:
    if row.kind not in (ItemKind.CRISIS, ItemKind.FLAG, ItemKind.HELD):
        return []
    of = Q(message=row.message_id) if row.kind == ItemKind.HELD else Q(seat=row.seat_id)
    return list(Finding.objects.filter(of).order_by("-at", "-pk")[:10])


def person(viewer: Viewer, *, seat: int) -> Person:
    """Someone in a room, for whoever keeps it. Raises `Refused("not_found")`; staff aren't shown."""
    row = Seat.objects.filter(pk=seat).select_related("room").first()
    if row is None or row.participant_id is None:
        raise Refused("not_found")
    policies.must_keep_room(viewer, program=row.room.program_id, room=row.room_id)
    return _person(row)


def _person(seat: Seat) -> Person:
    """What was done in this room, and what holds everywhere: other rooms aren't this one's."""
    here = Q(room=seat.room_id) | Q(room__isnull=True)
    standing = Restriction.objects.filter(
        here, participant=seat.participant_id, lifted_at__isnull=True
    )
    acts = Act.objects.filter(here, participant=seat.participant_id).select_related("by")
    return Person(
        seat=seat,
        standing=list(standing.order_by("pk")),
        acts=list(acts.order_by("-at", "-pk")[:ACTS_SHOWN]) if seat.participant_id else [],
    )


# --- rooms, acts, objections ---------------------------------------------------------------------


def acts_of(viewer: Viewer, *, program: int, standing: bool) -> list[Act]:
    """What was done in the reader's rooms, the newest first; or only what holds now."""
    must_be_of_the_team(viewer, program=program)
    rows = Act.objects.filter(program=program).select_related("by", "room", "message")
    rooms = _rooms_of(viewer, program)
    if rooms is not None:
        rows = rows.filter(room__in=rooms)
    if standing:
        rows = rows.filter(closed_at__isnull=True).filter(kind__in=[kind.value for kind in LASTING])
    return list(rows.order_by("-at", "-pk")[:100])


def room_side(viewer: Viewer, *, room: int, limit: int = 30) -> tuple[Room, list[Message]]:
    """A room with its last messages, words of hidden ones too. Raises `Refused("not_found")`."""
    row = Room.objects.filter(pk=room, removed_at__isnull=True).first()
    if row is None:
        raise Refused("not_found")
    policies.must_keep_room(viewer, program=row.program_id, room=room)
    said = Message.objects.filter(room=room, seq__isnull=False).select_related("seat")
    return row, list(reversed(said.order_by("-seq")[:limit]))


def appeals(viewer: Viewer, *, program: int) -> list[Appeal]:
    """Objections that wait, the oldest first; for coordinators and reviewers."""
    policies.must_be_above(viewer, program=program)
    rows = Appeal.objects.filter(act__program=program, state=AppealState.OPEN.value)
    return list(rows.select_related("act__by", "act__room").order_by("due_at", "pk")[:SHOWN])


def appeal(viewer: Viewer, *, appeal: int) -> Appeal:
    """One. Raises `Refused("not_found")`."""
    row = Appeal.objects.filter(pk=appeal).select_related("act__by", "act__room").first()
    if row is None:
        raise Refused("not_found")
    policies.must_be_above(viewer, program=row.act.program_id)
    return row


def proposals(viewer: Viewer, *, program: int) -> list[Proposal]:
    """Permanent bars that wait for a second coordinator."""
    if not viewer.holds(Role.COORDINATOR, program=program):
        return []
    rows = Proposal.objects.filter(program=program, state=ProposalState.ASKED.value)
    return list(rows.select_related("by").order_by("at", "pk")[:SHOWN])


def held_now(viewer: Viewer, *, program: int) -> list[Item]:
    """What is still held: listed when a shift ends."""
    rows = at_the_desk(viewer, program=program).filter(kind=ItemKind.HELD.value)
    open_ = rows.exclude(state=ItemState.DONE.value).select_related("room")
    return list(open_.order_by("raised_at", "pk")[:SHOWN])


def oldest_open() -> datetime | None:
    """Since when the oldest open item waits; None when nothing does."""
    rows = Item.objects.exclude(state=ItemState.DONE.value).order_by("raised_at")
    return rows.values_list("raised_at", flat=True).first()
