"""One shift: its beginning, its page, a colleague asked to take it, a note after it."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.staff_doors import noted_look, staff_only
from accounts.states import Role
from accounts.viewer import Viewer
from duty import colleagues
from duty.actions import notes, plan, shifts, swaps
from duty.models import Shift
from duty.queries import debriefs as debriefs_of
from duty.queries import open_swap
from duty.states import ShiftState
from foundation.refusals import Refused
from moderation import forms, queries, waiting
from moderation.actions import looking
from moderation.doors import TEAM, At, act, at_program, at_shift, done, page


def _own(request: HttpRequest, number: int) -> tuple[At, Shift]:
    at, found = at_shift(request, number)
    if found.supporter_id != at.viewer.staff:
        raise Refused("not_found")
    return at, found


@staff_only(Role.SUPPORTER)
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, number: int) -> HttpResponse:
    """What is expected, and who is there for you; then begin."""
    at, mine = _own(request, number)

    def again(*, no: Refused | None = None) -> HttpResponse:
        return page(request, at, "begin", {"shift": mine, **_expectations(at, mine)}, no=no)

    if request.method != "POST":
        return again()

    def deed(who: Viewer, now: datetime) -> None:
        supervisor = forms.number(request.POST, "supervisor")
        shifts.begin_shift(who, shift=number, supervisor=supervisor, now=now)

    return act(request, deed, again=again) or done("desk", program=at.program)


@staff_only(Role.SUPPORTER)
@require_http_methods(["GET", "HEAD", "POST"])
def step_in(request: HttpRequest) -> HttpResponse:
    """予定にない当番にはいる."""
    at = at_program(request)

    def again(*, no: Refused | None = None) -> HttpResponse:
        context = {"minutes": (60, 120, 180, 240), **_expectations(at, None)}
        return page(request, at, "begin", context, no=no)

    if not at.viewer.holds(Role.SUPPORTER, program=at.program.pk):
        raise Refused("not_found")
    if request.method != "POST":
        return again()

    def deed(who: Viewer, now: datetime) -> None:
        shifts.step_in(
            who,
            program=at.program.pk,
            until=forms.until(request.POST, now=now),
            supervisor=forms.number(request.POST, "supervisor"),
            now=now,
        )

    return act(request, deed, again=again) or done("desk", program=at.program)


def _expectations(at: At, shift: Shift | None) -> dict[str, object]:
    there = colleagues.supervisors(at.program.pk, besides=at.viewer.staff or 0, now=at.now)
    return {"supervisors": there, "rooms": queries.room_names(shift) if shift else []}


@staff_only(*TEAM)
@require_safe
def shift(request: HttpRequest, number: int) -> HttpResponse:
    """A shift of the program; one's own, or as the team sees it."""
    return _shift(request, number)


def _shift(
    request: HttpRequest, number: int, *, no: Refused | None = None, text: str = ""
) -> HttpResponse:
    at, found = at_shift(request, number)
    mine = found.supporter_id == at.viewer.staff
    waits = found.state == ShiftState.PLANNED and found.starts_at > at.now
    context = {
        "shift": found,
        "name": colleagues.name_of(found.supporter),
        "supervisor": colleagues.name_of(found.supervisor),
        "rooms": queries.room_names(found),
        "mine": mine,
        "over": found.state in (ShiftState.ENDED, ShiftState.MISSED),
        "swap": open_swap(found.pk) if waits else None,
        "may_ask": queries.colleagues_for(found, now=at.now) if mine and waits else [],
        "may_cancel": at.plans and found.state == ShiftState.PLANNED,
        "text": text,
        "held": waiting.held_now(at.viewer, program=at.program.pk) if mine else [],
    }
    return page(request, at, "shift", context, no=no)


def _of_shift(request: HttpRequest, number: int, deed: object, *, text: str = "") -> HttpResponse:
    def again(*, no: Refused) -> HttpResponse:
        return _shift(request, number, no=no, text=text)

    return act(request, deed, again=again) or done("shift", number)  # type: ignore[arg-type]


@staff_only(Role.SUPPORTER)
@require_POST
def ask_swap(request: HttpRequest, number: int) -> HttpResponse:
    """かわってもらえますか: one (`colleague`), or without one all."""
    one = forms.number(request.POST, "colleague")

    def deed(who: Viewer, now: datetime) -> None:
        swaps.ask_swap(who, shift=number, colleague=one, now=now)

    return _of_shift(request, number, deed)


@staff_only(Role.SUPPORTER)
@require_POST
def withdraw_swap(request: HttpRequest, number: int) -> HttpResponse:
    """やっぱり、じぶんで: the swap of a shift by the shift's number."""

    def deed(who: Viewer, now: datetime) -> None:
        swap = open_swap(number)
        swaps.withdraw_swap(who, swap=swap.pk if swap is not None else 0, now=now)

    return _of_shift(request, number, deed)


@staff_only(Role.COORDINATOR)
@require_POST
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Off the rota."""

    def deed(who: Viewer, now: datetime) -> None:
        plan.cancel_shift(who, shift=number, now=now)

    return _of_shift(request, number, deed)


@staff_only(Role.SUPPORTER)
@require_POST
def debrief(request: HttpRequest, number: int) -> HttpResponse:
    """ふりかえり."""
    text = forms.text(request.POST)

    def deed(who: Viewer, now: datetime) -> None:
        notes.write_debrief(
            who,
            shift=number,
            text=text,
            to_supervisor=request.POST.get("show") == "on",
            now=now,
        )

    answer = _of_shift(request, number, deed, text=text)
    return answer if answer.status_code == 422 else done("debriefs")


@staff_only(*TEAM)
@require_safe
@noted_look
def debriefs(request: HttpRequest) -> HttpResponse:
    """One's own notes, and those that colleagues show to one."""
    at = at_program(request)
    looking.at_list(at.viewer, what="debriefs", program=at.program.pk, now=at.now)
    return page(request, at, "debriefs", {"debriefs": debriefs_of(at.viewer)})


@staff_only(*TEAM)
@require_POST
def erase_debrief(request: HttpRequest, number: int) -> HttpResponse:
    """One's own, gone at once."""
    notes.erase_debrief(at_program(request).viewer, debrief=number)
    return done("debriefs")
