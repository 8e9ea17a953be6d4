"""The rota: a month, planned by coordinators, read by the team."""

from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.staff_doors import staff_only
from accounts.states import Role
from accounts.viewer import Viewer
from duty import colleagues
from duty import queries as duty
from duty import rota as arithmetic
from duty.actions import plan
from foundation.clock import jst_day
from foundation.refusals import Refused
from moderation import forms, queries, sentences
from moderation.doors import TEAM, At, act, at_program, done, page


@staff_only(*TEAM)
@require_safe
def rota(request: HttpRequest) -> HttpResponse:
    """A month."""
    return _rota(request)


def _month(request: HttpRequest, at: At) -> date:
    asked = request.POST.get("month") or request.GET.get("month", "")
    return arithmetic.first_of_month(asked, now=at.now)


def _rota(request: HttpRequest, *, no: Refused | None = None) -> HttpResponse:
    at = at_program(request)
    first = _month(request, at)
    keepers = colleagues.keepers(at.program.pk, now=at.now)
    context: dict[str, object] = {
        "blurred": False,  # nobody's words stand here
        "first": first,
        "before": arithmetic.month_before(first),
        "after": arithmetic.next_month(first),
        "days": queries.month(
            at.viewer,
            program=at.program.pk,
            first=first,
            today=jst_day(at.now),
            keeping=keepers,
        ),
        "sent": request.POST,
        "meanwhile": no is not None and no.code == "changed_meanwhile",
    }
    if at.plans:
        context |= _to_plan_with(at, request, keepers)
    return page(request, at, "rota", context, no=no)


def _to_plan_with(
    at: At, request: HttpRequest, keepers: list[colleagues.Keeper]
) -> dict[str, object]:
    return {
        "keepers": keepers,
        "rooms": queries.rooms_of(at.program.pk),
        "sent_supporter": forms.number(request.POST, "supporter"),
        "sent_rooms": forms.numbers(request.POST, "room"),
        "rules": duty.rules_of(at.program.pk),
    }


@staff_only(Role.COORDINATOR)
@require_POST
def plan_shift(request: HttpRequest) -> HttpResponse:
    """One shift."""
    at = at_program(request)

    def deed(who: Viewer, now: datetime) -> None:
        paper = forms.planned(request.POST)
        queries.must_be_rooms(paper.rooms, program=at.program.pk)
        plan.plan_shift(
            who,
            program=at.program.pk,
            supporter=paper.supporter,
            when=paper.when,
            rooms=paper.rooms,
            now=now,
        )

    def again(*, no: Refused) -> HttpResponse:
        return _rota(request, no=no)

    if answer := act(request, deed, again=again):
        return answer
    return _back(request, at)


def _back(request: HttpRequest, at: At) -> HttpResponse:
    return done("rota", program=at.program, month=f"{_month(request, at):%Y-%m}")


@staff_only(Role.COORDINATOR)
@require_POST
def set_rules(request: HttpRequest) -> HttpResponse:
    """The longest stretch, and what makes a shift a hard one."""
    at = at_program(request)

    def deed(who: Viewer, now: datetime) -> None:
        plan.set_rules(
            who,
            program=at.program.pk,
            longest_minutes=forms.number(request.POST, "longest_minutes") or 0,
            hard_after=forms.number(request.POST, "hard_after") or 0,
            seen=(
                forms.number(request.POST, "seen_longest") or 0,
                forms.number(request.POST, "seen_hard") or 0,
            ),
            now=now,
        )

    def again(*, no: Refused) -> HttpResponse:
        return _rota(request, no=no)

    return act(request, deed, again=again) or _back(request, at)


@staff_only(Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def patterns(request: HttpRequest) -> HttpResponse:
    """What repeats every week."""
    at = at_program(request)
    names = {room.pk: room.name for room in queries.rooms_of(at.program.pk)}

    def again(*, no: Refused | None = None) -> HttpResponse:
        rows = duty.patterns(at.viewer, program=at.program.pk)
        context = {
            "patterns": [
                {
                    "row": row,
                    "name": colleagues.name_of(row.supporter),
                    "rooms": [names[n] for n in row.rooms if n in names],
                }
                for row in rows
            ],
            "sent": request.POST,
            "sent_weekday": forms.number(request.POST, "weekday"),
            "weekdays": list(enumerate("月火水木金土日")),
            "next_month": arithmetic.next_month(jst_day(at.now).replace(day=1)),
            **_to_plan_with(at, request, colleagues.keepers(at.program.pk, now=at.now)),
        }
        return page(request, at, "patterns", context, no=no)

    if request.method != "POST":
        return again()

    def deed(who: Viewer, now: datetime) -> None:
        wanted = forms.pattern(request.POST)
        queries.must_be_rooms(wanted.rooms, program=at.program.pk)
        plan.add_pattern(who, program=at.program.pk, wanted=wanted, now=now)

    return act(request, deed, again=again) or done("rota-patterns", program=at.program)


@staff_only(Role.COORDINATOR)
@require_POST
def remove_pattern(request: HttpRequest, number: int) -> HttpResponse:
    """No longer every week; what is planned stays."""
    at = at_program(request)
    plan.remove_pattern(at.viewer, pattern=number, now=at.now)
    return done("rota-patterns", program=at.program)


@staff_only(Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest) -> HttpResponse:
    """A month as the patterns would fill it; POST fills it."""
    at = at_program(request)
    first = _month(request, at)
    if request.method == "POST":
        plan.plan_month(at.viewer, program=at.program.pk, first=first, now=at.now)
        return _back(request, at)
    found = duty.preview(at.viewer, program=at.program.pk, first=first, now=at.now)
    context = {
        "first": first,
        "before": arithmetic.month_before(first),
        "after": arithmetic.next_month(first),
        "shown": [(one, sentences.verdict(one.verdict)) for one in found],
        "new": sum(one.verdict == "new" for one in found),
        "left_out": sum(one.verdict not in ("new", "there") for one in found),
    }
    return page(request, at, "preview", context)
