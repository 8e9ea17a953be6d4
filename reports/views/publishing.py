"""The yearly publication: a coordinator writes the words and publishes; anyone reads."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import viewer_of_request
from accounts.staff_doors import staff_only
from accounts.states import Role
from foundation import clock
from foundation.refusals import Refused
from foundation.replies import SeeOther
from reports import formats, guarded, published
from reports.actions import publications
from reports.doors import csv_file, page, refused
from reports.forms import Words
from reports.models import Closing
from reports.published import Publication
from reports.rules import reiwa


@require_safe
def all_sheets(request: HttpRequest) -> HttpResponse:
    """What is published."""
    told = [(sheet, reiwa(year)) for sheet, year in published.sheets()]
    return render(request, "reports/published.html", {"sheets": told})


@require_safe
def one_sheet(request: HttpRequest, slug: str) -> HttpResponse:
    """A sheet's closed years, with the program's words."""
    told = _published(slug)
    context = {
        "told": told,
        "sheet": told.sheet,
        "header": formats.header_of(told.sheet),
        "newest": reiwa(told.year),
        "years": [(year, reiwa(year)) for year in told.sheet.years],
        "lines": [
            {
                "line": line,
                "one": line.indicator,
                "cells": [
                    (line.indicator.targets[year], line.actual.get(year))
                    for year in told.sheet.years
                ],
                "said": [(reiwa(one.year), one) for one in line.said],
                "revised": [(reiwa(year), then, now) for year, then, now in line.revised],
            }
            for line in told.lines
        ],
    }
    return render(request, "reports/published_sheet.html", context)


@require_safe
def as_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The same as CSV; it holds nothing that the page doesn't."""
    return csv_file(request, published.as_csv(_published(slug)), f"{slug}.csv")


@staff_only(Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What is said of each indicator in the year that was closed."""
    viewer = viewer_of_request(request)
    reading = guarded.read(viewer, slug, as_of=None, now=clock.now())
    closing = _closing(reading.closings, pk)
    if not viewer.holds(Role.COORDINATOR, program=reading.program.pk):
        raise Refused("not_found")
    labels = {one["code"]: one["label"] for one in closing.rules["indicators"]}
    before = {one.code: one.words for one in closing.remarks.all()}
    form = Words(request.POST or None, labels=labels, before=before)
    if request.method == "POST" and form.is_valid():
        publications.write_remarks(
            viewer, program=reading.program.pk, closing=pk, words=form.cleaned_data,
            now=clock.now(),
        )  # fmt: skip
        return SeeOther(f"{reverse('reports-words', args=[slug, pk])}?kept=1")
    figures = {one["code"]: one["actual"][str(closing.year)] for one in closing.figures}
    context = {
        "sheet": reading.sheet,
        "program": reading.program,
        "closing": closing,
        "year": reiwa(closing.year),
        "form": form,
        "figures": [(labels[code], number) for code, number in figures.items()],
        "kept": "kept" in request.GET,
    }
    return page(request, "words", context, status=422 if form.errors else 200)


@staff_only(Role.COORDINATOR)
@require_POST
def publish(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Let anyone read the year."""
    viewer, back = viewer_of_request(request), reverse("reports-words", args=[slug, pk])
    program, _ = guarded.sheet_for(viewer, slug)
    try:
        publications.publish(viewer, program=program.pk, closing=pk, now=clock.now())
    except Refused as no:
        return refused(no, back=back, of_closing=True)
    return SeeOther(reverse("published-sheet", args=[slug]))


def _published(slug: str) -> Publication:
    told = published.sheet(slug)
    if told is None:
        raise Http404
    return told


def _closing(closings: list[Closing], pk: int) -> Closing:
    found = next((one for one in closings if one.pk == pk), None)
    if found is None:
        raise Refused("not_found")
    return found
