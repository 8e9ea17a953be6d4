"""Who is on duty and attending which room now; `chat` asks at every act."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count

from duty.models import Attendance

# Attending needs an act at the desk within this time (design rule 2).
ACT_WITHIN = timedelta(minutes=10)
# Nobody can keep an eye on more open rooms than this.
ROOMS_AT_ONCE = 2


def attending(rooms: Iterable[int], *, now: datetime) -> dict[int, int]:
    """How many supporters attend each room; rooms without any are missing."""
    rows = (
        Attendance.objects.filter(
            room__in=list(rooms),
            acted_at__gt=now - ACT_WITHIN,
            shift__starts_at__lte=now,
            shift__ends_at__gt=now,
        )
        .values("room")
        .annotate(people=Count("shift__supporter", distinct=True))
        .order_by("room")
    )
    return {row["room"]: row["people"] for row in rows}
