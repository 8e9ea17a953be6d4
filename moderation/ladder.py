"""Where the ladder stands for what nobody acknowledged: the steps taken, and a relief's next call.

Read by who climbs (`actions.alarms`) and by the desk, so that it names whom the ladder will call.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chat.models import Item
from duty.alerts import Call, Called, Colleague, Rung, next_call
from duty.colleagues import keepers, team
from duty.models import Relief
from duty.states import RUNNING, AskState, Channel
from foundation.clock import jst_day
from moderation.models import AlarmStep


def raised_at(raised: Item | Relief) -> datetime:
    """Since when nobody has it."""
    return raised.asked_at if isinstance(raised, Relief) else raised.raised_at


def steps_of(raised: Item | Relief) -> list[AlarmStep]:
    """The steps taken since it was raised, in their order."""
    of = {"relief" if isinstance(raised, Relief) else "item": raised}
    mine = AlarmStep.objects.filter(**of, raised_at=raised_at(raised))
    return list(mine.order_by("number"))


def called_by(steps: Sequence[AlarmStep]) -> list[Called]:
    """Of these steps those that called somebody."""
    return [
        Called(one.staff_id, Rung(one.rung), Channel(one.channel), one.at)
        for one in steps
        if one.staff_id is not None and one.channel
    ]


def relief_call(relief: Relief, *, now: datetime) -> Call | None:
    """Whom 「かわって」 calls next, and when; None once it is taken, withdrawn or its time over."""
    shift = relief.shift
    if relief.state != AskState.ASKED or shift.state not in RUNNING or shift.ends_at <= now:
        return None
    return next_call(
        _who_may_take(relief, now=now),
        raised_at=relief.asked_at,
        called=called_by(steps_of(relief)),
    )


def _who_may_take(relief: Relief, *, now: datetime) -> list[Colleague]:
    """Trained colleagues who may attend one of its rooms, and the coordinators."""
    shift, today = relief.shift, jst_day(now)
    able = {
        one.staff
        for one in keepers(shift.program_id, now=now)
        if one.trained(today) and not (relief.rooms and one.only and not one.only & {*relief.rooms})
    }
    return [
        one if one.staff in able else replace(one, on_duty=False, willing=False, attending=False)
        for one in team(shift.program_id, now=now)
        if one.staff != shift.supporter_id and (one.staff in able or one.coordinator)
    ]
