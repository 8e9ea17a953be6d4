"""/steps/: the ladder, and what exists near one. Nothing here leads on by itself."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.doors import participants_only, viewer_of_request
from counseling import onward, queries
from counseling.doors import page
from counseling.states import CaseState
from programs.queries import municipalities_of
from programs.states import KIND_NAMES


@require_safe
@participants_only
def steps(request: HttpRequest) -> HttpResponse:
    """What one could do, from watching to meeting; where, by municipality."""
    programs = queries.programs()
    asked = request.GET.get("program", "")
    program = next((one for one in programs if one.slug == asked), None)
    program = program or (programs[0] if programs else None)
    wanted = onward.Wanted(town=request.GET.get("town", "")[:6])
    cases = queries.own_cases(viewer_of_request(request))
    going_on = next((one for one in cases if one.state != CaseState.CLOSED), None)
    context = {
        "programs": programs,
        "program": program,
        "wanted": wanted,
        "towns": municipalities_of(program.prefecture_code) if program else [],
        "there": onward.destinations(program.pk, wanted=wanted) if program else None,
        "kind_names": {one.value: name for one, name in KIND_NAMES.items()},
        "case": going_on,
    }
    return page(request, "steps", context)
