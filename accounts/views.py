"""The entrance: in, back, out."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions, forms, policies
from accounts.addresses import address_key
from accounts.doors import entries, viewer_of_request, with_wait
from accounts.messages import bad_request, forbidden, not_found, server_error, stale_form
from accounts.sentences import rules, sentence
from foundation import clock
from foundation.refusals import Refused
from foundation.replies import SeeOther
from programs.queries import texts_shown
from programs.states import TextKey

__all__ = [
    "bad_request", "come_back", "enter", "forbidden", "home", "leave", "not_found", "server_error",
    "stale_form",
]  # fmt: skip


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this place is."""
    return render(request, "accounts/home.html", {"erased": "erased" in request.GET})


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Become someone: a name and four rules, nothing else."""
    now = clock.now()
    if request.method != "POST":
        return _entrance(request, now=now, seated=policies.sits(viewer_of_request(request)))
    paper = forms.entry(request.POST)
    try:
        entries(address_key(request, now), now=now)
        actions.enter(
            viewer_of_request(request),
            session=request.session,
            handle=paper.handle,
            agreed=paper.agreed,
            now=now,
        )
    except Refused as no:
        return _entrance(request, now=now, no=no, handle=paper.handle, seated=no.code == "seated")
    return SeeOther(forms.own_path(request) or reverse("rooms"))


def _entrance(
    request: HttpRequest,
    *,
    now: datetime,
    no: Refused | None = None,
    handle: str = "",
    seated: bool = False,
) -> HttpResponse:
    if not handle.strip() and not seated:
        handle = actions.offer_handle(now=now)
    context: dict[str, object] = {
        "form_error": sentence(no.code) if no else None,
        "next": forms.own_path(request),
        "seated": seated,
        "written_rules": texts_shown(TextKey.RULES),
        "rules": rules(),
    }
    if not seated:  # a seated person's page shows their own name, as every page does
        context["handle"] = handle
    answer = render(request, "accounts/enter.html", context, status=422 if no else 200)
    return with_wait(answer, no)


@require_http_methods(["GET", "HEAD", "POST"])
def come_back(request: HttpRequest) -> HttpResponse:
    """Take one's seat again by 合言葉."""
    if request.method != "POST":
        return render(request, "accounts/return.html", {"form_error": None})
    now = clock.now()
    try:
        actions.come_back(
            viewer_of_request(request),
            session=request.session,
            typed=forms.field(request.POST, "passphrase"),
            address=address_key(request, now),
            now=now,
        )
    except Refused as no:
        # What was typed isn't given back: a 合言葉 in a page is one on a screen.
        context = {"form_error": sentence(no.code)}
        return with_wait(render(request, "accounts/return.html", context, status=422), no)
    return SeeOther(forms.own_path(request) or reverse("rooms"))


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Leave no trace in this browser."""
    actions.leave(viewer_of_request(request), session=request.session)
    return cleared(SeeOther(reverse("home")))


def cleared(answer: HttpResponse) -> HttpResponse:
    """The answer, asking the browser to forget drafts and pages of this house."""
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer
