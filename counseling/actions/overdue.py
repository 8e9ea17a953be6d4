"""A visit that nobody set out for, or came back from, calls until a human has taken it on.

First the case's own counselor and whoever goes; after five minutes, or at once where none of them
can be reached, the program's coordinators too; then all of them every ten minutes. The room's
supporters, who know nothing of it, are let sleep.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from accounts.states import Role
from accounts.viewer import Viewer
from counseling import policies
from counseling.actions.moves import note
from counseling.ladder import holders
from counseling.models import Visit, Visitor
from counseling.overdue import is_heard, late, missed, unheard
from counseling.states import VisitState
from duty.actions.alarms import call
from duty.alerts import AGAIN, Colleague
from duty.colleagues import reachable
from duty.models import Call
from duty.states import Channel
from foundation.refusals import Refused

COORDINATORS_AFTER = timedelta(minutes=5)


def alarm(*, now: datetime) -> int:
    """Take every step that is due; for how many visits somebody was called. Safe to run twice."""
    return _climb(missed(now=now), "missed_at", now=now) + _climb(
        late(now=now), "alarmed_at", now=now
    )


def _climb(overdue: QuerySet[Visit], column: str, *, now: datetime) -> int:
    waiting = overdue.filter(unheard(column)).order_by("ends_at", "pk")
    # All of them: whatever a limit left out would wait behind what can't move.
    return sum(_step(overdue, key, column, now=now) for key in waiting.values_list("pk", flat=True))


def _step(overdue: QuerySet[Visit], key: int, column: str, *, now: datetime) -> int:
    with transaction.atomic():
        # Of two processes one calls; whoever has checked in or out meanwhile calls nobody.
        there = overdue.filter(unheard(column), pk=key).select_for_update(of=("self",))
        found = there.select_related("case").first()
        if found is None:
            return 0
        since: datetime | None = getattr(found, column)
        if since is None:
            since = now
            Visit.objects.filter(pk=key).update(**{column: now})
        about = f"visit:{key}" if column == "missed_at" else f"visit_late:{key}"
        due, program = _due(found, about, since=since, now=now), found.case.program_id
        for one in due:
            for channel in _far(one) or [Channel.DESK]:
                call(one.staff, channel=channel, program=program, about=about, now=now)
    return 1 if due else 0


def _due(found: Visit, about: str, *, since: datetime, now: datetime) -> list[Colleague]:
    """Who of the chain is to be called now: whoever wasn't, and all of them again in a while."""
    going = Visitor.objects.filter(visit=found, agreed_at__isnull=False).order_by("pk")
    near = [found.case.counselor_id, *going.values_list("staff_id", flat=True)]
    chain = reachable(list(dict.fromkeys(one for one in near if one is not None)), now=now)
    if now >= since + COORDINATORS_AFTER or not any(_far(one) for one in chain):
        there = {one.staff for one in chain}
        above = holders(found.case.program_id, Role.COORDINATOR, now)
        chain += reachable([one for one in above if one not in there], now=now)
    lately = Call.objects.filter(about=about, at__gt=now - AGAIN)
    called = set(lately.order_by("pk").values_list("staff_id", flat=True))
    return [one for one in chain if one.staff not in called]


def _far(one: Colleague) -> list[Channel]:
    return [way for way in one.channels if way in one.open and way != Channel.DESK]


def hear(viewer: Viewer, *, visit: int, now: datetime) -> None:
    """うけとりました: whoever was called sees to it; nobody else is called, and it is written down.

    Raises `Refused`: `not_found`, `second_factor`, `moved_on`.
    """
    with transaction.atomic():
        rows = Visit.objects.select_for_update(of=("self",)).select_related("case")
        found = rows.filter(pk=visit).first()
        role = policies.may_hear(viewer, found)
        if found is None:
            raise Refused("not_found")
        began = found.alarmed_at if found.state == VisitState.BEGUN else found.missed_at
        going_on = found.state in (VisitState.AGREED, VisitState.BEGUN)
        if not going_on or began is None or is_heard(found):
            raise Refused("moved_on")
        Visit.objects.filter(pk=visit).update(heard_at=now, heard_by_id=viewer.staff)
        note(viewer, found.case, "hear_visit", role=role, reason=f"visit:{visit}", now=now)
