"""The demo's rota: a week of evenings for the supporters of each program. Refused in production."""

from datetime import datetime, time, timedelta

from django.conf import settings

from accounts.models import RoleGrant
from accounts.states import Role
from chat.demo_keeper import ALWAYS_OPEN
from chat.models import Room
from duty.models import AlertHour, Pattern, Shift
from duty.rota import DAY, Stretch, Weekly, stretch
from foundation.clock import jst, jst_day

EVERY_DAY = range(7)
# Which of the program's four supporters keeps which evenings: (weekdays, begins, ends).
_EVENINGS = (
    ((0, 2, 4, 6), time(20), time(0)),
    ((1, 3, 5, 6), time(20), time(0)),
    ((0, 1, 2), time(20), time(23)),
    ((3, 4, 5, 6), time(21), time(1)),
)
# This one's next shift can be begun at once, whenever the demo is filled.
_NOW = 2


def fill(program: int, *, now: datetime) -> int:
    """Patterns, and seven days from today planned from them; how many shifts."""
    if not settings.DEMO:
        raise RuntimeError("a demo rota is refused in production")
    rooms = list(
        Room.objects.filter(program=program, slug__in=ALWAYS_OPEN)
        .order_by("position")
        .values_list("pk", flat=True)
    )
    keepers, coordinators = _staff(program, Role.SUPPORTER), _staff(program, Role.COORDINATOR)
    weekly = [
        Weekly(staff, weekday, begins, ends, tuple(rooms))
        for staff, (weekdays, begins, ends) in zip(keepers, _EVENINGS, strict=False)
        for weekday in weekdays
    ]
    Pattern.objects.bulk_create(
        Pattern(
            program_id=program, supporter_id=one.supporter, weekday=one.weekday,
            begins=one.begins, ends=one.ends, rooms=rooms,
        )
        for one in weekly
    )  # fmt: skip
    planned = [(one.supporter, when) for one in weekly for when in _this_week(one, now)]
    if len(keepers) > _NOW:
        planned = _with_one_now(planned, keepers[_NOW], now)
    Shift.objects.bulk_create(
        Shift(
            program_id=program, supporter_id=supporter, starts_at=when.starts_at,
            ends_at=when.ends_at, rooms=rooms, changed_at=now,
        )
        for supporter, when in planned
    )  # fmt: skip
    AlertHour.objects.bulk_create(
        AlertHour(staff_id=staff, hour=hour) for staff in coordinators for hour in range(168)
    )
    return len(planned)


def _staff(program: int, role: Role) -> list[int]:
    grants = RoleGrant.objects.filter(program=program, role=role, ended_at=None)
    return list(grants.order_by("staff").values_list("staff", flat=True))


def _this_week(one: Weekly, now: datetime) -> list[Stretch]:
    days = (jst_day(now) + n * DAY for n in EVERY_DAY)
    found = [stretch(day, one.begins, one.ends) for day in days if day.weekday() == one.weekday]
    return [when for when in found if when.ends_at > now]


def _with_one_now(
    planned: list[tuple[int, Stretch]], keeper: int, now: datetime
) -> list[tuple[int, Stretch]]:
    hour = jst(now).replace(minute=0, second=0, microsecond=0)
    first = Stretch(hour, hour + timedelta(hours=4))
    others = [
        (supporter, when)
        for supporter, when in planned
        if supporter != keeper or not when.meets(first)
    ]
    return [*others, (keeper, first)]
