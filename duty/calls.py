"""Reads of calls: over which browsers someone may be called, what became of a call, and where the
newest one leads. What a call is about stands in no message: its link is one and the same.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from urllib.parse import urlencode

from accounts.places import first
from accounts.states import Role
from accounts.viewer import Viewer
from duty import policies
from duty.models import AlarmTest, Call, PushAddress

SHOWN = 200
# A call of longer ago is no news: the link leads where one's day begins.
LEADS_FOR = timedelta(days=1)
_OVERDUE = ("/counseling/desk/overdue/", (Role.COUNSELOR, Role.COORDINATOR))
_VISITS = ("/counseling/visits/", (Role.SUPPORTER, Role.COUNSELOR))
_NEEDS = ("/counseling/desk/needs/", (Role.COUNSELOR, Role.COORDINATOR))
_EMERGENCIES = ("/counseling/desk/emergencies/", (Role.COUNSELOR, Role.COORDINATOR))
# By how `about` begins: where it is seen to, and by whom; else at the desk of the rooms.
_LEADS = {
    "visit": (_OVERDUE, _VISITS),
    "visit_late": (_OVERDUE, _VISITS),
    "need": (_NEEDS,),
    "asking": (_NEEDS,),
    "packet": (_NEEDS,),
    "emergency": (_EMERGENCIES,),
    "emergency_alone": (_EMERGENCIES,),
    "emergency_review": (_EMERGENCIES,),
}
_DESK = (("/moderation/", (Role.SUPPORTER, Role.COORDINATOR)),)


def browsers_of(viewer: Viewer) -> list[PushAddress]:
    """One's own browsers that may be called, the newest first."""
    return list(PushAddress.objects.filter(staff=viewer.staff or 0).order_by("-made_at", "-pk"))


def calls_about(about: Collection[str]) -> list[Call]:
    """What became of calls, by what their callers named them; the first call first."""
    rows = Call.objects.filter(about__in=list(about)).select_related("staff")
    return list(rows.order_by("at", "pk")[:SHOWN])


def calls_of_newest_test(viewer: Viewer, *, program: int) -> list[Call]:
    """For who plans: what became of a test alarm. Raises `Refused("not_found")`."""
    policies.must_plan(viewer, program=program)
    newest = AlarmTest.objects.filter(program=program).order_by("-pk").first()
    return [] if newest is None else calls_about([f"alarm_test:{newest.pk}"])


def leads_to(viewer: Viewer, *, now: datetime) -> str:
    """Where the viewer's newest call is seen to, as far as they may go there.

    Raises `Refused`: `not_found`, `second_factor`.
    """
    staff = policies.must_be_callable(viewer)
    lately = Call.objects.filter(staff=staff, at__gt=now - LEADS_FOR).select_related("program")
    newest = lately.order_by("-at", "-pk").first()
    if newest is None:
        return first(viewer)
    for address, roles in _LEADS.get(newest.about.partition(":")[0], _DESK):
        if any(viewer.holds(role, program=newest.program_id) for role in roles):
            return f"{address}?{urlencode({'program': newest.program.slug})}"
    return first(viewer)
