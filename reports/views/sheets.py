"""KPI sheets: the page, the evidence behind a cell, what is taken away."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import viewer_of_request
from accounts.staff_doors import recently_proven, staff_only
from accounts.states import Role
from foundation import clock
from foundation.refusals import Refused
from reports import evidence, formats, guarded, paper, queries, sentences, usage
from reports.actions import looking
from reports.charts import Bars, bars
from reports.doors import (
    XLSX,
    at_program,
    csv_file,
    day_of,
    file,
    kept_program,
    number_of,
    page,
    pdf_file,
    refused,
    year_of,
)
from reports.guarded import Line, Reading
from reports.menu import USERS
from reports.policies import READERS
from reports.registers import KEEPERS
from reports.rules import reiwa
from reports.states import Counting


@staff_only(*READERS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What there is to read."""
    program, programs = at_program(request)
    sheets = guarded.sheets_of(program)
    viewer = viewer_of_request(request)
    brings, audits = viewer.holds(Role.COORDINATOR), viewer.holds(Role.AUDITOR)
    uses = any(viewer.holds(role, program=program.pk) for role in USERS)
    context = {
        "program": program,
        "programs": programs,
        "sheets": sheets,
        "brings": brings,
        "uses": uses,
        "hands": brings or audits,
        "said": sentences.said(request.GET.get("said", "")),
    }
    return page(request, "home", context)


@staff_only(*READERS)
@require_safe
def sheet(request: HttpRequest, slug: str) -> HttpResponse:
    """A sheet at a quarter's end, or as a year was closed."""

    def answer(reading: Reading) -> HttpResponse:
        return page(request, "sheet", context_of(reading, request))

    return _read(request, slug, answer)


@staff_only(*READERS)
@require_safe
def cell(request: HttpRequest, slug: str, code: str, year: int) -> HttpResponse:
    """The evidence behind one cell."""
    try:
        reading, found = evidence.opened(
            viewer_of_request(request),
            slug,
            code=code,
            year=year,
            as_of=day_of(request.GET.get("as_of", "")),
            closed=year_of(request.GET.get("closed", "")),
            after=number_of(request.GET.get("after", "")),
            now=clock.now(),
        )
    except Refused as no:
        return refused(no, back=reverse("reports-sheet", args=[slug]))
    context = {
        "reading": reading, "cell": found, "program": reading.program, "year": year,
        "distinct": found.line.indicator.count is not Counting.SUM,
        "actual": found.line.exact.actual[year],
    }  # fmt: skip
    if found.spread is not None:
        context["spread"] = _spread(found.spread)
        context["channels"] = [sentences.CHANNELS[one] for one in found.spread.columns]
    context["audits"] = viewer_of_request(request).holds(Role.AUDITOR, program=reading.program.pk)
    return page(request, "cell", context)


@staff_only(Role.AUDITOR)
@require_POST
def entries(request: HttpRequest, slug: str, code: str, year: int) -> HttpResponse:
    """The entries behind a cell, whole, for an auditor who says why; the look is noted."""
    try:
        as_of = _asked_day(request)
        found = looking.entries(
            viewer_of_request(request),
            slug,
            code=code,
            year=year,
            as_of=as_of,
            reason=request.POST.get("reason", ""),
            after=number_of(request.POST.get("after", "")),
            now=clock.now(),
        )
    except Refused as no:
        return refused(no, back=reverse("reports-cell", args=[slug, code, year]))
    context = {
        "entries": found,
        "slug": slug,
        "code": code,
        "year": year,
        "as_of": as_of,
        "reason": request.POST.get("reason", ""),
        "more": found[-1].seq if len(found) == evidence.AT_ONCE else None,
        "marks": True,
    }
    return page(request, "entries", context)


