"""/calendar/ for anyone, and the coordinator's page behind it."""

from datetime import time

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import viewer_of_request
from accounts.staff_doors import staff_only
from accounts.states import Role
from chat.schedule import Hours
from chat.timetable import WEEKDAYS, said_weekly
from counseling import hours as reads
from counseling import queries
from counseling.actions import hours
from counseling.doors import act, desk, desk_page, done, page
from foundation import clock
from foundation.refusals import Refused


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Days on which a counselor is there, and real places one can go to."""
    rows = reads.coming(queries.programs(), now=clock.now())
    return page(request, "calendar", {"rows": rows})


@staff_only(Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def drop_in(request: HttpRequest) -> HttpResponse:
    """The stretches of each week; one more."""
    at = desk(request, Role.COORDINATOR)

    def again(*, no: Refused | None = None) -> HttpResponse:
        context = {
            "lines": [
                (one.pk, said_weekly(Hours(one.weekday, one.opens, one.closes)))
                for one in reads.lines(at.program.pk)
            ],
            "weekdays": [(str(number), name) for number, name in enumerate(WEEKDAYS)],
        }
        return desk_page(request, at, "hours", context, no=no)

    if request.method != "POST":
        return again()
    failed = act(
        request,
        lambda who, now: hours.add(
            who,
            program=at.program.pk,
            weekday=_weekday(request),
            opens=_time(request, "opens"),
            closes=_time(request, "closes"),
            now=now,
        ),
        again=again,
    )
    return failed or done("counseling-hours", program=at.program.slug)


def _weekday(request: HttpRequest) -> int:
    sent = request.POST.get("weekday", "")
    if sent not in {str(number) for number in range(len(WEEKDAYS))}:
        raise Refused("no_day")
    return int(sent)


def _time(request: HttpRequest, name: str) -> time:
    try:
        found = time.fromisoformat(request.POST.get(name, "")[:5])
    except ValueError:
        raise Refused("no_hours") from None
    return found.replace(tzinfo=None)


@staff_only(Role.COORDINATOR)
@require_POST
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """One less."""
    hours.remove(viewer_of_request(request), number=number, now=clock.now())
    return done("counseling-hours")
