"""Visits: one per stay. Touched while a socket is open, closed when nobody has touched it.

Stamps and murmurs are counted as they are given; posts when the visit ends, from the messages
themselves: nothing is lost with a process, and nobody's row is written at each word.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from accounts.models import Participant
from chat import protocol as p
from chat.actions.sitting import Act, Answer, Sitting
from chat.actions.stamp import acked
from chat.models import Message, Seat, Visit
from chat.states import Mode

# Coming back within this time is the same visit.
SAME_VISIT = timedelta(minutes=5)
NOTED_WITHIN = timedelta(hours=1)
# A visit is noted up to this long after the first word could be said.
NOTED_AFTER = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Stay:
    """Someone in a room, as the hub knows them."""

    seat: int
    room: int
    mode: Mode


def touch(stays: Iterable[Stay], *, now: datetime, modes: bool = True) -> None:
    """These people are here: begin their visits, or go on with them.

    Without `modes` an open visit keeps its mode: a process that only goes on with a visit may have
    heard less of it than another one.
    """
    by_seat = {stay.seat: stay for stay in stays}
    if not by_seat:
        return
    with transaction.atomic():
        open_now = Visit.objects.filter(seat_id__in=by_seat, ended_at__isnull=True)
        _end(open_now.filter(seen_at__lt=now - SAME_VISIT))
        known = set(open_now.order_by().values_list("seat_id", flat=True))
        open_now.filter(seat_id__in=known).update(seen_at=now)
        here = [s for s in known if modes and by_seat[s].mode is Mode.HERE]
        open_now.filter(seat_id__in=here).exclude(mode=Mode.HERE).update(mode=Mode.HERE)
        watching = known - set(here) if modes else set()
        open_now.filter(seat_id__in=watching, mode=Mode.HERE).update(mode=Mode.WATCHING)
        _begin([stay for seat, stay in by_seat.items() if seat not in known], now)


def _begin(stays: list[Stay], now: datetime) -> None:
    # An erased person's seat may be gone by now. Staff don't visit: they are at work.
    there = set(
        Seat.objects.filter(pk__in=[s.seat for s in stays], staff__isnull=True)
        .order_by()
        .values_list("pk", flat=True)
    )
    # Whoever only watches was here too: nobody is forgotten for having said nothing.
    Participant.objects.filter(seats__in=there, seen_at__lt=now - NOTED_WITHIN).update(seen_at=now)
    Visit.objects.bulk_create(
        [
            Visit(room_id=s.room, seat_id=s.seat, mode=s.mode, started_at=now, seen_at=now)
            for s in stays
            if s.seat in there
        ],
        # Two processes may see the same person arrive; one visit is open all the same.
        ignore_conflicts=True,
    )


def _end(left: QuerySet[Visit]) -> int:
    said = Message.objects.filter(
        seat=OuterRef("seat"),
        at__gte=OuterRef("started_at") - NOTED_AFTER,
        at__lt=OuterRef("seen_at") + SAME_VISIT,
    ).order_by()
    counted = Subquery(said.values("seat").annotate(number=Count("pk")).values("number"))
    return left.update(ended_at=F("seen_at"), posts=Coalesce(counted, 0))


def note(
    acts: Mapping[int, Mapping[str, int]], *, seats: Mapping[int, Seat], now: datetime
) -> None:
    """Begin the visits of those who did something without a socket, and count their deeds.

    `acts`: per seat how often "stamps", "murmurs"; inside the transaction of the deeds.
    """
    if not acts:
        return
    open_now = Visit.objects.filter(seat_id__in=list(acts), ended_at__isnull=True)
    known = set(open_now.order_by().values_list("seat_id", flat=True))
    if missing := [seats[seat] for seat in acts if seat not in known]:
        _begin([Stay(s.pk, s.room_id, Mode.WATCHING) for s in missing], now)
    changes = {
        name: Case(
            *(When(seat_id=seat, then=F(name) + done[name]) for seat, done in acts.items()),
            default=F(name),
            output_field=IntegerField(),
        )
        for name in ("stamps", "murmurs")
        if any(done.get(name) for done in acts.values())
    }
    open_now.update(seen_at=Value(now), **changes)


def stay(sitting: Sitting, act: Act, frame: p.Stay) -> Answer:
    """Be present quietly, or be seen to be here; in the transaction of the acts that wait."""
    touch([Stay(act.seat, act.room, Mode(frame.mode))], now=sitting.now)
    return acked(frame.nonce, sitting.at)


def close_left(*, now: datetime) -> int:
    """End every visit that nobody has touched for a while; how many there were."""
    return _end(Visit.objects.filter(ended_at__isnull=True, seen_at__lt=now - SAME_VISIT))
