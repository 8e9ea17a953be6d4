"""Danger to life: asked, answered, told, reviewed; one page each, and a list."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import viewer_of_request
from accounts.staff_doors import noted_look, recently_proven, staff_only
from accounts.states import Role
from counseling import emergencies as reads
from counseling import forms, queries, sentences
from counseling.actions import emergencies, looking, vault
from counseling.danger import GOING_ON, Finding, Ground, Recipient
from counseling.doors import Deed, Desk, act, choices, desk, desk_page, done
from counseling.states import Detail
from duty.colleagues import name_of
from foundation import clock
from foundation.refusals import Refused
from foundation.tidy import tidy

near_danger = staff_only(Role.COUNSELOR, Role.COORDINATOR)
MOST_WORDS = 500


@near_danger
@require_http_methods(["GET", "HEAD", "POST"])
@noted_look
def every(request: HttpRequest) -> HttpResponse:
    """What goes on, what waits for a review, and the form to begin."""
    if request.method != "POST":
        return _every(request)
    made: list[int] = []

    def deed(who: object, now: object) -> None:
        posted = request.POST
        begun = emergencies.begin(
            viewer_of_request(request),
            code=posted.get("code", ""),
            ground=forms.needed(Ground, posted.get("ground", ""), "no_ground"),
            recipient=forms.needed(Recipient, posted.get("recipient", ""), "no_recipient"),
            seen=_words(request, "seen", "no_ground"),
            now=clock.now(),
        )
        made.append(begun.pk)

    try:
        failed = act(request, deed, again=lambda *, no: _every(request, no=no))
    except Refused as no:
        if no.code != "not_found":
            raise
        return _every(request, no=Refused("no_case"))
    return failed or done("counseling-emergency", made[0])


def _every(request: HttpRequest, *, no: Refused | None = None) -> HttpResponse:
    at = desk(request, Role.COUNSELOR, Role.COORDINATOR)
    looking.at_list(at.viewer, what="emergencies", program=at.program.pk, now=at.now)
    sent = request.POST if no else request.GET
    context = {
        "rows": [
            {
                "row": one,
                "state": sentences.EMERGENCIES[one.state],  # type: ignore[index]
                "ground": sentences.GROUNDS[one.ground],  # type: ignore[index]
                "recipient": sentences.RECIPIENTS[one.recipient],  # type: ignore[index]
                "name": name_of(one.asked_by),
                "to_review": bool(one.alone_at and not one.reviewed_at),
                "waiting": reads.is_waiting(one),
            }
            for one in reads.listed(at.viewer, program=at.program.pk)
        ],
        "grounds": choices(sentences.GROUNDS, sent.getlist("ground")),
        "recipients": choices(sentences.RECIPIENTS, sent.getlist("recipient")),
        "asked_code": sent.get("code", "")[:20],
        "most": MOST_WORDS,
    }
    return desk_page(request, at, "emergencies", context, no=no)


@near_danger
@require_safe
@noted_look
def one(request: HttpRequest, number: int) -> HttpResponse:
    """Where it stands, and what can be done now."""
    return _one(request, number)


def _one(
    request: HttpRequest,
    number: int,
    *,
    no: Refused | None = None,
    details: list[vault.Opened] | None = None,
) -> HttpResponse:
    viewer, now = viewer_of_request(request), clock.now()
    known = looking.at_emergency(viewer, number=number, now=now)
    row, program = known.row, known.row.case.program
    mine = queries.programs_of(viewer, Role.COUNSELOR, Role.COORDINATOR)
    names = {
        "first": name_of(row.asked_by),
        "second_name": name_of(row.second),
        "reviewer": name_of(row.reviewed_by),
    }
    context = {
        "known": known,
        "row": row,
        **names,
        "state": sentences.EMERGENCIES[row.state],  # type: ignore[index]
        "ground": sentences.GROUNDS[row.ground],  # type: ignore[index]
        "recipient": sentences.RECIPIENTS[row.recipient],  # type: ignore[index]
        "waits": row.state in GOING_ON,
        "given": [str(label) for kind, label in sentences.DETAILS.items() if kind in row.kinds],
        "kinds": choices(sentences.DETAILS, request.POST.getlist("kind") if no else ()),
        "details": [
            {"kind": sentences.DETAILS[found.kind], "text": found.text}  # type: ignore[index]
            for found in details or ()
        ],
        "looked": details is not None,
        "findings": choices(sentences.FINDINGS, [row.finding]),
        "most": MOST_WORDS,
    }
    return desk_page(request, Desk(viewer, program, mine, now), "emergency", context, no=no)


def _of(request: HttpRequest, number: int, deed: Deed) -> HttpResponse:
    failed = act(request, deed, again=lambda *, no: _one(request, number, no=no))
    return failed or done("counseling-emergency", number)


def _answer(request: HttpRequest, number: int, deed: Deed) -> HttpResponse:
    try:
        return _of(request, number, deed)
    except Refused as no:
        if no.code != "not_found":
            raise
        # Another second was quicker, and it is no longer everyone's to see.
        return _every(request, no=Refused("moved_on"))


def _words(request: HttpRequest, name: str, code: str) -> str:
    found = tidy(request.POST.get(name, ""), most=MOST_WORDS, required=False)
    if not found:
        raise Refused(code)
    return found


@near_danger
@require_POST
def agree(request: HttpRequest, number: int) -> HttpResponse:
    """The second is of one mind."""
    return _answer(request, number, lambda who, now: emergencies.agree(who, number=number, now=now))


@near_danger
@require_POST
def decline(request: HttpRequest, number: int) -> HttpResponse:
    """The second says no."""
    return _answer(
        request, number, lambda who, now: emergencies.decline(who, number=number, now=now)
    )


@near_danger
@require_POST
def go_alone(request: HttpRequest, number: int) -> HttpResponse:
    """単独."""
    return _of(request, number, lambda who, now: emergencies.go_alone(who, number=number, now=now))


@near_danger
@require_POST
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """It isn't needed after all."""
    return _of(request, number, lambda who, now: emergencies.withdraw(who, number=number, now=now))


