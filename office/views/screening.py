"""A program's own screening rules: drafted, tried on the last days, let act, ended."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.staff_doors import staff_only
from chat.models import OwnRule
from foundation.refusals import Refused
from office import queries
from office.actions import screening as actions
from office.doors import COORDINATOR, Desk, desk, done, page
from office.forms.paper import OfficeForm
from office.forms.screening import RuleForm
from office.sentences import RULE_CLASSES, RULE_DOES, RULE_STATES, sentence


@staff_only(COORDINATOR)
@require_safe
def all_rules(request: HttpRequest) -> HttpResponse:
    """Which stand, which are drafts, which ended."""
    at = desk(request)
    rows = [_said(row) for row in queries.rules(at.viewer, program=at.program.pk)]
    return page(request, at, "rules", {"rows": rows})


@staff_only(COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def new_rule(request: HttpRequest) -> HttpResponse:
    """A draft."""
    at = desk(request)
    form = RuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        try:
            row = actions.draft_rule(
                at.viewer, program=at.program.pk, kind=found["kind"], term=found["term"],
                exceptions=found["exceptions"], spares=found["does"] == "spares", now=at.now,
            )  # fmt: skip
            return done("manage-rule", row.pk, said="rule_drafted")
        except Refused as no:
            form.lay(no, sentence(no.code))
    status = 422 if request.method == "POST" else 200
    return page(request, at, "rule_new", {"form": form}, status=status)


@staff_only(COORDINATOR)
@require_safe
def one_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them, with what its last dry run found."""
    at = desk(request)
    return _page(request, at, pk)


@staff_only(COORDINATOR)
@require_POST
def try_out(request: HttpRequest, pk: int) -> HttpResponse:
    """ためす."""
    return _step(request, pk, actions.try_rule, said="rule_tried")


@staff_only(COORDINATOR)
@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """働かせる."""
    return _step(request, pk, actions.start_rule, said="rule_started")


@staff_only(COORDINATOR)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """終える."""
    return _step(request, pk, actions.end_rule, said="rule_ended")


def _step(request: HttpRequest, pk: int, deed: Callable[..., None], *, said: str) -> HttpResponse:
    at, form = desk(request), OfficeForm(request.POST)
    _there(at, pk)
    version = form.seen if form.is_valid() else 0
    try:
        deed(at.viewer, program=at.program.pk, rule=pk, version=version, now=at.now)
    except Refused as no:
        return _page(request, at, pk, trouble=sentence(no.code))
    return done("manage-rule", pk, said=said)


def _there(at: Desk, pk: int) -> OwnRule:
    row = queries.rule(at.viewer, program=at.program.pk, pk=pk)
    if row is None:
        raise Http404
    return row


def _page(request: HttpRequest, at: Desk, pk: int, *, trouble: str = "") -> HttpResponse:
    context = {**_said(_there(at, pk)), "trouble": trouble}
    return page(request, at, "rule", context, status=422 if trouble else 200)


def _said(row: OwnRule) -> dict[str, object]:
    return {
        "rule": row,
        "kind": RULE_CLASSES[row.kind],
        "does": RULE_DOES["spares"] if row.spares else "",
        "state": RULE_STATES[row.state],
    }
