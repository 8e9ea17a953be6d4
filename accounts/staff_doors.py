"""What the doors of staff share: who may pass, and how a "no" is answered.

A visitor is led to the sign-in, a member of staff without a second factor to that; whoever holds
no role any more is told so, alike at every door; everybody else is told what they would be told of
an address that isn't there.
"""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from accounts import forms, messages, policies, proofs
from accounts.doors import P, View, is_glance, viewer_of_request
from accounts.states import Role
from foundation import clock
from foundation.refusals import Refused
from foundation.replies import SeeOther

LOGIN = "/accounts/login/"
SECOND_FACTOR = "/accounts/2fa/"
PROVE_AGAIN = "/accounts/reauthenticate/"


def staff_only(*roles: Role) -> Callable[[View[P]], View[P]]:
    """For whoever holds one of the roles somewhere (any role, if none is named).

    Which program or room it is about, the view's query or action asks `policies.must_hold`: its
    `not_found` and `second_factor` are answered here too.
    """

    def door_of(view: View[P]) -> View[P]:
        @wraps(view)
        def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            try:
                policies.must_hold(viewer_of_request(request), *roles)
                answer = view(request, *args, **kwargs)
            except Refused as no:
                answer = turned_away(request, no)
            add_never_cache_headers(answer)
            return answer

        return door

    return door_of


def signed_in(view: View[P]) -> View[P]:
    """For members of staff, also before their second factor: what leads to it, and the way out."""

    @wraps(view)
    def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if viewer_of_request(request).staff is None:
            answer = turned_away(request, Refused("not_found"))
        else:
            answer = view(request, *args, **kwargs)
        add_never_cache_headers(answer)
        return answer

    return door


def not_seated(view: View[P]) -> View[P]:
    """Where someone becomes staff in this browser: nobody may sit in it as a participant.

    Their seat would be lost, and without a 合言葉 for ever.
    """

    @wraps(view)
    def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if viewer_of_request(request).entered:
            return messages.message(
                title="この画面には、参加者の席があります",
                text="スタッフとして入るには、ページの下の「席をはなれる」をおしてから、または別のブラウザで"
                "開いてください。合言葉のない席には、はなれるともどれません。",
                status=200 if request.method in ("GET", "HEAD") else 422,
                back="/rooms/",
            )
        answer = view(request, *args, **kwargs)
        add_never_cache_headers(answer)
        return answer

    return door


def turned_away(request: HttpRequest, no: Refused) -> HttpResponse:
    """The answer to `must_hold`'s refusals; any other one is the view's own to answer."""
    viewer = viewer_of_request(request)
    if no.code == "second_factor":
        return _to(SECOND_FACTOR, request)
    if no.code != "not_found":
        raise no
    if viewer.staff is None and not viewer.entered:
        if request.method == "POST" and (kept := forms.typed_fields(request)):
            # The sign-in ran out while somebody was writing: nothing of it may be lost.
            return messages.message(
                title="サインインの時間が終わっていました",
                text="まだ保存していません。書いたものを写しとってから、もう一度サインインしてください。",
                status=403,
                back=_address(LOGIN, request),
                way="サインインへ",
                kept=kept,
            )
        return _to(LOGIN, request)
    if viewer.verified and not viewer.grants:
        # To the house it stays an address that isn't there; this page only says why.
        return render(request, "accounts/role_over.html", status=404)
    return messages.not_found(request)


def noted_look(view: View[P]) -> View[P]:
    """For a page about one person, whose look is written down; stands under `staff_only`.

    A glance ahead gets nothing: what a browser lays ready would be read without a line in the log.
    """

    @wraps(view)
    def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return HttpResponse(status=204) if is_glance(request) else view(request, *args, **kwargs)

    return door


def recently_proven(view: View[P]) -> View[P]:
    """Asks for a proof again unless one was given within five minutes; stands under `staff_only`.

    For contact data, exports and permanent bars: a screen left open must not be enough.
    """

    @wraps(view)
    def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if proofs.recently(request.session, now=clock.now()):
            return view(request, *args, **kwargs)
        if request.method == "POST" and (kept := forms.typed_fields(request)):
            # The five minutes ran out while somebody was writing.
            return messages.message(
                title="もう一度、ご本人の確認をおねがいします",
                text="最後の確認から5分がすぎました。まだ保存していません。書いたものを写しとってから、"
                "確認にすすんでください。",
                status=403,
                back=_address(PROVE_AGAIN, request),
                way="確認にすすむ",
                kept=kept,
            )
        return _to(PROVE_AGAIN, request)

    return door


def _to(address: str, request: HttpRequest) -> HttpResponse:
    return SeeOther(_address(address, request))


def _address(address: str, request: HttpRequest) -> str:
    # What was sent can't be sent again by a link: after a POST one comes back to its page.
    back = request.get_full_path() if request.method in ("GET", "HEAD") else _page_of(request)
    return f"{address}?{urlencode({'next': back})}"


def _page_of(request: HttpRequest) -> str:
    """The page on which the form stood, if the browser says so: its address may only take."""
    came = urlsplit(request.headers.get("Referer", ""))
    own = came.netloc == request.get_host() and forms.is_own_path(came.path)
    return came.path if own else request.path
