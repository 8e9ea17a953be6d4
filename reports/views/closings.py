"""締め: a year of a sheet is closed by one coordinator and checked by another."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.doors import viewer_of_request
from accounts.staff_doors import staff_only
from accounts.states import Role
from foundation import clock
from foundation.refusals import Refused
from foundation.replies import SeeOther
from reports import guarded
from reports.actions import closings
from reports.doors import refused, year_of


@staff_only(Role.COORDINATOR)
@require_POST
def close(request: HttpRequest, slug: str) -> HttpResponse:
    """Freeze a year that is over."""
    viewer, back = viewer_of_request(request), reverse("reports-sheet", args=[slug])
    program, _ = guarded.sheet_for(viewer, slug)
    try:
        year = year_of(request.POST.get("year", ""))
        if year is None:
            raise Refused("no_day")
        closings.close_sheet(viewer, program=program.pk, sheet=slug, year=year, now=clock.now())
    except Refused as no:
        return refused(no, back=back, of_closing=True)
    return SeeOther(f"{back}?closed={year}")


@staff_only(Role.COORDINATOR)
@require_POST
def check(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Confirm what somebody else closed."""
    viewer, back = viewer_of_request(request), reverse("reports-sheet", args=[slug])
    program, _ = guarded.sheet_for(viewer, slug)
    try:
        closings.check_closing(viewer, program=program.pk, closing=pk, now=clock.now())
    except Refused as no:
        return refused(no, back=back, of_closing=True)
    return SeeOther(back)


@staff_only(Role.COORDINATOR)
@require_POST
def send_back(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Give back what somebody else closed, with a reason."""
    viewer, back = viewer_of_request(request), reverse("reports-sheet", args=[slug])
    program, _ = guarded.sheet_for(viewer, slug)
    reason = request.POST.get("reason", "")
    try:
        closings.send_back(viewer, program=program.pk, closing=pk, reason=reason, now=clock.now())
    except Refused as no:
        return refused(no, back=back, of_closing=True)
    return SeeOther(back)
