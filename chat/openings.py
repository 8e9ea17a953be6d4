"""What the rooms ask of the rota: their opening hours of the coming days, and how many must watch.

`duty` stands below and knows no rooms; whoever asks it for readiness brings these along.
"""

from datetime import datetime, timedelta

from chat.models import Room
from chat.queries import hours_of, special_of
from chat.schedule import DAY, begun_on, span
from chat.states import Hand, RoomKind
from duty.rota import Need, Stretch
from foundation.clock import jst_day

AHEAD = timedelta(days=7)


def needs(program: int, *, now: datetime) -> list[Need]:
    """For `duty.queries.readiness`: the next seven days. Two queries.

    A room that a hand keeps quiet, locked or closed takes no free text and asks for nobody.
    """
    rooms = list(
        Room.objects.filter(program=program, removed_at__isnull=True, hand=Hand.NONE)
        .exclude(kind=RoomKind.COUNSELING)
        .order_by("position", "pk")
    )
    hours = hours_of([room.pk for room in rooms])
    today, until = jst_day(now), now + AHEAD
    found = []
    for room in rooms:
        weekly = hours.get(room.pk, [])
        special = special_of(room, weekly, now=now)
        for n in range(-1, AHEAD.days + 1):
            day = today + n * DAY
            for opens, closes in begun_on(day, weekly, special):
                start, end = span(day, opens, closes)
                if start < until and end > now:
                    when = Stretch(max(start, now), min(end, until))
                    found.append(Need(when, room.required_supporters, room.pk))
    return found
