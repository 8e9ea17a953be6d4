"""What was done to me, why, until when; and 「ちがうと思います」. For the barred too."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import messages
from accounts.doors import participants_only, private, viewer_of_request
from foundation import clock
from foundation.refusals import Refused
from foundation.replies import SeeOther
from moderation import forms, own_standing, sentences
from moderation.actions.appeals import appeal
from moderation.actions.tell import tell


@participants_only
@require_safe
def standing(request: HttpRequest) -> HttpResponse:
    """Everything that was done to them, the newest first."""
    found = own_standing.own(viewer_of_request(request), now=clock.now())
    return render(request, "moderation/standing.html", {"told": found})


@participants_only
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One of them; with a form to object."""
    viewer, now = viewer_of_request(request), clock.now()
    words = forms.text(request.POST, "words")
    no = None
    if request.method == "POST":
        try:
            appeal(viewer, act=number, text=words, now=now)
            return SeeOther(f"/standing/{number}/")
        except Refused as refusal:
            if not sentences.knows(refusal.code):
                return messages.not_found(request)
            no = refusal
    try:
        found = own_standing.one(viewer, act=number, now=now)
    except Refused:
        return messages.not_found(request)
    context = {
        "told": found,
        "words": words,
        "form_error": sentences.sentence(no.code) if no else None,
    }
    return render(request, "moderation/standing_one.html", context, status=422 if no else 200)


@participants_only
@require_http_methods(["GET", "HEAD", "POST"])
def tell_of(request: HttpRequest, number: int, *, answer: bool = False) -> HttpResponse:
    """「このことばが、つらかったとき」: those above whoever said it are told (`reason`, `note`).

    With `answer`: of what was answered to an objection.
    """
    if request.method != "POST":
        return _words(request, number, answer=answer)
    viewer, note = viewer_of_request(request), forms.text(request.POST, "note")
    reason = forms.why_told(request.POST)
    try:
        tell(viewer, act=number, reason=reason, note=note, now=clock.now(), answer=answer)
    except Refused as no:
        if not sentences.knows(no.code):
            return messages.not_found(request)
        # What was typed is never asked for a 合言葉 first: it may be need.
        return _tell_page(request, number, no=no, note=note, answer=answer)
    return SeeOther(request.path)


@private
def _words(request: HttpRequest, number: int, *, answer: bool) -> HttpResponse:
    """As a letter is read: after 15 minutes without an act the 合言葉 is asked for."""
    return _tell_page(request, number, answer=answer)


def _tell_page(
    request: HttpRequest, number: int, *, no: Refused | None = None, note: str = "", answer: bool
) -> HttpResponse:
    try:
        said = own_standing.may_tell_of(viewer_of_request(request), act=number, answer=answer)
    except Refused:
        return messages.not_found(request)
    context = {
        "said": said.text,
        "at": said.at,
        "done": said.told,
        "read": own_standing.is_read(said, now=clock.now()),
        "note": note,
        "form_error": sentences.sentence(no.code) if no else None,
    }
    return render(request, "moderation/tell.html", context, status=422 if no else 200)
