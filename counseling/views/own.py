"""The person's own pages: asking, following, talking, what lies in the vault. No script needed."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions as entrance
from accounts.doors import private, viewer_of_request
from accounts.messages import not_found
from accounts.queries import has_passphrase
from accounts.viewer import Viewer
from chat import forms as room_forms
from counseling import (
    asked_once,
    bridges,
    emergencies,
    forms,
    hours,
    onward,
    queries,
    sent_details,
    sentences,
)
from counseling.actions import asking, talk, vault
from counseling.doors import Deed, act, choices, done, knows, page
from counseling.models import Case, Emergency
from counseling.states import CaseState, Detail
from counseling.views.sent_details import shown as told_of_sent
from counseling.words import looks_like
from foundation import clock
from foundation.refusals import Refused


@require_http_methods(["GET", "HEAD", "POST"])
@private
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for counseling."""
    if request.method != "POST":
        return _ask(request)
    try:
        asked = forms.asked(request.POST)
        program = _program(request)
        made = asking.ask(viewer_of_request(request), program=program, asked=asked, now=clock.now())
    except Refused as no:
        if not knows(no.code):
            raise
        return _ask(request, no=no)
    return done("counseling-own", made.code)


def _program(request: HttpRequest) -> int:
    there = queries.programs()
    asked = request.POST.get("program", "")
    found = next((one for one in there if one.slug == asked), None)
    if found is None and len(there) == 1:
        found = there[0]
    if found is None:
        raise Refused("no_program")
    return found.pk


def _ask(request: HttpRequest, *, no: Refused | None = None, passphrase: str = "") -> HttpResponse:
    sent = request.POST
    there = queries.programs()
    now = clock.now()
    waits = [queries.usual_wait(one.pk, now=now) for one in there]
    doors = hours.doors([one.pk for one in there], now=now)
    context = {
        "has_way_back": bool(passphrase) or has_passphrase(viewer_of_request(request)),
        "new_passphrase": passphrase,
        "programs": there,
        "waits": list(zip(there, waits, strict=True)),
        "doors": [(one, doors[one.pk]) for one in there if one.pk in doors],
        "relations": choices(sentences.RELATIONS, sent.getlist("relation")),
        "answered": asked_once.answered(
            viewer_of_request(request), programs=[one.pk for one in there]
        ),
        "speaks_of_others": queries.speaks_of_others(viewer_of_request(request)),
        "wishes": choices(sentences.WISHES, sent.getlist("wish")),
        "times": choices(sentences.TIMES, sent.getlist("time")),
        "eases": choices(sentences.EASES, sent.getlist("ease")),
        "cohorts": choices(sentences.COHORTS, sent.getlist("cohort")),
        "most": forms.MAX_WORDS,
    }
    return page(request, "ask", context, no=no)


@require_POST
@private
def passphrase(request: HttpRequest) -> HttpResponse:
    """A 合言葉 before asking: the answer may come days later."""
    viewer = viewer_of_request(request)
    if has_passphrase(viewer):
        return done("counseling-ask")
    made = entrance.make_passphrase(viewer, session=request.session, now=clock.now())
    return _ask(request, passphrase=made)


@require_safe
@private
def mine(request: HttpRequest) -> HttpResponse:
    """What one asked, and how it stands."""
    found = queries.own_cases(viewer_of_request(request))
    return page(request, "mine", {"cases": [_told(one) for one in found]})


@require_safe
@private
def own(request: HttpRequest, code: str) -> HttpResponse:
    """One of them: how it stands, the talk, the vault, who opened it."""
    return _own(request, code)


def _own(request: HttpRequest, code: str, *, no: Refused | None = None) -> HttpResponse:
    viewer = viewer_of_request(request)
    try:
        case = queries.own_case(viewer, code=code)
    except Refused:
        return not_found(request)
    typed = _typed(request, no)
    context = {
        **_told(case),
        "wire": queries.wire_of(case, viewer=viewer),  # before the words
        "talk": queries.talk_of(case, viewer=viewer),
        "told": request.method == "GET" and request.GET.get("told") == "on",
        "telling": no is not None and _asked(request) == "counseling-report",
        "leads_on": case.state != CaseState.WAITING or onward.leads_on(case),
        "bridged": bridges.has_own(case),
        # What was refused goes back into the field it came from.
        "typed": typed,
        "openings": list(emergencies.openings_of(case)[:50]),
        "emergencies": [_emergency(one) for one in emergencies.told_of(case)],
        "kinds": choices(sentences.DETAILS, [_kind(request, typed)]),
        "sent_details": told_of_sent(sent_details.of_case(case)),
        "wait": queries.usual_wait(case.program_id, now=clock.now()),
        "most": talk.MOST_WORDS,
    }
    return page(request, "own", context, no=no)


