"""The office's front page, and which program's desk one sits at."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from accounts.staff_doors import staff_only
from foundation.replies import SeeOther
from office.doors import COORDINATOR, SESSION_PROGRAM, desk, page


@staff_only(COORDINATOR)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What there is to set up."""
    return page(request, desk(request), "home", {})


@staff_only(COORDINATOR)
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Sit down at another program's desk."""
    request.session[SESSION_PROGRAM] = desk(request).program.slug
    return SeeOther("/manage/")
