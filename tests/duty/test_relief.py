"""かわって: one tap; whoever is there takes over; the one who asked rests."""

from datetime import date, timedelta

import pytest

from accounts.states import Role
from duty.actions.attending import attend
from duty.actions.relief import ask_relief, hand_over_room, take_relief, withdraw_relief
from duty.actions.shifts import end_shift
from duty.models import Attendance, Notice
from duty.queries import attending, reliefs
from duty.states import AskState, NoticeKind, ShiftState
from tests.cast import grant, make_staff, staff_viewer
from tests.duty.team import begun, logged
from tests.duty.test_shifts import OTHER, ROOM, THIRD, refused


@pytest.fixture
def watching(ren, program, now):
    """ren attends a room."""
    mine = begun(ren, program)
    attend(staff_viewer(ren), shift=mine.pk, room=ROOM, now=now)
    return mine


def told(who) -> list[str]:
    return list(Notice.objects.filter(to=who, seen_at=None).values_list("kind", flat=True))


def test_one_tap_tells_everyone_who_is_there_and_the_coordinators(
    watching, ren, sora, tetsu, mori, program, now
):
    begun(sora, program)
    relief = ask_relief(staff_viewer(ren), shift=watching.pk, now=now)
    assert relief.rooms == [ROOM]
    assert told(sora) == told(mori) == [NoticeKind.RELIEF_ASKED]
    assert told(tetsu) == told(ren) == []
    # Tapped twice it is still one.
    assert ask_relief(staff_viewer(ren), shift=watching.pk, now=now).pk == relief.pk
    there = reliefs(staff_viewer(sora), program=program.pk, now=now)
    assert [one.pk for one in there] == [relief.pk]


def test_the_room_is_watched_on_by_the_colleague_and_the_one_who_asked_rests(
    watching, ren, sora, mori, program, now
):
    begun(sora, program)
    relief = ask_relief(staff_viewer(ren), shift=watching.pk, now=now)
    take_relief(staff_viewer(sora), relief=relief.pk, now=now)
    assert attending([ROOM], now=now) == {ROOM: 1}
    watching.refresh_from_db()
    assert watching.state == ShiftState.RESTING
    assert told(ren) == [NoticeKind.RELIEF_TAKEN]
    assert told(sora) == told(mori) == []
    again = refused(lambda: take_relief(staff_viewer(sora), relief=relief.pk, now=now))
    assert again == "taken_already"
    assert logged()[-3:] == ["duty.attended", "duty.resting", "duty.relief_taken"]


@pytest.fixture
def watching_two(watching, ren, sora, program, now):
    """ren attends two rooms, and sora is on duty."""
    begun(sora, program)
    attend(staff_viewer(ren), shift=watching.pk, room=OTHER, now=now)
    return watching


def test_whoever_is_relieved_rests_also_if_a_room_was_handed_over_after_the_asking(
    watching_two, ren, sora, program, now
):
    relief = ask_relief(staff_viewer(ren), shift=watching_two.pk, now=now)
    hand_over_room(staff_viewer(ren), program=program.pk, room=ROOM, now=now)
    take_relief(staff_viewer(sora), relief=relief.pk, now=now)
    watching_two.refresh_from_db()
    assert watching_two.state == ShiftState.RESTING
    assert not watching_two.attendances.exists()


def test_what_was_asked_for_a_room_that_was_handed_over_can_be_asked_for_the_whole_shift(
    watching_two, ren, sora, program, now
):
    hand_over_room(staff_viewer(ren), program=program.pk, room=ROOM, now=now)
    (handed,) = reliefs(staff_viewer(sora), program=program.pk, now=now)
    relief = ask_relief(staff_viewer(ren), shift=watching_two.pk, now=now)
    assert (relief.pk, relief.rooms) == (handed.pk, [ROOM, OTHER])
    take_relief(staff_viewer(sora), relief=relief.pk, now=now)
    watching_two.refresh_from_db()
    assert watching_two.state == ShiftState.RESTING
    assert not watching_two.attendances.exists()


