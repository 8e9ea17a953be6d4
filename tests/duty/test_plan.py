"""The rota: planned by coordinators, from weekly patterns, never against itself."""

from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from audit.models import AuditEntry
from duty import rota
from duty.actions.plan import (
    add_pattern,
    cancel_shift,
    plan_month,
    plan_shift,
    remove_pattern,
    set_rules,
)
from duty.actions.swaps import ask_swap
from duty.models import Notice, Pattern, Shift
from duty.queries import month, preview, rules_of
from duty.states import NoticeKind, ShiftState
from tests.cast import grant, make_program, make_staff, staff_viewer
from tests.duty.team import TOMORROW, begun, shift_of
from tests.duty.test_shifts import refused

DECEMBER = date(2026, 12, 1)
EVENING = rota.stretch(TOMORROW, time(20), time(23))


@pytest.fixture
def plan(mori, program, now):
    """`plan(ren)`: mori puts someone on tomorrow's rota, 20:00–23:00."""

    def put(who, *, when=EVENING, rooms=()):
        return plan_shift(
            staff_viewer(mori), program=program.pk, supporter=who.pk, when=when, rooms=rooms,
            now=now,
        )  # fmt: skip

    return put


@pytest.fixture
def every_week(mori, program, now):
    """`every_week(ren, 0, 20, 23)`: mori adds a pattern; weekday and hours."""

    def add(who, weekday, begins, ends, **more):
        wanted = rota.Weekly(who.pk, weekday, time(begins), time(ends), **more)
        return add_pattern(staff_viewer(mori), program=program.pk, wanted=wanted, now=now)

    return add


def test_a_planned_shift_is_told_to_the_supporter_and_noted(plan, ren, mori):
    made = plan(ren, rooms=(101,))
    assert (made.state, made.rooms) == (ShiftState.PLANNED, [101])
    assert Notice.objects.get().to == ren
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.role, entry.verb) == (mori.pk, "coordinator", "duty.planned")
    assert entry.values == {
        "supporter": ren.pk,
        "starts_at": "2026-12-01T11:00:00.000Z",
        "ends_at": "2026-12-01T14:00:00.000Z",
        "rooms": [101],
    }


@pytest.mark.parametrize(
    ("begins", "ends", "code"),
    [
        (time(19), time(20), ""),
        (time(23), time(2), ""),
        (time(22, 59), time(23, 30), "shifts_overlap"),
        (time(14), time(1), "shifts_overlap"),
    ],
)
def test_one_persons_shifts_never_overlap(begins, ends, code, plan, ren, sora):
    plan(ren)
    when = rota.stretch(TOMORROW, begins, ends)
    if code:
        assert refused(lambda: plan(ren, when=when)) == code
        assert plan(sora, when=when)
    else:
        assert plan(ren, when=when)


def test_shifts_of_another_program_count_too(plan, ren):
    elsewhere = make_program("kochi")
    shift_of(ren, elsewhere, begins=time(22), ends=time(1))
    assert refused(lambda: plan(ren)) == "shifts_overlap"


def test_the_database_holds_one_standing_shift_per_start_by_itself(plan, ren, program, now):
    made = plan(ren)
    twin = {"supporter": ren, "program": program, "changed_at": now}
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.create(starts_at=made.starts_at, ends_at=made.ends_at, **twin)
    Shift.objects.filter(pk=made.pk).update(state=ShiftState.CANCELLED)
    Shift.objects.create(starts_at=made.starts_at, ends_at=made.ends_at, **twin)


def test_whoever_is_no_trained_supporter_there_is_not_planned(plan, ren, tetsu, kaede):
    assert refused(lambda: plan(tetsu)) == "not_trained"
    assert refused(lambda: plan(kaede)) == "not_a_supporter"
    ren.grants.get().rooms.create(room=101)
    assert refused(lambda: plan(ren, rooms=(101, 102))) == "not_their_room"
    assert refused(lambda: plan(ren)) == "not_their_room"
    assert plan(ren, rooms=(101,))


