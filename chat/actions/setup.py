"""What coordinators set up: a room, its settings, its hours. Two who change at once are told."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, time

from django.db import IntegrityError, transaction
from django.db.models import Max

from chat import queries, timetable
from chat.actions.rooms import bring_up_to_date, take_away
from chat.actions.sitting import Sitting
from chat.models import Opening, Room
from chat.schedule import Hours
from chat.states import HolidayRule, RoomKind
from foundation.clock import jst_day
from foundation.refusals import Refused

# What the open pages of a room hear at once; the rest is seen at the next opening of the page.
_HEARD = ("name", "kind", "slow_s", "stamps")
# Column: [before, after].
Changes = dict[str, list[object]]


def create(*, program: int, values: Mapping[str, object], now: datetime) -> Room:
    """A new room, closed until it has hours. Raises `Refused("slug_taken")`."""
    last = Room.objects.aggregate(last=Max("position"))["last"]
    try:
        with transaction.atomic():
            return Room.objects.create(
                program_id=program,
                position=0 if last is None else min(last + 1, 32_000),
                epoch=secrets.token_hex(4),
                **values,
            )
    except IntegrityError:
        raise Refused("slug_taken") from None


def change(
    *, program: int, room: int, version: int, values: Mapping[str, object], now: datetime
) -> Changes:
    """Change settings; open pages hear of it. What was different, before and after.

    Raises `Refused`: `gone`, `changed_meanwhile` (somebody else was faster), `training_stays`.
    """
    with transaction.atomic():
        sitting, row = _held(program, room, version, now)
        kinds = {row.kind, values.get("kind", row.kind)}
        if len(kinds) > 1 and RoomKind.TRAINING in kinds:
            # Who was there before read another door.
            raise Refused("training_stays")
        changes = _changes(row, values)
        if changes:
            row.version += 1
            row.save(update_fields=[*values, "version"])
            if heard := {name: values[name] for name in _HEARD if name in changes}:
                sitting.add_event(room, "room", body=heard)
            sitting.store()
    bring_up_to_date(now=now, rooms=[room])
    return changes


def set_hours(
    *, program: int, room: int, version: int, hours: Sequence[Hours], holidays: HolidayRule,
    special_days: Mapping[str, Sequence[Sequence[str]]], now: datetime,
) -> Changes:  # fmt: skip
    """The whole timetable anew. Dates that are past go.

    Raises `Refused` as `change` does, and `hours_overlap`.
    """
    today = jst_day(now).isoformat()
    kept = {day: special_days[day] for day in sorted(special_days) if day >= today}
    if timetable.clash(hours, kept):
        raise Refused("hours_overlap")
    with transaction.atomic():
        _, row = _held(program, room, version, now)
        values: dict[str, object] = {"holidays": holidays.value, "special_days": kept}
        changes = _changes(row, values)
        before, after = queries.hours_of([room]).get(room, []), sorted(hours, key=_begin)
        if before != after:
            Opening.objects.filter(room=row).delete()
            Opening.objects.bulk_create(
                Opening(room=row, weekday=one.weekday, opens=one.opens, closes=one.closes)
                for one in after
            )
            changes["hours"] = [
                [timetable.said_weekly(one) for one in before],
                [timetable.said_weekly(one) for one in after],
            ]
        if changes:
            row.version += 1
            row.save(update_fields=[*values, "version"])
    bring_up_to_date(now=now, rooms=[room])
    return changes


def remove(*, program: int, room: int, version: int, now: datetime) -> None:
    """For good. Raises `Refused` as `change` does."""
    with transaction.atomic():
        _held(program, room, version, now)
        take_away(room=room, now=now)


def _begin(one: Hours) -> tuple[int, time]:
    return one.weekday, one.opens


def _held(program: int, room: int, version: int, now: datetime) -> tuple[Sitting, Room]:
    sitting = Sitting({room}, now=now)
    row = Room.objects.filter(pk=room).first()
    if row is None or row.program_id != program or row.removed_at is not None:
        raise Refused("gone")
    if row.version != version:
        raise Refused("changed_meanwhile")
    return sitting, row


def _changes(row: Room, values: Mapping[str, object]) -> Changes:
    found: Changes = {}
    for name, value in values.items():
        if (before := getattr(row, name)) != value:
            found[name] = [before, value]
            setattr(row, name, value)
    return found
