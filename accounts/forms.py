"""Paper at the entrance: what was sent, read and bounded. No database."""

from dataclasses import dataclass

from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

MAX_FIELD = 400
MAX_KEPT = 4000  # of a text given back after a form went stale


@dataclass(frozen=True, slots=True)
class Entry:
    """POST /enter/."""

    handle: str
    agreed: bool


def entry(posted: QueryDict) -> Entry:
    """What someone would like to be called, and whether they agree."""
    return Entry(handle=field(posted, "handle"), agreed=posted.get("agree") == "on")


def field(posted: QueryDict, name: str) -> str:
    """One field, as typed; too much of it is cut off where no valid value could reach."""
    return posted.get(name, "")[:MAX_FIELD]


def own_path(request: HttpRequest) -> str:
    """Where `next` leads, if that is a path of this house; else empty."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    # Only a host's own path: `/…`, and never `//host`, `/\\host`, or a control in between.
    safe = (
        asked.startswith("/")
        and asked.isprintable()
        and "\\" not in asked
        and len(asked) <= MAX_FIELD
        and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    )
    return asked if safe else ""


def typed_text(request: HttpRequest) -> str:
    """Words that a person shouldn't lose when a form went stale. Never a 合言葉."""
    return request.POST.get("text", "")[:MAX_KEPT]


def may_be_opened(path: str) -> bool:
    """Whether the address of a form is also a page's; the others only take what is sent."""
    try:
        view = resolve(path).view_name
    except Resolver404:
        return False
    return view in {"enter", "return", "room", "me", "me-unlock"}
