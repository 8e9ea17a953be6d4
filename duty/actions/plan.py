"""The rota, as coordinators plan it: single shifts, weekly patterns, whole months, the rules."""

from collections import defaultdict
from datetime import date, datetime

from django.db import transaction

from accounts.states import Role
from accounts.viewer import Viewer
from audit.actions import record
from duty import policies, rota
from duty.actions.moves import as_planned, lock_people, move, note, stretch_of, tell
from duty.actions.swaps import lapse_swaps
from duty.colleagues import keepers
from duty.models import DutyRules, Pattern, Shift
from duty.queries import preview, rules_of, standing_of, weekly
from duty.rota import Stretch, Weekly
from duty.states import NoticeKind, ShiftState
from foundation.clock import jst_day
from foundation.refusals import Refused
from programs.models import Program

PATTERNS_MOST = 100


def plan_shift(
    viewer: Viewer,
    *,
    program: int,
    supporter: int,
    when: Stretch,
    rooms: tuple[int, ...],
    now: datetime,
) -> Shift:
    """Put one shift on the rota; the supporter is told.

    Raises `Refused`: `not_found`, `in_the_past`, `not_a_supporter`, `not_trained`,
    `not_their_room`, `after_the_role`, `shifts_overlap`.
    """
    planner = policies.must_plan(viewer, program=program)
    policies.may_be_planned(when, now=now)
    with transaction.atomic():
        lock_people([supporter])
        _must_be_able(program, supporter, rooms, when=when, now=now)
        policies.must_be_free(when, [stretch_of(s) for s in standing_of([supporter], when=when)])
        made = _put(program, supporter, when, rooms, planner=planner, now=now)
        if supporter != planner:
            tell([supporter], NoticeKind.PLANNED, shift=made, now=now)
    return made


def _put(
    program: int,
    supporter: int,
    when: Stretch,
    rooms: tuple[int, ...],
    *,
    planner: int,
    now: datetime,
) -> Shift:
    made = Shift.objects.create(
        program_id=program, supporter_id=supporter, starts_at=when.starts_at, ends_at=when.ends_at,
        rooms=list(rooms), changed_at=now,
    )  # fmt: skip
    note(made, "planned", actor=planner, role=Role.COORDINATOR, values=as_planned(made), now=now)
    return made


def _must_be_able(
    program: int,
    supporter: int,
    rooms: tuple[int, ...],
    *,
    when: Stretch | None = None,
    now: datetime,
) -> None:
    found = next((one for one in keepers(program, now=now) if one.staff == supporter), None)
    if found is None:
        raise Refused("not_a_supporter")
    if code := found.refusal(rooms, today=jst_day(now), when=when):
        raise Refused(code)


def cancel_shift(viewer: Viewer, *, shift: int, now: datetime) -> None:
    """Take a planned shift off the rota; the supporter is told.

    Raises `Refused`: `not_found`, `moved_on` (it began, or is off already).
    """
    with transaction.atomic():
        held = Shift.objects.filter(pk=shift).first()
        if held is None:
            raise Refused("not_found")
        planner = policies.must_plan(viewer, program=held.program_id)
        move(held, ShiftState.CANCELLED, actor=planner, role=Role.COORDINATOR, now=now)
        lapse_swaps([held.pk], now=now)
        if held.supporter_id != planner:
            tell([held.supporter_id], NoticeKind.CANCELLED, shift=held, now=now)


# --- weekly patterns -----------------------------------------------------------------------------


def add_pattern(viewer: Viewer, *, program: int, wanted: Weekly, now: datetime) -> Pattern:
    """A weekly stretch of somebody's. Nothing is on the rota before a month is planned.

    Raises `Refused`: `not_found`, `no_length`, `shift_too_long`, `not_a_supporter`, `not_trained`,
    `not_their_room`, `too_many_patterns`, `patterns_overlap` (with another of the same person's,
    in whatever program).
    """
    planner = policies.must_plan(viewer, program=program)
    rota.stretch(jst_day(now), wanted.begins, wanted.ends)
    _must_be_able(program, wanted.supporter, wanted.rooms, now=now)
    with transaction.atomic():
        lock_people([wanted.supporter])
        theirs = Pattern.objects.filter(supporter=wanted.supporter).order_by("pk")
        if len(theirs) >= PATTERNS_MOST:
            raise Refused("too_many_patterns")
        if rota.weekly_meeting([*weekly(theirs), wanted]):
            raise Refused("patterns_overlap")
        made = Pattern.objects.create(
            program_id=program, supporter_id=wanted.supporter, weekday=wanted.weekday,
            begins=wanted.begins, ends=wanted.ends, rooms=list(wanted.rooms),
            rests_on_holidays=wanted.rests_on_holidays,
        )  # fmt: skip
        _note_pattern(made, "added", planner=planner, now=now)
    return made