@staff_only(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def own_entries(request: HttpRequest) -> HttpResponse:
    """What the viewer confirmed, whole, with a reason; the look is noted."""
    viewer, program, programs = kept_program(request)
    try:
        asked = year_of(request.GET.get("year", ""))
    except Refused as no:
        return refused(no, back=reverse("reports-own-entries"))
    year = asked or clock.fiscal_year(clock.jst_day(clock.now()))
    context: dict[str, Any] = {"program": program, "programs": programs, "year": year}
    if request.method == "POST":
        try:
            reason = request.POST.get("reason", "")
            found = looking.confirmed(
                viewer, program=program.pk, year=year, reason=reason,
                after=number_of(request.POST.get("after", "")), now=clock.now(),
            )  # fmt: skip
        except Refused as no:
            return refused(no, back=reverse("reports-own-entries"))
        more = found[-1].seq if len(found) == evidence.AT_ONCE else None
        context |= {"entries": found, "reason": reason, "more": more, "looked": True}
    return page(request, "own_entries", context)


@staff_only(Role.AUDITOR)
@require_POST
def exact(request: HttpRequest, slug: str) -> HttpResponse:
    """A sheet with nothing hidden, of any day, for an auditor who says why; the look is noted."""
    try:
        as_of = _asked_day(request)
        found, lines = looking.exact(
            viewer_of_request(request),
            slug,
            as_of=as_of,
            reason=request.POST.get("reason", ""),
            now=clock.now(),
        )
    except Refused as no:
        return refused(no, back=reverse("reports-sheet", args=[slug]))
    rows = formats.table(found, lines)
    context = {
        "sheet": found, "header": formats.header_of(found), "head": rows[0], "rows": rows[1:],
        "as_of": as_of, "notes": queries.notes_of(found),
    }  # fmt: skip
    return page(request, "exact", context)


@staff_only(*READERS)
@recently_proven
@require_safe
def as_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The table as CSV."""
    return _read(
        request,
        slug,
        lambda reading: csv_file(request, paper.as_csv(reading), _name(reading, "csv")),
    )


@staff_only(*READERS)
@recently_proven
@require_safe
def as_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The table as JSON."""
    kind = "application/json; charset=utf-8"
    return _read(
        request,
        slug,
        lambda reading: file(paper.as_json(reading).encode(), _name(reading, "json"), kind),
    )


@staff_only(*READERS)
@recently_proven
@require_safe
def as_xlsx(request: HttpRequest, slug: str) -> HttpResponse:
    """The table as an Excel form."""
    return _read(
        request, slug, lambda reading: file(paper.as_xlsx(reading), _name(reading, "xlsx"), XLSX)
    )


@staff_only(*READERS)
@recently_proven
@require_safe
def as_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The page on A4."""

    def answer(reading: Reading) -> HttpResponse:
        context = context_of(reading, request)
        return pdf_file("sheet_paper", context, _name(reading, "pdf"), back=_back(reading))

    return _read(request, slug, answer)


@staff_only(*READERS)
@recently_proven
@require_safe
def monthly(request: HttpRequest, slug: str) -> HttpResponse:
    """The monthly report: the sheet, and how the house was used in the last finished month."""

    def answer(reading: Reading) -> HttpResponse:
        now = clock.now()
        last = usage.last_month(now)
        used = usage.read(
            viewer_of_request(request), reading.program, year=None, month=last, now=now
        )
        context = context_of(reading, request) | {"usage": used, "sections": usage.sections(used)}
        name = f"{reading.sheet.slug}-{last:%Y-%m}.pdf"
        return pdf_file("monthly_paper", context, name, back=_back(reading))

    return _read(request, slug, answer)


def _read(
    request: HttpRequest, slug: str, answer: Callable[[Reading], HttpResponse]
) -> HttpResponse:
    try:
        reading = guarded.read(
            viewer_of_request(request),
            slug,
            as_of=day_of(request.GET.get("as_of", "")),
            closed=year_of(request.GET.get("closed", "")),
            now=clock.now(),
        )
    except Refused as no:
        return refused(no, back=reverse("reports"))
    return answer(reading)


def _asked_day(request: HttpRequest) -> date:
    asked = day_of(request.POST.get("as_of", ""))
    if asked is None:
        raise Refused("no_day")
    return asked


def _name(reading: Reading, suffix: str) -> str:
    of = "" if reading.closing is None else f"closed-{reading.closing.year}-"
    return f"{reading.sheet.slug}-{of}{reading.as_of.isoformat()}.{suffix}"


def _back(reading: Reading) -> str:
    return reverse("reports-sheet", args=[reading.sheet.slug])


def context_of(reading: Reading, request: HttpRequest) -> dict[str, Any]:
    """What the page shows, and its paper."""
    viewer = viewer_of_request(request)
    return {
        "reading": reading,
        "sheet": reading.sheet,
        "program": reading.program,
        "header": paper.header(reading),
        "legend": paper.LEGEND,
        "overlap": queries.overlap_of(reading.program.slug),
        "years": [(year, reiwa(year)) for year in reading.sheet.years],
        "lines": [_shown(line, reading) for line in reading.lines],
        "audits": viewer.holds(Role.AUDITOR, program=reading.program.pk),
        "revisions": paper.revisions(reading),
        "closings": paper.closings(reading),
        "sent_back": paper.sent_back(reading),
        "closes": viewer.holds(Role.COORDINATOR, program=reading.program.pk),
        "self": viewer.staff,
        "to_close": [(year, reiwa(year)) for year in guarded.to_close(reading, clock.now())],
    }


def _shown(line: Line, reading: Reading) -> dict[str, Any]:
    years, one, actual = reading.sheet.years, line.indicator, line.exact.actual
    return {
        "line": line,
        "one": one,
        "cells": [(year, one.targets[year], actual[year]) for year in years],
        "parts": [
            {
                "part": part,
                "cells": [
                    (part.years[year], part.since.get(year), year in part.nameless)
                    for year in years
                ],
            }
            for part in line.parts
        ],
        "chart": _chart(line, reading),
        "places": guarded.covered(line, reading.program),
    }


def _chart(line: Line, reading: Reading) -> Bars:
    one, actual = line.indicator, line.exact.actual
    told = "、".join(
        f"{reiwa(year)} 目標{one.targets[year]:,} 実績{actual[year]:,}"
        for year in reading.sheet.years
    )
    return bars(
        title=one.label,
        description=told,
        series=("目標", "実績"),
        groups=[(reiwa(year), (one.targets[year], actual[year])) for year in reading.sheet.years],
    )


def _spread(table: Any) -> list[tuple[str, list[int | None]]]:
    rows = [(f"第{row}四半期", row) for row in table.rows] + [("計", "*")]
    return [
        (words, [table.cell(row, column) for column in (*table.columns, "*")])
        for words, row in rows
    ]
