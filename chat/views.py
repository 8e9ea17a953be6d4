"""The living room without a socket: the list, a room's page, and every act as a plain form."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import msgspec
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import slowed
from accounts.addresses import address_key
from accounts.messages import message
from accounts.viewer import Viewer
from chat import forms, policies, promises, queries, rooms_now
from chat import protocol as p
from chat.actions import postcards, seats
from chat.actions.carry_out import carry_out
from chat.actions.sitting import Act
from chat.models import Room, Seat
from chat.policies import FREE
from chat.sentences import goodbye, sentence
from chat.states import RoomKind
from foundation import clock
from foundation.refusals import Link, Refused
from foundation.replies import SeeOther

MURMURS_SHOWN = timedelta(hours=12)


def _viewer(request: HttpRequest) -> Viewer:
    return request.viewer  # type: ignore[attr-defined]


def _room(slug: str) -> Room:
    there = Room.objects.filter(removed_at__isnull=True).exclude(kind=RoomKind.COUNSELING)
    room = there.filter(slug=slug).first()
    if room is None:
        raise Http404
    return room


def _to_enter(request: HttpRequest) -> HttpResponse:
    return SeeOther(f"{reverse('enter')}?next={quote(request.path)}")


def _keeps(viewer: Viewer, room: Room) -> bool:
    """Whether a member of staff sits in this room."""
    return viewer.verified and policies.sits(viewer.grants, program=room.program_id, room=room.pk)


@require_GET
def rooms(request: HttpRequest) -> HttpResponse:
    """The list; anyone may look."""
    cards = rooms_now.room_cards(queries.listed_rooms(), now=clock.now())
    return render(request, "rooms.html", {"rooms": cards})


@require_http_methods(["GET", "HEAD", "POST"])
def room(request: HttpRequest, slug: str) -> HttpResponse:
    """A room's page; POST says something in it."""
    viewer = _viewer(request)
    if not viewer.entered and viewer.staff is None:
        return _to_enter(request)
    if request.method == "POST":
        return _act(request, slug, forms.post)
    found = _room(slug)
    if not viewer.entered and not _keeps(viewer, found):
        return _to_enter(request)
    return _page(request, found, now=clock.now())


@require_POST
def murmur(request: HttpRequest, slug: str) -> HttpResponse:
    """つぶやき."""
    return _act(request, slug, forms.murmur)


@require_POST
def stamp(request: HttpRequest, slug: str) -> HttpResponse:
    """A stamp, given or taken back."""
    return _act(request, slug, forms.stamp)


@require_POST
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own words taken back."""
    return _act(request, slug, forms.withdraw)


@require_POST
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """The supporters are told."""
    return _act(request, slug, forms.report)


@require_POST
def mute(request: HttpRequest, slug: str) -> HttpResponse:
    """Whom one doesn't want to read."""
    return _own(
        request,
        slug,
        lambda viewer, room, form, now: seats.mute(
            viewer, room=room, key=form.get("seat", ""), on=form.get("on") == "true", now=now
        ),
    )