def remove_pattern(viewer: Viewer, *, pattern: int, now: datetime) -> None:
    """Months that were planned from it stay. Raises `Refused("not_found")`."""
    with transaction.atomic():
        held = Pattern.objects.filter(pk=pattern).first()
        if held is None:
            raise Refused("not_found")
        planner = policies.must_plan(viewer, program=held.program_id)
        _note_pattern(held, "removed", planner=planner, now=now)
        held.delete()


def _note_pattern(row: Pattern, verb: str, *, planner: int, now: datetime) -> None:
    record(
        planner,
        role=Role.COORDINATOR,
        verb=f"duty.pattern_{verb}",
        object_type="pattern",
        object_id=row.pk,
        program=row.program_id,
        values={
            "supporter": row.supporter_id,
            "weekday": row.weekday,
            "begins": f"{row.begins:%H:%M}",
            "ends": f"{row.ends:%H:%M}",
            "rooms": row.rooms,
            "rests_on_holidays": row.rests_on_holidays,
        },
        now=now,
    )


def plan_month(viewer: Viewer, *, program: int, first: date, now: datetime) -> int:
    """Put on the rota what the preview shows as new; how many shifts. Done twice it adds nothing.

    What overlaps, or is of somebody who may not keep it, stays out, as the preview says; each
    supporter is told once. Raises `Refused("not_found")`.
    """
    planner = policies.must_plan(viewer, program=program)
    with transaction.atomic():
        lock_people(
            Pattern.objects.filter(program=program)
            .order_by("pk")
            .values_list("supporter", flat=True)
        )
        made: dict[int, list[Shift]] = defaultdict(list)
        for one in preview(viewer, program=program, first=first, now=now):
            if one.verdict == "new":
                new = one.proposed
                made[new.supporter].append(
                    _put(program, new.supporter, new.when, new.rooms, planner=planner, now=now)
                )
        for supporter in sorted(made):
            if supporter != planner:
                tell([supporter], NoticeKind.PLANNED, shift=made[supporter][0], now=now)
    return sum(len(shifts) for shifts in made.values())


def set_rules(
    viewer: Viewer, *, program: int, longest_minutes: int, hard_after: int,
    seen: tuple[int, int], now: datetime,
) -> None:  # fmt: skip
    """The longest time at a stretch (30–480 minutes), and from how many crisis items on a shift
    was hard (1 or more). `seen`: both, as they stood on the planner's page.

    Raises `Refused`: `not_found`, `out_of_range`, `changed_meanwhile`.
    """
    planner = policies.must_plan(viewer, program=program)
    if not (30 <= longest_minutes <= 480 and 1 <= hard_after <= 99):
        raise Refused("out_of_range")
    values = {"longest_minutes": longest_minutes, "hard_after": hard_after}
    with transaction.atomic():
        # Before they are first set there is no row of their own to hold.
        Program.objects.select_for_update(no_key=True).get(pk=program)
        before = rules_of(program)
        if (before.longest_minutes, before.hard_after) != seen:
            raise Refused("changed_meanwhile")
        changes = {
            name: [getattr(before, name), value]
            for name, value in values.items()
            if getattr(before, name) != value
        }
        if not changes:
            return
        DutyRules.objects.update_or_create(program_id=program, defaults=values)
        record(
            planner, role=Role.COORDINATOR, verb="duty.rules_set", object_type="program",
            object_id=program, program=program, fields=sorted(changes), values=changes, now=now,
        )  # fmt: skip
