"""A role's last day: no shift is planned, taken or counted past it, and none is lost unseen."""

from datetime import date, time, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.promises import read
from duty import rota
from duty.actions.plan import plan_month, plan_shift
from duty.actions.shifts import close_due, end_without_role, step_in
from duty.actions.swaps import ask_swap, take_swap
from duty.models import Notice, Pattern, Shift
from duty.queries import notices, preview, readiness
from duty.rota import Kept, Need, Stretch
from duty.states import NoticeKind, ShiftState
from moderation.queries import colleagues_for
from moderation.sentences import told
from tests.cast import staff_viewer
from tests.duty.team import TODAY, TOMORROW, shift_of
from tests.duty.test_shifts import refused

ROOM, OTHER = 101, 102


@pytest.fixture
def plan(mori, program, now):
    """`plan(ren, when)`: mori puts someone on the rota."""

    def put(who, when: Stretch) -> Shift:
        return plan_shift(
            staff_viewer(mori), program=program.pk, supporter=who.pk, when=when, rooms=(ROOM,),
            now=now,
        )  # fmt: skip

    return put


@pytest.fixture
def rule(program, now):
    """`rule("supporters", needs)`: what readiness says of it."""

    def ask(code: str, needs=None):
        found = readiness(program.pk, now, needs=needs)
        return next(one for one in found if one.code == code)

    return ask


def until(who, day: date) -> None:
    who.grants.update(expires_on=day)


@pytest.mark.parametrize(
    ("begins", "ends", "code"),
    [
        (time(20), time(23), ""),
        (time(22), time(0), ""),  # the last instant is still the last day's
        (time(22), time(0, 1), "after_the_role"),
        (time(22), time(2), "after_the_role"),
    ],
)
def test_a_shift_on_the_last_day_is_planned_and_one_beyond_it_is_not(plan, ren, begins, ends, code):
    until(ren, TOMORROW)
    when = rota.stretch(TOMORROW, begins, ends)
    if code:
        assert refused(lambda: plan(ren, when)) == code
        assert not Shift.objects.exists()
    else:
        assert plan(ren, when).state == ShiftState.PLANNED


def test_the_day_after_the_last_is_beyond_it(plan, ren, sora):
    until(ren, TODAY)
    when = rota.stretch(TOMORROW, time(20), time(23))
    assert refused(lambda: plan(ren, when)) == "after_the_role"
    assert plan(sora, when)


def test_a_month_is_planned_up_to_the_last_day_and_the_preview_says_so(ren, mori, program, now):
    Pattern.objects.create(
        program=program, supporter=ren, weekday=1, begins=time(20), ends=time(23), rooms=[ROOM]
    )
    until(ren, date(2026, 12, 15))
    mine = {"program": program.pk, "first": date(2026, 12, 1), "now": now}
    found = {one.proposed.day.day: one.verdict for one in preview(staff_viewer(mori), **mine)}
    assert found == {1: "new", 8: "new", 15: "new", 22: "after_the_role", 29: "after_the_role"}
    assert plan_month(staff_viewer(mori), **mine) == 3


def test_who_leaves_before_is_neither_asked_nor_may_take_a_swap(ren, sora, program, now):
    shift = shift_of(ren, program, rooms=(ROOM,))
    asked = {"shift": shift.pk, "now": now}
    until(sora, TODAY)
    assert colleagues_for(shift, now=now) == []
    assert refused(lambda: ask_swap(staff_viewer(ren), colleague=None, **asked)) == "nobody_to_ask"
    assert refused(lambda: ask_swap(staff_viewer(ren), colleague=sora.pk, **asked)) == "cannot_keep"
    until(sora, TOMORROW)
    assert colleagues_for(shift, now=now) == [(sora.pk, "そら")]
    swap = ask_swap(staff_viewer(ren), colleague=None, **asked)
    until(sora, TODAY)
    take = {"swap": swap.pk, "now": now}
    assert refused(lambda: take_swap(staff_viewer(sora), **take)) == "after_the_role"
    shift.refresh_from_db()
    assert shift.state == ShiftState.PLANNED
    until(sora, TOMORROW)
    assert take_swap(staff_viewer(sora), **take).supporter == sora


def test_nobody_steps_in_past_their_last_day(ren, program, now):
    until(ren, TODAY)
    late = now + timedelta(hours=3, minutes=30)  # 23:30 in Japan
    step = {"program": program.pk, "supervisor": None, "now": late}
    midnight = late + timedelta(minutes=30)
    beyond = midnight + timedelta(minutes=1)
    assert refused(lambda: step_in(staff_viewer(ren), until=beyond, **step)) == "after_the_role"
    assert step_in(staff_viewer(ren), until=midnight, **step).state == ShiftState.BEGUN


