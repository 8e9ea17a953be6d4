"""A case ends, and with it whatever was only planned: nothing of it is still to come.

What has begun, or was to be by now, is no plan any more: it is settled by whoever was there.
"""

from datetime import datetime

from django.db.models import QuerySet

from accounts.viewer import Viewer
from counseling.actions.moves import note
from counseling.models import Case, Meeting, Visit, Visitor
from counseling.states import MeetingState, VisitState, meeting_before, visit_before
from duty.actions.moves import tell_of_visit
from duty.states import NoticeKind


def call_off_all(case: Case, *, now: datetime, by: Viewer | None = None) -> bool:
    """Planned visits and appointments of a case, inside the caller's transaction; whether any was.

    A line in the log for each where a member of staff ends it.
    """
    visits = Visit.objects.filter(case=case, state__in=visit_before(VisitState.CANCELLED))
    # By number and before the change: each has its line.
    planned = list(visits.order_by("pk"))
    off = [one.pk for one in planned]
    visits.update(state=VisitState.CANCELLED, ended_at=now)
    gone = call_off_meetings(Meeting.objects.filter(case=case), now=now)
    if by is not None:
        for verb, kind, numbers in (
            ("take_off_visit", "visit", off), ("take_off_meeting", "meeting", gone),
        ):  # fmt: skip
            for number in numbers:
                note(by, case, verb, reason=f"{kind}:{number}", now=now)
    for one in planned:
        tell_visitors(one, program=case.program_id, now=now)
    return bool(off or gone)


def call_off_meetings(of: QuerySet[Meeting], *, now: datetime) -> list[int]:
    """Those of them that are still to come or only offered, by number."""
    planned = of.filter(state__in=meeting_before(MeetingState.CANCELLED)).exclude(
        state=MeetingState.CHOSEN, starts_at__lte=now
    )
    gone = list(planned.order_by("pk").values_list("pk", flat=True))
    planned.update(state=MeetingState.CANCELLED, changed_at=now)
    return gone


def tell_visitors(visit: Visit, *, program: int, now: datetime) -> None:
    """Whoever was to go hears that they needn't: when it was to be, and nothing else of it.

    Whom the person hasn't said yes to never heard of it.
    """
    going = Visitor.objects.filter(visit=visit, agreed_at__isnull=False)
    people = list(going.order_by("staff").values_list("staff", flat=True))
    if people:
        tell_of_visit(
            people, NoticeKind.VISIT_OFF, program=program, starts_at=visit.starts_at, now=now
        )
