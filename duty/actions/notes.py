"""申し送り for the next shift, ふりかえり for oneself, and notices put away."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.states import Role
from accounts.viewer import Viewer
from audit.actions import record
from duty import policies
from duty.models import Debrief, Handover, HandoverReading, Notice, Shift
from foundation.refusals import Refused
from foundation.tidy import tidy

MOST = 2000  # characters
HANDOVERS_KEPT = timedelta(days=30)
DEBRIEFS_KEPT = timedelta(days=90)
NOTICES_KEPT = timedelta(days=30)


def write_handover(viewer: Viewer, *, program: int, text: str, now: datetime) -> Handover:
    """What the next shift should know. Never filled by a machine: no participant's words get here
    but by somebody's own hand. Raises `Refused`: `not_found`, `empty`, `too_long`, `malformed`.
    """
    author = policies.must_be_of_the_team(viewer, program=program)
    kept = tidy(text, most=MOST)
    with transaction.atomic():
        made = Handover.objects.create(program_id=program, author_id=author, text=kept, at=now)
        record(
            author, role=_role(viewer, program), verb="duty.handover_written",
            object_type="handover", object_id=made.pk, program=program, now=now,
        )  # fmt: skip
    return made


def _role(viewer: Viewer, program: int) -> Role:
    return Role.SUPPORTER if viewer.holds(Role.SUPPORTER, program=program) else Role.COORDINATOR


def read_handover(viewer: Viewer, *, handover: int, now: datetime) -> None:
    """「よみました」. Raises `Refused("not_found")`."""
    row = Handover.objects.filter(pk=handover).first()
    if row is None:
        raise Refused("not_found")
    reader = policies.must_be_of_the_team(viewer, program=row.program_id)
    if reader != row.author_id:
        HandoverReading.objects.get_or_create(handover=row, staff_id=reader, defaults={"at": now})


def write_debrief(
    viewer: Viewer, *, shift: int, text: str, to_supervisor: bool, now: datetime
) -> Debrief:
    """A note of one's own; the supervisor of the shift reads it only if one wishes.

    Raises `Refused`: `not_found`, `no_supervisor`, `empty`, `too_long`, `malformed`.
    """
    held = policies.must_be_own(viewer, Shift.objects.filter(pk=shift).first())
    if to_supervisor and held.supervisor_id is None:
        raise Refused("no_supervisor")
    kept = tidy(text, most=MOST)
    with transaction.atomic():
        made = Debrief.objects.create(
            shift=held, author_id=held.supporter_id, text=kept, at=now,
            shown_to_id=held.supervisor_id if to_supervisor else None,
        )  # fmt: skip
        record(
            viewer.staff, role=Role.SUPPORTER, verb="duty.debrief_written", object_type="shift",
            object_id=held.pk, program=held.program_id, now=now,
        )  # fmt: skip
    return made


def erase_debrief(viewer: Viewer, *, debrief: int) -> None:
    """One's own, at any time. Raises `Refused("not_found")`."""
    gone, _ = Debrief.objects.filter(pk=debrief, author=viewer.staff or 0).delete()
    if not gone:
        raise Refused("not_found")


def put_away(viewer: Viewer, *, notice: int, now: datetime) -> None:
    """Seen. Somebody else's notice stays as it is."""
    Notice.objects.filter(pk=notice, to=viewer.staff or 0, seen_at=None).update(seen_at=now)


def purge(*, now: datetime) -> int:
    """What is past its time goes; how many rows. Handovers 30 days, debriefs 90, notices 30."""
    gone = 0
    for old in (
        Handover.objects.filter(at__lt=now - HANDOVERS_KEPT),
        Debrief.objects.filter(at__lt=now - DEBRIEFS_KEPT),
        Notice.objects.filter(at__lt=now - NOTICES_KEPT),
    ):
        gone += old.delete()[0]
    return gone
