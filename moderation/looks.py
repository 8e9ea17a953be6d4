"""What is looked at before one decides: an item, a person, a room, an act, an objection."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from accounts.states import Role
from accounts.viewer import Viewer
from chat.models import Finding, Item, Message, Report, Restriction, Room, Seat
from chat.states import ItemKind, MessageState, RoomKind
from duty.calls import calls_about
from duty.models import Call
from duty.policies import must_be_of_the_team
from duty.states import CallState
from foundation.refusals import Refused
from moderation import policies
from moderation.models import Act, AlarmStep, Appeal, DeskChoice, Proposal, Told
from moderation.recusals import (
    evidence_for,
    hidden_from,
    must_read,
    must_read_item,
    without_hidden,
)
from moderation.states import (
    LASTING,
    ON_PEOPLE,
    ActKind,
    AppealState,
    Outcome,
    ProposalState,
)
from moderation.waiting import (
    SHOWN,
    Line,
    as_evidence,
    choice_of,
    in_their_rooms,
    is_erased,
    lines_of,
    without_taken_back,
)

CONTEXT_BEFORE, CONTEXT_AFTER = 10, 3
ACTS_SHOWN = 20


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
    unheard: list[Call]  # calls that could not be delivered
    hidden_by: Act | None
    proposal: Proposal | None
    appeal: Appeal | None
    told: Told | None
    above: bool
    ends: tuple[Outcome, ...]  # how it may be said to have ended


@dataclass(frozen=True, slots=True)
class Person:
    """Someone as the desk knows them in a room: what stands, and what was done and said."""

    seat: Seat
    standing: list[Restriction]
    acts: list[Act]
    led: Item | None = None  # what led here: an act is recorded as an answer to it


def detail(viewer: Viewer, *, item: int, now: datetime) -> Detail:
    """One item. Raises `Refused("not_found")` for whoever may not know of it."""
    row = (
        Item.objects.filter(pk=item)
        .select_related("room", "message__seat", "murmur", "seat", "claimed_by")
        .first()
    )
    policies.must_see_item(viewer, row)
    must_read_item(viewer, row)
    assert row is not None
    above = row.about_staff_id is not None
    of = None
    if row.message is not None and row.kind != ItemKind.MURMUR and not is_erased(row):
        of = as_evidence(row, row.message)
    found = _findings(row)
    at = _said_at(row, found)
    hidden = Act.objects.filter(
        message=row.message, kind=ActKind.HIDE.value, closed_at__isnull=True
    )
    person = _person(row.seat) if row.seat is not None and not above else None
    return Detail(
        item=row,
        line=lines_of(viewer, [row], DeskChoice(without=[]), now=now)[0],
        message=of,
        before=without_hidden(viewer, _around(row, at, before=True)) if at else [],
        after=without_hidden(viewer, _around(row, at, before=False)) if at else [],
        reports=_reports(viewer, row),
        findings=found,
        person=person,
        steps=list(
            AlarmStep.objects.filter(item=row, raised_at=row.raised_at)
            .select_related("staff")
            .order_by("number")
        ),
        unheard=[one for one in calls_about([f"item:{row.pk}"]) if one.state == CallState.FAILED],
        hidden_by=hidden.order_by("-pk").first() if row.message else None,
        proposal=_subject(Proposal, row, "proposal"),
        appeal=_subject(Appeal, row, "appeal"),
        told=_told(row),
        above=above,
        ends=_ends(row, person.acts if person is not None else []),
    )


def _ends(row: Item, done: list[Act]) -> tuple[Outcome, ...]:
    """What may be told of it. Whoever reported isn't told that all was left as it was where it
    wasn't, nor that something was done where nothing was.
    """
    both = (Outcome.NOTHING, Outcome.ACTED)
    if row.kind != ItemKind.REPORT:
        return both
    if answers(row).exists():
        return (Outcome.ACTED,)
    # Done to its author since, without saying that it was for this: the reader knows.
    since = [one for one in done if one.at >= row.raised_at and one.undone_at is None]
    taken_back = row.message is not None and row.message.state == MessageState.WITHDRAWN
    return both if since or taken_back else (Outcome.NOTHING,)


def answers(row: Item) -> QuerySet[Act]:
    """What was done to somebody in answer to an item since it was raised, and not undone."""
    kinds = [kind.value for kind in (*ON_PEOPLE, ActKind.WORD)]
    of = Act.objects.filter(item=row, kind__in=kinds, at__gte=row.raised_at)
    return of.filter(undone_at__isnull=True)


def _said_at(row: Item, found: list[Finding]) -> datetime | None:
    """When the words were said that are read here; None where what stood around them isn't."""
    # What was confided in a talk of two stays there: who judges a word of it reads that word alone.
    if row.kind == ItemKind.MURMUR or row.room is None or row.room.kind == RoomKind.COUNSELING:
        return None
    if row.message is not None:
        return row.message.at
    if row.kind != ItemKind.CRISIS or row.about_staff_id is not None:
        return None
    if row.murmur is not None:
        return row.murmur.at
    return next((one.at for one in found if "crisis" in one.classes), None)


def _subject(model: Any, row: Item, name: str) -> Any:
    kind, _, key = row.subject.partition(":")
    return model.objects.filter(pk=int(key)).first() if kind == name else None


def _told(row: Item) -> Told | None:
    name, _, key = row.subject.partition(":")
    if name == "answer":
        return Told.objects.filter(appeal=int(key)).first()
    return Told.objects.filter(act=int(key), appeal__isnull=True).first() if name == "act" else None