# --- what was planned before the end was moved ----------------------------------------------------


def test_what_is_planned_past_a_role_is_named_and_counted_nowhere(rule, ren, sora, program, now):
    need = [Need(rota.stretch(TOMORROW, time(20), time(23)), 2, ROOM)]
    for who in (ren, sora):
        shift_of(who, program, rooms=(ROOM,))
    assert rule("supporters", need).ok and rule("within_roles").ok
    assert "あした 20:00" in read(room=ROOM, program=program.pk, participant=0, now=now)
    until(ren, TODAY)
    assert "12/1(火) 20:00–23:00 あと1人" in rule("supporters", need).todo
    said = rule("within_roles")
    assert not said.ok and "れん 12/1(火) 20:00–23:00" in said.todo and "そら" not in said.todo
    until(sora, TODAY)
    assert "あと2人" in rule("supporters", need).todo
    assert "まだ決まっていません" in read(room=ROOM, program=program.pk, participant=0, now=now)
    for who in (ren, sora):
        until(who, TOMORROW)
    assert rule("supporters", need).ok and rule("within_roles").ok


def test_who_lost_the_training_s_day_is_not_counted(rule, ren, program):
    need = [Need(rota.stretch(TOMORROW, time(20), time(23)), 1, ROOM)]
    shift_of(ren, program, rooms=(ROOM,))
    assert rule("supporters", need).ok
    ren.grants.update(trained_on=None)
    assert "あと1人" in rule("supporters", need).todo


def test_who_is_narrowed_to_a_room_counts_for_no_other(rule, ren, sora, program):
    here, there = (
        [Need(rota.stretch(TOMORROW, time(20), time(23)), 1, room)] for room in (ROOM, OTHER)
    )
    shift_of(ren, program, rooms=(ROOM,))
    ren.grants.get().rooms.create(room=ROOM)
    assert rule("supporters", here).ok
    assert "あと1人" in rule("supporters", there).todo
    assert "あと1人" in rule("supporters", [*here, *there]).todo
    shift_of(sora, program)
    assert rule("supporters", [*here, *there]).ok


@pytest.mark.parametrize("how", ["ended", "its day is over"])
def test_what_an_ended_role_takes_off_the_rota_is_told_to_the_coordinators(
    how, ren, sora, mori, program, now
):
    later = shift_of(ren, program, day=TOMORROW + timedelta(days=7))
    first, others = shift_of(ren, program), shift_of(sora, program)
    if how == "ended":
        ren.grants.update(ended_at=now)
        end_without_role(staff=ren.pk, now=now)
    else:
        until(ren, TODAY - timedelta(days=1))
        close_due(now=now)
    assert set(Shift.objects.filter(state=ShiftState.CANCELLED).values_list("pk", flat=True)) == {
        first.pk,
        later.pk,
    }
    (notice,) = notices(staff_viewer(mori))
    assert (notice.kind, notice.shift_id, notice.about) == (NoticeKind.ROLE_OVER, first.pk, ren)
    assert told(notice, who="れん").startswith("れんさんの支援者の役割がおわりました")
    assert Notice.objects.count() == 1 and others.state == ShiftState.PLANNED
    close_due(now=now)
    assert Notice.objects.count() == 1, "once, not at every round"


# --- how many are missing -------------------------------------------------------------------------

HOUR = rota.stretch(TODAY, time(20), time(21))


def missing(wanted, there) -> int:
    needs = [Need(HOUR, required, room) for room, required in enumerate(wanted)]
    found = rota.gaps(needs, [Kept(HOUR, frozenset(only)) for only in there])
    return sum(gap.people for gap in found)


@given(st.lists(st.integers(0, 4), max_size=5), st.integers(0, 8))
def test_of_those_who_may_attend_every_room_the_sum_and_the_fullest_room_tell(wanted, people):
    least = max(max(wanted, default=0), -(-sum(wanted) // 2))
    assert missing(wanted, [()] * people) == max(0, least - people)


@given(
    st.lists(st.integers(0, 2), min_size=3, max_size=3),
    st.lists(st.sets(st.integers(0, 4), max_size=3), max_size=3),
)
def test_it_is_the_smallest_number_with_which_everybody_can_be_placed(wanted, there):
    def enough(people) -> bool:
        ways = []
        for only in people:
            own = [room for room in range(3) if not only or room in only]
            ways.append([(), *((a,) for a in own), *((a, b) for a in own for b in own if a < b)])
        return any(
            all(sum(room in one for one in placed) >= wanted[room] for room in range(3))
            for placed in product(*ways)
        )

    found = missing(wanted, there)
    assert enough([*there, *[()] * found])
    assert found == 0 or not enough([*there, *[()] * (found - 1)])
