"""The coordinator's page of gatherings at real places; anyone reads them on /calendar/."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import viewer_of_request
from accounts.staff_doors import staff_only
from accounts.states import Role
from counseling import forms, onward, onward_forms
from counseling import hours as reads
from counseling.actions import gatherings as deeds
from counseling.doors import act, desk, desk_page, done
from foundation import clock
from foundation.refusals import Refused


@staff_only(Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def gatherings(request: HttpRequest) -> HttpResponse:
    """What is to come; one more."""
    at = desk(request, Role.COORDINATOR)

    def again(*, no: Refused | None = None) -> HttpResponse:
        chosen = request.POST.get("place", "")
        spots = onward.destinations(at.program.pk, wanted=onward.Wanted()).places
        context = {
            "gatherings": reads.gatherings([at.program.pk], now=at.now),
            "places": [
                {"pk": one.pk, "name": one.name, "chosen": str(one.pk) == chosen} for one in spots
            ],
        }
        return desk_page(request, at, "gatherings", context, no=no)

    if request.method != "POST":
        return again()
    failed = act(
        request,
        lambda who, now: deeds.add(
            who,
            program=at.program.pk,
            place=forms.number(request.POST, "place"),
            starts_at=onward_forms.choices(request.POST)[0],
            minutes=forms.number(request.POST, "minutes"),
            line=forms.text(request.POST, "line", most=200),
            now=now,
        ),
        again=again,
    )
    return failed or done("counseling-gatherings", program=at.program.slug)


@staff_only(Role.COORDINATOR)
@require_POST
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """It doesn't take place."""
    program = deeds.remove(viewer_of_request(request), number=number, now=clock.now())
    return done("counseling-gatherings", program=program.slug)
