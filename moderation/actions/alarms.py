"""Words of crisis climb the rota until a human has them; so do objections that are overdue,
murmurs whose promised duty has passed, what was told of staff, and 「かわって」.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery

from chat.actions.items import CLAIMED_FOR
from chat.models import Item
from chat.states import ItemKind, ItemState
from duty.actions.alarms import call as send
from duty.alerts import AGAIN, STEP, Call, Called, Colleague, Why, next_call
from duty.colleagues import above, team
from duty.models import Relief
from duty.states import RUNNING, AskState
from moderation import policies
from moderation.ladder import called_by, raised_at, relief_call, steps_of
from moderation.models import AlarmStep, Appeal
from moderation.recusals import appeal_of, person_of, recused_from
from moderation.states import AppealState

log = logging.getLogger("ibasho.desk")

# What is nobody's life at this minute calls again after so long: an alarm that rings all night is
# switched off.
AGAIN_CALMLY = timedelta(hours=6)


def about(raised: Item | Relief) -> str:
    """What the calls for it are named by."""
    return f"{'relief' if isinstance(raised, Relief) else 'item'}:{raised.pk}"


def climb(*, now: datetime) -> int:
    """Take every step that is due; how many people were called.

    Any process may run it at any time: a step is taken under the row's lock, and once.
    """
    asked = Relief.objects.filter(
        state=AskState.ASKED.value, shift__state__in=RUNNING, shift__ends_at__gt=now
    ).order_by("asked_at", "pk")
    reliefs = list(asked.values_list("pk", flat=True))
    return sum(_alone(_climb, key, now=now) for key in _unread(now=now)) + sum(
        _alone(_climb_for_relief, key, now=now) for key in reliefs
    )


def _alone(step: Callable[..., int], key: int, *, now: datetime) -> int:
    """What one step stumbles over keeps nobody else from being called."""
    try:
        return step(key, now=now)
    except Exception as error:  # noqa: BLE001
        log.warning("a step of the ladder failed: %s", type(error).__name__)
        return 0


def _unread(*, now: datetime) -> list[int]:
    """What nobody has and nobody was called for within the last step, whoever was never called
    first. All of it: whatever a limit left out would wait behind what can't move.
    """
    late = Appeal.objects.filter(state=AppealState.OPEN.value, due_at__lte=now).order_by("pk")
    subjects = [f"appeal:{key}" for key in late.values_list("pk", flat=True)]
    free = Q(state=ItemState.NEW.value) | Q(
        state=ItemState.CLAIMED.value, claimed_at__lte=now - CLAIMED_FOR
    )
    overdue = Q(kind=ItemKind.MURMUR.value, due_at__lte=now)
    # Of a room's murmurs the oldest calls for all.
    older = Item.objects.filter(overdue, free, room=OuterRef("room")).filter(
        Q(raised_at__lt=OuterRef("raised_at"))
        | Q(raised_at=OuterRef("raised_at"), pk__lt=OuterRef("pk"))
    )
    rings = (
        Q(kind=ItemKind.CRISIS.value)
        | Q(about_staff__isnull=False)
        | Q(kind=ItemKind.APPEAL.value, subject__in=subjects)
        | (overdue & ~Exists(older))
    )
    calls = AlarmStep.objects.filter(item=OuterRef("pk"), raised_at=OuterRef("raised_at"))
    last = calls.exclude(channel="").order_by("-number").values("at")[:1]
    # As the index has it, too: what is done is the most by far.
    waiting = Item.objects.exclude(state=ItemState.DONE.value)
    rows = waiting.filter(rings, free).annotate(called_at=Subquery(last))
    due = rows.filter(Q(called_at=None) | Q(called_at__lte=now - STEP))
    ordered = due.order_by(F("called_at").asc(nulls_first=True), "urgency", "raised_at", "pk")
    return list(ordered.values_list("pk", flat=True))


def _climb(key: int, *, now: datetime) -> int:
    with transaction.atomic():
        item = Item.objects.select_for_update(of=("self",)).filter(pk=key).first()
        if item is None or _somebody_has(item, now=now):
            return 0
        steps = steps_of(item)
        people = _people(item, now=now)
        again = AGAIN if item.kind == ItemKind.CRISIS else AGAIN_CALMLY
        called = _called(item, steps, now=now)
        call = next_call(people, raised_at=item.raised_at, called=called, again=again)
        if call.due_at > now:
            return 0
        _record(item, call, steps, program=item.program_id, now=now)
    return len(call.to)


def _called(item: Item, steps: Sequence[AlarmStep], *, now: datetime) -> list[Called]:
    """Who was called for it; a room's murmurs call together, so that many don't ring many times."""
    if item.kind != ItemKind.MURMUR:
        return called_by(steps)
    lately = AlarmStep.objects.filter(
        item__room=item.room_id, item__kind=ItemKind.MURMUR.value, at__gt=now - AGAIN_CALMLY
    )
    return called_by(list(lately.order_by("at", "pk")))


def _climb_for_relief(key: int, *, now: datetime) -> int:
    with transaction.atomic():
        relief = Relief.objects.select_for_update(no_key=True, of=("self",)).get(pk=key)
        steps = steps_of(relief)
        # Anew under the lock: it may be taken, or its shift over, by now.
        call = relief_call(relief, now=now)
        if call is None or call.due_at > now:
            return 0
        _record(relief, call, steps, program=relief.shift.program_id, now=now)
    return len(call.to)


def _somebody_has(item: Item, *, now: datetime) -> bool:
    """A claim acknowledges; one whose time is over without an end doesn't any more."""
    if item.state == ItemState.CLAIMED and item.claimed_at is not None:
        return item.claimed_at > now - CLAIMED_FOR
    return item.state == ItemState.DONE


