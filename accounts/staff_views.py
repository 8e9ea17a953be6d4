"""A member of staff's own page, and the invitation that makes one."""

from django.contrib.auth import SESSION_KEY as SESSION_STAFF
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import adapters, forms, messages, places, queries, running_out
from accounts.actions import invitations, sessions
from accounts.doors import viewer_of_request
from accounts.models import Invitation, Staff
from accounts.sentences import role_name, sentence
from accounts.staff_doors import not_seated, recently_proven, signed_in, staff_only
from accounts.states import SOON, Role
from foundation import clock
from foundation.clock import jst_day
from foundation.refusals import Refused
from foundation.replies import SeeOther

# Whoever may not take a role into their account hasn't used the link up.
_LEAVES_IT_OPEN = {"not_oneself", "role_held", "name_alike_there"}
_OF_A_FIELD = {"username_taken": "username", "name_alike": "display_name"}


@staff_only()
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this person may open, their roles and when they end, their sign-ins."""
    viewer, now = viewer_of_request(request), clock.now()
    grants = [
        {
            "name": role_name(Role(one.role)),
            "program": one.program.name if one.program else "",
            "trained_on": one.trained_on,
            "expires_on": one.expires_on,
            "soon": one.expires_on is not None and one.expires_on - jst_day(now) <= SOON,
        }
        for one in queries.own_grants(viewer, now=now)
    ]
    there = [
        {"number": one.pk, "began_at": one.began_at, "this": one.session_key == viewer.session}
        for one in queries.own_sessions(viewer, now=now)
    ]
    context = {
        "ending": running_out.roles_of_others(viewer, now=now),
        "places": places.open_to(viewer),
        "grants": grants,
        "sessions": there,
    }
    return render(request, "accounts/staff_home.html", context)


@staff_only()
@require_POST
def end_session(request: HttpRequest, number: int) -> HttpResponse:
    """End a sign-in from elsewhere."""
    sessions.end(viewer_of_request(request), number=number, now=clock.now())
    return SeeOther(reverse("staff-home"))


@signed_in
@require_safe
def totp_picture(request: HttpRequest) -> HttpResponse:
    """The secret that waits to be confirmed, as a picture for a telephone."""
    secret = adapters.waiting_secret(request)
    if secret is None:
        return messages.not_found(request)
    adapter = adapters.SecondFactor()
    address = adapter.build_totp_url(request.user, secret)
    return HttpResponse(adapter.build_totp_svg(address), content_type="image/svg+xml")


@not_seated
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: a name to sign in with and a password; the second factor is next."""
    now = clock.now()
    try:
        found = queries.invitation(token, now=now)
    except Refused as no:
        return render(
            request, "accounts/invitation_over.html", {"text": sentence(no.code)}, status=404
        )
    if "join" in request.POST and _may_join(request, found):
        return _join(request, token, found)
    paper = forms.Acceptance(
        request.POST or None, initial={"display_name": found.display_name}, back=found.staff
    )
    if request.method != "POST" or not paper.is_valid():
        return _invitation(request, paper, found)
    try:
        staff = invitations.accept(token=token, now=now, **paper.wanted())
    except Refused as no:
        if no.code == "weak_password":
            for text in _weaknesses(paper.wanted()["password"], found.staff):
                paper.add_error("password", text)
        elif no.code in _OF_A_FIELD:
            paper.add_error(_OF_A_FIELD[no.code], sentence(no.code))
        else:
            return render(
                request, "accounts/invitation_over.html", {"text": sentence(no.code)}, status=404
            )
        return _invitation(request, paper, found)
    if viewer_of_request(request).staff is not None:
        adapters.sign_out(request)
    elif SESSION_STAFF in request.session:
        # One that is over: nothing of it may count for whoever signs in now.
        request.session.flush()
    return adapters.sign_in(request, staff)


def _may_join(request: HttpRequest, found: Invitation) -> bool:
    """Whether a role is offered, and somebody is signed in who could take it as they are."""
    viewer = viewer_of_request(request)
    return found.staff_id is None and viewer.staff is not None and viewer.verified


@recently_proven
def _join(request: HttpRequest, token: str, found: Invitation) -> HttpResponse:
    try:
        invitations.join(viewer_of_request(request), token=token, now=clock.now())
    except Refused as no:
        if no.code in _LEAVES_IT_OPEN:
            paper = forms.Acceptance(initial={"display_name": found.display_name}, back=None)
            return _invitation(request, paper, found, no=no)
        return render(
            request, "accounts/invitation_over.html", {"text": sentence(no.code)}, status=404
        )
    return SeeOther(reverse("staff-home"))


def _invitation(
    request: HttpRequest, paper: forms.Acceptance, found: Invitation, *, no: Refused | None = None
) -> HttpResponse:
    context = {
        "form": paper,
        "back": found.staff,
        "rules": password_validators_help_texts(),
        "form_error": sentence(no.code) if no else "",
    }
    if _may_join(request, found):
        context["offered"] = role_name(Role(found.role))
        context["where"] = found.program.name if found.program else ""
    status = 422 if paper.is_bound or no else 200
    return render(request, "accounts/invitation.html", context, status=status)


def _weaknesses(password: str, staff: Staff | None) -> list[str]:
    try:
        validate_password(password, staff)
    except ValidationError as weak:
        return list(weak.messages)
    return [sentence("weak_password")]
