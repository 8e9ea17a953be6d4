"""What the office's doors share: at which program's desk someone sits, and how a page answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.doors import viewer_of_request
from accounts.states import Role
from accounts.viewer import Viewer
from foundation import clock
from foundation.refusals import Refused
from foundation.replies import SeeOther
from office import queries, sentences
from office.policies import must_coordinate, must_know_people
from programs.models import Program

SESSION_PROGRAM = "office_program"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who sits there, for which program, of which others, and when."""

    viewer: Viewer
    program: Program
    programs: Sequence[Program]
    now: datetime


def desk(request: HttpRequest, *, people: bool = False) -> Desk:
    """The desk of the program that was chosen: by a form (`program`), in this session, the first.

    Raises what `must_coordinate` raises; with `people`, what `must_know_people` does.
    """
    viewer = viewer_of_request(request)
    mine = queries.programs_of(viewer)
    asked = request.POST.get("program") or request.session.get(SESSION_PROGRAM)
    if asked and request.POST.get("program") and asked not in {one.slug for one in mine}:
        # A form of a program that isn't theirs any more must not be filed under another one.
        raise Refused("not_found")
    chosen = next((one for one in mine if one.slug == asked), mine[0] if mine else None)
    if chosen is None:
        raise Refused("not_found")
    may = must_know_people if people else must_coordinate
    may(viewer, program=chosen.pk)
    return Desk(viewer, chosen, mine, clock.now())


COORDINATOR = Role.COORDINATOR


def page(
    request: HttpRequest, at: Desk, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of the office; what was just done is said once, by `?said=`."""
    shared = {
        "program": at.program,
        "programs": at.programs,
        "admin": at.viewer.holds(Role.ADMIN),
        "coordinates": at.viewer.holds(Role.COORDINATOR, program=at.program.pk),
        "said": sentences.said(request.GET.get("said", "")),
        "here": request.resolver_match.url_name if request.resolver_match else "",
    }
    return render(request, f"office/{template}.html", {**shared, **context}, status=status)


def done(name: str, *args: object, said: str) -> HttpResponse:
    """On to another page, which says what was done."""
    return SeeOther(f"{reverse(name, args=args)}?said={said}")


@dataclass(frozen=True, slots=True)
class Both:
    """A field that two people wrote differently: what is kept now, what was just sent."""

    label: str
    theirs: str
    mine: str


def both(form: forms.Form, current: Mapping[str, object]) -> list[Both]:
    """The fields of a form that differ from what is kept now, side by side."""
    found = []
    for bound in form:
        if bound.is_hidden or bound.name not in current:
            continue
        theirs, mine = _words(bound, current[bound.name]), _words(bound, bound.value())
        if theirs != mine:
            found.append(Both(str(bound.label), theirs, mine))
    return found


def _words(bound: forms.BoundField, value: object) -> str:
    choices = getattr(bound.field, "choices", None)
    if choices is not None:
        names = {str(code): str(name) for code, name in choices}
        many = value if isinstance(value, list | tuple) else [value]
        return "・".join(names.get(str(one), str(one)) for one in many if one not in (None, ""))
    if isinstance(value, bool) or isinstance(bound.field, forms.BooleanField):
        return "はい" if value in (True, "on", "true") else "いいえ"
    return "" if value is None else str(value).replace("\r\n", "\n").strip()
