"""A shift: begun with somebody who is there, rested from, ended at any time; never two at once."""

from datetime import date, time, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Staff
from accounts.states import Role
from accounts.viewer import VISITOR
from duty.actions import shifts
from duty.actions.attending import attend, leave_room
from duty.actions.shifts import begin_shift, close_due, come_back, end_shift, rest, step_in
from duty.models import AlertChoice, AlertHour, Attendance, PushAddress, Shift
from duty.queries import attending, on_duty, rest_in, rules_of, stretch_is_over
from duty.rota import hour_of_week
from duty.states import ShiftState
from foundation.refusals import Refused
from tests.cast import grant, make_program, staff_viewer
from tests.duty.team import TODAY, begun, logged, shift_of

ROOM, OTHER, THIRD = 101, 102, 103


def refused(call) -> str:
    with pytest.raises(Refused) as no, transaction.atomic():
        call()
    return no.value.code


@pytest.fixture
def shift(ren, program):
    """Planned for this very hour: 20:00–23:00."""
    return shift_of(ren, program, day=TODAY)


@pytest.fixture
def awake(mori, now):
    """mori said yes for this hour of the week, and a browser of theirs is called."""
    AlertChoice.objects.create(staff=mori, channels=["push"])
    PushAddress.objects.create(staff=mori, key="0" * 64, sealed="", made_at=now)
    AlertHour.objects.create(staff=mori, hour=hour_of_week(now))
    return mori


def test_a_shift_begins_with_somebody_who_is_there(shift, ren, awake, now):
    made = begin_shift(staff_viewer(ren), shift=shift.pk, supervisor=awake.pk, now=now)
    assert made.state == ShiftState.BEGUN
    made.refresh_from_db()
    assert (made.supervisor, made.begun_at, made.stretch_at) == (awake, now, now)
    assert logged() == ["duty.begun"]


def test_only_somebody_reachable_now_can_be_named(shift, ren, mori, sora, now):
    viewer = staff_viewer(ren)
    assert (
        refused(lambda: begin_shift(viewer, shift=shift.pk, supervisor=mori.pk, now=now))
        == "no_such_supervisor"
    )
    # Nobody can be reached: the house isn't kept shut for it.
    assert begin_shift(viewer, shift=shift.pk, supervisor=None, now=now).supervisor_id is None


def test_who_said_yes_and_can_be_reached_by_nothing_is_nobodys_supervisor(shift, ren, awake, now):
    PushAddress.objects.all().delete()
    assert (
        refused(
            lambda: begin_shift(staff_viewer(ren), shift=shift.pk, supervisor=awake.pk, now=now)
        )
        == "no_such_supervisor"
    )
    assert begin_shift(staff_viewer(ren), shift=shift.pk, supervisor=None, now=now)


def test_while_somebody_is_reachable_nobody_begins_without_them(shift, ren, awake, now):
    assert (
        refused(lambda: begin_shift(staff_viewer(ren), shift=shift.pk, supervisor=None, now=now))
        == "no_such_supervisor"
    )


def test_an_experienced_supporter_on_duty_may_be_there_for_another(shift, ren, sora, program, now):
    begun(sora, program)
    assert begin_shift(staff_viewer(ren), shift=shift.pk, supervisor=sora.pk, now=now)


@pytest.mark.parametrize(
    ("minutes", "code"), [(-16, "too_early"), (-15, ""), (179, ""), (180, "shift_over")]
)
def test_a_shift_begins_from_a_quarter_of_an_hour_before_until_its_end(
    minutes, code, shift, ren, now
):
    at = now + timedelta(minutes=minutes)

    def begin():
        return begin_shift(staff_viewer(ren), shift=shift.pk, supervisor=None, now=at)

    if code:
        assert refused(begin) == code
    else:
        assert begin().state == ShiftState.BEGUN


def test_nobody_begins_somebody_elses_shift(shift, sora, now):
    for viewer in (staff_viewer(sora), VISITOR):
        assert (
            refused(
                lambda viewer=viewer: begin_shift(viewer, shift=shift.pk, supervisor=None, now=now)
            )
            == "not_found"
        )


