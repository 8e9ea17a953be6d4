"""Above the desk: objections, and what was told of staff. For coordinators and reviewers."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.staff_doors import noted_look, staff_only
from accounts.viewer import Viewer
from foundation.refusals import Refused
from moderation import forms, looks, waiting
from moderation.actions import appeals, looking
from moderation.actions import queue as deeds
from moderation.doors import act, at_review, done, page
from moderation.policies import JUDGES
from moderation.states import Outcome


@staff_only(*JUDGES)
@require_safe
@noted_look
def review(request: HttpRequest) -> HttpResponse:
    """What waits there."""
    at = at_review(request)
    looking.at_list(at.viewer, what="appeals", program=at.program.pk, now=at.now)
    context = {
        "appeals": looks.appeals(at.viewer, program=at.program.pk),
        "lines": waiting.above_the_desk(at.viewer, program=at.program.pk, now=at.now),
    }
    return page(request, at, "review", context)


@staff_only(*JUDGES)
@require_http_methods(["GET", "HEAD", "POST"])
@noted_look
def appeal(request: HttpRequest, number: int) -> HttpResponse:
    """An objection with its evidence; judged by somebody else than who acted."""
    before = at_review(request)
    found = looking.at_appeal(before.viewer, appeal=number, now=before.now)
    at = at_review(request, program=found.act.program_id)

    def again(*, no: Refused | None = None) -> HttpResponse:
        context = {"appeal": found, "words": forms.text(request.POST, "words")}
        return page(request, at, "appeal", context, no=no)

    if request.method != "POST":
        return again()

    def deed(who: Viewer, now: datetime) -> None:
        appeals.judge(
            who, appeal=number, overturn=request.POST.get("verdict") == "overturn",
            answer=forms.text(request.POST, "words"), now=now,
        )  # fmt: skip

    return act(request, deed, again=again) or done("review", program=at.program)


@staff_only(*JUDGES)
@require_safe
@noted_look
def about_staff(request: HttpRequest, number: int) -> HttpResponse:
    """What was told of a member of staff; it isn't there for them."""
    return _about_staff(request, number)


def _about_staff(request: HttpRequest, number: int, *, no: Refused | None = None) -> HttpResponse:
    at = at_review(request)
    found = looking.at_item(at.viewer, item=number, now=at.now, above=True)
    at = at_review(request, program=found.item.program_id)
    return page(request, at, "about_staff", {"one": found}, no=no)


@staff_only(*JUDGES)
@require_POST
def claim_about_staff(request: HttpRequest, number: int) -> HttpResponse:
    """「わたしが読みます」, above the desk: nobody else is called."""
    return _of_told(request, number, lambda who, now: deeds.claim(who, item=number, now=now))


@staff_only(*JUDGES)
@require_POST
def let_go_about_staff(request: HttpRequest, number: int) -> HttpResponse:
    """「ほかの人に」, above the desk."""
    return _of_told(request, number, lambda who, now: deeds.let_go(who, item=number, now=now))


def _of_told(
    request: HttpRequest, number: int, deed: Callable[[Viewer, datetime], object]
) -> HttpResponse:
    def again(*, no: Refused) -> HttpResponse:
        return _about_staff(request, number, no=no)

    return act(request, deed, again=again) or done("about-staff", number)


@staff_only(*JUDGES)
@require_POST
def settle_about_staff(request: HttpRequest, number: int) -> HttpResponse:
    """Read, and done (field `outcome`)."""
    acted = request.POST.get("outcome") == Outcome.ACTED.value
    outcome = Outcome.ACTED if acted else Outcome.NOTHING

    def deed(who: Viewer, now: datetime) -> None:
        deeds.settle(who, item=number, outcome=outcome, now=now)

    def again(*, no: Refused) -> HttpResponse:
        return _about_staff(request, number, no=no)

    return act(request, deed, again=again) or done("review")
