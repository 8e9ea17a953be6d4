"""効果検証及び改善 of the family program."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import viewer_of_request
from accounts.staff_doors import staff_only
from accounts.states import Role
from foundation import clock
from programs.models import Program
from reports import queries, registers, sentences
from reports.actions import effects
from reports.doors import entered, kept_program, onward, register_page
from reports.forms import EffectForm, ImprovementForm, RunForm
from reports.registers import KEEPERS
from reports.states import Point


@staff_only(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def runs(request: HttpRequest) -> HttpResponse:
    """Runs of the family program, and 改善 by year; a run begins here."""
    viewer, program, programs = kept_program(request)
    form = RunForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        if entered(
            form,
            lambda: effects.start_run(
                viewer, program=program.pk, name=told["name"], started_on=told["started_on"],
                instrument=form.instrument, now=clock.now(),
            ),
        ):  # fmt: skip
            return onward("reports-effects", program=program, said="kept")
    return _runs(request, program, programs, form=form)


@staff_only(Role.COORDINATOR)
@require_POST
def improve(request: HttpRequest) -> HttpResponse:
    """What the program changes after a year."""
    viewer, program, programs = kept_program(request)
    form = ImprovementForm(request.POST, prefix="change")
    if form.is_valid() and entered(
        form,
        lambda: effects.note_improvement(
            viewer, program=program.pk, **form.cleaned_data, now=clock.now()
        ),
    ):
        return onward("reports-effects", program=program, said="kept")
    return _runs(request, program, programs, change=form)


@staff_only(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: what changed, small cells hidden; a family's record is entered here."""
    viewer = viewer_of_request(request)
    row = registers.run(viewer, pk)
    form = EffectForm(request.POST or None, instrument=row.instrument)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data | {"point": Point(form.cleaned_data["point"])}
        if entered(
            form,
            lambda: effects.record_effect(
                viewer, program=row.program_id, run=pk, answers=effects.Answers(**told),
                now=clock.now(),
            ),
        ):  # fmt: skip
            return onward("reports-effect", pk, program=row.program, said="kept")
    context = {
        "program": row.program,
        "run": row,
        "scales": list(row.instrument.values()),
        "effects": [(sentences.POINTS[one.point], one) for one in queries.effects_of(row)],
        "form": form,
    }
    return register_page(request, "effect", context, form)


def _runs(
    request: HttpRequest,
    program: Program,
    programs: list[Program],
    *,
    form: RunForm | None = None,
    change: ImprovementForm | None = None,
) -> HttpResponse:
    form = form or RunForm()
    change = change or ImprovementForm(prefix="change")
    viewer = viewer_of_request(request)
    context = {
        "program": program,
        "programs": programs,
        "rows": registers.runs(program),
        "improvements": registers.improvements(program),
        "coordinates": viewer.holds(Role.COORDINATOR, program=program.pk),
        "form": form,
        "change": change,
    }
    return register_page(request, "effects", context, form, change)
