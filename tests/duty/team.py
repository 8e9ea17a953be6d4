"""The evening in which every test of the rota stands, and what a team is made of."""

from datetime import UTC, date, datetime, time, timedelta

from accounts.models import Staff
from accounts.states import Role
from audit.models import AuditEntry
from duty import rota
from duty.models import Shift
from duty.states import ShiftState
from programs.models import Program
from tests.cast import grant, make_staff

# Monday 30 November 2026, 20:00 in Japan.
EVENING = datetime(2026, 11, 30, 11, 0, tzinfo=UTC)
TODAY, TOMORROW = date(2026, 11, 30), date(2026, 12, 1)


def supporter(name: str, *, called: str, trained_on: date | None) -> Staff:
    """Holds the supporter's role; without a day of training they may not keep a shift."""
    made = make_staff(name, display_name=called)
    grant(made, Role.SUPPORTER, trained_on=trained_on)
    return made


def shift_of(
    supporter: Staff,
    program: Program,
    *,
    day: date = TOMORROW,
    begins: time = time(20),
    ends: time = time(23),
    rooms: tuple[int, ...] = (),
) -> Shift:
    """A planned shift, as it stands on the rota."""
    when = rota.stretch(day, begins, ends)
    return Shift.objects.create(
        supporter=supporter, program=program, starts_at=when.starts_at, ends_at=when.ends_at,
        rooms=list(rooms), changed_at=EVENING,
    )  # fmt: skip


def begun(supporter: Staff, program: Program, *, now: datetime = EVENING) -> Shift:
    """A shift of somebody who sat down an hour ago."""
    return Shift.objects.create(
        supporter=supporter, program=program, starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=2), state=ShiftState.BEGUN, begun_at=now - timedelta(hours=1),
        stretch_at=now - timedelta(hours=1), changed_at=now,
    )  # fmt: skip


def logged() -> list[str]:
    """What the log says happened, oldest first."""
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
