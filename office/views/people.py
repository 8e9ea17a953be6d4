"""People: who keeps the house, their roles, invitations, and coming back after a loss."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.mail import send_invitation
from accounts.models import Staff
from accounts.running_out import sheet_of
from accounts.sentences import role_name
from accounts.staff_doors import noted_look, recently_proven, staff_only
from accounts.states import Role
from accounts.viewer import Viewer
from foundation.clock import jst_day
from foundation.refusals import Refused
from office import people as queries
from office.actions import people as actions
from office.doors import Desk, both, desk, done, page
from office.forms.people import AgainForm, InvitationForm, ReasonForm, RenewalForm, RoleForm
from office.people import Held, Person
from office.sentences import sentence

_OF_A_FIELD = {"no_room_named": "rooms", "name_alike": "display_name"}

for_people = staff_only(Role.COORDINATOR, Role.ADMIN)


@for_people
@require_safe
def all_people(request: HttpRequest) -> HttpResponse:
    """Everybody, and the invitations that are on their way."""
    at = desk(request, people=True)
    return _list(request, at)


def _list(request: HttpRequest, at: Desk, *, trouble: str = "") -> HttpResponse:
    invited = [
        {
            "one": one,
            "what": role_name(Role(one.role)) if one.role else _("もどるためのリンク"),
            "name": (one.staff.display_name or one.staff.username)
            if one.staff
            else one.display_name,
        }
        for one in queries.open_invitations(at.viewer, program=at.program.pk, now=at.now)
    ]
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    found = queries.people(at.viewer, program=at.program.pk, page=number, now=at.now)
    context = {
        "found": found,
        "people": found.shown,
        "invited": invited,
        "more_invited": len(invited) == queries.MOST,
        "trouble": trouble,
    }
    return page(request, at, "people", context, status=422 if trouble else 200)


@for_people
@recently_proven
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody: by mail, or by a link that is shown once."""
    at = desk(request, people=True)
    form = InvitationForm(request.POST or None, **_choices(at))
    if request.method == "POST" and form.is_valid():
        try:
            token = actions.invite(
                at.viewer, program=at.program.pk, now=at.now,
                display_name=form.cleaned_data["display_name"], **form.terms(),
            )  # fmt: skip
        except Refused as no:
            form.add_error(_OF_A_FIELD.get(no.code), sentence(no.code))
        else:
            return _link(request, at, token, mail=form.cleaned_data["mail"])
    status = 422 if request.method == "POST" else 200
    return page(request, at, "invite", {"form": form}, status=status)


def _link(request: HttpRequest, at: Desk, token: str, *, mail: str) -> HttpResponse:
    link = request.build_absolute_uri(reverse("invitation", args=[token]))
    sent = bool(mail) and send_invitation(to=mail, link=link)
    return page(request, at, "invited", {"link": link, "sent": sent, "asked": bool(mail)})


@for_people
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    at = desk(request, people=True)
    try:
        actions.withdraw_invitation(at.viewer, invitation=pk, now=at.now)
    except Refused:
        return _list(request, at, trouble=sentence("gone"))
    return done("manage-people", said="withdrawn")


