"""Whether one supporter alone may open a room."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from accounts.staff_doors import staff_only
from foundation.refusals import Refused
from office import queries
from office.actions.programs import decide_alone
from office.doors import COORDINATOR, Both, both, desk, done, page
from office.forms.alone import STOOD, AloneForm
from office.sentences import sentence


@staff_only(COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def alone(request: HttpRequest) -> HttpResponse:
    """What holds now, and a form to change it."""
    at = desk(request)
    stands = at.program.may_open_alone
    form = AloneForm(
        request.POST or None, initial={"may_open_alone": stands, "stood": STOOD[stands]}
    )
    sides: list[Both] = []
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        try:
            decide_alone(
                at.viewer, program=at.program.pk, allowed=found["may_open_alone"],
                seen=found["stood"] == STOOD[True], reason=found["reason"], now=at.now,
            )  # fmt: skip
            return done("manage-alone", said="alone_decided")
        except Refused as no:
            form.add_error(None, sentence(no.code))
            stands = queries.may_open_alone(at.viewer, program=at.program.pk)
            if no.code == "changed_meanwhile":
                sides = both(form, {"may_open_alone": stands})
                form.renew(STOOD[stands], "stood")
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "both": sides, "stands": stands}
    return page(request, at, "alone", context, status=status)
