"""How a program counts consultations, and from which day on."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from accounts.staff_doors import staff_only
from foundation.clock import jst_day
from foundation.refusals import Refused
from office import queries
from office.actions.counting import decide_counting
from office.doors import COORDINATOR, Both, both, desk, done, page
from office.forms.counting import COUNTED, CountingForm
from office.sentences import sentence
from programs.states import CountedAs


@staff_only(COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def counting(request: HttpRequest) -> HttpResponse:
    """The rules in their order, and a form for the next one."""
    at = desk(request)
    there = queries.counting(at.viewer, program=at.program.pk)
    last = there.periods[-1]
    form = CountingForm(
        request.POST or None, initial={"counted_as": last.counted_as, "version": there.number}
    )
    sides: list[Both] = []
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        try:
            decide_counting(
                at.viewer, program=at.program.pk, counted_as=CountedAs(found["counted_as"]),
                since=found["since"], after=form.seen, now=at.now,
            )  # fmt: skip
            return done("manage-counting", said="counting_decided")
        except Refused as no:
            form.add_error("since" if no.code in ("not_ahead", "too_far") else None,
                           sentence(no.code))  # fmt: skip
            there = queries.counting(at.viewer, program=at.program.pk)
            if no.code == "changed_meanwhile":
                last = there.periods[-1]
                sides = both(form, {"counted_as": last.counted_as, "since": last.since})
                form.renew(there.number)
    today = jst_day(at.now)
    rows = [
        {
            "since": one.since,
            "words": COUNTED[one.counted_as],
            "planned": one.since is not None and one.since > today,
        }
        for one in there.periods
    ]
    status = 422 if request.method == "POST" else 200
    return page(request, at, "counting", {"form": form, "both": sides, "rows": rows}, status=status)
