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
from reports import sentences
from reports.actions import imports
from reports.doors import page
from reports.record_rows import COLUMNS

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
        rows = imports.apply_records(viewer_of_request(request), imported=pk, now=clock.now())
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


def _page(
    request: HttpRequest, *, laid: imports.Laid | None = None, trouble: str | None = None
) -> HttpResponse:
    taken = request.GET.get("taken", "")
    context: dict[str, Any] = {
        "columns": [names[0] for names in COLUMNS.values()],
        "trouble": trouble,
        "taken": taken if taken.isascii() and taken.isdigit() and len(taken) < 9 else "",
    }
    if laid is not None:
        context |= {
            "laid": laid,
            "bad": [
                (row.line, COLUMNS[column][0], said)
                for row in laid.bad
                for column, said in row.wrong.items()
            ],
            "flags": [(one.line, COLUMNS[one.column][0], one.said) for one in laid.flags],
            "sums": [(*of, quantity) for of, quantity in sorted(laid.sums.items())],
        }
    wrong = trouble or (laid is not None and laid.imported is None)
    return page(request, "records", context, status=422 if wrong else 200)
