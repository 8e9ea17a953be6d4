"""Acts: on a message, a person, a room; what holds now, and its undoing."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import viewer_of_request
from accounts.staff_doors import noted_look, recently_proven, staff_only
from accounts.states import Role
from accounts.viewer import Viewer
from foundation import clock
from foundation.refusals import Refused
from moderation import forms, looks, waiting, words
from moderation.actions import looking, messages, people, proposals, recuse, rooms, undo
from moderation.doors import TEAM, At, act, at_item, at_program, at_room, done, page
from moderation.states import ON_MESSAGES, ON_PEOPLE, ON_ROOMS, ActKind, Reason
from moderation.views.queue import LONGER, MINUTES, show

SIDES = 4  # rooms beside each other


@staff_only(*TEAM)
@require_POST
def on_message(request: HttpRequest, number: int) -> HttpResponse:
    """Approve, turn down, hide, restore, veil."""
    return _deed(request, number, _on_message)


def _on_message(who: Viewer, number: int, sent: forms.Deed, now: datetime) -> object:
    if sent.kind not in ON_MESSAGES:
        raise Refused("not_found")
    return messages.act_on_message(
        who, sent.kind, message=number, reason=sent.reason, note=sent.note, veil=sent.veil, now=now
    )


@staff_only(*TEAM)
@require_POST
def on_person(request: HttpRequest, number: int) -> HttpResponse:
    """By their seat: mute, pause, check, bar, or a private word."""
    return _deed(request, number, _on_person)


def _on_person(who: Viewer, number: int, sent: forms.Deed, now: datetime) -> object:
    if sent.kind is ActKind.WORD:
        return people.say(who, seat=number, text=sent.words, item=sent.item, now=now)
    if sent.kind not in ON_PEOPLE:
        raise Refused("not_found")
    return people.act_on_person(
        who, sent.kind, seat=number, until=sent.until, reason=sent.reason, note=sent.note,
        words=sent.words, item=sent.item, now=now,
    )  # fmt: skip


@staff_only(*TEAM)
@require_POST
def on_room(request: HttpRequest, number: int) -> HttpResponse:
    """Slow mode, pre-moderation, lock."""
    return _deed(request, number, _on_room)


def _on_room(who: Viewer, number: int, sent: forms.Deed, now: datetime) -> object:
    if sent.kind not in ON_ROOMS:
        raise Refused("not_found")
    return rooms.act_on_room(
        who, sent.kind, room=number, until=sent.until, reason=sent.reason, note=sent.note,
        seconds=sent.seconds, now=now,
    )  # fmt: skip


Carry = Callable[[Viewer, int, forms.Deed, datetime], object]


def _deed(request: HttpRequest, number: int, carry_out: Carry) -> HttpResponse:
    """Do it, and back to where it was asked: an item, a person, a room, or the desk."""
    item, seat = forms.number(request.POST, "item"), forms.number(request.POST, "seat")
    room = forms.number(request.POST, "room")
    at = at_item(request, item) if item else at_room(request, room) if room else at_program(request)

    def deed(who: Viewer, now: datetime) -> None:
        carry_out(who, number, forms.deed(request.POST, now=now), now)

    def again(*, no: Refused) -> HttpResponse:
        # From someone's page it returns to what led there, and stays where it is refused.
        if seat:
            return _person(request, seat, no=no)
        if item:
            return show(request, at, item, no=no)
        return _sides(request, at, [room] if room else [], no=no)

    if (answer := act(request, deed, again=again)) is not None:
        return answer
    if item:
        return done("item", item)
    if seat:
        return done("person", seat)
    return done("desk-rooms", program=at.program, room=str(room)) if room else done("desk")


@staff_only(*TEAM)
@require_safe
@noted_look
def person(request: HttpRequest, number: int) -> HttpResponse:
    """Someone in a room: what stands, what was done and said (`?item=`: what led there)."""
    return _person(request, number)


def _person(request: HttpRequest, seat: int, *, no: Refused | None = None) -> HttpResponse:
    at = at_program(request)
    item = forms.number(request.POST, "item") or forms.number(request.GET, "item")
    found = looking.at_person(at.viewer, seat=seat, item=item, now=at.now)
    at = at_program(request, program=found.seat.room.program_id)
    context = {
        "person": found,
        "ready": words.ready("word"),
        "reasons": list(Reason),
        "minutes": MINUTES + (LONGER if at.plans else ()),
        "sent": request.POST,
    }
    return page(request, at, "person", context, no=no)


@staff_only(*TEAM)
@require_POST
def recuse_from(request: HttpRequest, number: int) -> HttpResponse:
    """知っている人かもしれない."""
    found = looks.person(viewer_of_request(request), seat=number)
    recuse.recuse(viewer_of_request(request), seat=number, now=clock.now())
    return done("desk", program=found.seat.room.program)


@staff_only(*TEAM)
@require_POST
def show_all(request: HttpRequest) -> HttpResponse:
    """It was somebody else after all."""
    at = at_program(request)
    recuse.forget(at.viewer)
    return done("desk-choice", program=at.program)


@staff_only(Role.COORDINATOR)
@require_POST
@recently_proven
def propose(request: HttpRequest, number: int) -> HttpResponse:
    """A bar for good: asked of a second coordinator."""

    def deed(who: Viewer, now: datetime) -> None:
        sent = forms.deed(request.POST, now=now)
        proposals.propose(
            who, seat=number, reason=sent.reason, note=sent.note, item=sent.item, now=now
        )

    def again(*, no: Refused) -> HttpResponse:
        return _person(request, number, no=no)

    if (answer := act(request, deed, again=again)) is not None:
        return answer
    item = forms.number(request.POST, "item")
    return done("person", number, item=str(item)) if item else done("person", number)


@staff_only(*TEAM)
@require_safe
def sides(request: HttpRequest) -> HttpResponse:
    """Rooms beside each other (fields `room`), each with its last words."""
    return _sides(request, at_program(request), list(forms.numbers(request.GET, "room")))


def _sides(
    request: HttpRequest, at: At, chosen: list[int], *, no: Refused | None = None
) -> HttpResponse:
    mine = waiting.rooms_of(at.viewer, program=at.program.pk)
    wanted = [room.pk for room in mine if room.pk in chosen] or [room.pk for room in mine[:2]]
    # Before the words: its number is the older one, so that nothing is missed.
    version = waiting.stands_at(at.program.pk)
    shown = [looks.room_side(at.viewer, room=room) for room in wanted[:SIDES]]
    context = {
        "rooms": mine,
        "version": version,
        "chosen": [room.pk for room, _ in shown],
        "sides": shown,
        "standing": looks.acts_of(at.viewer, program=at.program.pk, standing=True),
        "reasons": list(Reason),
        "minutes": MINUTES + (LONGER if at.plans else ()),
        "slow": rooms.SLOW,
        "sent": request.POST,
    }
    return page(request, at, "rooms", context, no=no)


@staff_only(*TEAM)
@require_safe
@noted_look
def acts(request: HttpRequest) -> HttpResponse:
    """What was done; what holds now first."""
    return _acts(request)


def _acts(request: HttpRequest, *, no: Refused | None = None) -> HttpResponse:
    at = at_program(request)
    looking.at_list(at.viewer, what="acts", program=at.program.pk, now=at.now)
    standing = looks.acts_of(at.viewer, program=at.program.pk, standing=True)
    rest = looks.acts_of(at.viewer, program=at.program.pk, standing=False)
    keys = {one.pk for one in standing}
    context = {
        "standing": standing,
        "rest": [one for one in rest if one.pk not in keys],
        "folded": looks.folded(at.viewer, [*standing, *rest]),
    }
    return page(request, at, "acts", context, no=no)


@staff_only(*TEAM)
@require_POST
def undo_act(request: HttpRequest, number: int) -> HttpResponse:
    """Take back one act and nothing else."""

    def deed(who: Viewer, now: datetime) -> None:
        undo.undo(who, act=number, note=forms.text(request.POST, "note"), now=now)

    def again(*, no: Refused) -> HttpResponse:
        return _acts(request, no=no)

    item = forms.number(request.POST, "item")
    answer = act(request, deed, again=again)
    return answer or (done("item", item) if item else done("acts"))