def test_nothing_is_planned_in_the_past(plan, ren):
    gone = rota.stretch(date(2026, 11, 30), time(17), time(20))
    assert refused(lambda: plan(ren, when=gone)) == "in_the_past"


def test_only_a_coordinator_of_the_program_plans(ren, sora, program, now):
    elsewhere = make_staff("toshi")
    grant(elsewhere, "coordinator", make_program("kochi"))
    planned = shift_of(ren, program)
    for who in (ren, sora, elsewhere):
        viewer = staff_viewer(who)
        put = refused(
            lambda viewer=viewer: plan_shift(
                viewer, program=program.pk, supporter=sora.pk, when=EVENING, rooms=(), now=now
            )
        )
        off = refused(lambda viewer=viewer: cancel_shift(viewer, shift=planned.pk, now=now))
        assert (put, off) == ("not_found", "not_found")


def test_a_shift_taken_off_the_rota_is_told_and_its_swap_lapses(ren, sora, mori, program, now):
    planned = shift_of(ren, program)
    ask_swap(staff_viewer(ren), shift=planned.pk, colleague=None, now=now)
    cancel_shift(staff_viewer(mori), shift=planned.pk, now=now)
    kinds = set(Notice.objects.filter(seen_at=None).values_list("to", "kind"))
    assert kinds == {(ren.pk, NoticeKind.CANCELLED), (sora.pk, NoticeKind.SWAP_GONE)}
    assert month(staff_viewer(ren), program=program.pk, first=DECEMBER) == []
    assert refused(lambda: cancel_shift(staff_viewer(mori), shift=planned.pk, now=now)) == (
        "moved_on"
    )


def test_a_shift_that_began_is_not_taken_off(ren, mori, program, now):
    running = begun(ren, program)
    assert refused(lambda: cancel_shift(staff_viewer(mori), shift=running.pk, now=now)) == (
        "moved_on"
    )


# --- patterns and months -------------------------------------------------------------------------


def test_a_month_is_planned_from_patterns_as_the_preview_says(
    every_week, ren, sora, mori, program, now
):
    every_week(ren, 1, 20, 23)  # Tuesdays
    every_week(sora, 1, 22, 2, rooms=(101,))
    # Already on the rota, and in the way of one Tuesday.
    shift_of(ren, program, day=date(2026, 12, 8))
    shift_of(sora, program, day=date(2026, 12, 15), begins=time(21), ends=time(23))
    viewer = staff_viewer(mori)
    verdicts = [
        (one.proposed.day.day, one.name, one.verdict)
        for one in preview(viewer, program=program.pk, first=DECEMBER, now=now)
        if one.verdict != "new"
    ]
    assert verdicts == [(8, "れん", "there"), (15, "そら", "shifts_overlap")]
    assert plan_month(viewer, program=program.pk, first=DECEMBER, now=now) == 8
    assert plan_month(viewer, program=program.pk, first=DECEMBER, now=now) == 0
    assert len(month(viewer, program=program.pk, first=DECEMBER)) == 10
    # Once each, however many shifts.
    assert Notice.objects.filter(kind=NoticeKind.PLANNED).count() == 2


def test_days_that_went_by_are_not_planned(every_week, ren, mori, program, now):
    every_week(ren, 0, 9, 12)  # Mondays, before this evening
    viewer, november = staff_viewer(mori), date(2026, 11, 1)
    shown = preview(viewer, program=program.pk, first=november, now=now)
    assert {one.verdict for one in shown} == {"in_the_past"}
    assert plan_month(viewer, program=program.pk, first=november, now=now) == 0


@pytest.mark.parametrize(
    ("weekday", "begins", "ends"), [(6, 22, 2), (0, 1, 5), (6, 14, 0)], ids=str
)
def test_a_rota_that_overlaps_itself_is_refused(weekday, begins, ends, every_week, ren):
    every_week(ren, 6, 23, 2)  # Sunday night into Monday
    assert refused(lambda: every_week(ren, weekday, begins, ends)) == "patterns_overlap"
    assert Pattern.objects.count() == 1