@require_POST
def take_back(request: HttpRequest, slug: str) -> HttpResponse:
    """A murmur that isn't to be read aloud, or no longer."""
    return _own(
        request,
        slug,
        lambda viewer, room, form, now: postcards.take_back(
            viewer, murmur=_number(form.get("murmur", "")), now=now
        ),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


@require_POST
def handle(request: HttpRequest, slug: str) -> HttpResponse:
    """One's name in this room."""
    return _own(
        request,
        slug,
        lambda viewer, room, form, now: seats.rename(
            viewer, room=room, handle=form.get("handle", ""), now=now
        ),
    )


Deed = Callable[[Viewer, Room, QueryDict, datetime], None]


def _own(request: HttpRequest, slug: str, deed: Deed) -> HttpResponse:
    """An act on one's own seat that no room hears of."""
    viewer, now = _viewer(request), clock.now()
    if not viewer.entered:
        return _to_enter(request)
    room = _room(slug)
    try:
        _seat(viewer, room, now)
        deed(viewer, room, request.POST, now)
    except Refused as no:
        if no.code == "not_found":
            raise Http404 from None
        return _refused(request, room, no, now)
    back = request.POST.get("back", "")
    return SeeOther(reverse("me") if back == "me" else reverse("room", args=[slug]))


def _act(request: HttpRequest, slug: str, read: Callable[[QueryDict], p.Incoming]) -> HttpResponse:
    """The same act as the socket's, in this request's thread."""
    viewer, now = _viewer(request), clock.now()
    if not viewer.entered and viewer.staff is None:
        return _to_enter(request)
    try:
        room = _room(slug)
        if not viewer.entered and not _keeps(viewer, room):
            return _to_enter(request)
        # The barred have one too: what they say is heard before `carry_out` turns them away.
        seat = seats.take(viewer, room=room, standing=FREE)
        frame = read(request.POST)
    except Refused as no:
        return _refused(request, room, no, now)
    except (DatabaseError, InterfaceError):
        return _busy(request)
    answer = carry_out([Act(room.pk, seat.pk, frame)], now=now)[0]
    if answer.close is not None:
        return _page(request, room, now=now, said=goodbye(answer.close), status=422)
    for told in answer.frames:
        if isinstance(told, p.RefusedFrame):
            if told.code == p.Refusal.BUSY:
                return _busy(request)
            wait = None if told.retry_after is msgspec.UNSET else told.retry_after
            ways = () if told.links is msgspec.UNSET else told.links
            links = [Link(one.label, one.href) for one in ways]
            return _refused(request, room, Refused(told.code, retry_after=wait, links=links), now)
    return SeeOther(reverse("room", args=[slug]))


def _busy(request: HttpRequest) -> HttpResponse:
    """Storage is out of reach: a page that asks it for nothing and gives back what was typed."""
    return message(
        title="",
        text=sentence(p.Refusal.BUSY),
        status=503,
        back=request.path,
        kept=request.POST.get("text", ""),
    )


def _seat(viewer: Viewer, room: Room, now: datetime) -> Seat:
    standing = FREE
    if viewer.participant is not None:
        standing = queries.standing_of(viewer.participant, room=room.pk, now=now)
    return seats.take(viewer, room=room, standing=standing)


def _refused(request: HttpRequest, room: Room, no: Refused, now: datetime) -> HttpResponse:
    """The page again, with a sentence and everything that was typed."""
    said = goodbye(p.Close.NOT_ALLOWED) if no.code == "not_allowed" else sentence(no.code)
    answer = _page(request, room, now=now, said=said, ways=no.links, status=422)
    if no.retry_after is not None:
        answer["Retry-After"] = str(max(1, round(no.retry_after)))
    return answer


def _page(
    request: HttpRequest,
    room: Room,
    *,
    now: datetime,
    said: str | None = None,
    ways: Sequence[Link] = (),
    status: int = 200,
) -> HttpResponse:
    viewer = _viewer(request)
    person = viewer.participant or 0
    if viewer.staff is None and queries.standing_of(person, room=room.pk, now=now).barred:
        slowed.note(address_key(request, now), now=now)
        return render(
            request,
            "accounts/message.html",
            {"title": "", "text": goodbye(p.Close.NOT_ALLOWED), "back": reverse("rooms")},
            status=403,
        )
    if viewer.staff is None and queries.is_full(room, person=person, now=now):
        return _full(request)
    context = _context(request, room, viewer, now)
    context |= {
        "refusal_ways": ways,
        "refusal": said,
        "text": request.POST.get("text", "") if said else "",
    }
    if said and request.POST.get("nonce"):
        # The same words sent again are the same act.
        context["nonce"] = request.POST["nonce"][:36]
    return render(request, "room.html", context, status=status)


def _full(request: HttpRequest) -> HttpResponse:
    answer = message(
        title="",
        text=_("いま、この部屋はいっぱいです。すこしあとで、または、ほかの部屋へどうぞ。"),
        status=429,
        back=reverse("rooms"),
        kept=request.POST.get("text", ""),
    )
    answer["Retry-After"] = "60"
    return answer


def _context(request: HttpRequest, room: Room, viewer: Viewer, now: datetime) -> dict[str, Any]:
    before = request.GET.get("before", "")
    asked = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else None
    if viewer.staff is not None:
        seat = queries.staff_seat_in(room.pk, staff=viewer.staff)
    else:
        seat = queries.seat_in(room.pk, participant=viewer.participant or 0)
    frames = queries.newest(room.pk, before=asked)
    events = [_shown(one, seat) for one in frames if isinstance(one, p.Message)]
    oldest = frames[0].seq if len(frames) == p.NEWEST else None
    murmurs = queries.own_murmurs(seat.pk, since=now - MURMURS_SHOWN) if seat else []
    card = rooms_now.room_cards([room], now=now)[0]
    return {
        "room": card,
        "elsewhere": rooms_now.elsewhere(room, now=now) if card.state != "open" else None,
        "stamps": room.stamps,
        "events": events,
        "oldest": oldest,
        "is_newest": asked is None,
        # Messages may have been read that came after the head was.
        "head": max([room.head, *(one.seq for one in frames)] if asked is None else [room.head]),
        "epoch": room.epoch,
        "you": msgspec.to_builtins(queries.author_of(seat)),
        "presence": msgspec.to_builtins(queries.presence_of(room, supporter=card.supporter)),
        "muted": queries.muted_keys(seat.pk) if seat else [],
        "murmurs": murmurs,
        # Where murmurs are all one can say, and for whoever waits for an answer.
        "promise": promises.read(
            room=room.pk, program=room.program_id, participant=viewer.participant or 0, now=now
        )
        if card.state != "open" or any(one.read_at is None for one in murmurs)
        else "",
        "max_text": p.MAX_TEXT,
        "nonce": str(uuid4()),
    }


def _shown(frame: p.Message, seat: Seat | None) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(frame)
    shown["when"] = datetime.fromisoformat(frame.at)
    shown["mine"] = seat is not None and frame.from_.id == seat.key
    return shown
