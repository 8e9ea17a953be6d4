"""How one is called, when; one's calendar; the team as the ladder sees it; readiness."""

from datetime import date, time, timedelta

import pytest

from accounts.states import Role
from audit.models import AuditEntry
from duty import rota
from duty.actions import alarms, own
from duty.actions.attending import attend
from duty.alerts import Rung, Why, next_call
from duty.channels import push
from duty.colleagues import team
from duty.models import CalendarAddress
from duty.queries import calendar_entries, channels_of, has_calendar, hours_of, readiness
from duty.rota import Kept, Need, Stretch, hour_of_week
from duty.states import Channel, ShiftState
from foundation.clock import jst_day
from tests.cast import grant, make_program, make_staff, staff_viewer
from tests.duty.post_offices import Browser
from tests.duty.team import TODAY, begun, shift_of
from tests.duty.test_shifts import ROOM, refused


def test_channels_keep_their_order_and_hours_are_replaced(ren, now):
    viewer = staff_viewer(ren)
    assert (channels_of(viewer), hours_of(viewer)) == (None, frozenset())
    for channels, hours in (
        ([Channel.EMAIL, Channel.DESK, Channel.EMAIL], {1, 2, 167}),
        ([Channel.PUSH], {2, 3}),
    ):
        own.choose_alerts(viewer, channels=channels, hours=hours, now=now)
        assert channels_of(viewer) == tuple(dict.fromkeys(channels))
        assert hours_of(viewer) == hours


@pytest.mark.parametrize(
    ("channels", "hours", "code"),
    [([], {1}, "no_channel"), ([Channel.DESK], {168}, "out_of_range")],
)
def test_a_choice_that_calls_nobody_is_refused(channels, hours, code, ren, now):
    assert (
        refused(
            lambda: own.choose_alerts(staff_viewer(ren), channels=channels, hours=hours, now=now)
        )
        == code
    )


def test_the_ladder_calls_the_team_as_it_is_now(
    ren, sora, tetsu, mori, kaede, program, now, settings
):
    settings.CAN_MAIL = True
    mine = begun(ren, program)
    attend(staff_viewer(ren), shift=mine.pk, room=ROOM, now=now)
    for who in (sora, mori):
        who.email = f"{who.username}@example.org"
        who.save()
    own.choose_alerts(
        staff_viewer(sora), channels=[Channel.PUSH, Channel.EMAIL], hours={hour_of_week(now)},
        now=now,
    )  # fmt: skip
    people = {one.staff: one for one in team(program.pk, room=ROOM, now=now)}
    assert set(people) == {ren.pk, sora.pk, tetsu.pk, mori.pk}
    first = next_call(list(people.values()), raised_at=now)
    assert (first.rung, first.to) == (Rung.ON_DUTY, ((ren.pk, Channel.DESK),))
    # ren left the desk; sora said yes to push in no browser, so e-mail it is.
    later = now + timedelta(minutes=10)
    call = next_call(team(program.pk, room=ROOM, now=later), raised_at=later)
    assert (call.rung, call.to) == (Rung.WILLING, ((sora.pk, Channel.EMAIL),))
    assert [(one.staff, one.why) for one in call.skipped] == [(ren.pk, Why.UNREACHABLE)]


def test_reading_the_team_costs_the_same_for_any_number(
    ren, sora, mori, program, now, django_assert_max_num_queries
):
    begun(ren, program)
    with django_assert_max_num_queries(6):
        team(program.pk, room=ROOM, now=now)


# --- the calendar --------------------------------------------------------------------------------


def test_a_calendar_shows_ones_own_shifts_and_says_nothing_of_this_place(ren, sora, program, now):
    mine = shift_of(ren, program, rooms=(101,))
    shift_of(sora, program)
    off = shift_of(ren, program, day=date(2026, 12, 3))
    off.state = ShiftState.CANCELLED
    off.save()
    token = own.make_calendar(staff_viewer(ren), now=now)
    (entry,) = calendar_entries(token, summary="当番", now=now) or ()
    assert (entry.starts_at, entry.ends_at, entry.summary) == (
        mine.starts_at, mine.ends_at, "当番",
    )  # fmt: skip
    assert token not in str(CalendarAddress.objects.values().get())


def test_a_calendar_of_somebody_who_is_there_every_day_loses_no_day(ren, program, now):
    days = [TODAY + timedelta(days=n) for n in range(-30, 90)]
    for day in days:
        shift_of(ren, program, day=day)
    token = own.make_calendar(staff_viewer(ren), now=now)
    found = calendar_entries(token, summary="当番", now=now) or ()
    assert [jst_day(one.starts_at) for one in found] == days


