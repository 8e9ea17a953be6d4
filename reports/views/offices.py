"""Visits to satellite offices, confirmed by whoever was there."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.staff_doors import staff_only
from foundation import clock
from ledger.states import Cohort
from reports import registers
from reports.actions import offices
from reports.doors import entered, kept_program, onward, register_page
from reports.forms import OfficeVisitForm
from reports.registers import KEEPERS
from reports.views.registers import reason_of


@staff_only(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def visits(request: HttpRequest) -> HttpResponse:
    """Those that the reader confirmed, and the form for one more."""
    viewer, program, programs = kept_program(request)
    form = OfficeVisitForm(request.POST or None, towns=registers.municipalities(program))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data | {"cohort": Cohort(form.cleaned_data["cohort"])}
        if entered(
            form,
            lambda: offices.confirm_visit(
                viewer, program=program.pk, visit=offices.OfficeVisit(**told), now=clock.now()
            ),
        ):
            return onward("reports-offices", program=program, said="entered")
    context = {
        "program": program,
        "programs": programs,
        "rows": registers.office_visits(viewer, program),
        "form": form,
    }
    return register_page(request, "offices", context, form)


@staff_only(*KEEPERS)
@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """A visit that was entered by mistake."""
    viewer, program, _ = kept_program(request)
    offices.withdraw_visit(
        viewer, program=program.pk, evidence=number, reason=reason_of(request), now=clock.now()
    )
    return onward("reports-offices", program=program, said="withdrawn")
