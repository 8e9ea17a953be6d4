"""Reads of calls: over which browsers someone may be called, and what became of a call."""

from collections.abc import Collection

from accounts.viewer import Viewer
from duty import policies
from duty.models import AlarmTest, Call, PushAddress

SHOWN = 200


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
