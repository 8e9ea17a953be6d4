"""A shift is begun, rested from, ended; its time goes by; hard things in it are counted."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from accounts.queries import open_grants
from accounts.states import Role
from accounts.viewer import Viewer
from duty import policies
from duty.actions.moves import HOUSE, lock_people, move, news, note, stretch_of, tell
from duty.actions.swaps import lapse_swaps
from duty.colleagues import keepers, supervisors
from duty.models import Attendance, Relief, Shift
from duty.queries import standing_of
from duty.rota import Stretch
from duty.states import RUNNING, STANDING, AskState, NoticeKind, ShiftState
from foundation.clock import jst_day
from foundation.refusals import Refused

# A shift that nobody ended ends by itself so long after its time; until then its notes are written.
GRACE = timedelta(minutes=30)
_CHUNK = 100


def begin_shift(viewer: Viewer, *, shift: int, supervisor: int | None, now: datetime) -> Shift:
    """Sit down at the desk, with somebody named who is there for you.

    Nobody reachable is no reason to keep the house shut: `supervisor` None is taken when there is
    none. Raises `Refused`: `not_found`, `moved_on`, `too_early`, `shift_over`, `on_another_shift`,
    `no_such_supervisor`.
    """
    with transaction.atomic():
        lock_people([viewer.staff or 0])
        held = policies.must_be_own(viewer, Shift.objects.filter(pk=shift).first())
        policies.may_begin(held, now=now)
        _must_run_alone(held.supporter_id)
        _must_be_reachable(
            supervisor, program=held.program_id, supporter=held.supporter_id, now=now
        )
        move(
            held, ShiftState.BEGUN, actor=viewer.staff, role=Role.SUPPORTER, now=now,
            begun_at=now, stretch_at=_stretch_since(held.supporter_id, now=now),
            supervisor_id=supervisor,
        )  # fmt: skip
        lapse_swaps([held.pk], now=now)
        news(held.program_id)
    return held


def step_in(
    viewer: Viewer, *, program: int, until: datetime, supervisor: int | None, now: datetime
) -> Shift:
    """Begin a shift that nobody planned, for four hours at most.

    Raises `Refused`: what `begin_shift` raises, `no_length`, `shift_too_long`, `shifts_overlap`,
    `not_trained`, `after_the_role`.
    """
    supporter = policies.must_keep(viewer, program=program)
    mine = next((one for one in keepers(program, now=now) if one.staff == supporter), None)
    if mine is None:
        raise Refused("not_found")
    policies.may_keep_rooms((), trained_on=mine.trained_on, only=(), today=jst_day(now))
    policies.may_step_in(until, now=now)
    policies.may_keep_until(Stretch(now, until), expires_on=mine.expires_on)
    _must_be_reachable(supervisor, program=program, supporter=supporter, now=now)
    return open_shift(
        supporter=supporter, program=program, until=until, supervisor=supervisor,
        actor=viewer.staff, role=Role.SUPPORTER, now=now,
    )  # fmt: skip


def open_shift(
    *,
    supporter: int,
    program: int,
    until: datetime,
    supervisor: int | None = None,
    actor: int | None,
    role: Role | str,
    now: datetime,
) -> Shift:
    """A shift that begins now. Raises `Refused`: `on_another_shift`, `shifts_overlap`."""
    with transaction.atomic():
        lock_people([supporter])
        _must_run_alone(supporter)
        when = Stretch(now, until)
        policies.must_be_free(when, [stretch_of(s) for s in standing_of([supporter], when=when)])
        made = Shift.objects.create(
            supporter_id=supporter, program_id=program, starts_at=now, ends_at=until,
            state=ShiftState.BEGUN, begun_at=now, supervisor_id=supervisor, changed_at=now,
            stretch_at=_stretch_since(supporter, now=now),
        )  # fmt: skip
        note(made, "stepped_in", actor=actor, role=role, now=now)
        news(program)
    return made


def _must_run_alone(supporter: int) -> None:
    if Shift.objects.filter(supporter=supporter, state__in=RUNNING).exists():
        raise Refused("on_another_shift")


def _stretch_since(supporter: int, *, now: datetime) -> datetime:
    """Since when whoever begins now has been there: two shifts with no rest between are one
    stretch, whichever program they are of.
    """
    lately = Shift.objects.filter(
        supporter=supporter, state=ShiftState.ENDED, ended_at__gt=now - policies.REST_AT_LEAST
    )
    last = lately.order_by("-ended_at", "-pk").first()
    return now if last is None else _after(last.rested_at or last.ended_at, last, now=now)


def _after(left: datetime | None, held: Shift, *, now: datetime) -> datetime:
    """Since when somebody is there who left this shift's desk and is back now."""
    if held.stretch_at is None or (left is not None and now - left >= policies.REST_AT_LEAST):
        return now
    return held.stretch_at


def _must_be_reachable(
    supervisor: int | None, *, program: int, supporter: int, now: datetime
) -> None:
    there = {one.staff for one in supervisors(program, besides=supporter, now=now)}
    if supervisor not in there and (supervisor is not None or there):
        raise Refused("no_such_supervisor")


def rest(viewer: Viewer, *, shift: int, now: datetime) -> None:
    """ひとやすみ: still on shift, watching nothing. Raises `Refused`: `not_found`, `moved_on`."""
    with transaction.atomic():
        held = policies.must_be_own(viewer, Shift.objects.filter(pk=shift).first())
        move(
            held, ShiftState.RESTING, actor=viewer.staff, role=Role.SUPPORTER, now=now,
            rested_at=now,
        )  # fmt: skip
        Attendance.objects.filter(shift=held).delete()
        news(held.program_id)


