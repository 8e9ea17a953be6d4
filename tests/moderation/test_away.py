"""Stepping away for a while; stepping back from whom one may know."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.states import Role
from audit.models import AuditEntry
from chat import rooms_now
from chat.actions import rooms as gates
from chat.actions import seats
from chat.models import Message, Mute, Recusal, Room
from chat.policies import FREE
from chat.queries import muted_keys
from chat.states import Hand, ItemKind, RoomState
from duty.actions.attending import attend
from duty.actions.relief import take_relief
from duty.models import Attendance, Notice, Relief
from duty.queries import attending
from duty.states import ShiftState
from foundation import clock
from foundation.refusals import Refused
from moderation import looks, waiting
from moderation.actions.alarms import climb
from moderation.actions.appeals import appeal, judge
from moderation.actions.away import AWAY_FOR, come_back, end_kept, step_away
from moderation.actions.messages import act_on_message
from moderation.actions.proposals import confirm, decline, propose
from moderation.actions.queue import claim
from moderation.actions.recuse import recuse
from moderation.actions.rooms import act_on_room
from moderation.actions.undo import close_due, undo
from moderation.models import Act, AlarmStep
from moderation.states import ActKind, Reason
from tests.cast import grant, make_room, make_staff, seen_by, signed_in_as, staff_viewer
from tests.chat.deeds import do, post, seat_of
from tests.duty.team import begun
from tests.moderation.evening import item_of, message, report

MINUTE = timedelta(minutes=1)


@pytest.fixture
def now():
    """The doors read the real clock themselves."""
    return clock.now()


@pytest.fixture
def open_room(rooms, now) -> Room:
    """A room for which one supporter is enough, open by its gate."""
    (Room.objects.filter(pk=rooms[0].pk)).update(required_supporters=1, watched=True)
    return rooms[0]


@pytest.fixture
def keeping(ren, program, open_room, now):
    """ren attends the room."""
    Attendance.objects.all().delete()
    shift = begun(ren, program, now=now)
    attend(staff_viewer(ren), shift=shift.pk, room=open_room.pk, now=now)
    gates.bring_up_to_date(now=now)
    assert state_of(open_room, now) is RoomState.OPEN
    return shift


def state_of(room: Room, now) -> RoomState:
    return rooms_now.states_of([Room.objects.get(pk=room.pk)], now=now)[room.pk].state


def lines_of(room: Room) -> list[str]:
    rows = Message.objects.filter(room=room, seat__role="room").order_by("seq")
    return list(rows.values_list("text", flat=True))


def test_stepping_away_turns_the_room_to_stamps_at_once_and_the_room_says_so(
    keeping, ren, open_room, now
):
    (act,) = step_away(staff_viewer(ren), shift=keeping.pk, now=now)
    keeping.refresh_from_db()
    assert keeping.state == ShiftState.RESTING
    assert act.until == now + AWAY_FOR
    assert state_of(open_room, now) is RoomState.QUIET
    assert Room.objects.get(pk=open_room.pk).state == RoomState.QUIET  # it was told
    (line,) = lines_of(open_room)
    assert "15分ほど" in line and "れん" not in line
    assert attending([open_room.pk], now=now) == {}


def test_a_tap_brings_the_room_back(keeping, ren, open_room, now):
    step_away(staff_viewer(ren), shift=keeping.pk, now=now)
    come_back(staff_viewer(ren), shift=keeping.pk, now=now + MINUTE)
    assert attending([open_room.pk], now=now + MINUTE) == {open_room.pk: 1}
    assert state_of(open_room, now + MINUTE) is RoomState.OPEN
    assert lines_of(open_room)[-1] == "支援者が、もどりました。"
    assert not Act.objects.filter(closed_at__isnull=True).exists()


def test_a_room_that_one_can_t_attend_again_isn_t_told_that_one_is_back(
    keeping, ren, aoi, open_room, now
):
    step_away(staff_viewer(ren), shift=keeping.pk, now=now)
    recuse(staff_viewer(ren), seat=seat_of(aoi, open_room).pk, now=now)
    come_back(staff_viewer(ren), shift=keeping.pk, now=now + MINUTE)
    assert attending([open_room.pk], now=now + MINUTE) == {}
    assert "支援者が、もどりました。" not in lines_of(open_room)
    assert not Act.objects.filter(closed_at__isnull=True).exists()


@pytest.mark.parametrize("by", ["its time", "a colleague who watches", "a coordinator"])
def test_whatever_ends_it_locks_the_room_before_the_act(
    by, keeping, ren, sora, mori, program, open_room, now
):
    (away,) = step_away(staff_viewer(ren), shift=keeping.pk, now=now)
    hers = begun(sora, program, now=now)
    attend(staff_viewer(sora), shift=hers.pk, room=open_room.pk, now=now)
    with CaptureQueriesContext(connection) as seen:
        if by == "its time":
            assert close_due(now=now + AWAY_FOR) == 1
        elif by == "a colleague who watches":
            assert end_kept(now=now + MINUTE) == 1
        else:
            undo(staff_viewer(mori), act=away.pk, now=now)
    said = [one["sql"] for one in seen.captured_queries]
    room = next(n for n, sql in enumerate(said) if 'WHERE "chat_room"."id" IN (' in sql)
    act = next(n for n, sql in enumerate(said) if sql.startswith('UPDATE "moderation_act"'))
    assert room < act


def test_after_fifteen_minutes_the_gate_judges_and_without_anybody_the_room_stays_quiet(
    keeping, ren, open_room, now
):
    step_away(staff_viewer(ren), shift=keeping.pk, now=now)
    gates.bring_up_to_date(now=now + 10 * MINUTE)
    assert close_due(now=now + AWAY_FOR - MINUTE) == 0
    assert close_due(now=now + AWAY_FOR) == 1
    assert Room.objects.get(pk=open_room.pk).hand == Hand.NONE
    later = now + AWAY_FOR + 3 * MINUTE
    gates.bring_up_to_date(now=later)
    assert state_of(open_room, later) is RoomState.QUIET
    come_back(staff_viewer(ren), shift=keeping.pk, now=later)
    gates.bring_up_to_date(now=later)
    gates.bring_up_to_date(now=later + 2 * MINUTE)
    assert state_of(open_room, later + 2 * MINUTE) is RoomState.OPEN


def test_the_room_comes_back_by_itself_once_a_colleague_watches_it(
    keeping, ren, sora, program, open_room, now
):
    step_away(staff_viewer(ren), shift=keeping.pk, now=now)
    assert end_kept(now=now) == 0
    hers = begun(sora, program, now=now)
    attend(staff_viewer(sora), shift=hers.pk, room=open_room.pk, now=now)
    assert end_kept(now=now + MINUTE) == 1
    assert state_of(open_room, now + MINUTE) is RoomState.OPEN


def test_where_enough_others_watch_nothing_changes_and_nothing_is_said(
    keeping, ren, sora, program, open_room, now
):
    hers = begun(sora, program, now=now)
    attend(staff_viewer(sora), shift=hers.pk, room=open_room.pk, now=now)
    assert step_away(staff_viewer(ren), shift=keeping.pk, now=now) == []
    assert state_of(open_room, now) is RoomState.OPEN
    assert lines_of(open_room) == []


def test_a_lock_outlives_the_stepping_away_and_ends_as_its_own(keeping, ren, mori, open_room, now):
    (away,) = step_away(staff_viewer(ren), shift=keeping.pk, now=now)
    lock = act_on_room(
        staff_viewer(mori), ActKind.LOCK, room=open_room.pk, reason=Reason.CALM,
        until=now + 60 * MINUTE, now=now,
    )  # fmt: skip
    assert Room.objects.get(pk=open_room.pk).hand == Hand.LOCKED
    close_due(now=now + AWAY_FOR)
    away.refresh_from_db()
    assert away.closed_at is not None
    assert Room.objects.get(pk=open_room.pk).hand == Hand.LOCKED
    undo(staff_viewer(mori), act=lock.pk, now=now + AWAY_FOR)
    assert Room.objects.get(pk=open_room.pk).hand == Hand.NONE


def test_what_a_coordinator_set_meanwhile_stays(keeping, ren, open_room, now):
    step_away(staff_viewer(ren), shift=keeping.pk, now=now)
    gates.switch(room=open_room.pk, hand=Hand.CLOSED, reason="", now=now)
    close_due(now=now + AWAY_FOR)
    assert Room.objects.get(pk=open_room.pk).hand == Hand.CLOSED


def test_away_back_and_the_day_s_end_are_one_tap_each_on_the_page(keeping, ren, open_room):
    client = signed_in_as(ren)
    page = client.get("/moderation/").content.decode()
    assert "すこし席をはずします" in page and "きょうはおわりにします" in page
    away = f"/moderation/shifts/{keeping.pk}/away/"
    assert client.post(away).status_code == 303
    assert Room.objects.get(pk=open_room.pk).hand == Hand.QUIET
    assert client.post(away).status_code == 422
    assert client.post(f"/moderation/shifts/{keeping.pk}/back/").status_code == 303
    assert Room.objects.get(pk=open_room.pk).hand == Hand.NONE
    assert client.post(f"/moderation/shifts/{keeping.pk}/end/").status_code == 303
    keeping.refresh_from_db()
    assert keeping.state == ShiftState.ENDED


# --- 知っている人かもしれない ---------------------------------------------------------------


def test_whom_one_may_know_is_hidden_everywhere_and_the_room_passes_to_a_colleague(
    keeping, ren, sora, program, aoi, haha, open_room, now
):
    begun(sora, program, now=now)
    row, hers = message(aoi, open_room, "あの町のこと"), message(haha, open_room, "べつの話")
    report(haha, row)
    report(aoi, hers)
    theirs = item_of(ItemKind.REPORT, message=row)
    me = staff_viewer(ren)
    claim(me, item=theirs.pk, now=now)
    recuse(me, seat=seat_of(aoi, open_room).pk, now=now)

    lines = waiting.queue(me, program=program.pk, now=now).lines
    assert [one.words for one in lines] == ["べつの話"]
    for look in (
        lambda: looks.detail(me, item=theirs.pk, now=now),
        lambda: looks.person(me, seat=seat_of(aoi, open_room).pk),
        lambda: claim(me, item=theirs.pk, now=now),
        lambda: act_on_message(me, ActKind.HIDE, message=row.pk, now=now),
    ):
        with pytest.raises(Refused, match="not_found"):
            look()
    _, side = looks.room_side(me, room=open_room.pk)
    assert "あの町のこと" not in [one.text for one in side]
    other = item_of(ItemKind.REPORT, message=hers)
    assert row not in looks.detail(me, item=other.pk, now=now).before
    # A colleague reads all of it: what was claimed waits anew.
    theirs.refresh_from_db()
    assert theirs.claimed_by is None
    assert len(waiting.queue(staff_viewer(sora), program=program.pk, now=now).lines) == 2


def test_one_is_off_that_room_until_the_shift_ends_and_on_duty_still(
    keeping, ren, sora, program, aoi, open_room, rooms, now
):
    hers = begun(sora, program, now=now)
    recuse(staff_viewer(ren), seat=seat_of(aoi, open_room).pk, now=now)
    assert attending([open_room.pk], now=now) == {}
    with pytest.raises(Refused, match="taken_off"):
        attend(staff_viewer(ren), shift=keeping.pk, room=open_room.pk, now=now)
    attend(staff_viewer(ren), shift=keeping.pk, room=rooms[1].pk, now=now)
    asked = Relief.objects.get()
    take_relief(staff_viewer(sora), relief=asked.pk, now=now)
    assert attending([open_room.pk, rooms[1].pk], now=now) == {open_room.pk: 1, rooms[1].pk: 1}
    keeping.refresh_from_db()
    assert keeping.state == ShiftState.BEGUN
    assert hers.attendances.get().room == open_room.pk


def test_nobody_is_told_whom_one_may_know_nor_that_one_does(
    keeping, ren, sora, mori, program, aoi, open_room, now
):
    begun(sora, program, now=now)
    recuse(staff_viewer(ren), seat=seat_of(aoi, open_room).pk, now=now)
    verbs = list(AuditEntry.objects.values_list("verb", "object_type"))
    assert {verb for verb, _ in verbs} <= {"duty.attended", "duty.left_room", "duty.relief_asked"}
    assert {kind for _, kind in verbs} == {"shift"}
    assert Notice.objects.filter(to=sora, kind="relief_asked").exists()
    for colleague in (sora, mori):
        page = signed_in_as(colleague).get("/moderation/").content.decode()
        assert aoi.handle not in page and "知っている" not in page


def test_no_alarm_about_them_calls_whoever_may_know_them(
    keeping, ren, sora, program, aoi, open_room, now
):
    begun(sora, program, now=now)
    recuse(staff_viewer(ren), seat=seat_of(aoi, open_room).pk, now=now)
    do(aoi, open_room, post("もう死にたい"))
    climb(now=now + timedelta(minutes=30))
    assert item_of(ItemKind.CRISIS)
    assert ren.pk not in AlarmStep.objects.values_list("staff", flat=True)


def test_the_desk_is_told_that_something_changed(keeping, ren, aoi, program, open_room, now):
    before = waiting.version_of(program.pk)
    recuse(staff_viewer(ren), seat=seat_of(aoi, open_room).pk, now=now)
    assert waiting.version_of(program.pk) == before + 1


def test_one_may_still_ask_to_be_relieved_of_the_whole_shift(keeping, ren, aoi, open_room, now):
    recuse(staff_viewer(ren), seat=seat_of(aoi, open_room).pk, now=now)
    assert Relief.objects.exists()
    page = signed_in_as(ren).get("/moderation/").content.decode()
    assert f"/moderation/shifts/{keeping.pk}/relief/" in page


def hidden_in(room: Room, who) -> list[str]:
    """The seats there whose words somebody isn't shown."""
    return muted_keys(seats.take(staff_viewer(who), room=room, standing=FREE).pk)


