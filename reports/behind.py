"""How many different people stand behind what came to a figure between two tellings.

Ten consultations of one person are ten, and one person: what is told of a part is judged by people
too. A record without a code counts as a person of its own; what was taken back before it was told
counts as nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from django.db.models import Case, Count, IntegerField, Q, Value, When
from django.db.models.functions import ExtractYear

from ledger.models import Entry
from ledger.states import IBASHO, Channel, Cohort, Kind
from reports.rules import Indicator, Sheet
from reports.states import Counting, Split

PARTS = {Split.WEB: Q(channel=Channel.WEB), Split.IBASHO: Q(origin=IBASHO)}


@dataclass(frozen=True, slots=True)
class Behind:
    """People of one year and one stretch between two moments; of the parts, and of the rest."""

    parts: dict[Split, int]
    rests: dict[Split, int]
    unknown: int


NOBODY = Behind(dict.fromkeys(Split, 0), dict.fromkeys(Split, 0), 0)
By = dict[int, list[Behind]]


def counts_people(indicator: Indicator) -> bool:
    """Whether its figures are people already."""
    if indicator.count in (Counting.PLACES, Counting.PEOPLE):
        return True
    return indicator.count is Counting.ONCE and not indicator.each_destination


def behind(sheet: Sheet, indicator: Indicator, moments: Sequence[datetime]) -> By:
    """By fiscal year, for each moment what became known since the one before."""
    rows = Entry.objects.filter(
        program=sheet.program,
        kind=indicator.kind,
        counters__isnull=True,
        occurred_on__gte=date(sheet.years[0], 4, 1),
        occurred_on__lt=date(sheet.years[-1] + 1, 4, 1),
        recorded_at__lt=moments[-1],
    ).exclude(seq__in=_taken_back_at_once(sheet.program, indicator, moments))
    if indicator.destination:
        rows = rows.filter(destination=indicator.destination)
    elif indicator.kind is Kind.LINKED and not indicator.own_room:
        rows = rows.exclude(destination=IBASHO)
    layer = Case(
        *(When(recorded_at__lt=upto, then=Value(place)) for place, upto in enumerate(moments)),
        output_field=IntegerField(),
    )
    year = ExtractYear("occurred_on") - Case(
        When(occurred_on__month__lt=4, then=Value(1)), default=Value(0)
    )
    counted = Q(cohort=Cohort.YES) if indicator.cohort else Q()
    asked = {"unknown": Q(cohort=Cohort.UNKNOWN)}
    for split, part in PARTS.items():
        asked[f"in_{split.value}"] = counted & part
        asked[f"out_{split.value}"] = counted & ~part
    sums = {}
    for name, where in asked.items():
        sums[name] = Count("subject", distinct=True, filter=where & ~Q(subject=""))
        sums[f"{name}_nobody"] = Count("pk", filter=where & Q(subject=""))
    found: By = {one: [NOBODY] * len(moments) for one in sheet.years}
    groups = rows.annotate(fiscal=year, layer=layer).order_by().values("fiscal", "layer")
    for group in cast(Iterable[dict[str, Any]], groups.annotate(**sums)):
        told = {name: group[name] + group[f"{name}_nobody"] for name in asked}
        found[group["fiscal"]][group["layer"]] = Behind(
            {split: told[f"in_{split.value}"] for split in PARTS},
            {split: told[f"out_{split.value}"] for split in PARTS},
            told["unknown"],
        )
    return found


def _taken_back_at_once(
    program: str, indicator: Indicator, moments: Sequence[datetime]
) -> list[int]:
    """The entries that were countered before the next telling."""
    back = Entry.objects.filter(
        program=program, kind=indicator.kind, counters__isnull=False, recorded_at__lt=moments[-1]
    )
    at = dict(back.values_list("counters", "recorded_at"))
    known = Entry.objects.filter(program=program, seq__in=list(at))
    return [
        seq
        for seq, recorded in known.values_list("seq", "recorded_at")
        if _place(moments, recorded) == _place(moments, at[seq])
    ]


def _place(moments: Sequence[datetime], at: datetime) -> int:
    return next(place for place, upto in enumerate(moments) if at < upto)
