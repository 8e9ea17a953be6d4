"""Agencies: the list, one of them, and a whole list from a file."""

import re
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.staff_doors import recently_proven, staff_only
from foundation.clock import jst_day
from foundation.refusals import Refused
from foundation.tables import MOST_BYTES
from foundation.workbook import NotATable
from office.actions import agencies as actions
from office.doors import COORDINATOR, Both, Desk, both, desk, done, page
from office.forms.paper import AgencyForm, Choices, FileForm, initial, shown
from office.forms.rooms import RemoveForm
from office.sentences import sentence
from programs import queries
from programs.agency_rows import COLUMNS, EXAMPLE, HEADERS, cells_of, written
from programs.models import Agency

FIELDS = tuple(name for name in AgencyForm.base_fields if name != "version")
BAD_AT_ONCE = 10  # rows to mend on a page
SAMPLE = 20
_CELL = re.compile(r"cell-([0-9]{1,6})-([a-z_]{1,20})")
_LEFT_OUT = re.compile(r"out-([0-9]{1,6})")


@staff_only(COORDINATOR)
@require_safe
def all_agencies(request: HttpRequest) -> HttpResponse:
    """The list, page by page, searched by words and town."""
    at = desk(request)
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    words, town = request.GET.get("words", "")[:80], request.GET.get("town", "")[:6]
    found = queries.agencies(at.program.pk, words=words, town=town, page=number)
    context = {
        "found": found, "words": words, "town": town, "towns": towns_of(at),
        "today": jst_day(at.now), "stale_before": jst_day(at.now) - queries.LOOKED_AFTER,
    }  # fmt: skip
    return page(request, at, "agencies", context)


