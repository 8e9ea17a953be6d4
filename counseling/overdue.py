"""Visits that nobody set out for or came back from: reads. Never where they lead."""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from accounts.viewer import Viewer
from counseling import policies
from counseling.models import Visit
from counseling.states import VisitState

OVERDUE_AFTER = timedelta(minutes=30)
# What nobody checked in to any more, a day after its end, is no news to anybody.
NEWS_FOR = timedelta(hours=24)
MOST = 100


def missed(*, now: datetime) -> QuerySet[Visit]:
    """Nobody has set out long after the start."""
    return Visit.objects.filter(
        state=VisitState.AGREED, starts_at__lt=now - OVERDUE_AFTER, ends_at__gt=now - NEWS_FOR
    )


def late(*, now: datetime) -> QuerySet[Visit]:
    """Nobody has come back long after the end."""
    return Visit.objects.filter(state=VisitState.BEGUN, ends_at__lt=now - OVERDUE_AFTER)


def unheard(column: str) -> Q:
    """Nobody has taken on this alarm, or only the one before it."""
    began = Q(**{f"{column}__isnull": True}) | Q(heard_at__isnull=True)
    return began | Q(heard_at__lt=F(column))


def listed(viewer: Viewer, *, program: int, now: datetime) -> list[Visit]:
    """What is overdue in the program, for whoever may be called for it: the longest first.

    Raises `Refused`: `not_found`, `second_factor`.
    """
    policies.must_be_near_danger(viewer, program=program)
    rows = (missed(now=now) | late(now=now)).filter(case__program_id=program)
    rows = rows.select_related("case__counselor", "heard_by").prefetch_related("visitors__staff")
    return list(rows.order_by("ends_at", "pk")[:MOST])


def is_heard(row: Visit) -> bool:
    """Whether somebody has taken on the alarm that stands."""
    began = row.alarmed_at if row.state == VisitState.BEGUN else row.missed_at
    return row.heard_at is not None and began is not None and row.heard_at >= began