def _around(row: Item, at: datetime, *, before: bool) -> list[Message]:
    said = Message.objects.filter(room=row.room_id, seq__isnull=False).select_related("seat")
    said = said.exclude(pk=row.message_id or 0).exclude(state=MessageState.ERASED)
    if before:
        found = list(said.filter(at__lte=at).order_by("-at", "-pk")[:CONTEXT_BEFORE])[::-1]
    else:
        found = list(said.filter(at__gt=at).order_by("at", "pk")[:CONTEXT_AFTER])
    return [without_taken_back(one) for one in found]


def _reports(viewer: Viewer, row: Item) -> list[Report]:
    """What was told of it; never by whom, nor in the words of whom the reader may know."""
    if row.kind != ItemKind.REPORT:
        return []
    told = Report.objects.filter(message=row.message_id).select_related("seat")
    found, hidden = list(told.order_by("at", "pk")[:SHOWN]), hidden_from(viewer)
    for one in found:
        if one.seat is not None and one.seat.participant_id in hidden:
            one.note = ""
    return found


def _findings(row: Item) -> list[Finding]:
    if row.kind not in (ItemKind.CRISIS, ItemKind.FLAG, ItemKind.HELD):
        return []
    # What somebody told of one of ours stands beside that, and beside nothing else of theirs.
    theirs = Q(seat=row.seat_id, about_staff=row.about_staff_id)
    of = Q(message=row.message_id) if row.kind == ItemKind.HELD else theirs
    return list(Finding.objects.filter(of).order_by("-at", "-pk")[:10])


def person(viewer: Viewer, *, seat: int, item: int | None = None) -> Person:
    """Someone in a room, for whoever keeps it, and the item that led there; staff aren't shown.

    Raises `Refused("not_found")`.
    """
    row = Seat.objects.filter(pk=seat).select_related("room").first()
    if row is None or row.participant_id is None:
        raise Refused("not_found")
    policies.must_keep(viewer, room=row.room)
    must_read(viewer, row.participant_id)
    return replace(_person(row), led=led_by(item, seat=row))


def led_by(item: int | None, *, seat: Seat) -> Item | None:
    """An item about them in this room, and none that is above the desk."""
    if item is None:
        return None
    return Item.objects.filter(
        pk=item, room=seat.room_id, seat=seat, about_staff__isnull=True
    ).first()


def _person(seat: Seat) -> Person:
    """What was done in this room, and what holds everywhere: other rooms aren't this one's. Of
    what another program did only that it holds.
    """
    here = Q(room=seat.room_id) | Q(room__isnull=True)
    ours = Q(room=seat.room_id) | Q(room__isnull=True, program=seat.room.program_id)
    standing = Restriction.objects.filter(
        here, participant=seat.participant_id, lifted_at__isnull=True
    )
    acts = Act.objects.filter(ours, participant=seat.participant_id).select_related("by")
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
    rows = rows.filter(in_their_rooms(viewer, program))
    hidden = hidden_from(viewer)
    if hidden:
        rows = rows.exclude(participant__in=hidden)
    if standing:
        rows = rows.filter(closed_at__isnull=True).filter(kind__in=[kind.value for kind in LASTING])
    found = list(rows.order_by("-at", "-pk")[:100])
    for one in found if hidden else ():
        one.evidence = evidence_for(viewer, one)
    return found


def folded(viewer: Viewer, acts: Iterable[Act]) -> set[int]:
    """Acts about what came in a kind whose words their reader chose not to read."""
    if not (kinds := choice_of(viewer).without):
        return set()
    acts = list(acts)
    messages = {one.message_id for one in acts if one.message_id}
    came = Item.objects.filter(message__in=messages, kind__in=kinds)
    about = set(came.values_list("message_id", flat=True))
    asked = Item.objects.filter(pk__in={one.item_id for one in acts if one.item_id})
    items = set(asked.filter(kind__in=kinds).values_list("pk", flat=True))
    return {one.pk for one in acts if one.message_id in about or one.item_id in items}


def room_side(viewer: Viewer, *, room: int, limit: int = 30) -> tuple[Room, list[Message]]:
    """A room with its last messages, words of hidden ones too. Raises `Refused("not_found")`."""
    row = Room.objects.filter(pk=room, removed_at__isnull=True).first()
    if row is None:
        raise Refused("not_found")
    policies.must_keep(viewer, room=row)
    said = Message.objects.filter(room=room, seq__isnull=False).select_related("seat")
    shown = [without_taken_back(one) for one in reversed(said.order_by("-seq")[:limit])]
    return row, without_hidden(viewer, shown)


def appeals(viewer: Viewer, *, program: int) -> list[Appeal]:
    """Objections that wait, the oldest first; for coordinators and reviewers."""
    policies.must_be_above(viewer, program=program)
    rows = Appeal.objects.filter(act__program=program, state=AppealState.OPEN.value)
    if hidden := hidden_from(viewer):
        rows = rows.exclude(act__participant__in=hidden)
    return list(rows.select_related("act__by", "act__room").order_by("due_at", "pk")[:SHOWN])


def appeal(viewer: Viewer, *, appeal: int) -> Appeal:
    """One. Raises `Refused("not_found")`."""
    row = Appeal.objects.filter(pk=appeal).select_related("act__by", "act__room").first()
    if row is None:
        raise Refused("not_found")
    policies.must_be_above(viewer, program=row.act.program_id)
    must_read(viewer, row.act.participant_id)
    row.act.evidence = evidence_for(viewer, row.act)
    return row


def proposals(viewer: Viewer, *, program: int) -> list[Proposal]:
    """Permanent bars that wait for a second coordinator."""
    if not viewer.holds(Role.COORDINATOR, program=program):
        return []
    rows = Proposal.objects.filter(program=program, state=ProposalState.ASKED.value)
    if hidden := hidden_from(viewer):
        rows = rows.exclude(participant__in=hidden)
    return list(rows.select_related("by").order_by("at", "pk")[:SHOWN])
