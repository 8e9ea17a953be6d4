"""Monthly files between houses: which came, and the forms to hand them out and take them in."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import viewer_of_request
from accounts.staff_doors import recently_proven, staff_only
from accounts.states import Role
from foundation import clock
from foundation.refusals import Refused
from foundation.replies import SeeOther
from reports import queries, returning, sentences
from reports.actions import handing
from reports.doors import at_program, file, page, refused
from reports.forms import JoinForm, MonthForm
from reports.menu import HANDLERS
from reports.returning import BadReturn


@staff_only(*HANDLERS)
@require_safe
def shown(request: HttpRequest) -> HttpResponse:
    """Which houses' files of a month have come, and which haven't."""
    month = request.GET.get("month", "") or _last_month()
    if not returning.is_month(month):
        return refused(Refused("no_day"), back=reverse("reports-returns"))
    return _page(request, month)


@staff_only(Role.AUDITOR)
@recently_proven
@require_POST
def write(request: HttpRequest) -> HttpResponse:
    """A month of this house as a signed file, for an auditor who says why; it is noted."""
    program, _ = at_program(request)
    form = MonthForm(request.POST, prefix="write")
    if form.is_valid():
        month, reason = form.cleaned_data["month"], form.cleaned_data["reason"]
        try:
            slug, data = handing.write_return(
                viewer_of_request(request), program=program.pk, month=month, reason=reason,
                now=clock.now(),
            )  # fmt: skip
        except Refused as no:
            if (words := sentences.sentence(no.code)) is None:
                raise
            form.add_error(None, words)
        except returning.BadReturn as no:
            form.add_error(None, no.sentence)
        else:
            return file(data, f"{slug}-{month}.json", "application/json")
    return _page(request, _last_month(), write=form)


@staff_only(Role.COORDINATOR)
@recently_proven
@require_POST
def join(request: HttpRequest) -> HttpResponse:
    """Another house becomes known."""
    program, _ = at_program(request)
    form = JoinForm(request.POST, prefix="join")
    if form.is_valid() and _done(
        form,
        lambda: handing.join(
            viewer_of_request(request), program=program.pk, name=form.cleaned_data["name"],
            public_key=form.cleaned_data["key"], now=clock.now(),
        ),
    ):  # fmt: skip
        return SeeOther(f"{reverse('reports-returns')}?program={program.slug}&said=kept")
    return _page(request, _last_month(), join=form)


@staff_only(Role.COORDINATOR)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Another house's file comes in, as a whole or not at all."""
    brought = request.FILES.get("file")
    if brought is None:
        return _page(request, _last_month(), trouble=sentences.sentence("no_file"))
    if (brought.size or 0) > returning.MOST_BYTES:
        return _page(request, _last_month(), trouble=str(sentences.TOO_LARGE_RETURN))
    try:
        taken = handing.take_return(
            viewer_of_request(request), data=brought.read(), now=clock.now()
        )
    except BadReturn as no:
        return _page(request, _last_month(), trouble=no.sentence)
    return SeeOther(f"{reverse('reports-returns')}?month={taken.month}&taken={taken.new}")


def _done(form: forms.Form, deed: Callable[[], object]) -> bool:
    try:
        deed()
    except BadReturn as no:
        form.add_error(None, no.sentence)
        return False
    return True


def _last_month() -> str:
    return f"{clock.jst_day(clock.now()).replace(day=1) - timedelta(days=1):%Y-%m}"


def _page(
    request: HttpRequest,
    month: str,
    *,
    write: MonthForm | None = None,
    join: JoinForm | None = None,
    trouble: str | None = None,
) -> HttpResponse:
    viewer, (program, programs) = viewer_of_request(request), at_program(request)
    awaited = queries.returns_of(month)
    taken = request.GET.get("taken", "")
    context: dict[str, Any] = {
        "program": program,
        "programs": programs,
        "month": month,
        "first": date.fromisoformat(f"{month}-01"),
        "awaited": awaited,
        "late": sum(one.came is None for one in awaited),
        "overlap": queries.OVERLAP if queries.overlap_unknown() else "",
        "key": returning.own_key(),
        "coordinates": viewer.holds(Role.COORDINATOR, program=program.pk),
        "audits": viewer.holds(Role.AUDITOR, program=program.pk),
        "write": write or MonthForm(prefix="write", initial={"month": _last_month()}),
        "join": join or JoinForm(prefix="join"),
        "trouble": trouble,
        "taken": taken if taken.isascii() and taken.isdigit() and len(taken) < 9 else "",
        "said": sentences.said(request.GET.get("said", "")),
    }
    wrong = trouble or any(one is not None and one.errors for one in (write, join))
    return page(request, "returns", context, status=422 if wrong else 200)