@staff_only(COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def new_agency(request: HttpRequest) -> HttpResponse:
    """A form for a new one."""
    at = desk(request)
    form = _form(request, at, {})
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_agency(at.viewer, program=at.program.pk, values=form.values, now=at.now)
            return done("manage-agencies", said="saved")
        except Refused as no:
            form.add_error("name", sentence(no.code))
    return _page(request, at, "agency", {"form": form})


@staff_only(COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def one_agency(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them."""
    at = desk(request)
    row = _agency(at, pk)
    form = _form(request, at, {**initial(row, FIELDS), "version": row.version})
    sides: list[Both] = []
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_agency(
                at.viewer, program=at.program.pk, agency=pk, version=form.seen,
                values=form.values, now=at.now,
            )  # fmt: skip
            return done("manage-agencies", said="saved")
        except Refused as no:
            form.add_error("name" if no.code == "already_there" else None, sentence(no.code))
            if no.code == "changed_meanwhile":
                row = _agency(at, pk)
                sides = both(form, shown(initial(row, FIELDS)))
                form.renew(row.version)
    context = {"form": form, "agency": row, "both": sides, "remove": _removal(row)}
    return _page(request, at, "agency", context)


@staff_only(COORDINATOR)
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Off every list."""
    at = desk(request)
    row = _agency(at, pk)
    form = RemoveForm(request.POST, prefix="remove")
    if form.is_valid():
        try:
            actions.remove_agency(
                at.viewer, program=at.program.pk, agency=pk, version=form.seen,
                reason=form.cleaned_data["reason"], now=at.now,
            )  # fmt: skip
            return done("manage-agencies", said="removed")
        except Refused as no:
            # The page shows it as it is now, and what it takes to remove that.
            code = "remove_changed" if no.code == "changed_meanwhile" else no.code
            form.add_error(None, sentence(code))
            form.renew(row.version)
    shown_now = AgencyForm(
        initial={**initial(row, FIELDS), "version": row.version},
        towns=towns_of(at), today=jst_day(at.now),
    )  # fmt: skip
    context = {"form": shown_now, "agency": row, "remove": form}
    return page(request, at, "agency", context, status=422)


# --- a whole list ------------------------------------------------------------


@staff_only(COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    """Choose a file; see what is in it, where it is wrong, what would change."""
    at = desk(request)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            form.add_error("file", sentence("no_file"))
        elif (file.size or 0) > MOST_BYTES:
            form.add_error("file", sentence("too_large"))
        else:
            try:
                actions.stage_agencies(
                    at.viewer, program=at.program.pk, data=file.read(),
                    file_name=file.name or "", instead_of=_number(request, "instead_of"),
                    now=at.now,
                )  # fmt: skip
                return done("manage-import", said="")
            except Refused as no:
                form.add_error("file", sentence(no.code))
            except NotATable as no:
                form.add_error("file", no.sentence)
    return _import_page(request, at, form)


@staff_only(COORDINATOR)
@require_POST
def mend(request: HttpRequest, pk: int) -> HttpResponse:
    """Rows that were wrong, written anew on the page."""
    at = desk(request)
    cells: dict[int, dict[str, str]] = {}
    for name in request.POST:
        if (place := _CELL.fullmatch(name)) and place[2] in HEADERS:
            cells.setdefault(int(place[1]), {})[place[2]] = request.POST[name]
    left_out = {int(place[1]) for name in request.POST if (place := _LEFT_OUT.fullmatch(name))}
    try:
        actions.mend_agencies(
            at.viewer, program=at.program.pk, imported=pk, version=_number(request, "version") or 0,
            cells=cells, left_out=left_out, now=at.now,
        )  # fmt: skip
    except Refused as no:
        return _import_page(request, at, FileForm(), trouble=sentence(no.code), typed=cells)
    waiting = queries.waiting_import(at.program.pk, bad=BAD_AT_ONCE, sample=SAMPLE)
    if waiting is not None and waiting.bad:
        return _import_page(request, at, FileForm(), trouble=sentence("not_ready"))
    return done("manage-import", said="")


@staff_only(COORDINATOR)
@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """All of it, at once."""
    at = desk(request)
    try:
        found = actions.apply_agencies(at.viewer, program=at.program.pk, imported=pk, now=at.now)
    except Refused as no:
        return _import_page(request, at, FileForm(), trouble=sentence(no.code))
    if found.asked:
        return _import_page(request, at, FileForm(), trouble=sentence("import_changed"))
    return done("manage-agencies", said="applied")


@staff_only(COORDINATOR)
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """None of it."""
    at = desk(request)
    try:
        actions.drop_agencies(at.viewer, program=at.program.pk, imported=pk, now=at.now)
    except Refused as no:
        return _import_page(request, at, FileForm(), trouble=sentence(no.code))
    return done("manage-import", said="dropped")


@staff_only(COORDINATOR)
@recently_proven
@require_safe
def list_file(request: HttpRequest) -> HttpResponse:
    """All of them as a file that can be changed and taken in again."""
    at = desk(request)
    rows = [cells_of(vars(one)) for one in queries.every_agency(at.program.pk)]
    return _file(written(rows), "agencies.csv")


@staff_only(COORDINATOR)
@require_safe
def template_file(request: HttpRequest) -> HttpResponse:
    """An empty list with one example."""
    desk(request)
    return _file(written([EXAMPLE]), "template.csv")


def _file(text: str, name: str) -> HttpResponse:
    answer = HttpResponse(text.encode(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _number(request: HttpRequest, name: str) -> int | None:
    written = request.POST.get(name, "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 16 else None


def _import_page(
    request: HttpRequest, at: Desk, form: Any, *, trouble: str = "",
    typed: Mapping[int, Mapping[str, str]] | None = None,
) -> HttpResponse:  # fmt: skip
    waiting = queries.waiting_import(at.program.pk, bad=BAD_AT_ONCE, sample=SAMPLE)
    bad = [_to_mend(row, typed or {}) for row in waiting.bad] if waiting else []
    context = {
        "form": form, "waiting": waiting, "bad": bad, "trouble": trouble, "columns": COLUMNS,
    }  # fmt: skip
    status = 422 if trouble or form.errors else 200
    return page(request, at, "import", context, status=status)


def _to_mend(row: Any, typed: Mapping[int, Mapping[str, str]]) -> dict[str, Any]:
    """A bad row as the page shows it: a field for each cell that is wrong, the rest in words.

    What was typed for it and not kept stands in its field.
    """
    cells, wrong = {**row["cells"], **typed.get(row["line"], {})}, row["wrong"]
    return {
        "line": row["line"],
        "fields": [
            {"name": name, "label": HEADERS[name], "value": cells.get(name, ""), "said": said}
            for name, said in wrong.items()
        ],
        "rest": [
            (HEADERS[name], cell) for name, cell in cells.items() if cell and name not in wrong
        ],
    }


def towns_of(at: Desk) -> Choices:
    """The municipalities of the program's prefecture."""
    there = queries.municipalities_of(at.program.prefecture_code)
    return [(one.code, one.name) for one in there]


def _removal(row: Agency) -> RemoveForm:
    return RemoveForm(prefix="remove", initial={"version": row.version})


def _agency(at: Desk, pk: int) -> Agency:
    row = queries.agency(at.program.pk, pk=pk)
    if row is None:
        raise Http404
    return row


def _form(request: HttpRequest, at: Desk, first: dict[str, object]) -> AgencyForm:
    towns = list(towns_of(at))
    # An agency of another prefecture keeps its town.
    held = str(first.get("municipality") or "")
    if held and held not in dict(towns) and (row := queries.municipality(held)):
        towns.append((row.code, str(row)))
    return AgencyForm(
        request.POST or None, initial=first, towns=towns, known=dict(towns),
        today=jst_day(at.now),
    )  # fmt: skip


def _page(request: HttpRequest, at: Desk, template: str, context: dict[str, Any]) -> HttpResponse:
    return page(request, at, template, context, status=422 if request.method == "POST" else 200)
