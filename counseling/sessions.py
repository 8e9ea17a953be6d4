"""How long a talk by chat lasted, by server time: proposed, and the counselor's to correct."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from chat.actions import lines
from chat.models import Message
from counseling.models import Case, Occasion
from counseling.states import Channel
from foundation.clock import JST, jst_day
from programs import queries as programs
from programs.counting import counted_on
from programs.states import CountedAs

# Either may answer days later: a longer silence is no part of a session.
SILENCE = timedelta(minutes=60)
_AROUND = timedelta(hours=12)
_MOST = 2000


@dataclass(frozen=True, slots=True)
class Session:
    """From the first message to the last one before a long silence."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Proposed:
    """Sessions that began on a day in Japan, and their minutes together: 1 or more."""

    sessions: Sequence[Session]
    minutes: int


def sessions(times: Iterable[datetime]) -> list[Session]:
    """Messages in their order, parted where nobody wrote for longer than `SILENCE`."""
    found: list[Session] = []
    for at in times:
        if found and at - found[-1].ends <= SILENCE:
            found[-1] = Session(found[-1].begins, at)
        else:
            found.append(Session(at, at))
    return found


def proposed(case: Case, *, on: date) -> Proposed | None:
    """What the record of that day would say; None where nobody wrote.

    A session belongs to the day on which it began, also past midnight. Where each one is counted,
    it is the next one alone that isn't recorded yet; None after the last.
    """
    if case.room_id is None:
        return None
    midnight = datetime.combine(on, time(0), tzinfo=JST)
    rows = Message.objects.filter(
        room_id=case.room_id, seq__isnull=False, at__gte=midnight - _AROUND,
        at__lt=midnight + timedelta(days=1) + _AROUND,
    )  # fmt: skip
    # What the room says of itself is no part of what the two said.
    rows = rows.exclude(seat__role=lines.ROLE)
    times = rows.order_by("at", "pk").values_list("at", flat=True)[:_MOST]
    that_day = [one for one in sessions(times) if jst_day(one.begins) == on]
    if counted_on(programs.counting(case.program_id).periods, on) is CountedAs.EACH:
        recorded = Occasion.objects.filter(
            case=case, on=on, channel=Channel.WEB, voided_at__isnull=True
        ).count()
        that_day = that_day[recorded : recorded + 1]
    if not that_day:
        return None
    length = sum((one.ends - one.begins for one in that_day), timedelta())
    # A minute that was begun counts, as by telephone.
    return Proposed(that_day, max(1, -(-length // timedelta(minutes=1))))
