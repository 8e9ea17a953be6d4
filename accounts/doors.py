"""What the entrance's doors share: who asks, who may pass, how a "no" is answered."""

import math
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts import policies, queries, slowed
from accounts.viewer import Viewer
from foundation import clock
from foundation.limits import Buckets
from foundation.refusals import Refused
from foundation.replies import SeeOther

_entries = Buckets("entries")


def viewer_of_request(request: HttpRequest) -> Viewer:
    """Who is asking, as `ViewerMiddleware` found."""
    return cast(Viewer, request.viewer)  # type: ignore[attr-defined]


def entries(address: str, *, now: datetime) -> None:
    """Slow down whoever enters by the hundred, or where somebody barred came from today.

    Raises `Refused("too_fast")`.
    """
    if wait := _entries.take(address) or slowed.wait_before(address, now=now):
        raise Refused("too_fast", retry_after=wait)


def forget() -> None:
    """Forget this process's counts (tests)."""
    global _entries
    _entries = Buckets("entries")


def with_wait(answer: HttpResponse, no: Refused | None) -> HttpResponse:
    """The answer; where the refusal passes with time, it says after how many seconds."""
    if no is not None and no.retry_after is not None:
        answer["Retry-After"] = str(max(1, math.ceil(no.retry_after)))
    return answer


def is_glance(request: HttpRequest) -> bool:
    """Whether the browser only looks ahead, or asks for nothing that anybody reads."""
    purposes = (request.headers.get("Sec-Purpose", ""), request.headers.get("Purpose", ""))
    return request.method == "HEAD" or any("prefetch" in purpose for purpose in purposes)


P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def participants_only(view: View[P]) -> View[P]:
    """Visitors are led to the entrance, and from there back here."""

    @wraps(view)
    def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            policies.must_be_entered(viewer_of_request(request))
        except Refused:
            return _to("enter", request)
        return view(request, *args, **kwargs)

    return door


def private(view: View[P]) -> View[P]:
    """For participants, and with a 合言葉 only while they act: else it is asked for again."""

    @wraps(view)
    def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            policies.must_be_awake(
                request.session,
                has_passphrase=queries.has_passphrase(viewer_of_request(request)),
                now=clock.now(),
            )
        except Refused:
            return _to("me-unlock", request)
        return view(request, *args, **kwargs)

    return participants_only(door)


def _to(name: str, request: HttpRequest) -> HttpResponse:
    # After a POST there is nothing to come back to but the page that held the form.
    back = request.get_full_path() if request.method in ("GET", "HEAD") else _page_of(request)
    return SeeOther(f"{reverse(name)}?{urlencode({'next': back})}")


def _page_of(request: HttpRequest) -> str:
    return reverse("me") if request.path.startswith(reverse("me")) else reverse("rooms")
