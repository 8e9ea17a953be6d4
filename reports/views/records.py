"""Records that someone brings as a file: looked at first, taken in whole or not at all."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import viewer_of_request
from accounts.staff_doors import staff_only
from accounts.states import Role
from foundation import clock
from foundation.refusals import Refused
from foundation.replies import SeeOther
from foundation.tables import MOST_BYTES
from foundation.workbook import NotATable
from ledger.states import Reason
from reports import sentences, taken_in
from reports.actions import imports, taking_back
from reports.doors import number_of, page
from reports.forms import ReasonForm
from reports.record_rows import COLUMNS

STANDING_SHOWN = 50
BRING = (Role.COORDINATOR, Role.COUNSELOR)


@staff_only(*BRING)
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Choose a file; see what is in it and where it is wrong. Nothing is taken in yet."""
    if request.method != "POST":
        return _page(request)
    file = request.FILES.get("file")
    if file is None:
        return _page(request, trouble=sentences.sentence("no_file"))
    if (file.size or 0) > MOST_BYTES:
        return _page(request, trouble=sentences.sentence("too_large"))
    try:
        laid = imports.stage_records(viewer_of_request(request), data=file.read(), now=clock.now())
    except NotATable as no:
        return _page(request, trouble=no.sentence)
    return _page(request, laid=laid)


@staff_only(*BRING)
@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in what was laid ready; whoever takes it in confirms it."""
    try:
        rows = imports.apply_records(
            viewer_of_request(request), imported=pk, anew=request.POST.get("alike") != "pass",
            now=clock.now(),
        )  # fmt: skip
    except Refused as no:
        words = sentences.sentence(no.code)
        if words is None:
            raise
        return _page(request, trouble=words)
    return SeeOther(f"{reverse('reports-import')}?taken={rows}")


@staff_only(*BRING)
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Let go what was laid ready."""
    imports.drop_records(viewer_of_request(request), imported=pk, now=clock.now())
    return SeeOther(reverse("reports-import"))


@staff_only(*BRING)
@require_http_methods(["GET", "HEAD", "POST"])
def taken(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of a file that was taken in; taken back here, as a whole."""
    viewer = viewer_of_request(request)
    form = ReasonForm(request.POST)
    if request.method == "POST" and form.is_valid():
        reason = Reason(form.cleaned_data["reason"])
        taking_back.take_back(viewer, imported=pk, reason=reason, now=clock.now())
        return SeeOther(f"{reverse('reports-import')}?back=1")
    came = taken_in.taken_in(viewer, imported=pk)
    if came is None:
        raise Refused("not_found")
    context = {
        "row": came.row,
        "sums": came.sums,
        # Whoever brought the file knows its numbers; to a colleague they would be small cells.
        "own": came.row.by == str(viewer.staff),
        "reasons": list(sentences.REASONS.items()),
        "trouble": sentences.NO_CHOICE if request.method == "POST" else None,
    }
    return page(request, "taken_in", context, status=422 if request.method == "POST" else 200)


def _page(
    request: HttpRequest, *, laid: imports.Laid | None = None, trouble: str | None = None
) -> HttpResponse:
    viewer = viewer_of_request(request)
    many = request.GET.get("taken", "")
    files = taken_in.lately(viewer, after=number_of(request.GET.get("after", "")))
    context: dict[str, Any] = {
        "lately": [(row, row.by == str(viewer.staff)) for row in files.rows],
        "older": files.last,
        "after": "after" in request.GET,
        "back": "back" in request.GET,
        "columns": [names[0] for names in COLUMNS.values()],
        "trouble": trouble,
        "taken": many if many.isascii() and many.isdigit() and len(many) < 9 else "",
    }
    if laid is not None:
        context |= {
            "laid": laid,
            "bad": [
                (row.line, COLUMNS[column][0], said)
                for row in laid.bad
                for column, said in row.wrong.items()
            ],
            "standing": laid.standing[:STANDING_SHOWN],
            "flags": [(one.line, COLUMNS[one.column][0], one.said) for one in laid.flags],
            "sums": [(*of, quantity) for of, quantity in sorted(laid.sums.items())],
        }
    wrong = trouble or (laid is not None and laid.imported is None)
    return page(request, "records", context, status=422 if wrong else 200)
