"""How many different people stand behind what came to a figure between two tellings.

Ten consultations of one person are ten, and one person: what is told of a part is judged by people
too. A record without a code counts as a person of its own; what was taken back before it was told
counts as nobody; codes that were known to be one person's when it was told are one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import ExtractYear

from ledger.models import Entry
from ledger.states import IBASHO, OWN_ROOM, Channel, Cohort, Kind
from reports import past
from reports.counting import resolved
from reports.rules import Indicator, Sheet
from reports.states import Counting, Split

# Stretches that one statement counts: of a long ledger, all would take longer than one may.
AT_ONCE = 4
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
    """By fiscal year, for each moment what became known since the one before.

    Each stretch is worked out once: what is known up to a moment that is over stays as it is.
    """
    said = (indicator.kind, indicator.destination, indicator.own_room, indicator.cohort)
    names = [
        past.about("behind", *said, sheet.years[0], sheet.years[-1], before)
        for before in (None, *moments[:-1])
    ]
    asked = list(zip(names, moments, strict=True))
    end = past.end_of_chain(sheet.program)
    kept = past.known(sheet.program, asked, end=end)
    first = next((place for place, one in enumerate(asked) if one not in kept), len(moments))
    for start in range(first, len(moments), AT_ONCE):
        upto = moments[: start + AT_ONCE]
        worked = _worked_out(sheet, indicator, upto, first=start)
        kept |= {asked[place]: _as_data(worked, place) for place in range(start, len(upto))}
        past.keep(sheet.program, {one: kept[one] for one in asked[: len(upto)]}, end=end)
    found: By = {one: [NOBODY] * len(moments) for one in sheet.years}
    for place, one in enumerate(asked):
        for year, parts, rests, unknown in kept[one]:
            found[year][place] = Behind(
                dict(zip(PARTS, parts, strict=True)), dict(zip(PARTS, rests, strict=True)), unknown
            )
    return found


def _as_data(found: By, place: int) -> list[Any]:
    return [
        [year, [one.parts[of] for of in PARTS], [one.rests[of] for of in PARTS], one.unknown]
        for year, one in ((year, stretches[place]) for year, stretches in found.items())
        if one != NOBODY
    ]


def _worked_out(
    sheet: Sheet, indicator: Indicator, moments: Sequence[datetime], *, first: int
) -> By:
    """The same from the stretch `first` on, by the entries."""
    rows = (
        rows_of(sheet.program, indicator)
        .filter(
            counters__isnull=True,
            occurred_on__gte=date(sheet.years[0], 4, 1),
            occurred_on__lt=date(sheet.years[-1] + 1, 4, 1),
            recorded_at__lt=moments[-1],
        )
        .exclude(seq__in=taken_back_at_once(sheet.program, indicator, moments))
    )
    if first:
        rows = rows.filter(recorded_at__gte=moments[first - 1])
    counted = Q(cohort=Cohort.YES) if indicator.cohort else Q()
    asked = {"unknown": Q(cohort=Cohort.UNKNOWN)}
    for split, part in PARTS.items():
        asked[f"in_{split.value}"] = counted & part
        asked[f"out_{split.value}"] = counted & ~part
    rows = rows.annotate(fiscal=fiscal_of(), layer=layer_of(moments))
    told = people_by(rows, ("layer", "fiscal"), asked, program=sheet.program, moments=moments)
    found: By = {one: [NOBODY] * len(moments) for one in sheet.years}
    for (place, fiscal), people in told.items():
        found[fiscal][place] = Behind(
            {split: people[f"in_{split.value}"] for split in PARTS},
            {split: people[f"out_{split.value}"] for split in PARTS},
            people["unknown"],
        )
    return found


def rows_of(program: str, indicator: Indicator) -> QuerySet[Entry, Entry]:
    """The entries that an indicator counts, of any year and cohort, counter-entries among them."""
    rows = Entry.objects.filter(program=program, kind=indicator.kind)
    if indicator.destination:
        return rows.filter(destination=indicator.destination)
    if indicator.asks_own_room and not indicator.own_room:
        return rows.exclude(destination=OWN_ROOM)
    return rows


def fiscal_of() -> CombinedExpression:
    """The fiscal year in which an entry happened."""
    before = Case(When(occurred_on__month__lt=4, then=Value(1)), default=Value(0))
    return ExtractYear("occurred_on") - before


def layer_of(moments: Sequence[datetime]) -> Case:
    """At which of some moments an entry was first known; after all of them, their number."""
    return Case(
        *(When(recorded_at__lt=upto, then=Value(place)) for place, upto in enumerate(moments)),
        default=Value(len(moments)),
        output_field=IntegerField(),
    )


def people_by(
    rows: QuerySet[Any, Any],
    by: tuple[str, ...],
    asked: Mapping[str, Q],
    *,
    program: str,
    moments: Sequence[datetime],
) -> dict[tuple[Any, ...], Counter[str]]:
    """How many different people are behind entries, told apart by `by`: `layer` first.

    `rows` bear what `by` names, and no counter-entries. A record without a code is a person.
    """
    told: defaultdict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    rows, ones = rows.order_by(), _ones(program, moments)
    if any(ones):
        merged = _codes(program)
        told.update(_merged(rows.filter(merged), by, asked, ones))
        rows = rows.exclude(merged)
    sums = {}
    for name, where in asked.items():
        sums[name] = Count("subject", distinct=True, filter=where & ~Q(subject=""))
        sums[f"{name}_nobody"] = Count("pk", filter=where & Q(subject=""))
    for group in cast(Iterable[dict[str, Any]], rows.values(*by).annotate(**sums)):
        people = Counter({name: group[name] + group[f"{name}_nobody"] for name in asked})
        told[tuple(group[one] for one in by)] += people
    return told


def _ones(program: str, moments: Sequence[datetime]) -> list[dict[str, str]]:
    """For each moment, which code stands for which by the merges known then.

    A later merge changes nothing of what was told before it: it could be subtracted.
    """
    merges = Entry.objects.filter(program=program, kind=Kind.SUBJECT_MERGED)
    known = merges.values_list("seq", "counters", "subject", "merged_into", "recorded_at")
    rows = list(known.filter(recorded_at__lt=moments[-1]).order_by())
    return [resolved(row[:4] for row in rows if row[4] < upto) for upto in moments]


def _codes(program: str) -> Q:
    """Whatever stands under a code that was ever merged, which is little."""
    merges = Entry.objects.filter(program=program, kind=Kind.SUBJECT_MERGED).order_by()
    return Q(subject__in=merges.values("subject")) | Q(subject__in=merges.values("merged_into"))


def _merged(
    rows: QuerySet[Any, Any],
    by: tuple[str, ...],
    asked: Mapping[str, Q],
    ones: Sequence[dict[str, str]],
) -> dict[tuple[Any, ...], Counter[str]]:
    """The same of merged codes, each person with all their codes."""
    people: defaultdict[tuple[Any, ...], set[tuple[str, str]]] = defaultdict(set)
    there = {f"any_{name}": Count("pk", filter=where) for name, where in asked.items()}
    groups = rows.values(*by, "subject").annotate(**there)
    for group in cast(Iterable[dict[str, Any]], groups):
        who = ones[group["layer"]].get(group["subject"], group["subject"])
        place = tuple(group[one] for one in by)
        people[place] |= {(name, who) for name in asked if group[f"any_{name}"]}
    return {place: Counter(name for name, _ in found) for place, found in people.items()}


def taken_back_at_once(
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
    return next((place for place, upto in enumerate(moments) if at < upto), len(moments))
