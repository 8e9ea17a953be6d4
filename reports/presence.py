"""Who was in a training room on a day: a proposal, from visits, that staff confirm."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from chat.models import Visit
from chat.states import RoomKind
from foundation import clock

LEAST = timedelta(minutes=30)  # unless a training asks for another time


@dataclass(frozen=True, slots=True)
class Present:
    """One participant, as the room knew them, and how long they were there."""

    participant: int
    handle: str
    stayed: timedelta


def present_in(room: int, *, program: int, on: date, least: timedelta = LEAST) -> list[Present]:
    """Who stayed in a room of the program for `least` or longer on a day of Japan.

    Visits are kept for 90 days; of an older day there is nobody to propose. Only of a training
    room, whose door says that this is recorded: who was in any other is told to nobody.
    """
    start = datetime.combine(on, time(), clock.JST)
    end = start + timedelta(days=1)
    visits = Visit.objects.filter(
        room=room,
        room__program=program,
        room__kind=RoomKind.TRAINING,
        seat__participant__isnull=False,
        started_at__lt=end,
        seen_at__gt=start,
    ).select_related("seat")
    stayed: defaultdict[tuple[int, str], timedelta] = defaultdict(timedelta)
    for visit in visits.order_by("started_at"):
        assert visit.seat is not None and visit.seat.participant_id is not None
        until = min(visit.ended_at or visit.seen_at, end)
        length = max(timedelta(), until - max(visit.started_at, start))
        stayed[visit.seat.participant_id, visit.seat.handle] += length
    return [
        Present(participant, handle, length)
        for (participant, handle), length in sorted(stayed.items())
        if length >= least
    ]
