"""Rooms: the list, one room's settings, its hours, the hand switch, its end."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.staff_doors import staff_only
from chat import timetable
from chat.models import Room
from chat.schedule import Hours
from chat.states import STAMPS, Hand, HolidayRule
from foundation.refusals import Refused
from office import queries
from office.actions import rooms as actions
from office.doors import COORDINATOR, Both, Desk, both, desk, done, page
from office.forms import rooms as forms
from office.forms.paper import Choices
from office.sentences import sentence
from programs.queries import municipalities_of


@staff_only(COORDINATOR)
@require_safe
def all_rooms(request: HttpRequest) -> HttpResponse:
    """The list."""
    at = desk(request)
    rows = queries.rooms(at.viewer, program=at.program.pk, now=at.now)
    return page(request, at, "rooms", {"rooms": rows, "kinds": forms.KINDS, "hands": forms.HANDS})


@staff_only(COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def new_room(request: HttpRequest) -> HttpResponse:
    """A form for a new one."""
    at = desk(request)
    first = {"stamps": "\n".join(STAMPS), "required_supporters": 2, "slow_s": 0}
    form = forms.RoomForm(request.POST or None, initial=first, towns=_towns(at), made=False)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_room(
                at.viewer, program=at.program.pk, values=form.values(), now=at.now
            )
            return done("manage-room-hours", made.pk, said="saved")
        except Refused as no:
            form.add_error("slug" if no.code == "slug_taken" else None, sentence(no.code))
    return _page(request, at, "room_new", form, {})


@staff_only(COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def one_room(request: HttpRequest, pk: int) -> HttpResponse:
    """A room's settings."""
    at = desk(request)
    row = _room(at, pk)
    current = _shown(row)
    form = forms.RoomForm(
        request.POST or None, initial={**current, "version": row.version}, towns=_towns(at),
        made=True,
    )  # fmt: skip
    sides: list[Both] = []
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_room(
                at.viewer, program=at.program.pk, room=pk, version=form.seen,
                values=form.values(), now=at.now,
            )  # fmt: skip
            return done("manage-rooms", said="saved")
        except Refused as no:
            form.add_error(None, sentence(no.code))
            row = _room(at, pk)
            sides = both(form, _shown(row))
            form.renew(row.version)
    return _page(request, at, "room", form, {"room": row, "both": sides, **_beside(row)})


@staff_only(COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest, pk: int) -> HttpResponse:
    """A room's week, the days that differ, and the next two weeks."""
    at = desk(request)
    row = _room(at, pk)
    now_kept = queries.timetable_of(at.viewer, room=row, now=at.now)
    data = request.POST or None
    form = forms.HoursForm(data, initial={"holidays": row.holidays, "version": row.version})
    weekly = forms.WeeklyLines(data, prefix="weekly", initial=forms.weekly_initial(now_kept.hours))
    special = forms.SpecialLines(
        data, prefix="special", initial=forms.special_initial(row.special_days)
    )
    context: dict[str, Any] = {"weekly": weekly, "special": special}
    if request.method == "POST" and form.is_valid() and weekly.is_valid() and special.is_valid():
        wanted, named = forms.weekly(weekly), forms.special(special)
        try:
            actions.set_room_hours(
                at.viewer, program=at.program.pk, room=pk, version=form.seen, hours=wanted,
                holidays=HolidayRule(form.cleaned_data["holidays"]), special_days=named,
                now=at.now,
            )  # fmt: skip
            return done("manage-room-hours", pk, said="saved")
        except Refused as no:
            form.add_error(None, sentence(no.code))
            context["clash"] = timetable.clash(wanted, named)
            if no.code == "changed_meanwhile":
                row = _room(at, pk)
                kept = queries.timetable_of(at.viewer, room=row, now=at.now).hours
                holidays = both(form, {"holidays": row.holidays})
                context["both"] = [*_both_hours(row, kept, wanted, named), *holidays]
                form.renew(row.version)
    days = now_kept.days
    return _page(request, at, "hours", form, {"room": row, "days": days, **context})


def _both_hours(
    row: Room, kept: Sequence[Hours], wanted: Sequence[Hours], named: dict[str, list[list[str]]]
) -> list[Both]:
    """The week always, the named days where they differ."""
    week = ["\n".join(timetable.said_weekly(one) for one in side) for side in (kept, wanted)]
    days = ["\n".join(timetable.said_special(side)) for side in (row.special_days, named)]
    found = [Both("毎週の時間", *week)]
    return [*found, Both("ふだんとちがう日", *days)] if days[0] != days[1] else found


@staff_only(COORDINATOR)
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """The hand switch."""
    at = desk(request)
    row = _room(at, pk)
    form = forms.HandForm(request.POST, prefix="hand")
    if form.is_valid():
        try:
            actions.switch_room(
                at.viewer, program=at.program.pk, room=pk, now=at.now,
                hand=Hand(form.cleaned_data["hand"]), reason=form.cleaned_data["reason"],
            )  # fmt: skip
            return done("manage-rooms", said="switched")
        except Refused as no:
            form.add_error(None, sentence(no.code))
    return _again(request, at, row, {"hand": form})


@staff_only(COORDINATOR)
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Its end."""
    at = desk(request)
    row = _room(at, pk)
    form = forms.RemoveForm(request.POST, prefix="remove")
    if form.is_valid():
        try:
            actions.remove_room(
                at.viewer, program=at.program.pk, room=pk, version=form.seen,
                reason=form.cleaned_data["reason"], now=at.now,
            )  # fmt: skip
            return done("manage-rooms", said="removed")
        except Refused as no:
            form.add_error(None, sentence(no.code))
            row = _room(at, pk)
            form.renew(row.version)
    return _again(request, at, row, {"remove": form})


def _again(request: HttpRequest, at: Desk, row: Room, forms_: dict[str, Any]) -> HttpResponse:
    settings = forms.RoomForm(
        initial={**_shown(row), "version": row.version}, towns=_towns(at), made=True
    )
    context = {"form": settings, "room": row, **_beside(row), **forms_}
    return page(request, at, "room", context, status=422)


def _room(at: Desk, pk: int) -> Room:
    row = queries.room(at.viewer, program=at.program.pk, pk=pk)
    if row is None:
        raise Http404
    return row


def _shown(row: Room) -> dict[str, object]:
    found = {name: getattr(row, name) for name in forms.COLUMNS if name != "municipality"}
    return {
        **found, "stamps": "\n".join(row.stamps), "municipality": row.municipality_id or "",
    }  # fmt: skip


def _beside(row: Room) -> dict[str, Any]:
    return {
        "hand": forms.HandForm(prefix="hand", initial={"hand": row.hand}),
        "remove": forms.RemoveForm(prefix="remove", initial={"version": row.version}),
    }


def _towns(at: Desk) -> Choices:
    return [(one.code, one.name) for one in municipalities_of(at.program.prefecture_code)]


def _page(
    request: HttpRequest, at: Desk, template: str, form: Any, context: dict[str, Any]
) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    return page(request, at, template, {"form": form, **context}, status=status)