def test_in_a_room_that_one_never_opened_they_are_hidden_from_the_first_moment(
    keeping, ren, aoi, open_room, now
):
    theirs = seat_of(aoi, open_room)
    recuse(staff_viewer(ren), seat=theirs.pk, now=now)
    assert hidden_in(open_room, ren) == [theirs.key]


def test_in_other_rooms_they_are_hidden_whoever_of_the_two_comes_later(
    keeping, ren, sora, aoi, haha, open_room, rooms, now
):
    one, another = rooms[1], make_room("asa", name="朝の部屋")
    assert hidden_in(one, ren) == []
    recuse(staff_viewer(ren), seat=seat_of(aoi, open_room).pk, now=now)
    came_later = seat_of(aoi, one).key
    assert hidden_in(one, ren) == [came_later]
    keys = [seat_of(who, another).key for who in (aoi, haha)]
    assert hidden_in(another, ren) == keys[:1]
    assert hidden_in(another, sora) == []


@pytest.fixture
def knows(aoi, open_room, program, now):
    """A coordinator who may know aoi."""
    made = make_staff("hana")
    grant(made, Role.COORDINATOR)
    grant(made, Role.SUPPORTER, trained_on=date(2026, 6, 1))
    begun(made, program, now=now)
    recuse(staff_viewer(made), seat=seat_of(aoi, open_room).pk, now=now)
    return made


