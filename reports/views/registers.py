"""Windows and ibasho by municipality; adviser visits, support, meetings. All feed the ledger."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.staff_doors import staff_only
from foundation import clock
from foundation.refusals import Refused
from ledger.states import Kind, Reason
from programs.models import Program
from reports import registers, sentences
from reports.actions import sites as windows
from reports.actions import supports as occasions
from reports.doors import entered, kept_program, onward, register_page
from reports.forms import BaselineForm, DayForm, ReasonForm, SiteForm, SupportForm
from reports.registers import KEEPERS
from reports.states import SiteKind, Stage


@staff_only(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def sites(request: HttpRequest) -> HttpResponse:
    """The register; a window or ibasho that opened is entered here."""
    viewer, program, programs = kept_program(request)
    form = SiteForm(request.POST or None, towns=registers.municipalities(program))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data | {"kind": SiteKind(form.cleaned_data["kind"])}
        if entered(
            form,
            lambda: windows.open_site(
                viewer, program=program.pk, sign=windows.Sign(**told), now=clock.now()
            ),
        ):
            return onward("reports-sites", program=program, said="entered")
    return _sites(request, program, programs, form=form)


@staff_only(*KEEPERS)
@require_POST
def baseline(request: HttpRequest) -> HttpResponse:
    """A municipality that a sheet's 事業開始前 counts."""
    viewer, program, programs = kept_program(request)
    form = BaselineForm(request.POST, prefix="before", towns=registers.municipalities(program))
    if form.is_valid():
        told = form.cleaned_data
        if entered(
            form,
            lambda: windows.list_baseline(
                viewer, program=program.pk, kind=SiteKind(told["kind"]),
                municipality=told["municipality"], on=told["on"], now=clock.now(),
            ),
        ):  # fmt: skip
            return onward("reports-sites", program=program, said="entered")
    return _sites(request, program, programs, before=form)


@staff_only(*KEEPERS)
@require_POST
def withdraw_baseline(request: HttpRequest, kind: str, town: str) -> HttpResponse:
    """A municipality that was listed by mistake."""
    viewer, program, _ = kept_program(request)
    if kind not in list(SiteKind):
        raise Refused("not_found")
    windows.withdraw_baseline(
        viewer, program=program.pk, kind=SiteKind(kind), municipality=town,
        reason=reason_of(request), now=clock.now(),
    )  # fmt: skip
    return onward("reports-sites", program=program, said="withdrawn")


@staff_only(*KEEPERS)
@require_POST
def close_site(request: HttpRequest, pk: int) -> HttpResponse:
    """A window or ibasho closed."""
    viewer, program, programs = kept_program(request)
    form = DayForm(request.POST)
    if form.is_valid() and entered(
        form,
        lambda: windows.close_site(
            viewer, program=program.pk, site=pk, on=form.cleaned_data["on"], now=clock.now()
        ),
    ):
        return onward("reports-sites", program=program, said="entered")
    return _sites(request, program, programs, closing=form)


@staff_only(*KEEPERS)
@require_POST
def withdraw_site(request: HttpRequest, pk: int) -> HttpResponse:
    """A window or ibasho that was entered by mistake."""
    viewer, program, _ = kept_program(request)
    windows.withdraw_site(
        viewer, program=program.pk, site=pk, reason=reason_of(request), now=clock.now()
    )
    return onward("reports-sites", program=program, said="withdrawn")


@staff_only(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def supports(request: HttpRequest) -> HttpResponse:
    """Adviser visits, support of municipalities, network meetings."""
    viewer, program, programs = kept_program(request)
    form = SupportForm(request.POST or None, towns=registers.municipalities(program))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data | {
            "kind": Kind(form.cleaned_data["kind"]),
            "bodies": form.cleaned_data["bodies"] or 1,
            "stage": Stage(form.cleaned_data["stage"]) if form.cleaned_data["stage"] else None,
        }
        if entered(
            form,
            lambda: occasions.note_support(
                viewer, program=program.pk, occasion=occasions.Occasion(**told), now=clock.now()
            ),
        ):
            return onward("reports-supports", program=program, said="entered")
    rows = registers.supports(program)
    context = {
        "program": program,
        "programs": programs,
        "rows": [
            (
                row,
                sentences.SUPPORTS[row.kind],
                sentences.STAGES.get(row.stage, ""),
                registers.numbers(program, row.seq),
            )
            for row in rows
        ],
        "stages": [
            (town, sentences.STAGES[stage], on) for town, stage, on in registers.stages(rows)
        ],
        "form": form,
    }
    return register_page(request, "supports", context, form)


@staff_only(*KEEPERS)
@require_POST
def withdraw_support(request: HttpRequest, pk: int) -> HttpResponse:
    """A visit or meeting that was entered by mistake."""
    viewer, program, _ = kept_program(request)
    occasions.withdraw_support(
        viewer, program=program.pk, support=pk, reason=reason_of(request), now=clock.now()
    )
    return onward("reports-supports", program=program, said="withdrawn")


def reason_of(request: HttpRequest) -> Reason:
    """Why something is taken back. The form offers a list: another word is no door of ours."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Refused("not_found")
    return Reason(form.cleaned_data["reason"])


def _sites(
    request: HttpRequest,
    program: Program,
    programs: list[Program],
    *,
    form: SiteForm | None = None,
    before: BaselineForm | None = None,
    closing: DayForm | None = None,
) -> HttpResponse:
    towns = registers.municipalities(program)
    form = form or SiteForm(towns=towns)
    before = before or BaselineForm(prefix="before", towns=towns)
    closing = closing or DayForm()
    context = {
        "program": program,
        "programs": programs,
        "rows": [
            (
                row,
                sentences.SITES[row.kind],
                registers.numbers(program, row.opened_seq, row.closed_seq),
            )
            for row in registers.sites(program)
        ],
        "baseline": [
            (kind, sentences.SITES[kind], code, town)
            for kind, code, town in registers.baseline(program)
        ],
        "form": form,
        "before": before,
        "closing": closing,
    }
    return register_page(request, "sites", context, form, before, closing)
