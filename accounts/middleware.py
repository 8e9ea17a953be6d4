"""`request.viewer`: who is asking."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from accounts import seats
from accounts.queries import viewer_of
from accounts.viewer import SESSION_PARTICIPANT
from foundation import clock

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class ViewerMiddleware:
    """Sets `request.viewer`, lazily: /now/ works without a database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.viewer = SimpleLazyObject(lambda: viewer_of(request.session, now=clock.now()))  # type: ignore[attr-defined]
        response = self.get_response(request)
        # Only a session that a page has read already is looked at; reading isn't an act.
        acted = request.method not in SAFE and response.status_code < 400
        if acted and request.session.accessed and SESSION_PARTICIPANT in request.session:
            seats.acted(request.session, now=clock.now())
        return response
