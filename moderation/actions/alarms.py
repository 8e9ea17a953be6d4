"""Words of crisis climb the rota until a human has them; so do objections and 「かわって」."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from chat.actions.items import CLAIMED_FOR
from chat.models import Item
from chat.states import ItemKind, ItemState
from duty.actions.alarms import call as send
from duty.alerts import Call, Colleague, Why, next_call
from duty.colleagues import team
from duty.models import Relief
from duty.states import RUNNING, AskState
from moderation.ladder import called_by, raised_at, relief_call, steps_of
from moderation.models import AlarmStep, Appeal
from moderation.recusals import person_of, recused_from
from moderation.states import AppealState

AT_ONCE = 100


def about(raised: Item | Relief) -> str:
    """What the calls for it are named by."""
    return f"{'relief' if isinstance(raised, Relief) else 'item'}:{raised.pk}"


def climb(*, now: datetime) -> int:
    """Take every step that is due; how many people were called.

    Any process may run it at any time: a step is taken under the row's lock, and once.
    """
    waiting = Item.objects.filter(kind=ItemKind.CRISIS.value).exclude(state=ItemState.DONE.value)
    keys = list(waiting.order_by("raised_at", "pk").values_list("pk", flat=True)[:AT_ONCE])
    overdue = Appeal.objects.filter(state=AppealState.OPEN.value, due_at__lte=now)
    late = [f"appeal:{key}" for key in overdue.order_by("due_at").values_list("pk", flat=True)]
    keys += Item.objects.filter(kind=ItemKind.APPEAL.value, subject__in=late[:AT_ONCE]).values_list(
        "pk", flat=True
    )
    asked = Relief.objects.filter(
        state=AskState.ASKED.value, shift__state__in=RUNNING, shift__ends_at__gt=now
    ).order_by("asked_at", "pk")
    reliefs = list(asked.values_list("pk", flat=True)[:AT_ONCE])
    return sum(_climb(key, now=now) for key in keys) + sum(
        _climb_for_relief(key, now=now) for key in reliefs
    )


def _climb(key: int, *, now: datetime) -> int:
    with transaction.atomic():
        item = Item.objects.select_for_update(of=("self",)).get(pk=key)
        if _somebody_has(item, now=now):
            return 0
        steps = steps_of(item)
        people = _people(item, now=now)
        call = next_call(people, raised_at=item.raised_at, called=called_by(steps))
        if call.due_at > now:
            return 0
        _record(item, call, steps, program=item.program_id, now=now)
    return len(call.to)


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
    """Whom the ladder may call: of what is about staff, and of objections, other coordinators."""
    besides = _besides(item)
    found = [
        one for one in team(item.program_id, room=item.room_id, now=now) if one.staff not in besides
    ]
    if item.about_staff_id is None and item.kind == ItemKind.CRISIS:
        return found
    return [
        replace(one, on_duty=False, willing=False, attending=False)
        for one in found
        if one.coordinator
    ]


def _besides(item: Item) -> tuple[int | None, ...]:
    """Whoever it is about, whose act is objected to, or who may know the person."""
    known = sorted(recused_from(person_of(item)))
    if item.kind == ItemKind.APPEAL:
        key = int(item.subject.partition(":")[2])
        return (*Appeal.objects.filter(pk=key).values_list("act__by", flat=True), *known)
    return (item.about_staff_id, *known)


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
