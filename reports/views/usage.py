"""How the house is used: 利用状況（相談件数ではありません）."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.doors import viewer_of_request
from accounts.staff_doors import recently_proven, staff_only
from foundation import clock
from foundation.refusals import Refused
from foundation.typed_days import day_of
from reports import usage
from reports.charts import bars, shade
from reports.doors import at_program, csv_file, page, refused
from reports.menu import USERS
from reports.rules import reiwa
from reports.usage import STRETCHES, WEEKDAYS, Usage


@staff_only(*USERS)
@require_safe
def shown(request: HttpRequest) -> HttpResponse:
    """The page: a fiscal year, or one of its months."""
    try:
        used = _asked(request)
    except Refused as no:
        return refused(no, back=reverse("reports-usage"))
    context = {
        "usage": used,
        "program": used.program,
        "years": [(year, reiwa(year)) for year in used.years],
        "title_year": reiwa(used.year),
        "months": usage.months_of(used.year, now=clock.now()),
        "sections": usage.sections(used),
        "week": _week(used),
        "chart": _chart(used),
    }
    return page(request, "usage", context)


@staff_only(*USERS)
@recently_proven
@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """The same as CSV."""
    try:
        used = _asked(request)
    except Refused as no:
        return refused(no, back=reverse("reports-usage"))
    name = f"usage-{used.month or date(used.year, 4, 1):%Y-%m}.csv"
    return csv_file(request, usage.as_csv(used), name)


def _asked(request: HttpRequest) -> Usage:
    program, _ = at_program(request)
    year, month = request.GET.get("year", ""), request.GET.get("month", "")
    try:
        day = day_of(f"{month}-01") if month else None
        number = int(year) if year else None
    except ValueError:
        raise Refused("no_day") from None
    if number is not None and not 2000 <= number <= 2999:
        raise Refused("no_day")
    return usage.read(viewer_of_request(request), program, year=number, month=day, now=clock.now())


def _week(used: Usage) -> list[tuple[str, list[dict[str, Any]]]]:
    """Rows of stretches, cells of weekdays, each with its shade."""
    told = dict(used.parts("week"))
    most = max([0, *(one.number for one in told.values())])
    return [
        (
            f"{int(hour)}〜{int(hour) + 3}時",
            [
                {
                    "shown": told[f"{day}-{hour}"],
                    "shade": shade(
                        None if told[f"{day}-{hour}"].none else told[f"{day}-{hour}"].number, most
                    ),
                }
                for day in range(len(WEEKDAYS))
            ],
        )
        for hour in STRETCHES
    ]


def _chart(used: Usage) -> Any:
    groups = [(f"{one.month.month}月", (one.visits, one.people)) for one in used.months]
    told = "、".join(
        f"{words} {'表示なし' if visits is None else f'来訪{visits:,} 人{people:,}'}"
        for words, (visits, people) in groups
    )
    return bars(title="月ごとの来訪と人", description=told, series=("来訪", "人"), groups=groups)
