"""Reads of calls: over which browsers someone may be called, what became of a call, and where the
newest one leads. What a call is about stands in no message: its link is one and the same.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from accounts.places import first
from accounts.states import Role
from accounts.viewer import Viewer
from duty import policies
from duty.models import AlarmTest, Call, PushAddress
from duty.states import CallState, Channel

SHOWN = 200
# A test that nobody answered for so long can be made anew.
UNANSWERED = timedelta(hours=1)
_TEST = "alarm_test:"
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
    if newest is None:
        return []
    return list(_calls_of(newest).select_related("staff").order_by("at", "pk")[:SHOWN])


def about_test(test: AlarmTest) -> str:
    """What the calls of a test alarm are named by."""
    return f"{_TEST}{test.pk}"


def _calls_of(test: AlarmTest) -> QuerySet[Call]:
    """Those that went out when it was last asked for."""
    return Call.objects.filter(about=about_test(test), at__gte=test.asked_at)


def reaches_nobody(test: AlarmTest) -> bool:
    """Whether no call of it arrived and none is on its way: it stands on the desks and no more."""
    return not _calls_of(test).exclude(state=CallState.FAILED.value).exists()


def may_be_anew(test: AlarmTest, *, now: datetime) -> bool:
    """Whether a test that waits for an answer can be made once more."""
    return now - test.asked_at >= UNANSWERED or reaches_nobody(test)


def tests_that_arrived(program: int) -> QuerySet[AlarmTest]:
    """Those of which a call was delivered outside the desk since they were last asked for."""
    about = Concat(Value(_TEST), Cast(OuterRef("pk"), TextField()), output_field=TextField())
    arrived = Call.objects.filter(
        about=about, at__gte=OuterRef("asked_at"), state=CallState.SENT.value
    )
    outward = arrived.exclude(channel=Channel.DESK.value)
    return AlarmTest.objects.filter(Exists(outward), program=program)


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