def test_nobody_sits_at_two_desks(shift, ren, program, now):
    begun(ren, program)
    viewer = staff_viewer(ren)
    assert (
        refused(lambda: begin_shift(viewer, shift=shift.pk, supervisor=None, now=now))
        == "on_another_shift"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.filter(pk=shift.pk).update(state=ShiftState.BEGUN, begun_at=now)


def test_stepping_in_needs_no_plan_and_lasts_four_hours_at_most(ren, program, now):
    viewer = staff_viewer(ren)

    def for_hours(hours: float):
        until = now + timedelta(hours=hours)
        return step_in(viewer, program=program.pk, until=until, supervisor=None, now=now)

    assert refused(lambda: for_hours(4.1)) == "shift_too_long"
    assert refused(lambda: for_hours(0)) == "no_length"
    assert for_hours(4).state == ShiftState.BEGUN


def test_stepping_in_needs_training_too(tetsu, program, now):
    until = now + timedelta(hours=1)
    asked = partial(step_in, program=program.pk, until=until, supervisor=None, now=now)
    assert refused(partial(asked, staff_viewer(tetsu))) == "not_trained"
    assert not Shift.objects.exists()


@pytest.mark.parametrize("how", ["ended", "its day is over", "account closed", "still held"])
def test_without_the_role_no_shift_is_kept(ren, sora, program, now, how):
    running, planned = begun(ren, program), shift_of(ren, program)
    others = begun(sora, program)
    Attendance.objects.create(shift=running, room=ROOM, acted_at=now)
    if how == "ended":
        ren.grants.update(ended_at=now)
    elif how == "its day is over":
        ren.grants.update(expires_on=TODAY - timedelta(days=1))
    elif how == "account closed":
        Staff.objects.filter(pk=ren.pk).update(is_active=False)
    close_due(now=now)
    states = dict(Shift.objects.values_list("pk", "state"))
    assert states[others.pk] == ShiftState.BEGUN
    if how == "still held":
        assert states[running.pk] == ShiftState.BEGUN and states[planned.pk] == ShiftState.PLANNED
        assert Attendance.objects.exists()
    else:
        assert states[running.pk] == ShiftState.ENDED
        assert states[planned.pk] == ShiftState.CANCELLED
        assert not Attendance.objects.exists(), "nobody watches without the role"


def test_stepping_in_never_overlaps_what_is_planned(ren, program, now):
    shift_of(ren, program, day=TODAY, begins=time(22), ends=time(23))
    viewer = staff_viewer(ren)
    assert (
        refused(
            lambda: step_in(
                viewer, program=program.pk, until=now + timedelta(hours=3), supervisor=None, now=now
            )
        )
        == "shifts_overlap"
    )


# --- attending -----------------------------------------------------------------------------------


def test_attending_lasts_ten_minutes_from_the_last_act(ren, program, now):
    mine = begun(ren, program)
    attend(staff_viewer(ren), shift=mine.pk, room=ROOM, now=now)
    assert attending([ROOM, OTHER], now=now + timedelta(minutes=9)) == {ROOM: 1}
    assert attending([ROOM], now=now + timedelta(minutes=10)) == {}


def test_alone_one_room_together_two_and_never_three(ren, sora, program, now):
    viewer, mine = staff_viewer(ren), begun(ren, program)
    attend(viewer, shift=mine.pk, room=ROOM, now=now)
    assert refused(lambda: attend(viewer, shift=mine.pk, room=OTHER, now=now)) == "alone"
    begun(sora, program)
    attend(viewer, shift=mine.pk, room=OTHER, now=now)
    attend(viewer, shift=mine.pk, room=ROOM, now=now + timedelta(minutes=3))
    third = refused(lambda: attend(viewer, shift=mine.pk, room=THIRD, now=now))
    assert third == "too_many_rooms"
    leave_room(viewer, shift=mine.pk, room=OTHER, now=now)
    attend(viewer, shift=mine.pk, room=THIRD, now=now)


def test_nobody_attends_before_beginning_nor_after_the_end(shift, ren, now):
    viewer = staff_viewer(ren)
    assert refused(lambda: attend(viewer, shift=shift.pk, room=ROOM, now=now)) == "not_begun"
    begin_shift(viewer, shift=shift.pk, supervisor=None, now=now)
    over = now + timedelta(hours=3)
    assert refused(lambda: attend(viewer, shift=shift.pk, room=ROOM, now=over)) == "shift_over"


def test_saying_here_again_is_no_news_for_the_log(ren, program, now):
    mine = begun(ren, program)
    for minutes in (0, 5, 9):
        at = now + timedelta(minutes=minutes)
        attend(staff_viewer(ren), shift=mine.pk, room=ROOM, now=at)
    assert logged() == ["duty.attended"]


def test_imasuka_is_asked_after_seven_minutes(ren, program, now):
    mine = begun(ren, program)
    attend(staff_viewer(ren), shift=mine.pk, room=ROOM, now=now)

    def asked(minutes: int) -> list[bool]:
        at = now + timedelta(minutes=minutes)
        there = on_duty(staff_viewer(ren), program=program.pk, now=at)
        return [room.asked for room in there[0].rooms]

    assert [asked(6), asked(7), asked(10)] == [[False], [True], []]


# --- rest, end, the clock ------------------------------------------------------------------------


def test_whoever_rests_watches_nothing_and_comes_back_fresh(ren, program, now):
    viewer, mine = staff_viewer(ren), begun(ren, program)
    attend(viewer, shift=mine.pk, room=ROOM, now=now)
    rest(viewer, shift=mine.pk, now=now)
    assert attending([ROOM], now=now) == {}
    assert refused(lambda: attend(viewer, shift=mine.pk, room=ROOM, now=now)) == "not_begun"
    later = now + timedelta(minutes=20)
    come_back(viewer, shift=mine.pk, now=later)
    mine.refresh_from_db()
    assert (mine.state, mine.stretch_at) == (ShiftState.BEGUN, later)
    assert logged() == ["duty.attended", "duty.resting", "duty.begun"]


def test_after_two_hours_at_a_stretch_the_desk_reminds(ren, program, now):
    mine, rules = begun(ren, program), rules_of(program.pk)
    assert not stretch_is_over(mine, rules, now=now + timedelta(minutes=59))
    assert stretch_is_over(mine, rules, now=now + timedelta(minutes=60))
    rest(staff_viewer(ren), shift=mine.pk, now=now)
    mine.refresh_from_db()
    assert not stretch_is_over(mine, rules, now=now + timedelta(minutes=60))


def rest_due(held, at) -> int | None:
    """In how many minutes the desk reminds, as things stand then."""
    held.refresh_from_db()
    found = rest_in(held, rules_of(held.program_id), now=at)
    return None if found is None else found.due_in // 60


def test_two_shifts_one_after_the_other_are_one_stretch(ren, program, now):
    viewer, until = staff_viewer(ren), now + timedelta(hours=2)
    first = shift_of(ren, program, day=TODAY, begins=time(20), ends=time(22))
    second = shift_of(ren, program, day=TODAY, begins=time(22), ends=time(23))
    begin_shift(viewer, shift=first.pk, supervisor=None, now=now)
    assert rest_due(first, now) == 120, "the limit falls at the shift's end"
    end_shift(viewer, shift=first.pk, now=until)
    begin_shift(viewer, shift=second.pk, supervisor=None, now=until)
    assert rest_due(second, until) == 0
    assert stretch_is_over(second, rules_of(program.pk), now=until)


@pytest.mark.parametrize(("seconds", "rested"), [(1, False), (599, False), (600, True)])
def test_ten_minutes_off_duty_are_a_rest_and_less_is_none(seconds, rested, ren, program, now):
    viewer, mine, other = staff_viewer(ren), begun(ren, program), make_program("kochi")
    grant(ren, Role.SUPPORTER, other, trained_on=date(2025, 1, 1))
    away = timedelta(seconds=seconds)
    rest(viewer, shift=mine.pk, now=now)
    come_back(viewer, shift=mine.pk, now=now + away)
    mine.refresh_from_db()
    since = mine.stretch_at
    assert since == (now + away if rested else now - timedelta(hours=1))
    # Ended and stepped in again, elsewhere too.
    end_shift(viewer, shift=mine.pk, now=now + away)
    again = now + 2 * away
    anew = step_in(
        staff_viewer(ren), program=other.pk, until=again + timedelta(hours=3), supervisor=None,
        now=again,
    )  # fmt: skip
    assert anew.stretch_at == (again if rested else since)


def test_a_shift_that_ended_in_a_rest_was_left_when_the_rest_began(ren, program, now):
    viewer, mine = staff_viewer(ren), begun(ren, program)
    rest(viewer, shift=mine.pk, now=now)
    end_shift(viewer, shift=mine.pk, now=now + timedelta(minutes=6))
    until, at = now + timedelta(hours=2), now + timedelta(minutes=9)
    soon = step_in(viewer, program=program.pk, until=until, supervisor=None, now=at)
    assert soon.stretch_at == now - timedelta(hours=1)
    end_shift(viewer, shift=soon.pk, now=at)
    Shift.objects.filter(pk=soon.pk).delete()
    at = now + timedelta(minutes=10)
    later = step_in(viewer, program=program.pk, until=until, supervisor=None, now=at)
    assert later.stretch_at == at


def test_a_shift_ends_at_any_time_and_nobody_asks_why(ren, program, now):
    viewer, mine = staff_viewer(ren), begun(ren, program)
    attend(viewer, shift=mine.pk, room=ROOM, now=now)
    end_shift(viewer, shift=mine.pk, now=now)
    mine.refresh_from_db()
    assert (mine.state, mine.ended_at) == (ShiftState.ENDED, now)
    assert not Attendance.objects.exists()
    assert refused(lambda: end_shift(viewer, shift=mine.pk, now=now)) == "moved_on"


def test_the_clock_ends_what_nobody_ended_and_notes_what_nobody_began(ren, sora, program, now):
    mine, missed = begun(ren, program), shift_of(sora, program, day=TODAY)
    assert close_due(now=mine.ends_at + timedelta(minutes=29)) == 0
    assert close_due(now=mine.ends_at + timedelta(hours=2)) == 2
    assert close_due(now=mine.ends_at + timedelta(hours=2)) == 0
    mine.refresh_from_db()
    missed.refresh_from_db()
    assert (mine.state, mine.ended_at) == (ShiftState.ENDED, mine.ends_at)
    assert missed.state == ShiftState.MISSED
    assert logged() == ["duty.ended", "duty.missed"]


def test_what_was_hard_is_counted_on_the_running_shift_only(ren, sora, program, now):
    mine = begun(ren, program)
    viewer = staff_viewer(ren)
    assert shifts.count_exposure(viewer, program=program.pk) == 1
    assert shifts.count_exposure(viewer, program=program.pk, items=2) == 3
    assert shifts.count_exposure(staff_viewer(sora), program=program.pk) == 0
    mine.refresh_from_db()
    assert mine.exposure == 3
