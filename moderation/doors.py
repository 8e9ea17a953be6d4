"""What the desk's doors share: which program it is about, and how a page answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.doors import viewer_of_request
from accounts.states import Role
from accounts.viewer import Viewer
from duty.models import Shift
from duty.policies import CALLABLE, TEAM
from duty.queries import shift_of_the_program
from foundation import clock
from foundation.refusals import Refused
from foundation.replies import SeeOther
from moderation import looks, queries, sentences, waiting
from moderation.policies import JUDGES
from programs.models import Program

__all__ = [
    "CALLABLE", "TEAM", "At", "act", "at_calls", "at_item", "at_program", "at_review", "at_room",
    "at_shift", "done", "page", "turned_away",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class At:
    """Who is at which program's desk, and when."""

    viewer: Viewer
    program: Program
    programs: list[Program]
    now: datetime

    @property
    def plans(self) -> bool:
        """Whether they plan the rota here."""
        return self.viewer.holds(Role.COORDINATOR, program=self.program.pk)


def at_program(request: HttpRequest, *, program: int | None = None) -> At:
    """The desk of a program by its number, or by the slug that was asked for; else of the first.

    Raises `Refused("not_found")` for a program whose team the viewer doesn't belong to.
    """
    viewer = viewer_of_request(request)
    return _at(request, viewer, queries.programs_of(viewer), program)


def _at(request: HttpRequest, viewer: Viewer, mine: list[Program], program: int | None) -> At:
    asked = request.POST.get("program") or request.GET.get("program")
    for one in mine:
        if one.pk == program or (program is None and one.slug == asked):
            return At(viewer, one, mine, clock.now())
    if program is not None or asked or not mine:
        raise Refused("not_found")
    return At(viewer, mine[0], mine, clock.now())


def at_calls(request: HttpRequest) -> At:
    """How one is called: also for those who are called beside the desk's team."""
    viewer = viewer_of_request(request)
    return _at(request, viewer, queries.programs_calling(viewer), None)


def at_shift(request: HttpRequest, number: int) -> tuple[At, Shift]:
    """A shift of a program whose team the viewer belongs to, at that program's desk.

    Raises `Refused("not_found")`.
    """
    found = shift_of_the_program(viewer_of_request(request), shift=number)
    if found is None:
        raise Refused("not_found")
    return at_program(request, program=found.program_id), found


def at_item(request: HttpRequest, number: int) -> At:
    """The desk of an item's program. Raises `Refused("not_found")`; above the desk it isn't one."""
    found = waiting.program_of_item(viewer_of_request(request), item=number)
    return at_program(request, program=found)


def at_room(request: HttpRequest, number: int) -> At:
    """The desk of a room's program. Raises `Refused("not_found")`."""
    room, _ = looks.room_side(viewer_of_request(request), room=number, limit=0)
    return at_program(request, program=room.program_id)


def at_review(request: HttpRequest, *, program: int | None = None) -> At:
    """Above the desk, for coordinators and reviewers. Raises `Refused("not_found")`."""
    viewer = viewer_of_request(request)
    return _at(request, viewer, queries.programs_judged_by(viewer), program)


def page(
    request: HttpRequest,
    at: At,
    template: str,
    context: Mapping[str, Any],
    *,
    no: Refused | None = None,
) -> HttpResponse:
    """A page at the desk; with a refusal it says so, and nothing that was typed is lost.

    Whose words are `blurred` is asked here, where the page's own reads haven't.
    """
    judges = at.program.pk in at.viewer.programs(*JUDGES)
    shared = {
        "program": at.program,
        "programs": at.programs,
        "plans": at.plans,
        "at_desk": at.program.pk in at.viewer.programs(*TEAM),
        "visits": bool(at.viewer.programs(Role.SUPPORTER)),
        "judges": judges,
        "waits_above": judges and waiting.waits_above(at.viewer, program=at.program.pk),
        "here": request.resolver_match.url_name if request.resolver_match else "",
        "form_error": sentences.sentence(no.code) if no else None,
        "now": at.now,
    }
    if "blurred" not in context:
        shared["blurred"] = waiting.choice_of(at.viewer).blurred
    return render(
        request, f"moderation/{template}.html", {**shared, **context}, status=422 if no else 200
    )


def turned_away(no: Refused) -> None:
    """What isn't for this person to know is answered by the door; the rest by the page."""
    if not sentences.knows(no.code):
        raise no


def act(
    request: HttpRequest, deed: Callable[[Viewer, datetime], object], *, again: Callable[..., Any]
) -> HttpResponse | None:
    """Do it. None when it is done; else the page that says why not (`again(no=…)`)."""
    try:
        deed(viewer_of_request(request), clock.now())
    except Refused as no:
        turned_away(no)
        answer: HttpResponse = again(no=no)
        return answer
    return None


def done(name: str, *args: object, program: Program | None = None, **more: str) -> HttpResponse:
    """On to another page of the same program."""
    asked = {**({"program": program.slug} if program is not None else {}), **more}
    query = f"?{urlencode(asked)}" if asked else ""
    return SeeOther(f"{reverse(name, args=args)}{query}")
