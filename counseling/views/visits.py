"""Home visits on pages: the person's yes by name, the counselor's plan, the visitor's own list."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import viewer_of_request
from accounts.staff_doors import noted_look, recently_proven, staff_only
from accounts.states import Role
from counseling import forms, onward, onward_forms, sentences
from counseling import onward_sentences as said
from counseling.actions import looking, visitors, visits
from counseling.doors import Deed, act, choices, done, page
from counseling.models import Visit
from counseling.states import DoorRule, VisitState
from counseling.views.onward import own_page
from counseling.views.onward_desk import counselors_only, show_case
from foundation import clock
from foundation.refusals import Refused

visitors_only = staff_only(Role.SUPPORTER, Role.COUNSELOR)


@require_safe
@own_page
def own(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Who would come when, and how; who looked at the address."""
    return _own(request, code, number)


def _own(
    request: HttpRequest, code: str, number: int, *, no: Refused | None = None
) -> HttpResponse:
    found = onward.own_visit(viewer_of_request(request), code=code, visit=number)
    rules = request.POST.getlist("rule") if no else found.visit.rules
    context = {
        "case": found.visit.case,
        "row": found.visit,
        "state": said.called(said.VISITS, found.visit.state),
        "visitors": found.visitors,
        "looks": found.looks,
        "rules": choices(said.RULES, rules),
        "kept_rules": [said.called(said.RULES, one) for one in found.visit.rules],
        "planned": found.visit.state == VisitState.PLANNED,
        "may_call_off": found.visit.state in (VisitState.PLANNED, VisitState.AGREED),
    }
    return page(request, "visit_own", context, no=no)


@require_POST
@own_page
def agree(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Yes to these, by name."""
    return _do_own(
        request, code, number,
        lambda viewer, now: visits.agree(
            viewer, code=code, visit=number, now=now, visitors=_numbers(request),
            rules=forms.several(DoorRule, request.POST.getlist("rule")),
        ),
    )  # fmt: skip


@require_POST
@own_page
def call_off(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Not after all."""
    return _do_own(
        request, code, number,
        lambda viewer, now: visits.call_off(viewer, code=code, visit=number, now=now),
    )  # fmt: skip


def _do_own(request: HttpRequest, code: str, number: int, deed: Deed) -> HttpResponse:
    failed = act(request, deed, again=lambda no: _own(request, code, number, no=no))
    return failed or done("counseling-visit-own", code, number)


def _numbers(request: HttpRequest) -> list[int]:
    sent = request.POST.getlist("visitor")[:10]
    return [int(one) for one in sent if one.isascii() and one.isdecimal() and len(one) < 18]


# --- the counselor --------------------------------------------------------------------------------


@counselors_only
@require_POST
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """Put it to the person."""
    failed = act(
        request,
        lambda viewer, now: visits.plan(
            viewer, code=code, now=now, visitors=_numbers(request),
            starts_at=onward_forms.choices(request.POST)[0],
            minutes=forms.number(request.POST, "minutes"),
            rules=forms.several(DoorRule, request.POST.getlist("rule")),
            alone=forms.line(request.POST, "alone"),
        ),
        again=lambda no: show_case(request, code, no=no),
    )  # fmt: skip
    return failed or done("counseling-desk-onward", code)


@counselors_only
@require_POST
def leave_out(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One of them doesn't go."""
    failed = act(
        request,
        lambda viewer, now: visitors.leave_out(
            viewer, code=code, visit=number, visitor=forms.number(request.POST, "visitor"),
            alone=forms.line(request.POST, "alone"), now=now,
        ),
        again=lambda no: show_case(request, code, no=no),
    )  # fmt: skip
    return failed or done("counseling-desk-onward", code)


@counselors_only
@require_POST
def take_off(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The counselor calls it off."""
    failed = act(
        request,
        lambda viewer, now: visits.take_off(viewer, code=code, visit=number, now=now),
        again=lambda no: show_case(request, code, no=no),
    )
    return failed or done("counseling-desk-onward", code)


# --- the visitor ----------------------------------------------------------------------------------


@visitors_only
@require_safe
@noted_look
def mine(request: HttpRequest) -> HttpResponse:
    """The visits one was named for, where one was asked to come along, and nothing else."""
    return _mine(request)


def _mine(
    request: HttpRequest,
    *,
    no: Refused | None = None,
    opened: Visit | None = None,
    address: list[str] | None = None,
) -> HttpResponse:
    viewer, now = viewer_of_request(request), clock.now()
    looking.at_visits(viewer, now=now)
    rows = onward.visits_of(viewer, now=now)
    context = {
        "along": onward.going_along(viewer, now=now),
        "off": onward.visits_off(viewer, now=now),
        "rows": [
            {
                "row": one,
                "state": said.called(said.VISITS, one.state),
                "rules": [said.called(said.RULES, rule) for rule in one.rules],
                "open": one.starts_at - visits.SEEN_BEFORE <= now,
                "agreed": one.state == VisitState.AGREED,
                "begun": one.state == VisitState.BEGUN,
                "several": going > 1,
                "address": address if opened is not None and opened.pk == one.pk else None,
            }
            for one, going in rows
        ],
    }
    return page(request, "visits", context, no=no)


@visitors_only
@require_POST
@recently_proven
def look(request: HttpRequest, number: int) -> HttpResponse:
    """The address, on this one answer."""
    viewer, now = viewer_of_request(request), clock.now()
    try:
        found = visits.visiting(viewer, visit=number)
        address = visits.look(viewer, visit=number, now=now)
    except Refused as no:
        if not sentences.knows(no.code):
            raise
        return _mine(request, no=no)
    return _mine(request, opened=found, address=address)


@visitors_only
@require_POST
def check_in(request: HttpRequest, number: int) -> HttpResponse:
    """On the way in."""
    failed = act(
        request,
        lambda viewer, now: visits.check_in(viewer, visit=number, now=now),
        again=lambda no: _mine(request, no=no),
    )
    return failed or done("counseling-visits")


@visitors_only
@require_POST
def check_out(request: HttpRequest, number: int) -> HttpResponse:
    """Out again."""
    met = request.POST.get("met") == "on"
    everyone = request.POST.get("everyone") == "on"
    failed = act(
        request,
        lambda viewer, now: visits.check_out(
            viewer, visit=number, met=met, everyone=everyone, now=now
        ),
        again=lambda no: _mine(request, no=no),
    )
    return failed or done("counseling-visits")