@for_people
@noted_look
@require_safe
def one_person(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them: roles, and what may be done."""
    at = desk(request, people=True)
    return _person(request, at, _there(at, pk))


def _person(
    request: HttpRequest, at: Desk, who: Person, *, status: int = 200, **context: Any
) -> HttpResponse:
    actions.look_at(at.viewer, program=at.program.pk, staff=who.id, now=at.now)
    shared = {
        "person": who,
        "myself": who.id == at.viewer.staff,
        "keeps": queries.may_keep(at.viewer, staff=who.id, now=at.now),
        "left": sheet_of(who.id)[1],
        "roles": [(one, _renewal(at, one)) for one in who.held],
        "give": RoleForm(prefix="give", held=_roles(who), **_choices(at)),
        "end": ReasonForm(prefix="end"),
        "close": ReasonForm(prefix="close"),
    }
    return page(request, at, "person", {**shared, **context}, status=status)


@for_people
@recently_proven
@require_POST
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """Give them a role."""
    at = desk(request, people=True)
    who = _there(at, pk)
    form = RoleForm(request.POST, prefix="give", held=_roles(who), **_choices(at))
    if form.is_valid():
        try:
            actions.give_role(
                at.viewer, program=at.program.pk, staff=pk,
                reason=form.cleaned_data["reason"], now=at.now, **form.terms(),
            )  # fmt: skip
            return done("manage-person", pk, said="granted")
        except Refused as no:
            if no.code == "role_changed":
                return _changed(request, at, pk, form.terms()["role"], sent="give")
            form.add_error("rooms" if no.code == "no_room_named" else None, sentence(no.code))
    return _person(request, at, who, status=422, give=form)


@for_people
@recently_proven
@require_POST
def renew(request: HttpRequest, pk: int, grant: int) -> HttpResponse:
    """Give them a role anew that they hold: until when, for which rooms."""
    at = desk(request, people=True)
    who, role = _there(at, pk), _role(at, pk, grant)
    one = next((held for held in who.held if held.grant == grant), None)
    if one is None:
        return _changed(request, at, pk, role, sent=f"renew-{grant}")
    form = _renewal(at, one, request.POST)
    if form.is_valid():
        try:
            actions.give_role(
                at.viewer, program=at.program.pk, staff=pk, renewing=grant,
                reason=form.cleaned_data["reason"], now=at.now, **form.terms(),
            )  # fmt: skip
            return done("manage-person", pk, said="renewed")
        except Refused as no:
            if no.code == "role_changed":
                return _changed(request, at, pk, role, sent=f"renew-{grant}")
            form.add_error(None, sentence(no.code))
    roles = [(held, form if held is one else _renewal(at, held)) for held in who.held]
    return _person(request, at, who, status=422, roles=roles, renewing=grant)


def _changed(request: HttpRequest, at: Desk, pk: int, role: Role, *, sent: str) -> HttpResponse:
    """What was typed of a role that a colleague gave, renewed or ended meanwhile: in the form that
    it takes now, beside what holds. `sent` is the prefix of the form that was sent.
    """
    who = _there(at, pk)
    one = next((held for held in who.held if held.role is role), None)
    if one is None:
        data = _moved(request.POST, sent, "give")
        data["give-role"] = role.value
        give = RoleForm(data, prefix="give", held=_roles(who), **_choices(at))
        give.add_error(None, sentence("role_over"))
        return _person(request, at, who, status=422, give=give)
    form = _renewal(at, one, _moved(request.POST, sent, f"renew-{one.grant}"))
    form.add_error(None, sentence("role_changed"))
    roles = [(held, form if held is one else _renewal(at, held)) for held in who.held]
    sides = both(form, _kept_terms(one))
    return _person(request, at, who, status=422, roles=roles, renewing=one.grant, both=sides)


def _moved(data: QueryDict, sent: str, to: str) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, values in data.lists():
        own = name.startswith(f"{sent}-")
        found.setlist(f"{to}{name.removeprefix(sent)}" if own else name, values)
    return found


@for_people
@require_POST
def end(request: HttpRequest, pk: int, grant: int) -> HttpResponse:
    """End one of their roles."""
    at = desk(request, people=True)
    who, role = _there(at, pk), _role(at, pk, grant)
    form = ReasonForm(request.POST, prefix="end")
    code = "" if grant in {one.grant for one in who.held} else "role_changed"
    if form.is_valid() and not code:
        try:
            reason = form.cleaned_data["reason"]
            actions.end_role(at.viewer, grant=grant, reason=reason, now=at.now)
            return done("manage-people", said="ended")
        except Refused as no:
            code = no.code
    if code == "role_changed":
        who = _there(at, pk)
        now_held = next((one.grant for one in who.held if one.role is role), None)
        if now_held is None:
            return _person(request, at, who, status=422, trouble=sentence("role_over_already"))
        grant = now_held
    if code:
        form.add_error(None, sentence(code))
    return _person(request, at, who, status=422, end=form, ending=grant)


@for_people
@recently_proven
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """A printed sheet of codes for who has no telephone: asked for, then shown once."""
    at = desk(request, people=True)
    return sheet_of_codes(
        request, at.viewer, _kept(at, pk), now=at.now,
        ask=lambda context, status: page(request, at, "sheet_ask", context, status=status),
    )  # fmt: skip


def sheet_of_codes(
    request: HttpRequest,
    viewer: Viewer,
    who: Person,
    *,
    now: datetime,
    ask: Callable[[dict[str, Any], int], HttpResponse],
) -> HttpResponse:
    """The page that asks for a reason (`ask`: its context, its status); then the codes, once."""
    there, left = sheet_of(who.id)
    posted = request.method == "POST"
    form = ReasonForm(request.POST if posted else None, initial={"version": there})
    if posted and form.is_valid():
        try:
            codes = actions.issue_sheet(
                viewer, staff=who.id, after=form.seen, reason=form.cleaned_data["reason"], now=now
            )
        except Refused as no:
            if no.code != "sheet_there":
                raise
            form.add_error(None, sentence(no.code))
            form.renew(there)
        else:
            context = {"person": Staff.objects.get(pk=who.id), "codes": codes, "issued_at": now}
            return render(request, "accounts/sheet.html", context)
    return ask({"person": who, "form": form, "left": left}, 422 if posted else 200)


@for_people
@recently_proven
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link for who lost their password, or their telephone too."""
    at = desk(request, people=True)
    who = _kept(at, pk)
    form = AgainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token = actions.invite_again(
            at.viewer, staff=pk, drops_factors=form.cleaned_data["drops_factors"],
            reason=form.cleaned_data["reason"], now=at.now,
        )  # fmt: skip
        return _link(request, at, token, mail=form.cleaned_data["mail"])
    status = 422 if request.method == "POST" else 200
    return page(request, at, "again", {"form": form, "person": who}, status=status)


@for_people
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close their account: roles, sign-ins and sockets end."""
    at = desk(request, people=True)
    who = _kept(at, pk)
    form = ReasonForm(request.POST, prefix="close")
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            actions.close_account(at.viewer, staff=pk, reason=reason, now=at.now)
            return done("manage-people", said="closed")
        except Refused as no:
            form.add_error(None, sentence(no.code))
    return _person(request, at, who, status=422, close=form)


def _there(at: Desk, pk: int) -> Person:
    who = queries.person(at.viewer, program=at.program.pk, staff=pk, now=at.now)
    if who is None:
        raise Http404
    return who


def _kept(at: Desk, pk: int) -> Person:
    """Someone whom the viewer may let in again; nobody lets themselves in."""
    who = _there(at, pk)
    if not queries.may_keep(at.viewer, staff=pk, now=at.now):
        raise Http404
    return who


def _role(at: Desk, pk: int, grant: int) -> Role:
    """Which role of theirs a grant is or was."""
    role = queries.role_of(at.viewer, program=at.program.pk, staff=pk, grant=grant)
    if role is None:
        raise Http404
    return role


def _kept_terms(one: Held) -> dict[str, object]:
    return {
        "rooms": [str(number) for number in one.numbers],
        "trained_on": one.trained_on,
        "expires_on": one.expires_on,
    }


def _renewal(at: Desk, one: Held, data: QueryDict | None = None) -> RenewalForm:
    return RenewalForm(
        data, initial=_kept_terms(one), held=one.role, numbers=one.numbers,
        prefix=f"renew-{one.grant}", **_choices(at),
    )  # fmt: skip


def _roles(who: Person) -> set[Role]:
    return {one.role for one in who.held}


def _choices(at: Desk) -> dict[str, Any]:
    return {"rooms": queries.room_choices(at.program.pk), "today": jst_day(at.now)}
