"""The desk: who is on duty now, my shift, かわって, what is handed over."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from accounts import places
from accounts.doors import viewer_of_request
from accounts.staff_doors import noted_look, staff_only
from accounts.viewer import Viewer
from duty.actions import attending, notes, own, relief, shifts, swaps
from duty.colleagues import name_of
from duty.models import Notice
from duty.policies import CALLABLE
from foundation.refusals import Refused
from foundation.replies import SeeOther
from moderation import forms, queries, sentences, waiting
from moderation.actions import away, looking, murmurs
from moderation.doors import TEAM, At, act, at_program, at_shift, done, page

Deed = Callable[[Viewer, datetime], object]


@staff_only(*CALLABLE)
@require_safe
@noted_look
def desk(request: HttpRequest) -> HttpResponse:
    """Now. A call names no place and leads here: who keeps no room is led on to their own."""
    viewer = viewer_of_request(request)
    if not any(viewer.holds(role) for role in TEAM):
        return SeeOther(places.first(viewer))
    return _desk(request)


def _desk(
    request: HttpRequest, *, program: int | None = None, no: Refused | None = None, text: str = ""
) -> HttpResponse:
    at = at_program(request, program=program)
    looking.at_list(at.viewer, what="queue", program=at.program.pk, now=at.now)
    # Before what stands beside it: the list carries the number from which on the desk asks again.
    queue = waiting.queue(at.viewer, program=at.program.pk, now=at.now)
    context = {
        **side(at),
        "queue": queue,
        "blurred": queue.blurred,
        "handover_text": text,
        "minutes": (60, 120, 180, 240),
    }
    return page(request, at, "desk", context, no=no)


def side(at: At) -> dict[str, Any]:
    """Duty, as the desk's page and its side alone show it."""
    found = queries.desk(at.viewer, program=at.program.pk, now=at.now)
    return {"desk": found, "told": [_told(one) for one in found.notices]}


def _told(notice: Notice) -> dict[str, Any]:
    who = name_of(notice.about)
    return {
        "id": notice.pk,
        "says": sentences.told(notice, who=who),
        "shift": notice.shift,
        "starts_at": notice.starts_at,
    }


def _of_shift(request: HttpRequest, number: int, deed: Deed) -> HttpResponse:
    """A deed about a shift; back to the desk of its program."""
    at, _ = at_shift(request, number)

    def again(*, no: Refused) -> HttpResponse:
        return _desk(request, program=at.program.pk, no=no)

    return act(request, deed, again=again) or done("desk", program=at.program)


@staff_only(*TEAM)
@require_POST
def rest(request: HttpRequest, number: int) -> HttpResponse:
    """休憩."""
    return _of_shift(request, number, lambda who, now: shifts.rest(who, shift=number, now=now))


@staff_only(*TEAM)
@require_POST
def step_away(request: HttpRequest, number: int) -> HttpResponse:
    """すこし席をはずします."""
    return _of_shift(request, number, lambda who, now: away.step_away(who, shift=number, now=now))


@staff_only(*TEAM)
@require_POST
def come_back(request: HttpRequest, number: int) -> HttpResponse:
    """もどる."""
    return _of_shift(request, number, lambda who, now: away.come_back(who, shift=number, now=now))


@staff_only(*TEAM)
@require_POST
def end(request: HttpRequest, number: int) -> HttpResponse:
    """おわる: on to the shift's page, where a note may be left."""
    answer = _of_shift(
        request, number, lambda who, now: shifts.end_shift(who, shift=number, now=now)
    )
    return answer if answer.status_code == 422 else done("shift", number)


@staff_only(*TEAM)
@require_POST
def attend(request: HttpRequest, number: int) -> HttpResponse:
    """見守る, and 「います」."""
    room = _room(request, number)

    def deed(who: Viewer, now: datetime) -> None:
        attending.attend(who, shift=number, room=room, now=now)

    return _of_shift(request, number, deed)


@staff_only(*TEAM)
@require_POST
def leave_room(request: HttpRequest, number: int) -> HttpResponse:
    """はなれる."""
    room = _room(request, number)

    def deed(who: Viewer, now: datetime) -> None:
        attending.leave_room(who, shift=number, room=room, now=now)

    return _of_shift(request, number, deed)


def _room(request: HttpRequest, number: int) -> int:
    """A room of the shift's program. Raises `Refused("not_found")`."""
    at, _ = at_shift(request, number)
    room = forms.number(request.POST, "room")
    if room is None or room not in {one.pk for one in queries.rooms_of(at.program.pk)}:
        raise Refused("not_found")
    return room


@staff_only(*TEAM)
@require_POST
def read_card(request: HttpRequest, number: int) -> HttpResponse:
    """「部屋で読む」."""
    return _on_desk(request, lambda who, now: murmurs.read_to_room(who, murmur=number, now=now))


# --- relief --------------------------------------------------------------------------------------


@staff_only(*TEAM)
@require_POST
def ask_relief(request: HttpRequest, number: int) -> HttpResponse:
    """かわって, in one tap."""
    return _of_shift(
        request, number, lambda who, now: relief.ask_relief(who, shift=number, now=now)
    )


@staff_only(*TEAM)
@require_POST
def take_relief(request: HttpRequest, number: int) -> HttpResponse:
    """かわります."""
    return _on_desk(request, lambda who, now: relief.take_relief(who, relief=number, now=now))


@staff_only(*TEAM)
@require_POST
def withdraw_relief(request: HttpRequest, number: int) -> HttpResponse:
    """もう、だいじょうぶ."""
    return _on_desk(request, lambda who, now: relief.withdraw_relief(who, relief=number, now=now))


def _on_desk(request: HttpRequest, deed: Deed) -> HttpResponse:
    at = at_program(request)

    def again(*, no: Refused) -> HttpResponse:
        return _desk(request, no=no)

    return act(request, deed, again=again) or done("desk", program=at.program)


# --- what is asked and told ----------------------------------------------------------------------


@staff_only(*TEAM)
@require_POST
def acknowledge_test(request: HttpRequest, number: int) -> HttpResponse:
    """うけとりました."""
    return _on_desk(request, lambda who, now: own.acknowledge_test(who, test=number, now=now))


@staff_only(*TEAM)
@require_POST
def take_swap(request: HttpRequest, number: int) -> HttpResponse:
    """かわります."""
    return _on_desk(request, lambda who, now: swaps.take_swap(who, swap=number, now=now))


@staff_only(*TEAM)
@require_POST
def put_away(request: HttpRequest, number: int) -> HttpResponse:
    """A notice was seen."""
    return _on_desk(request, lambda who, now: notes.put_away(who, notice=number, now=now))


@staff_only(*TEAM)
@require_POST
def hand_over(request: HttpRequest) -> HttpResponse:
    """申し送り."""
    at, text = at_program(request), forms.text(request.POST)

    def deed(who: Viewer, now: datetime) -> None:
        notes.write_handover(who, program=at.program.pk, text=text, now=now)

    def again(*, no: Refused) -> HttpResponse:
        return _desk(request, no=no, text=text)

    return act(request, deed, again=again) or done("desk", program=at.program)


@staff_only(*TEAM)
@require_POST
def read_handover(request: HttpRequest, number: int) -> HttpResponse:
    """よみました."""
    return _on_desk(request, lambda who, now: notes.read_handover(who, handover=number, now=now))
