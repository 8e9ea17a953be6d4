"""`request.viewer` and `request.user`: who is asking. Staff need a second factor first."""

from collections.abc import Callable
from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY as SESSION_STAFF
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from accounts import proofs, seats, staff_doors
from accounts.models import Staff
from accounts.queries import staff_of, viewer_of
from accounts.viewer import SESSION_PARTICIPANT
from foundation import clock
from foundation.refusals import Refused

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
# What works without a database, and what leads to a second factor.
BEFORE_SECOND_FACTOR = frozenset(
    {
        "now", "now-health", "healthz", "readyz", "invitation", "account_login", "account_logout",
        "account_inactive", "account_reauthenticate", "mfa_index", "mfa_authenticate",
        "mfa_activate_totp", "mfa_totp_picture", "mfa_add_webauthn", "mfa_login_webauthn",
        "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
    }
)  # fmt: skip


# Asked again and again by an open page; nobody did anything.
BY_ITSELF = frozenset({"desk-queue"})


def _by_itself(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.url_name in BY_ITSELF


class StaffMiddleware(AuthenticationMiddleware):
    """`request.user` for allauth and the inspection: staff in a session that still lasts."""

    def process_request(self, request: HttpRequest) -> None:
        """Set it, lazily."""
        request.user = SimpleLazyObject(partial(_user, request))  # type: ignore[assignment]
        request.auser = sync_to_async(partial(_user, request))


def _user(request: HttpRequest) -> Staff | AnonymousUser:
    found = staff_of(request.session, now=clock.now())
    if found is not None:
        return found
    if SESSION_STAFF in request.session:
        # It is over: nothing of it may count for whoever signs in next.
        request.session.flush()
    return AnonymousUser()


class ViewerMiddleware:
    """Sets `request.viewer`, lazily: /now/ works without a database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.viewer = SimpleLazyObject(lambda: viewer_of(request.session, now=clock.now()))  # type: ignore[attr-defined]
        response = self.get_response(request)
        # Only a session that a page has read already is looked at.
        if not request.session.accessed:
            return response
        if SESSION_PARTICIPANT in request.session:
            # Reading isn't an act.
            if request.method not in SAFE and response.status_code < 400:
                seats.acted(request.session, now=clock.now())
        elif _by_itself(request):
            # A page that asks again by itself keeps nobody signed in.
            pass
        elif SESSION_STAFF in request.session and request.viewer.staff is not None:  # type: ignore[attr-defined]
            proofs.acted(request.session, now=clock.now())
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Whoever signed in by a password alone is led to their second factor, from anywhere."""
        match = request.resolver_match
        if match is None or match.view_name in BEFORE_SECOND_FACTOR:
            return None
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        viewer = request.viewer  # type: ignore[attr-defined]
        if viewer.staff is None or viewer.verified:
            return None
        return staff_doors.turned_away(request, Refused("second_factor"))
