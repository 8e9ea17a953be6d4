"""Words of need in a talk, or in what was asked, call the counselor's chain, never the peers' desk.

Whoever said nothing of this hour is let sleep, but for the coordinators. It ends when somebody
writes, when anybody whom the ladder reached says that they have taken note of it, and for what was
asked when somebody takes the case. For its own counselor it stands until they have seen it.
"""

from datetime import datetime

from django.db import transaction

from accounts.states import Role
from accounts.viewer import Viewer
from counseling import ladder, policies
from counseling.actions.moves import locked, note
from counseling.ladder import Need, chain, holders, needs
from counseling.models import Case
from duty.actions.alarms import call
from duty.calls import calls_about
from duty.colleagues import reachable
from duty.states import Channel
from foundation.refusals import Refused

__all__ = ["climb", "hear", "needs", "seen"]


def climb(*, now: datetime) -> int:
    """Call whoever is due and wasn't called; how many were. Safe to run twice."""
    return sum(_climb(need, now=now) for need in needs(now=now) if not need.heard)


def _climb(need: Need, *, now: datetime) -> int:
    with transaction.atomic():
        # One process at a time: the case's rows lock each other's steps.
        case = Case.objects.select_for_update().filter(pk=need.case).first()
        if case is None or (case.need_heard_at and case.need_heard_at >= need.since):
            return 0
        called = {row.staff_id for row in calls_about([need.about])}
        due = [one for one in chain(need, now=now) if one not in called]
        coordinators = holders(need.program, Role.COORDINATOR, now)
        rung = 0
        for one in reachable(due, now=now):
            if not one.willing and one.staff not in coordinators:
                continue
            far: list[Channel] = [
                way for way in one.channels if way in one.open and way != Channel.DESK
            ]
            # Who can't be reached is noted too, so that nobody is asked twice.
            for channel in far or [Channel.DESK]:
                call(one.staff, channel=channel, program=need.program, about=need.about, now=now)
            rung += 1
    return rung


def seen(viewer: Viewer, *, code: str, now: datetime) -> None:
    """うけとりました: the case's counselor knows; nobody else is called.

    Raises `Refused`: `not_found`, `second_factor`.
    """
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        Case.objects.filter(pk=case.pk).update(need_seen_at=now)
        note(viewer, case, "seen", now=now)


def hear(viewer: Viewer, *, code: str, now: datetime) -> None:
    """うけとりました, by whomever the ladder has reached, without reading a word: nobody else is
    called. It stays with the case's own counselor until they have seen or answered it.

    Raises `Refused`: `not_found`, `second_factor`, `moved_on`.
    """
    with transaction.atomic():
        case = locked(code)
        policies.must_be_near_danger_of(viewer, case)
        assert case is not None
        reached = ladder.reaching(viewer, program=case.program_id, now=now)
        mine = [one for one in reached if one.case == case.pk]
        if not mine:
            raise Refused("not_found")
        if all(one.heard for one in mine):
            raise Refused("moved_on")
        Case.objects.filter(pk=case.pk).update(need_heard_at=now, need_heard_by_id=viewer.staff)
        counsels = viewer.holds(Role.COUNSELOR, program=case.program_id)
        role = Role.COUNSELOR if counsels else Role.COORDINATOR
        note(viewer, case, "hear_need", role=role, now=now)
