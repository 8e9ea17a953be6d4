"""Sums of participation: hours that are filled, months that are summed. No identity is kept.

What is counted, the rooms above know; here stands how a count is kept. An hour of a statistic is
replaced as a whole in one transaction, so it can be filled again and gives equal rows, and a kill
in between leaves nothing half or double. Whoever comes is known within one month only, by a
pseudonym under that month's random key; when the month is summed, pseudonyms and key go.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Max, Min, Sum

from foundation.clock import JST, month_of
from ledger.models import Filled, HourCount, MonthKey, MonthSum, Sighting

HOUR = timedelta(hours=1)
AT_ONCE = 500
MONTH = "month"  # the statistic of `Filled` that says a month is summed


@dataclass(frozen=True, slots=True)
class Counted:
    """One figure of an hour; `people` are the numbers of those behind it, None where nobody is."""

    program: str
    split: str
    number: int
    people: frozenset[int] | None = None


def hour_of(at: datetime) -> datetime:
    """The beginning of the hour."""
    return at.replace(minute=0, second=0, microsecond=0)


def begins(month: date) -> datetime:
    """Japan's midnight at which a month begins."""
    return datetime(month.year, month.month, 1, tzinfo=JST)


def following(month: date) -> date:
    """The month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def next_hour(statistic: str) -> datetime | None:
    """The first hour that isn't filled yet; None if none ever was."""
    last: datetime | None = Filled.objects.filter(statistic=statistic).aggregate(last=Max("hour"))[
        "last"
    ]
    return None if last is None else last + HOUR


def summed_until() -> datetime | None:
    """Where the months that are summed end; None if none is."""
    last: datetime | None = Filled.objects.filter(statistic=MONTH).aggregate(last=Max("hour"))[
        "last"
    ]
    return None if last is None else begins(following(month_of(last)))


def fill(statistic: str, hour: datetime, counted: Iterable[Counted]) -> None:
    """Keep a statistic's figures of an hour, instead of any that were kept before.

    An hour of a month that is summed stays as it is.
    """
    month = month_of(hour)
    rows = list(counted)
    with transaction.atomic():
        if _summed(month):
            return
        Filled.objects.bulk_create([Filled(statistic=statistic, hour=hour)], ignore_conflicts=True)
        # The row is the lock: two processes that come at once fill one after the other.
        Filled.objects.select_for_update().get(statistic=statistic, hour=hour)
        HourCount.objects.filter(statistic=statistic, hour=hour).delete()
        HourCount.objects.bulk_create(
            HourCount(
                program=row.program,
                statistic=statistic,
                split=row.split,
                hour=hour,
                number=row.number,
            )
            for row in rows
        )
        key = _key(month)
        Sighting.objects.bulk_create(
            [
                Sighting(
                    program=row.program,
                    month=month,
                    statistic=statistic,
                    split=row.split,
                    pseudonym=_pseudonym(key, row.program, person),
                )
                for row in rows
                for person in sorted(row.people or ())
            ],
            batch_size=AT_ONCE,
            ignore_conflicts=True,
        )


def months_to_sum(statistics: Collection[str]) -> list[date]:
    """Months that are counted to their last hour by every statistic, and not summed yet."""
    span = HourCount.objects.aggregate(first=Min("hour"), last=Max("hour"))
    if span["first"] is None:
        return []
    found, month = [], month_of(span["first"])
    while month <= month_of(span["last"]):
        last = begins(following(month)) - HOUR
        done = Filled.objects.filter(hour=last, statistic__in=statistics).count()
        if done == len(statistics) and not _summed(month):
            found.append(month)
        month = following(month)
    return found


def sum_month(
    month: date, *, of_nobody: Collection[str] = (), highest: Mapping[str, Sequence[str]]
) -> None:
    """Sum a month once; its pseudonyms and their key go in the same transaction.

    `of_nobody`: statistics behind which nobody's people are counted. `highest`: statistics in
    which each person counts once, in the last of the splits that hold them.
    """
    with transaction.atomic():
        _, mine = Filled.objects.get_or_create(statistic=MONTH, hour=begins(month))
        if not mine:
            return
        people = _people(month, highest)
        numbers = (
            HourCount.objects.filter(hour__gte=begins(month), hour__lt=begins(following(month)))
            .values("program", "statistic", "split")
            .annotate(sum=Sum("number"))
            .order_by("program", "statistic", "split")
        )
        MonthSum.objects.bulk_create(
            MonthSum(
                month=month,
                number=row["sum"],
                people=None
                if row["statistic"] in of_nobody
                else people.get((row["program"], row["statistic"], row["split"]), 0),
                program=row["program"],
                statistic=row["statistic"],
                split=row["split"],
            )
            for row in numbers
        )
        Sighting.objects.filter(month=month).delete()
        MonthKey.objects.filter(month=month).delete()


def purge(*, before: datetime) -> int:
    """Hours of summed months that lie before; how many rows went."""
    summed = Filled.objects.filter(statistic=MONTH, hour__lt=before).aggregate(last=Max("hour"))
    if summed["last"] is None:
        return 0
    until = min(before, begins(following(month_of(summed["last"]))))
    gone, _ = HourCount.objects.filter(hour__lt=until).delete()
    return gone


def _people(month: date, highest: Mapping[str, Sequence[str]]) -> dict[tuple[str, str, str], int]:
    seen = Sighting.objects.filter(month=month)
    found = {
        (row["program"], row["statistic"], row["split"]): row["people"]
        for row in seen.exclude(statistic__in=highest)
        .values("program", "statistic", "split")
        .annotate(people=Count("pseudonym"))
        .order_by()
    }
    for statistic, splits in highest.items():
        best: dict[tuple[str, str], str] = {}
        rows = seen.filter(statistic=statistic).values_list("program", "pseudonym", "split")
        for program, pseudonym, split in rows.order_by().iterator():
            held = best.get((program, pseudonym))
            if held is None or splits.index(split) > splits.index(held):
                best[program, pseudonym] = split
        for (program, _), split in best.items():
            place = (program, statistic, split)
            found[place] = found.get(place, 0) + 1
    return found


def _summed(month: date) -> bool:
    return Filled.objects.filter(statistic=MONTH, hour=begins(month)).exists()


def _key(month: date) -> bytes:
    row, _ = MonthKey.objects.get_or_create(month=month, defaults={"key": secrets.token_bytes(32)})
    return bytes(row.key)


def _pseudonym(key: bytes, program: str, person: int) -> str:
    return hmac.new(key, f"{program}:{person}".encode(), hashlib.sha256).hexdigest()[:16]
