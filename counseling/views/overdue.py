"""Visits that are overdue, for whoever is called: when, who goes; no address."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from accounts.staff_doors import noted_look, staff_only
from accounts.states import Role
from counseling import overdue as reads
from counseling.actions import looking, overdue
from counseling.doors import act, desk, desk_page, done
from counseling.states import VisitState
from duty.colleagues import name_of
from foundation.refusals import Refused

called = staff_only(Role.COUNSELOR, Role.COORDINATOR)


@called
@require_safe
@noted_look
def every(request: HttpRequest) -> HttpResponse:
    """What is overdue now."""
    return _every(request)


def _every(request: HttpRequest, *, no: Refused | None = None) -> HttpResponse:
    at = desk(request, Role.COUNSELOR, Role.COORDINATOR)
    looking.at_list(at.viewer, what="visits", program=at.program.pk, now=at.now)
    context = {
        "rows": [
            {
                "row": one,
                "inside": one.state == VisitState.BEGUN,
                "going": [name_of(who.staff) for who in one.visitors.all()],
                "counselor": name_of(one.case.counselor),
                "mine": one.case.counselor_id == at.viewer.staff,
                "heard_by": name_of(one.heard_by) if reads.is_heard(one) else "",
            }
            for one in reads.listed(at.viewer, program=at.program.pk, now=at.now)
        ]
    }
    return desk_page(request, at, "overdue", context, no=no)


@called
@require_POST
def hear(request: HttpRequest, number: int) -> HttpResponse:
    """うけとりました."""
    failed = act(
        request,
        lambda viewer, now: overdue.hear(viewer, visit=number, now=now),
        again=lambda *, no: _every(request, no=no),
    )
    return failed or done(
        "counseling-overdue", program=desk(request, Role.COUNSELOR, Role.COORDINATOR).program.slug
    )
