"""Words of need, for whoever is called: whose case, since when; never a word of it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from accounts.staff_doors import noted_look, staff_only
from accounts.states import Role
from counseling import ladder
from counseling.actions import alarms, looking
from counseling.doors import act, desk, desk_page, done
from counseling.states import CaseState
from duty.colleagues import name_of
from foundation.refusals import Refused

called = staff_only(Role.COUNSELOR, Role.COORDINATOR)


@called
@require_safe
@noted_look
def every(request: HttpRequest) -> HttpResponse:
    """What the ladder has reached the viewer with."""
    return _every(request)


def _every(request: HttpRequest, *, no: Refused | None = None) -> HttpResponse:
    at = desk(request, Role.COUNSELOR, Role.COORDINATOR)
    looking.at_list(at.viewer, what="needs", program=at.program.pk, now=at.now)
    context = {
        "rows": [
            {
                "row": one,
                "counselor": name_of(one.case.counselor),
                "mine": one.case.counselor_id == at.viewer.staff,
                "waits": one.case.state == CaseState.WAITING,
            }
            for one in ladder.listed(at.viewer, program=at.program.pk, now=at.now)
        ]
    }
    return desk_page(request, at, "needs", context, no=no)


@called
@require_POST
def hear(request: HttpRequest, code: str) -> HttpResponse:
    """うけとりました."""
    failed = act(
        request,
        lambda viewer, now: alarms.hear(viewer, code=code, now=now),
        again=lambda *, no: _every(request, no=no),
    )
    return failed or done(
        "counseling-needs", program=desk(request, Role.COUNSELOR, Role.COORDINATOR).program.slug
    )
