"""A sheet for new years, started from one that is there."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.doors import viewer_of_request
from accounts.staff_doors import staff_only
from accounts.states import Role
from foundation import clock
from foundation.refusals import Refused
from foundation.replies import SeeOther
from programs.models import Program
from reports import queries, sentences
from reports.actions.own_sheets import Plan, start_sheet
from reports.doors import page
from reports.forms import ModelForm, OwnSheetForm
from reports.rules import BadSheet, Sheet, reiwa


@staff_only(Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """First from which sheet and for which years; then the header, baselines and targets."""
    viewer = viewer_of_request(request)
    mine = list(
        Program.objects.filter(pk__in=viewer.programs(Role.COORDINATOR)).order_by("name", "pk")
    )
    asked = request.GET.get("program", "")
    program = next((one for one in mine if asked in ("", one.slug)), None)
    if program is None:
        raise Refused("not_found")
    models = {one.slug: one for one in queries.models_for(program.slug)}
    choose = ModelForm(
        request.GET if "model" in request.GET else None,
        models=[(slug, f"{one.body} {one.name} ({slug})") for slug, one in models.items()],
        initial={"first_year": clock.fiscal_year(clock.jst_day(clock.now()))},
    )
    context = {"program": program, "programs": mine, "choose": choose}
    if not choose.is_bound or not choose.is_valid():
        status = 422 if choose.is_bound or request.method == "POST" else 200
        return page(request, "sheet_start", context, status=status)
    told = choose.cleaned_data
    model, first = models[told["model"]], told["first_year"]
    form = _form(request, model, range(first, first + told["years"]))
    if request.method == "POST" and form.is_valid():
        plan = Plan(
            first_year=first, targets=form.targets, baselines=form.baselines,
            name=form.cleaned_data["name"], decision=form.cleaned_data["decision"],
            cost=form.cleaned_data["cost"], outline=form.cleaned_data["outline"],
            own_room=form.cleaned_data.get("own_room"),
        )  # fmt: skip
        try:
            start_sheet(
                viewer, program=program.pk, from_sheet=model.slug, plan=plan, now=clock.now()
            )
        except BadSheet as no:
            form.add_error(None, no.sentence)
        except Refused as no:
            if (words := sentences.of_sheet(no.code)) is None:
                raise
            form.add_error(None, words)
        else:
            return SeeOther(f"{reverse('reports')}?program={program.slug}&said=sheet")
    context |= {"model": model, "form": form, "asked": request.GET.urlencode()}
    wrong = form.is_bound and form.errors
    return page(request, "sheet_start", context, status=422 if wrong else 200)


def _form(request: HttpRequest, model: Sheet, years: range) -> OwnSheetForm:
    return OwnSheetForm(
        request.POST if request.method == "POST" else None,
        labels={one.code: one.label for one in model.indicators},
        years={year: reiwa(year) for year in years},
        asks_own_room=any(one.asks_own_room for one in model.indicators),
        initial={
            "name": model.name,
            "outline": model.outline,
            "own_room": any(one.own_room for one in model.indicators),
        },
    )
