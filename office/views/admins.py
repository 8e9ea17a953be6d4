"""Admins: who they are, one more, and what is done when one leaves or loses what they sign in by.

They are of no program: these pages are of none either, and for admins alone.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import viewer_of_request
from accounts.mail import send_invitation
from accounts.running_out import sheet_of
from accounts.staff_doors import noted_look, recently_proven, staff_only
from accounts.states import Role
from accounts.viewer import Viewer
from foundation import clock
from foundation.clock import jst_day
from foundation.refusals import Refused
from office import people as queries
from office import sentences
from office.actions import people as actions
from office.doors import done
from office.forms.people import AdminInvitationForm, AgainForm, ReasonForm
from office.people import Person
from office.queries import programs_of
from office.sentences import sentence
from office.views.people import sheet_of_codes

for_admins = staff_only(Role.ADMIN)


@for_admins
@require_safe
def all_admins(request: HttpRequest) -> HttpResponse:
    """Everybody, and the invitations that are on their way."""
    return _list(request)


def _list(request: HttpRequest, *, trouble: str = "") -> HttpResponse:
    viewer, now = viewer_of_request(request), clock.now()
    context = {
        "people": queries.admins(viewer, now=now),
        "invited": queries.invited_admins(viewer, now=now),
        "trouble": trouble,
    }
    return _page(request, "admins", context, status=422 if trouble else 200)


@for_admins
@recently_proven
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite one more: by mail, or by a link that is shown once."""
    now = clock.now()
    form = AdminInvitationForm(
        request.POST if request.method == "POST" else None, today=jst_day(now)
    )
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["display_name"]
        try:
            token = actions.invite_admin(viewer_of_request(request), display_name=name, now=now)
        except Refused as no:
            form.add_error("display_name" if no.code == "name_alike" else None, sentence(no.code))
        else:
            return _link(request, token, mail=form.cleaned_data["mail"])
    status = 422 if request.method == "POST" else 200
    return _page(request, "invite", {"form": form}, status=status)


def _link(request: HttpRequest, token: str, *, mail: str) -> HttpResponse:
    link = request.build_absolute_uri(reverse("invitation", args=[token]))
    sent = bool(mail) and send_invitation(to=mail, link=link)
    return _page(request, "invited", {"link": link, "sent": sent, "asked": bool(mail)})


@for_admins
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    try:
        actions.withdraw_invitation(viewer_of_request(request), invitation=pk, now=clock.now())
    except Refused:
        return _list(request, trouble=sentence("gone"))
    return done("manage-admins", said="withdrawn")


@for_admins
@noted_look
@require_safe
def one_admin(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them, and what may be done."""
    return _admin(request, _there(request, pk))


def _admin(request: HttpRequest, who: Person, *, status: int = 200, **context: Any) -> HttpResponse:
    viewer, now = viewer_of_request(request), clock.now()
    actions.look_at_admin(viewer, staff=who.id, now=now)
    shared = {
        "person": who,
        "myself": who.id == viewer.staff,
        "left": sheet_of(who.id)[1],
        "end": ReasonForm(prefix="end"),
        "close": ReasonForm(prefix="close"),
    }
    return _page(request, "admin", {**shared, **context}, status=status)


@for_admins
@require_POST
def end(request: HttpRequest, pk: int, grant: int) -> HttpResponse:
    """End their role of an admin; the last one's stays."""
    who = _there(request, pk)
    if grant not in {one.grant for one in who.held}:
        raise Http404
    form = ReasonForm(request.POST, prefix="end")
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            actions.end_role(
                viewer_of_request(request), grant=grant, reason=reason, now=clock.now()
            )
            return done("manage-admins", said="ended")
        except Refused as no:
            if no.code == "role_changed":
                return _list(request, trouble=sentence("role_over_already"))
            form.add_error(None, sentence(no.code))
    return _admin(request, who, status=422, end=form)


@for_admins
@recently_proven
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """A printed sheet of codes for who has no telephone: asked for, then shown once."""
    return sheet_of_codes(
        request, viewer_of_request(request), _other(request, pk), now=clock.now(),
        ask=lambda context, status: _page(request, "sheet_ask", context, status=status),
    )  # fmt: skip


@for_admins
@recently_proven
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link for who lost their password, or whose telephone is gone."""
    who, posted = _other(request, pk), request.method == "POST"
    form = AgainForm(request.POST if posted else None)
    if posted and form.is_valid():
        token = actions.invite_again(
            viewer_of_request(request), staff=pk, drops_factors=form.cleaned_data["drops_factors"],
            reason=form.cleaned_data["reason"], now=clock.now(),
        )  # fmt: skip
        return _link(request, token, mail=form.cleaned_data["mail"])
    context = {"form": form, "person": who}
    return _page(request, "again", context, status=422 if posted else 200)


@for_admins
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close their account: every role, sign-ins and sockets end."""
    who = _other(request, pk)
    form = ReasonForm(request.POST, prefix="close")
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            actions.close_account(
                viewer_of_request(request), staff=pk, reason=reason, now=clock.now()
            )
            return done("manage-admins", said="closed")
        except Refused as no:
            form.add_error(None, sentence(no.code))
    return _admin(request, who, status=422, close=form)


def _there(request: HttpRequest, pk: int) -> Person:
    who = queries.admin(viewer_of_request(request), staff=pk, now=clock.now())
    if who is None:
        raise Http404
    return who


def _other(request: HttpRequest, pk: int) -> Person:
    """Nobody lets themselves in."""
    who = _there(request, pk)
    if not queries.may_keep(viewer_of_request(request), staff=pk, now=clock.now()):
        raise Http404
    return who


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    viewer: Viewer = viewer_of_request(request)
    shared = {
        "of_admins": True,
        "admin": True,
        "programs": programs_of(viewer),
        "said": sentences.said(request.GET.get("said", "")),
        "here": request.resolver_match.url_name if request.resolver_match else "",
    }
    return render(request, f"office/{template}.html", {**shared, **context}, status=status)
