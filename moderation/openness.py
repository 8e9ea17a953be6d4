"""What was done in a month, for anyone to read: whole months, small numbers hidden."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from foundation.clock import JST, jst_day, month_of
from moderation.models import Act, Appeal
from moderation.states import ActKind, AppealState

MONTHS = 12
# Fewer than this is "a few": nobody may be told apart by a number.
FEW = 10
GROUPS: Mapping[str, tuple[ActKind, ...]] = {
    "hidden": (ActKind.HIDE, ActKind.TURN_DOWN, ActKind.VEIL),
    "rested": (ActKind.MUTE, ActKind.PAUSE, ActKind.CHECK),
    "barred": (ActKind.ROOM_BAR, ActKind.SITE_BAR),
    "rooms": (ActKind.SLOW, ActKind.PREMODERATE, ActKind.NEWCOMERS, ActKind.LOCK),
}


@dataclass(frozen=True, slots=True)
class Month:
    """A month that is over. A count is None where it is more than 0 and less than 10."""

    first: date
    counts: dict[str, int | None]


def months(*, now: datetime) -> list[Month]:
    """The last twelve that are over, the newest first. No sums: nothing can be taken away."""
    this = jst_day(now).replace(day=1)
    firsts, first = [], this
    for _ in range(MONTHS):
        first = (first - timedelta(days=1)).replace(day=1)
        firsts.append(first)
    since, upto = (datetime.combine(day, time(), JST) for day in (firsts[-1], this))
    counted = _counted(since, upto)
    names = [*GROUPS, "appeals", "overturned"]
    return [Month(day, {name: shown(counted[day, name]) for name in names}) for day in firsts]


def shown(number: int) -> int | None:
    """A number as it may be read by anyone."""
    return number if number == 0 or number >= FEW else None


def _counted(since: datetime, upto: datetime) -> Counter[tuple[date, str]]:
    groups = {kind.value: name for name, kinds in GROUPS.items() for kind in kinds}
    found: Counter[tuple[date, str]] = Counter()
    acts = Act.objects.filter(at__gte=since, at__lt=upto, kind__in=groups).order_by("pk")
    for at, kind in acts.values_list("at", "kind").iterator(chunk_size=2000):
        found[month_of(at), groups[kind]] += 1
    appeals = Appeal.objects.filter(at__gte=since, at__lt=upto).order_by("pk")
    for at, state in appeals.values_list("at", "state").iterator(chunk_size=2000):
        found[month_of(at), "appeals"] += 1
        if state == AppealState.OVERTURNED:
            found[month_of(at), "overturned"] += 1
    return found
