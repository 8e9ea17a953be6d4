"""When one may come without an appointment: now, next, and over the coming days."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from chat.schedule import Door, Hours, door
from chat.timetable import Day, preview
from counseling.models import DropIn, Gathering
from programs.models import Place, Program

MOST = 200
GATHERINGS_AHEAD = timedelta(days=60)


def weekly(programs: Collection[int]) -> dict[int, list[Hours]]:
    """Each program's stretches, Monday first; programs without any are left out."""
    rows = DropIn.objects.filter(program_id__in=programs).order_by("weekday", "opens", "pk")
    found: dict[int, list[Hours]] = {}
    for row in rows:
        found.setdefault(row.program_id, []).append(Hours(row.weekday, row.opens, row.closes))
    return found


def lines(program: int) -> list[DropIn]:
    """One program's stretches with their numbers, for who plans them."""
    return list(DropIn.objects.filter(program_id=program).order_by("weekday", "opens", "pk"))


def doors(programs: Collection[int], *, now: datetime) -> dict[int, Door]:
    """Whether it is such a time now, until when, or when next; none where none is planned."""
    return {program: door(hours, now) for program, hours in weekly(programs).items()}


def gatherings(programs: Collection[int], *, now: datetime) -> list[Gathering]:
    """What isn't over, at places that are on the list, soonest first."""
    rows = Gathering.objects.filter(
        place__program_id__in=programs, place__removed_at__isnull=True,
        ends_at__gt=now, starts_at__lt=now + GATHERINGS_AHEAD,
    )  # fmt: skip
    return list(rows.select_related("place__municipality").order_by("starts_at", "pk")[:MOST])


@dataclass(frozen=True, slots=True)
class Coming:
    """A program's days of the coming two weeks, the gatherings of two months, its real places."""

    program: Program
    days: list[Day]
    gatherings: list[Gathering]
    places: list[Place]


def coming(programs: list[Program], *, now: datetime) -> list[Coming]:
    """What there is to come to, for anyone. Three queries."""
    numbers = [one.pk for one in programs]
    planned = weekly(numbers)
    rows = Place.objects.filter(program_id__in=numbers, removed_at__isnull=True)
    rows = rows.select_related("municipality").order_by("municipality_id", "name", "pk")
    places = list(rows[:MOST])
    meeting = gatherings(numbers, now=now)
    return [
        Coming(
            program=one,
            days=[day for day in preview(planned.get(one.pk, []), {}, now=now) if day.stretches],
            gatherings=[one_day for one_day in meeting if one_day.place.program_id == one.pk],
            places=[place for place in places if place.program_id == one.pk],
        )
        for one in programs
    ]