def test_a_pattern_goes_and_what_was_planned_from_it_stays(every_week, ren, mori, program, now):
    made = every_week(ren, 1, 20, 23)
    viewer = staff_viewer(mori)
    plan_month(viewer, program=program.pk, first=DECEMBER, now=now)
    assert refused(lambda: remove_pattern(staff_viewer(ren), pattern=made.pk, now=now)) == (
        "not_found"
    )
    remove_pattern(viewer, pattern=made.pk, now=now)
    assert not Pattern.objects.exists()
    assert Shift.objects.count() == 5


def test_whoever_left_since_is_not_planned(every_week, ren, mori, program, now):
    every_week(ren, 1, 20, 23)
    ren.grants.update(ended_at=now)
    shown = preview(staff_viewer(mori), program=program.pk, first=DECEMBER, now=now)
    assert {one.verdict for one in shown} == {"not_a_supporter"}


def test_a_months_preview_costs_the_same_for_one_pattern_and_for_many(
    every_week, ren, sora, mori, program, now, django_assert_num_queries
):
    every_week(ren, 1, 20, 23)
    viewer = staff_viewer(mori)
    with django_assert_num_queries(4):
        preview(viewer, program=program.pk, first=DECEMBER, now=now)
    for weekday in (2, 3, 4):
        every_week(ren, weekday, 20, 23)
        every_week(sora, weekday, 20, 23)
    with django_assert_num_queries(4):
        preview(viewer, program=program.pk, first=DECEMBER, now=now)


# --- rules ---------------------------------------------------------------------------------------


def test_no_pattern_is_left_out_however_many_there_are(mori, ren, sora, program, now):
    Pattern.objects.bulk_create(
        Pattern(
            program=program, supporter=who, weekday=number % 7, begins=time(number // 7),
            ends=time(number // 7 + 1), rooms=[],
        )
        for who in (ren, sora)
        for number in range(112)
    )  # fmt: skip
    found = preview(staff_viewer(mori), program=program.pk, first=DECEMBER, now=now)
    assert len({(one.proposed.supporter, one.proposed.when) for one in found}) == 2 * 16 * 31
    assert {one.verdict for one in found} == {"new"}


def test_the_longest_stretch_is_the_programs_own(mori, ren, program, now):
    assert rules_of(program.pk).longest_minutes == 120
    set_rules(
        staff_viewer(mori), program=program.pk, longest_minutes=90, hard_after=2, seen=(120, 3),
        now=now,
    )  # fmt: skip
    assert rules_of(program.pk).longest_minutes == 90
    for who, minutes, code in ((ren, 60, "not_found"), (mori, 29, "out_of_range")):
        assert refused(
            lambda who=who, minutes=minutes: set_rules(
                staff_viewer(who), program=program.pk, longest_minutes=minutes, hard_after=2,
                seen=(90, 2), now=now + timedelta(minutes=1),
            )
        ) == code  # fmt: skip


def test_rules_that_a_colleague_set_meanwhile_are_told_and_the_log_has_both(mori, program, now):
    def put(longest: int, hard: int, *, seen: tuple[int, int]) -> None:
        set_rules(
            staff_viewer(mori), program=program.pk, longest_minutes=longest, hard_after=hard,
            seen=seen, now=now,
        )  # fmt: skip

    put(90, 3, seen=(120, 3))
    entry = AuditEntry.objects.get(verb="duty.rules_set")
    assert (entry.fields, entry.values) == (["longest_minutes"], {"longest_minutes": [120, 90]})
    assert refused(lambda: put(60, 3, seen=(120, 3))) == "changed_meanwhile"
    assert rules_of(program.pk).longest_minutes == 90
    put(90, 3, seen=(90, 3))
    assert AuditEntry.objects.filter(verb="duty.rules_set").count() == 1, "nothing was different"
    put(60, 5, seen=(90, 3))
    assert rules_of(program.pk).hard_after == 5
