"""Help lines: which stand, which nobody verified lately, one of them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.staff_doors import staff_only
from foundation.clock import jst_day
from foundation.refusals import Refused
from helplines.hours import said
from helplines.lines import Line, is_stale, lines, served
from helplines.writing import hours_in_words, mark
from office.actions import lines as actions
from office.doors import COORDINATOR, Both, Desk, both, desk, done, page
from office.forms.lines import LineForm
from office.forms.rooms import RemoveForm
from office.sentences import sentence

FIELDS = ("name", "kind", "number", "url", "note", "source", "verified_on", "verified")


@staff_only(COORDINATOR)
@require_safe
def all_lines(request: HttpRequest) -> HttpResponse:
    """The list; those that want looking after come first."""
    at = desk(request)
    today = jst_day(at.now)
    rows = [
        {
            "line": line, "mark": mark(line), "hours": said(line.hours),
            "stale": is_stale(line, today),
        }
        for line in lines()
    ]  # fmt: skip
    rows.sort(key=lambda row: not row["stale"])
    return page(request, at, "lines", {"rows": rows, "broken": served().broken})


@staff_only(COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def new_line(request: HttpRequest) -> HttpResponse:
    """A form for a new one."""
    at = desk(request)
    form = LineForm(request.POST or None, today=jst_day(at.now), made=False)
    if request.method == "POST" and form.is_valid():
        try:
            line = _line(form, key=form.cleaned_data["key"], before=None)
            actions.add_line(at.viewer, line=line, now=at.now)
            return done("manage-lines", said="saved")
        except Refused as no:
            form.add_error("key" if no.code == "key_taken" else None, sentence(no.code))
    return _page(request, at, {"form": form})


@staff_only(COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def one_line(request: HttpRequest, key: str) -> HttpResponse:
    """One of them."""
    at = desk(request)
    line = _there(key)
    form = LineForm(
        request.POST or None, initial={**_shown(line), "seen_mark": mark(line)},
        today=jst_day(at.now), made=True,
    )  # fmt: skip
    sides: list[Both] = []
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_line(
                at.viewer, line=_line(form, key=key, before=line),
                seen=form.cleaned_data["seen_mark"], now=at.now,
            )  # fmt: skip
            return done("manage-lines", said="saved")
        except Refused as no:
            form.add_error(None, sentence(no.code))
            if no.code == "changed_meanwhile":
                line = _there(key)
                sides = both(form, _shown(line))
                form.renew(mark(line), "seen_mark")
    return _page(request, at, {"form": form, "line": line, "both": sides})


@staff_only(COORDINATOR)
@require_POST
def verify(request: HttpRequest, key: str) -> HttpResponse:
    """It was called, or its page read, today."""
    at = desk(request)
    line = _there(key)
    try:
        seen = request.POST.get("seen_mark", "")[:16]
        actions.verify_line(at.viewer, key=key, seen=seen, now=at.now)
    except Refused as no:
        form = LineForm(
            initial={**_shown(line), "seen_mark": mark(line)}, today=jst_day(at.now), made=True
        )
        context = {"form": form, "line": line, "trouble": sentence(no.code)}
        return _page(request, at, context)
    return done("manage-lines", said="verified")


@staff_only(COORDINATOR)
@require_POST
def remove(request: HttpRequest, key: str) -> HttpResponse:
    """No longer shown."""
    at = desk(request)
    line = _there(key)
    form = RemoveForm(request.POST, prefix="remove")
    if form.is_valid():
        try:
            actions.remove_line(
                at.viewer, key=key, seen=request.POST.get("seen_mark", "")[:16],
                reason=form.cleaned_data["reason"], now=at.now,
            )  # fmt: skip
            return done("manage-lines", said="removed")
        except Refused as no:
            form.add_error(None, sentence(no.code))
    shown = LineForm(
        initial={**_shown(line), "seen_mark": mark(line)}, today=jst_day(at.now), made=True
    )
    return _page(request, at, {"form": shown, "line": line, "remove": form})


def _there(key: str) -> Line:
    found = next((line for line in lines() if line.key == key), None)
    if found is None:
        raise Http404
    return found


def _shown(line: Line) -> dict[str, object]:
    found = {name: getattr(line, name) or "" for name in FIELDS}
    return {**found, "hours": hours_in_words(line.hours)}


def _line(form: LineForm, *, key: str, before: Line | None) -> Line:
    found = form.cleaned_data
    return Line(
        key=key,
        name=found["name"],
        kind=found["kind"],
        number=found["number"] or None,
        url=found["url"] or None,
        note=found["note"].strip(),
        hours=found["hours"],
        valid=before.valid if before else (),
        source=found["source"],
        verified_on=found["verified_on"],
        verified=found["verified"],
    )


def _page(request: HttpRequest, at: Desk, context: dict[str, Any]) -> HttpResponse:
    line = context.get("line")
    shared = {
        "remove": RemoveForm(prefix="remove"),
        "mark": mark(line) if line is not None else "",
    }
    status = 422 if request.method == "POST" else 200
    return page(request, at, "line", {**shared, **context}, status=status)