def test_nobody_judges_the_objection_of_whom_they_may_know(
    knows, ren, mori, aoi, program, open_room, now
):
    act = act_on_message(
        staff_viewer(ren), ActKind.HIDE, message=message(aoi, open_room).pk, now=now
    )
    made = appeal(seen_by(aoi), act=act.pk, text="", now=now)
    item = item_of(ItemKind.APPEAL)
    assert item.pk in waiting.at_the_desk(
        staff_viewer(mori), program=program.pk
    ).values_list("pk", flat=True)  # fmt: skip
    viewer = staff_viewer(knows)
    found = waiting.at_the_desk(viewer, program=program.pk)
    assert item.pk not in found.values_list("pk", flat=True)
    for deed in (
        lambda: looks.detail(viewer, item=item.pk, now=now),
        lambda: claim(viewer, item=item.pk, now=now),
        lambda: judge(viewer, appeal=made.pk, overturn=True, answer="もどします", now=now),
    ):
        with pytest.raises(Refused, match="not_found"):
            deed()
    climb(now=now + timedelta(hours=80))
    assert mori.pk in AlarmStep.objects.values_list("staff", flat=True)
    assert knows.pk not in AlarmStep.objects.values_list("staff", flat=True)


def test_nobody_agrees_to_bar_whom_they_may_know(knows, mori, aoi, open_room, now):
    made = propose(
        staff_viewer(mori), seat=seat_of(aoi, open_room).pk, reason=Reason.CALM, note="つづく",
        now=now,
    )  # fmt: skip
    for deed in (confirm, decline):
        with pytest.raises(Refused, match="not_found"):
            deed(staff_viewer(knows), proposal=made.pk, now=now)


def test_by_the_page_without_script_and_all_are_shown_again(keeping, ren, aoi, open_room, now):
    message(aoi, open_room)
    seat = seat_of(aoi, open_room)
    own = Room.objects.get(pk=open_room.pk).seats.create(
        staff=ren, key="ren-sits-her", handle="れん", mark="木", role="supporter"
    )
    client = signed_in_as(ren)
    person = f"/moderation/people/{seat.pk}/"
    assert f"{person}recuse/" in client.get(person).content.decode()
    assert client.post(f"{person}recuse/").status_code == 303
    assert client.get(person).status_code == 404
    assert Mute.objects.filter(seat=own, muted=seat).exists()
    assert "1人のことば" in client.get("/moderation/choice/").content.decode()
    assert client.post("/moderation/choice/show-all/").status_code == 303
    assert client.get(person).status_code == 200
    assert not Recusal.objects.exists() and not Mute.objects.exists()
