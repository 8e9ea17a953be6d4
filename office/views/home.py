"""The office's front page, and which program's desk one sits at."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import running_out
from accounts.doors import viewer_of_request
from accounts.staff_doors import staff_only
from accounts.states import Role
from foundation.replies import SeeOther
from office.doors import SESSION_PROGRAM, desk, page
from office.queries import programs_of
from office.readiness import readiness


@staff_only(Role.COORDINATOR, Role.ADMIN)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What there is to set up; in a house without a program, an admin makes the first one."""
    viewer = viewer_of_request(request)
    if viewer.holds(Role.ADMIN) and not programs_of(viewer):
        return SeeOther(reverse("manage-programs"))
    at = desk(request, people=True)
    context = {
        "ending": running_out.roles_of_others(at.viewer, now=at.now),
        "low_sheets": running_out.sheets_of_others(at.viewer),
    }
    return page(request, at, "home", context)


@staff_only(Role.COORDINATOR)
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Which rule this program can't keep today, and what to do."""
    at = desk(request)
    rules = readiness(at.viewer, program=at.program.pk, now=at.now)
    context = {
        "missing": [one for one in rules if not one.ok],
        "kept": [one for one in rules if one.ok],
    }
    return page(request, at, "readiness", context)


@staff_only(Role.COORDINATOR, Role.ADMIN)
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Sit down at another program's desk."""
    request.session[SESSION_PROGRAM] = desk(request, people=True).program.slug
    return SeeOther("/manage/")
