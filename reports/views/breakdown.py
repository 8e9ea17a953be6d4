"""内訳 of a sheet by municipality and by who spoke: the page, and what is taken away."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.doors import viewer_of_request
from accounts.staff_doors import recently_proven, staff_only
from foundation import clock
from reports import breakdown, breakdown_paper, paper, sentences
from reports.breakdown import Breakdown
from reports.doors import XLSX, csv_file, file, page
from reports.policies import READERS
from reports.rules import reiwa


@staff_only(*READERS)
@require_safe
def shown(request: HttpRequest, slug: str) -> HttpResponse:
    """The breakdown of each year that is told."""

    def answer(found: Breakdown) -> HttpResponse:
        tables = [
            {
                "table": table,
                "head": sentences.broken(table.along.value),
                "rows": [(row, list(row.years.values())) for row in table.printed],
                "total": list(table.total.values()),
                "whole": None if found.later else sum(table.total.values()),
            }
            for table in found.tables
        ]
        context = {
            "program": found.program,
            "sheet": found.sheet,
            "tables": tables,
            "years": [(reiwa(year), day) for year, day in found.told.items()],
            "later": [(reiwa(year), day) for year, day in found.later.items()],
            "rules": breakdown_paper.rules(found),
            "legend": paper.LEGEND,
        }
        return page(request, "breakdown", context)

    return _read(request, slug, answer)


@staff_only(*READERS)
@recently_proven
@require_safe
def as_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The tables as CSV, one below the other."""
    return _read(
        request,
        slug,
        lambda found: csv_file(request, breakdown_paper.as_csv(found), f"{slug}-breakdown.csv"),
    )


@staff_only(*READERS)
@recently_proven
@require_safe
def as_xlsx(request: HttpRequest, slug: str) -> HttpResponse:
    """The tables as an Excel form, one sheet for each indicator."""
    return _read(
        request,
        slug,
        lambda found: file(breakdown_paper.as_xlsx(found), f"{slug}-breakdown.xlsx", XLSX),
    )


def _read(
    request: HttpRequest, slug: str, answer: Callable[[Breakdown], HttpResponse]
) -> HttpResponse:
    return answer(breakdown.read(viewer_of_request(request), slug, now=clock.now()))
