"""What the doors of counseling share: who sits at which desk, and how a page answers."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts import letters
from accounts.doors import viewer_of_request, with_wait
from accounts.states import Role
from accounts.viewer import Viewer
from chat import sentences as rooms
from chat.protocol import Refusal
from counseling import queries, sentences
from foundation import clock
from foundation.refusals import Refused
from foundation.replies import SeeOther
from helplines.lines import shown
from programs.models import Program

# The card of where one can talk stands on the pages themselves, until it is opened as a letter.
SHOWN_FOR = timedelta(days=1)
MOST_LINES = 3

Deed = Callable[[Viewer, datetime], object]


@dataclass(frozen=True, slots=True)
class Desk:
    """Who sits at which program's desk, and when."""

    viewer: Viewer
    program: Program
    programs: list[Program]
    now: datetime


def desk(request: HttpRequest, *roles: Role) -> Desk:
    """The desk of a program by the slug that was asked for; else of the first.

    Raises `Refused("not_found")` where the viewer holds none of the roles (a counselor's, if none
    is named).
    """
    viewer = viewer_of_request(request)
    mine = queries.programs_of(viewer, *(roles or (Role.COUNSELOR,)))
    asked = request.POST.get("program") or request.GET.get("program")
    for one in mine:
        if not asked or one.slug == asked:
            return Desk(viewer, one, mine, clock.now())
    raise Refused("not_found")


def desk_page(
    request: HttpRequest,
    at: Desk,
    template: str,
    context: Mapping[str, Any],
    *,
    no: Refused | None = None,
) -> HttpResponse:
    """A page at the desk; with a refusal it says so, and nothing that was typed is lost."""
    shared = {
        "program": at.program,
        "programs": at.programs,
        "coordinates": at.viewer.holds(Role.COORDINATOR, program=at.program.pk),
        "counsels": at.viewer.holds(Role.COUNSELOR, program=at.program.pk),
        "here": request.resolver_match.url_name if request.resolver_match else "",
    }
    return page(request, template, {**shared, **context}, no=no)


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    no: Refused | None = None,
) -> HttpResponse:
    """A page; `sent` is what was typed, given back."""
    who, now = viewer_of_request(request).participant, clock.now()
    shared = {
        # Asked for by the pages that show them alone.
        "care": lambda: letters.care_waiting(who, since=now - SHOWN_FOR) if who else None,
        "care_lines": lambda: [one for one in shown(now) if one.open_now][:MOST_LINES],
        "form_error": sentence(no.code) if no else None,
        "code": no.code if no else "",
        "sent": request.POST if no else {},
        "nonce": request.POST.get("nonce", "")[:36] if no else str(uuid4()),
    }
    status = 422 if no else 200
    answer = render(request, f"counseling/{template}.html", {**shared, **context}, status=status)
    return with_wait(answer, no)


def sentence(code: str) -> str:
    """What a refusal says: counseling's own words, else the room's."""
    return sentences.sentence(code) if sentences.knows(code) else rooms.sentence(Refusal(code))


def knows(code: str) -> bool:
    """Whether a refusal is a page's to say; the others are the door's."""
    return sentences.knows(code) or code in set(Refusal)


def act(request: HttpRequest, deed: Deed, *, again: Callable[..., Any]) -> HttpResponse | None:
    """Do it. None when it is done; else the page that says why not (`again(no=…)`)."""
    try:
        deed(viewer_of_request(request), clock.now())
    except Refused as no:
        if not knows(no.code):
            raise
        answer: HttpResponse = again(no=no)
        return answer
    return None


def done(name: str, *args: object, **asked: str) -> HttpResponse:
    """On to another page."""
    query = f"?{urlencode(asked)}" if asked else ""
    return SeeOther(f"{reverse(name, args=args)}{query}")


def choices(
    labels: Mapping[Any, Any], chosen: Iterable[str] = ()
) -> list[tuple[StrEnum, str, bool]]:
    """What can be chosen, what it is called, and whether it is."""
    held = set(chosen)
    return [(one, str(label), one.value in held) for one, label in labels.items()]
