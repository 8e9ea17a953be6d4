"""What was done to me, why, until when; and 「ちがうと思います」. For the barred too."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import messages
from accounts.doors import participants_only, viewer_of_request
from foundation import clock
from foundation.refusals import Refused
from foundation.replies import SeeOther
from moderation import forms, own_standing, sentences
from moderation.actions.appeals import appeal


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