def test_an_address_that_was_renewed_or_revoked_stops_at_once(ren, now):
    viewer = staff_viewer(ren)
    first = own.make_calendar(viewer, now=now)
    second = own.make_calendar(viewer, now=now)
    assert calendar_entries(first, summary="当番", now=now) is None
    assert calendar_entries(second, summary="当番", now=now) == []
    own.revoke_calendar(viewer, now=now)
    assert calendar_entries(second, summary="当番", now=now) is None
    assert not has_calendar(viewer)


def test_the_address_of_somebody_who_left_shows_nothing(ren, now):
    token = own.make_calendar(staff_viewer(ren), now=now)
    ren.grants.update(ended_at=now)
    assert calendar_entries(token, summary="当番", now=now) is None


# --- readiness -----------------------------------------------------------------------------------


def holding(program, now, *, needs=None) -> dict[str, bool]:
    return {one.code: one.ok for one in readiness(program.pk, now, needs=needs)}


def test_a_house_of_one_is_told_what_it_lacks(mori, program, now):
    found = readiness(program.pk, now, needs=[])
    assert [one.code for one in found if not one.ok] == [
        "supporters", "second_coordinator", "other_judge", "coordinator_reachable", "tested_alarm",
    ]  # fmt: skip
    assert all(one.rule and bool(one.todo) is not one.ok for one in found)


def test_a_house_that_has_everything_is_ready(ren, sora, mori, program, now, settings):
    settings.CAN_MAIL = True
    second = make_staff("yama")
    grant(second, "coordinator")
    mori.email = "mori@example.org"
    mori.save()
    test = own.try_alarm(staff_viewer(mori), program=program.pk, now=now)
    assert refused(lambda: own.acknowledge_test(staff_viewer(mori), test=test.pk, now=now)) == (
        "own_test"
    )
    own.acknowledge_test(staff_viewer(ren), test=test.pk, now=now)
    alarms.send_due(now=now)
    for who in (ren, sora):
        shift_of(who, program, day=TODAY)
    needs = [Need(rota.stretch(TODAY, time(20), time(23)), 2, ROOM)]
    found = readiness(program.pk, now + timedelta(minutes=1), needs=needs)
    assert [one for one in found if not one.ok] == []
    assert not any(one.todo for one in found)
    # A test from long ago says nothing of today.
    assert not holding(program, now + timedelta(days=91))["tested_alarm"]


def test_an_outside_reviewer_is_another_judge_and_no_second_coordinator(mori, program, now):
    grant(make_staff("ken"), "reviewer")
    found = holding(program, now)
    assert (found["other_judge"], found["second_coordinator"]) == (True, False)


def test_the_hours_without_enough_people_are_named(ren, sora, program, now):
    shift_of(ren, program, day=TODAY, begins=time(20), ends=time(22))
    shift_of(sora, program, day=TODAY, begins=time(21), ends=time(23))
    needs = [Need(rota.stretch(TODAY, time(20), time(23)), 2, ROOM)]
    (rule,) = [one for one in readiness(program.pk, now, needs=needs) if one.code == "supporters"]
    assert "11/30(月) 20:00–21:00 あと1人、11/30(月) 22:00–23:00 あと1人" in rule.todo


def test_each_person_keeps_an_eye_on_two_rooms_at_most(now):
    def evening(begins: int, ends: int) -> Stretch:
        return rota.stretch(TODAY, time(begins), time(ends))

    three_rooms = [Need(evening(20, 23), 1, room) for room in (101, 102, 103)]
    assert rota.gaps(three_rooms, [Kept(evening(20, 23))]) == [rota.Gap(evening(20, 23), 1)]
    assert rota.gaps(three_rooms, [Kept(evening(20, 23))] * 2) == []
    assert rota.gaps([], [Kept(evening(20, 23))]) == []


def test_what_one_sets_for_oneself_is_noted_in_every_program_where_one_holds_a_role(
    ren, program, now
):
    kochi = make_program("kochi")
    grant(ren, Role.SUPPORTER, kochi)
    viewer = staff_viewer(ren)
    own.choose_alerts(viewer, channels=[Channel.DESK], hours={1}, now=now)
    own.make_calendar(viewer, now=now)
    own.revoke_calendar(viewer, now=now)
    told = push.Subscription(**Browser().told("https://push.example/send/abc"))
    alarms.remove_push(viewer, number=alarms.add_push(viewer, told=told, now=now), now=now)
    for verb in (
        "alerts_chosen", "calendar_made", "calendar_revoked", "push_added", "push_removed",
    ):  # fmt: skip
        found = AuditEntry.objects.filter(verb=f"duty.{verb}").order_by("program")
        assert [one.program for one in found] == [program.pk, kochi.pk], verb