def come_back(viewer: Viewer, *, shift: int, now: datetime) -> None:
    """Back from a rest: after ten minutes the time at a stretch begins anew, before it goes on.

    Raises `Refused` as `rest`.
    """
    with transaction.atomic():
        held = policies.must_be_own(viewer, Shift.objects.filter(pk=shift).first())
        if held.state != ShiftState.RESTING:
            raise Refused("moved_on")
        move(
            held, ShiftState.BEGUN, actor=viewer.staff, role=Role.SUPPORTER, now=now,
            stretch_at=_after(held.rested_at, held, now=now), rested_at=None,
        )  # fmt: skip
        news(held.program_id)


def end_shift(viewer: Viewer, *, shift: int, now: datetime) -> Shift:
    """At any time, and nobody asks why. Raises `Refused`: `not_found`, `moved_on`."""
    with transaction.atomic():
        held = policies.must_be_own(viewer, Shift.objects.filter(pk=shift).first())
        _end(held, actor=viewer.staff, role=Role.SUPPORTER, ended_at=now, now=now)
    return held


def _end(
    held: Shift, *, actor: int | None, role: Role | str, ended_at: datetime, now: datetime
) -> None:
    move(held, ShiftState.ENDED, actor=actor, role=role, now=now, ended_at=ended_at)
    Attendance.objects.filter(shift=held).delete()
    Relief.objects.filter(shift=held, state=AskState.ASKED).update(
        state=AskState.LAPSED, settled_at=now
    )
    news(held.program_id)


def close_due(*, now: datetime) -> int:
    """What the clock does: shifts that nobody began are missed, those that nobody ended end.

    Any process may run it at any time; how many moved.
    """
    due = Shift.objects.filter(
        Q(state=ShiftState.PLANNED, ends_at__lte=now)
        | Q(state__in=RUNNING, ends_at__lte=now - GRACE)
    )
    moved = end_without_role(now=now)
    for held in due.order_by("pk")[:_CHUNK]:
        with transaction.atomic():
            try:
                if held.state == ShiftState.PLANNED:
                    move(held, ShiftState.MISSED, actor=None, role=HOUSE, now=now)
                    lapse_swaps([held.pk], now=now)
                else:
                    _end(held, actor=None, role=HOUSE, ended_at=held.ends_at, now=now)
            except Refused:  # another process was faster
                continue
            moved += 1
    return moved


def end_without_role(*, staff: int | None = None, now: datetime) -> int:
    """Without the supporter's role nobody keeps a shift: what runs ends, what is planned goes, and
    the program's coordinators are told from which day on.

    `staff`: only theirs, in the transaction that ends a role; None: everybody's, for roles that
    end with their day. How many moved.
    """
    role = open_grants(now=now).filter(
        role=Role.SUPPORTER, staff=OuterRef("supporter"), program=OuterRef("program"),
        staff__is_active=True,
    )  # fmt: skip
    orphans = Shift.objects.filter(~Exists(role), state__in=STANDING)
    if staff is not None:
        orphans = orphans.filter(supporter=staff)
    moved, off = 0, dict[tuple[int, int], Shift]()
    for held in orphans.order_by("starts_at", "pk")[:_CHUNK]:
        with transaction.atomic():
            try:
                if held.state == ShiftState.PLANNED:
                    move(held, ShiftState.CANCELLED, actor=None, role=HOUSE, now=now)
                    lapse_swaps([held.pk], now=now)
                    off.setdefault((held.program_id, held.supporter_id), held)
                else:
                    _end(held, actor=None, role=HOUSE, ended_at=now, now=now)
            except Refused:  # another process was faster
                continue
            moved += 1
    for first in off.values():
        _tell_coordinators(first, now=now)
    return moved


def _tell_coordinators(first: Shift, *, now: datetime) -> None:
    """From this shift on, what was planned with its supporter is off the rota."""
    theirs = open_grants(now=now).filter(
        role=Role.COORDINATOR, program=first.program_id, staff__is_active=True
    )
    tell(
        theirs.order_by("staff").values_list("staff", flat=True), NoticeKind.ROLE_OVER,
        shift=first, about=first.supporter_id, now=now,
    )  # fmt: skip


def keep_to_rooms(*, staff: int, program: int, rooms: Collection[int], now: datetime) -> None:
    """A supporter's role was narrowed to these rooms: what is attended elsewhere is left, and
    planned shifts are for these alone. In the transaction that gives the role.
    """
    lock_people([staff])
    theirs = Shift.objects.filter(supporter=staff, program=program)
    elsewhere = Attendance.objects.filter(shift__in=theirs).exclude(room__in=rooms)
    for one in elsewhere.select_related("shift").order_by("pk"):
        note(one.shift, "left_room", actor=None, role=HOUSE, values={"room": one.room}, now=now)
        one.delete()
    for held in theirs.filter(state=ShiftState.PLANNED).order_by("pk"):
        kept = [room for room in held.rooms if room in rooms] or sorted(rooms)
        if kept != held.rooms:
            Shift.objects.filter(pk=held.pk).update(rooms=kept, changed_at=now)
            note(held, "narrowed", actor=None, role=HOUSE, values={"rooms": kept}, now=now)


def count_exposure(viewer: Viewer, *, program: int, items: int = 1) -> int:
    """The viewer took on so many words of crisis at the desk. The shift's count; 0 when none is
    running.

    The desk calls it in the transaction of the claim; it is a count and names nothing.
    """
    mine = Shift.objects.filter(supporter=viewer.staff, program=program, state__in=RUNNING)
    mine.update(exposure=F("exposure") + items)
    return mine.values_list("exposure", flat=True).first() or 0