def _people(item: Item, *, now: datetime) -> list[Colleague]:
    """Whom the ladder may call. What is about staff and objections are for those above the desk;
    a desk shows nothing of the former, so that none calls anybody there. A murmur is read by
    whoever keeps the room: for one that waits too long nobody is asked in an hour of their own.
    """
    besides, at_desk = _besides(item), dict[int, Colleague]()
    if item.about_staff_id is None:
        there = team(item.program_id, room=item.room_id, now=now)
        if item.kind == ItemKind.CRISIS:
            return [one for one in there if one.staff not in besides]
        if item.kind == ItemKind.MURMUR:
            return [replace(one, willing=False) for one in there if one.staff not in besides]
        at_desk = {one.staff: one for one in there if one.coordinator}
    return [
        replace(at_desk.get(one.staff, one), on_duty=False, willing=False, attending=False)
        for one in above(item.program_id, now=now)
        if one.staff not in besides
    ]


def _besides(item: Item) -> set[int | None]:
    """Whoever it is about, who did or proposed what is objected to, or who may know the person."""
    known = recused_from(person_of(item))
    if item.kind != ItemKind.APPEAL:
        return {item.about_staff_id, *known}
    objected = Appeal.objects.select_related("act__proposal").get(pk=appeal_of(item))
    return {*policies.no_judges(objected), *known}


def _record(
    raised: Item | Relief,
    call: Call,
    steps: Sequence[AlarmStep],
    *,
    program: int,
    now: datetime,
) -> None:
    """Every call, and everyone who was passed over: each of those once."""
    known = {(one.staff_id, one.rung, one.why) for one in steps if one.why}
    rows = [
        AlarmStep(staff_id=one.staff, rung=one.rung.value, why=one.why.value)
        for one in call.skipped
        if (one.staff, one.rung.value, one.why.value) not in known
    ]
    if not call.to and (None, "", Why.NOBODY.value) not in known:
        rows.append(AlarmStep(why=Why.NOBODY.value))
    rung = call.rung.value if call.rung is not None else ""
    rows += [
        AlarmStep(staff_id=staff, rung=rung, channel=channel.value) for staff, channel in call.to
    ]
    for number, row in enumerate(rows, start=len(steps) + 1):
        row.raised_at, row.number, row.at = raised_at(raised), number, now
        if isinstance(raised, Relief):
            row.relief = raised
        else:
            row.item = raised
    AlarmStep.objects.bulk_create(rows)
    for staff, channel in call.to:
        send(staff, channel=channel, program=program, about=about(raised), now=now)
