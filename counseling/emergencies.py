"""Reads of emergency disclosures: who may know of which, and what each may do next."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.states import Role
from accounts.viewer import Viewer
from counseling import policies
from counseling.danger import (
    ALLOWED,
    ALONE,
    GOING_ON,
    REVIEW_WITHIN,
    EmergencyState,
    Recipient,
    alone_from,
)
from counseling.models import Case, ContactOpening, Emergency

MOST = 100


@dataclass(frozen=True, slots=True)
class Known:
    """One of them, as the viewer may see it and go on with it."""

    row: Emergency
    is_first: bool
    may_answer: bool
    may_go_alone: bool
    may_tell: bool
    may_withdraw: bool
    may_review: bool
    held_back: bool  # whoever speaks in the case doesn't know of it yet
    may_release: bool
    alone_at: datetime | None  # from when on one may go alone; None where never
    review_by: datetime | None
    said_no: int  # how often a second said no in the same case before


def one(viewer: Viewer, *, number: int, now: datetime) -> Known:
    """One, for whoever may know of it. Raises `Refused`: `not_found`, `second_factor`."""
    rows = Emergency.objects.select_related("case__program", "asked_by", "second", "reviewed_by")
    found = rows.filter(pk=number).first()
    role = policies.may_know(viewer, found)
    assert found is not None
    first = found.asked_by_id == viewer.staff
    asked = found.state == EmergencyState.ASKED
    alone = alone_from(found.asked_at) if Recipient(found.recipient) in ALONE else None
    coordinates = role is Role.COORDINATOR
    earlier = Emergency.objects.filter(
        case=found.case_id, state=EmergencyState.DECLINED, pk__lt=found.pk
    )
    held = Emergency.objects.filter(to_release(), pk=found.pk, released_at=None).exists()
    return Known(
        row=found,
        is_first=first,
        may_answer=asked and not first,
        may_go_alone=asked and first and alone is not None and now >= alone,
        may_tell=first and found.state in ALLOWED,
        may_withdraw=found.state in GOING_ON and (first or coordinates),
        may_review=bool(found.alone_at and not found.reviewed_at and coordinates and not first),
        held_back=held,
        may_release=held and coordinates and not first,
        alone_at=alone,
        review_by=found.alone_at + REVIEW_WITHIN if found.alone_at else None,
        said_no=earlier.count(),
    )


def listed(viewer: Viewer, *, program: int) -> list[Emergency]:
    """Those that the viewer may know of: what goes on and what waits for a review first.

    Raises `Refused`: `not_found`, `second_factor`.
    """
    staff = policies.must_be_near_danger(viewer, program=program)
    rows = Emergency.objects.filter(case__program_id=program)
    if not viewer.holds(Role.COORDINATOR, program=program):
        rows = rows.filter(Q(state=EmergencyState.ASKED) | Q(asked_by=staff) | Q(second=staff))
    found = list(rows.select_related("case", "asked_by").order_by("-asked_at", "-pk")[:MOST])
    return sorted(found, key=lambda row: not is_waiting(row))


def is_waiting(row: Emergency) -> bool:
    """Whether somebody still has to do something about it."""
    return row.state in GOING_ON or (row.alone_at is not None and row.reviewed_at is None)


def told_of(case: Case) -> list[Emergency]:
    """What was told of someone, for their own page; the newest first."""
    told = Emergency.objects.filter(case=case, state=EmergencyState.TOLD)
    return list(told.filter(released_at__isnull=False).order_by("-told_at", "-pk"))


def to_release() -> Q:
    """What was told, or opened and then called off: over, and to be known some day."""
    return Q(state=EmergencyState.TOLD) | Q(state=EmergencyState.WITHDRAWN, opened_at__isnull=False)


def openings_of(case: Case) -> QuerySet[ContactOpening]:
    """Who opened the details, for their own page; the newest first."""
    known = Q(emergency__isnull=True) | Q(emergency__released_at__isnull=False)
    return case.openings.filter(known).order_by("-at", "-pk")