@near_danger
@require_http_methods(["GET", "HEAD", "POST"])
@recently_proven
@noted_look
def open_details(request: HttpRequest, number: int) -> HttpResponse:
    """What lies in the vault, in this one answer, after a fresh proof."""
    if request.method != "POST":  # the way back from the proof; nothing is opened by looking
        return _one(request, number)
    found: list[vault.Opened] = []

    def deed(who: object, now: object) -> None:
        viewer = viewer_of_request(request)
        found.extend(emergencies.open_details(viewer, number=number, now=clock.now()))

    failed = act(request, deed, again=lambda *, no: _one(request, number, no=no))
    return failed or _one(request, number, details=found)


@near_danger
@require_POST
def told(request: HttpRequest, number: int) -> HttpResponse:
    """What was given to whom."""
    return _of(
        request,
        number,
        lambda who, now: emergencies.told(
            who,
            number=number,
            taker=tidy(request.POST.get("taker", ""), most=100, required=False),
            kinds=forms.several(Detail, request.POST.getlist("kind")),
            words=_words(request, "told", "empty"),
            now=now,
        ),
    )


@near_danger
@require_POST
def release(request: HttpRequest, number: int) -> HttpResponse:
    """Whoever speaks in the case may know."""
    return _of(request, number, lambda who, now: emergencies.release(who, number=number, now=now))


@near_danger
@require_POST
def review(request: HttpRequest, number: int) -> HttpResponse:
    """A coordinator looks at what one did alone."""
    return _of(
        request,
        number,
        lambda who, now: emergencies.review(
            who,
            number=number,
            finding=forms.needed(Finding, request.POST.get("finding", ""), "no_finding"),
            words=_words(request, "review", "no_finding"),
            now=now,
        ),
    )