def test_a_second_room_that_is_handed_over_is_asked_for_too(watching_two, ren, program, now):
    for room in (ROOM, OTHER):
        hand_over_room(staff_viewer(ren), program=program.pk, room=room, now=now)
    (handed,) = reliefs(staff_viewer(ren), program=program.pk, now=now)
    assert (handed.rooms, handed.only_room) == ([ROOM, OTHER], True)


def test_nobody_gets_more_rooms_than_they_can_keep_an_eye_on(watching, ren, sora, program, now):
    hers = begun(sora, program)
    for room in (OTHER, THIRD):
        attend(staff_viewer(sora), shift=hers.pk, room=room, now=now)
    relief = ask_relief(staff_viewer(ren), shift=watching.pk, now=now)
    take_relief(staff_viewer(sora), relief=relief.pk, now=now)
    held = Attendance.objects.filter(shift=hers).order_by("room")
    assert list(held.values_list("room", flat=True)) == [OTHER, THIRD]
    # Her colleague rests: alone, she counts in the first one.
    assert attending([ROOM, OTHER, THIRD], now=now) == {OTHER: 1}


def test_only_a_colleague_at_the_desk_takes_over(watching, ren, sora, mori, now):
    relief = ask_relief(staff_viewer(ren), shift=watching.pk, now=now)
    codes = [
        refused(lambda who=who: take_relief(staff_viewer(who), relief=relief.pk, now=now))
        for who in (sora, mori, ren)
    ]
    assert codes == ["not_begun", "not_found", "not_found"]


@pytest.fixture
def narrowed(program):
    """Of two on duty, one keeps the room that is asked about, the other a different one."""

    def on_duty(name: str, room: int):
        made = make_staff(name)
        grant(made, Role.SUPPORTER, rooms=(room,), trained_on=date(2026, 6, 1))
        begun(made, program)
        return made

    return on_duty("kono", ROOM), on_duty("betsu", OTHER)


def test_somebody_who_may_not_keep_the_room_does_not_leave_it_without_anybody(
    watching, ren, narrowed, now
):
    of_the_room, of_another = narrowed
    relief = ask_relief(staff_viewer(ren), shift=watching.pk, now=now)
    assert told(of_the_room) == [NoticeKind.RELIEF_ASKED] and told(of_another) == []
    no = refused(lambda: take_relief(staff_viewer(of_another), relief=relief.pk, now=now))
    assert no == "not_your_room"
    watching.refresh_from_db()
    assert watching.state == ShiftState.BEGUN and attending([ROOM], now=now) == {ROOM: 1}
    take_relief(staff_viewer(of_the_room), relief=relief.pk, now=now)
    assert attending([ROOM], now=now) == {ROOM: 1}


def test_whoever_watches_no_room_may_be_relieved_by_every_colleague(ren, narrowed, program, now):
    mine = begun(ren, program)
    relief = ask_relief(staff_viewer(ren), shift=mine.pk, now=now)
    assert [told(who) for who in narrowed] == [[NoticeKind.RELIEF_ASKED]] * 2
    take_relief(staff_viewer(narrowed[1]), relief=relief.pk, now=now)
    mine.refresh_from_db()
    assert mine.state == ShiftState.RESTING


def test_one_may_take_it_back_or_simply_end(watching, ren, sora, program, now):
    begun(sora, program)
    relief = ask_relief(staff_viewer(ren), shift=watching.pk, now=now)
    withdraw_relief(staff_viewer(ren), relief=relief.pk, now=now)
    assert told(sora) == []
    other = ask_relief(staff_viewer(ren), shift=watching.pk, now=now + timedelta(minutes=1))
    end_shift(staff_viewer(ren), shift=watching.pk, now=now + timedelta(minutes=2))
    other.refresh_from_db()
    assert other.state == AskState.LAPSED
    assert reliefs(staff_viewer(sora), program=program.pk, now=now) == []