def _typed(request: HttpRequest, no: Refused | None) -> dict[str, str]:
    text = request.POST.get("text", "")
    if no is None or not text:
        return {}
    deposited = _asked(request) == "counseling-deposit"
    if no.code == "contact" or request.POST.get("from_talk") == "on":
        return {"lock": text}
    return {"detail": text} if deposited else {"say": text}


def _kind(request: HttpRequest, typed: dict[str, str]) -> str:
    """As they chose it; before that, what their words were taken for."""
    chosen = forms.one_of(Detail, request.POST.get("kind", ""))
    if chosen is None and "lock" in typed:
        chosen = looks_like(typed["lock"])
    return chosen.value if chosen is not None else ""


def _asked(request: HttpRequest) -> str:
    return (request.resolver_match.url_name if request.resolver_match else "") or ""


def _emergency(row: Emergency) -> dict[str, object]:
    return {
        "row": row,
        "ground": sentences.GROUNDS[row.ground],  # type: ignore[index]
        "recipient": sentences.RECIPIENTS[row.recipient],  # type: ignore[index]
        "given": [str(label) for kind, label in sentences.DETAILS.items() if kind in row.kinds],
    }


def _told(case: Case) -> dict[str, object]:
    asking_now = queries.standing_asking(case)
    wishes = asking_now.wishes if asking_now else []
    return {
        "case": case,
        "state": sentences.STATES[case.state],  # type: ignore[index]
        "relation": sentences.RELATIONS[case.relation],  # type: ignore[index]
        "asking": asking_now,
        "wishes": [str(label) for one, label in sentences.WISHES.items() if one.value in wishes],
    }


def _of(request: HttpRequest, code: str, deed: Deed, **asked: str) -> HttpResponse:
    def again(*, no: Refused) -> HttpResponse:
        return _own(request, code, no=no)

    try:
        return act(request, deed, again=again) or done("counseling-own", code, **asked)
    except Refused as no:
        if no.code != "not_found":
            raise
        return not_found(request)


@require_POST
@private
def say(request: HttpRequest, code: str) -> HttpResponse:
    """Write in the talk."""
    text, nonce = request.POST.get("text", ""), forms.nonce(request.POST)
    return _of(
        request, code, lambda who, now: talk.say(who, code=code, text=text, nonce=nonce, now=now)
    )


@require_POST
@private
def report(request: HttpRequest, code: str) -> HttpResponse:
    """What a counselor wrote, told to those above them."""

    def deed(who: Viewer, now: datetime) -> None:
        talk.report(who, code=code, told=room_forms.report(request.POST), now=now)

    return _of(request, code, deed, told="on")


@require_POST
@private
def deposit(request: HttpRequest, code: str) -> HttpResponse:
    """鍵をかけて預ける: from its own form, or (`from_talk`) what the talk didn't take."""
    posted = request.POST
    put: Callable[..., None] = talk.lock_away
    if posted.get("from_talk") != "on":
        put = partial(vault.deposit, instead=posted.get("instead") == "on")
    return _of(
        request,
        code,
        lambda who, now: put(
            who,
            code=code,
            kind=forms.detail(posted),
            text=forms.text(posted, "text", most=talk.MOST_WORDS),
            nonce=forms.nonce(posted),
            now=now,
        ),
    )


@require_POST
@private
def take_back(request: HttpRequest, code: str) -> HttpResponse:
    """Everything out of the vault, or all of one kind; an unknown one is no wish for everything."""
    asked = request.POST.get("kind", "")
    return _of(
        request,
        code,
        lambda who, now: vault.take_back(
            who, code=code, kind=forms.needed(Detail, asked, "no_kind") if asked else None, now=now
        ),
    )


@require_POST
@private
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """やめておく."""
    return _of(request, code, lambda who, now: asking.withdraw(who, code=code, now=now))


@require_http_methods(["GET", "HEAD", "POST"])
@private
def invitation(request: HttpRequest, number: int) -> HttpResponse:
    """いまはいい."""
    viewer = viewer_of_request(request)
    try:
        queries.own_invitation(viewer, invitation=number)
        if request.method == "POST":
            asking.decline(viewer, invitation=number, now=clock.now())
    except Refused:
        return not_found(request)
    return page(request, "invitation", {"declined": request.method == "POST", "number": number})
