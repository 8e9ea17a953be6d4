"""Words beside entries: which entries have some, and how they are erased."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.doors import viewer_of_request
from accounts.staff_doors import staff_only
from foundation import clock
from foundation.refusals import Refused
from foundation.replies import SeeOther
from reports import queries, sentences
from reports.actions import notes
from reports.doors import at_program, page
from reports.menu import HANDLERS
from reports.policies import must_erase_notes


@staff_only(*HANDLERS)
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """The numbers of entries with words, never the words; one of them is erased with a reason."""
    viewer = viewer_of_request(request)
    program, programs = at_program(request)
    must_erase_notes(viewer, program=program.pk)
    context = {
        "program": program,
        "programs": programs,
        "sent": {"number": "", "reason": ""},
        "said": sentences.said(request.GET.get("said", "")),
        "trouble": "",
    }
    if request.method == "POST":
        number, reason = request.POST.get("number", "").strip(), request.POST.get("reason", "")
        try:
            notes.erase_note(
                viewer, program=program.pk, evidence=number, reason=reason, now=clock.now()
            )
        except Refused as no:
            context |= {"trouble": sentences.of_note(no.code)}
            context |= {"sent": {"number": number, "reason": reason}}
            if not context["trouble"]:
                raise
        else:
            return SeeOther(f"{reverse('reports-notes')}?program={program.slug}&said=erased")
    numbers, more = queries.numbers_with_notes(program.slug)
    context |= {"numbers": numbers, "more": more}
    return page(request, "notes", context, status=422 if context["trouble"] else 200)
