"""The staffed gate: free text only where enough people watch, and nobody's door slams."""

from collections import OrderedDict
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.states import Role
from chat import asked, known, rooms_now
from chat import protocol as p
from chat.actions import rooms
from chat.models import Opening, Room, RoomEvent
from chat.policies import FREE, may_post
from chat.schedule import SHORT, Door, Gate, look, state_behind
from chat.states import Hand, RoomKind
from duty.actions.attending import attend
from duty.actions.shifts import end_shift
from duty.models import Attendance, Shift
from duty.states import ShiftState
from duty.watch import ACT_WITHIN, Attended, Watch, watches
from foundation.refusals import Refused
from programs.models import Program
from tests.cast import attend as attending_now
from tests.cast import grant, make_room, make_staff, staff_viewer
from tests.chat.deeds import do, post, rest
from tests.house.everyone import seated

START = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


# --- the pure rule -------------------------------------------------------------------------------


def test_a_gate_never_looked_at_stands_as_it_is_found() -> None:
    for enough in (True, False):
        assert look(Gate(), enough=enough, since=START, now=START) == (enough, Gate(enough))


def test_short_for_two_minutes_falls_quiet_and_a_minute_of_enough_opens() -> None:
    gate = Gate(True)
    for seconds, stands in ((0, True), (60, True), (119, True), (120, False)):
        now = START + timedelta(seconds=seconds)
        assert look(Gate(True, START), enough=False, since=now, now=now)[0] is stands
    stands, gate = look(gate, enough=False, since=START, now=START)
    assert (stands, gate) == (True, Gate(True, START))
    assert look(gate, enough=True, since=START, now=START + MINUTE) == (True, Gate(True))
    for seconds, stands in ((59, False), (60, True)):
        now = START + timedelta(seconds=seconds)
        assert look(Gate(False, START), enough=True, since=now, now=now)[0] is stands


def test_the_clock_tells_since_when_a_room_is_short_even_if_nobody_looked() -> None:
    long_ago = START - timedelta(minutes=9)
    assert look(Gate(True), enough=False, since=long_ago, now=START) == (False, Gate(False))


def _row(key: int, room: int, shift: int, *, ago: int = 0, colleagues: int = 2) -> Attended:
    return Attended(
        key, room, shift, START - ago * MINUTE, START + timedelta(hours=2), colleagues, True
    )


def test_nobody_counts_in_a_third_room() -> None:
    found = watches([_row(key, key, shift=1) for key in (1, 2, 3)], now=START)
    assert {room: one.attending for room, one in found.items()} == {1: 1, 2: 1}


def test_alone_one_counts_in_one_room_and_that_one_opens_so() -> None:
    found = watches([_row(key, key, shift=1, colleagues=1) for key in (1, 2)], now=START)
    assert set(found) == {1}
    assert found[1].enough(2)
    assert not Watch(attending=1).enough(2)


def test_without_the_programs_leave_alone_is_not_enough() -> None:
    row = Attended(1, 1, 1, START, START + timedelta(hours=2), 1, False)
    assert not watches([row], now=START)[1].enough(2)


def test_a_lapse_is_dated_by_the_act_that_is_missing() -> None:
    there = watches([_row(1, 1, shift=1), _row(2, 1, shift=2, ago=11)], now=START)[1]
    assert not there.enough(2)
    assert there.since(2, now=START) == START - MINUTE


Step = st.tuples(
    st.integers(0, 1),  # which supporter
    st.sampled_from(["act", "leave", "nothing"]),
    st.integers(1, 150),  # turns of five seconds until the next step
)
TURN = timedelta(seconds=5)


@settings(max_examples=60, deadline=None)
@given(st.lists(Step, max_size=15), st.sampled_from([Hand.NONE, Hand.QUIET]))
def test_no_post_is_ever_taken_where_nobody_watched_for_longer_than_two_minutes(
    steps: list[tuple[int, str, int]], hand: Hand
) -> None:
    """An oracle counts by itself, turn by turn, since when two people weren't there."""
    now, gate = START, Gate(False)
    acted: dict[int, datetime] = {}
    enough_at: datetime | None = None  # the last turn with enough people
    for who, deed, turns in steps:
        if deed == "act":
            acted[who] = now
        elif deed == "leave":
            acted.pop(who, None)
        for _ in range(turns):
            now += TURN
            rows = [
                Attended(n, 1, n, at, START + timedelta(days=9), 2, True) for n, at in acted.items()
            ]
            watch = watches(rows, now=now).get(1, Watch())
            if sum(now < at + ACT_WITHIN for at in acted.values()) >= 2:
                enough_at = now
            since = watch.since(2, now=now)
            stands, gate = look(gate, enough=watch.enough(2), since=since, now=now)
            room = state_behind(Door(True, None, None), hand=hand, watched=stands)
            try:
                may_post(FREE, room=room, now=now)
            except Refused:
                continue
            assert hand is Hand.NONE
            assert enough_at is not None
            assert now - enough_at <= SHORT + TURN


# --- applied -------------------------------------------------------------------------------------


@pytest.fixture
def watched(room: Room, now: datetime) -> Room:
    """A room that two supporters attend, and whose gate was looked at."""
    rooms.bring_up_to_date(now=now)
    return Room.objects.get(pk=room.pk)


def answered(person, room: Room, *, now: datetime) -> str:
    """`ack`, or the code of the refusal."""
    rest()
    (answer,) = do(person, room, post("こんばんは"), now=now)
    return str(answer.code) if isinstance(answer, p.RefusedFrame) else "ack"


def told(room: Room) -> list[str]:
    events = RoomEvent.objects.filter(room=room, kind="room").order_by("seq")
    return [one.body["state"] for one in events if "state" in one.body]


def looks(start: datetime, seconds: int, *, step: int = 5) -> datetime:
    """The rounds go on for so long; the last moment at which they looked."""
    at = start
    for passed in range(0, seconds + 1, step):
        at = start + timedelta(seconds=passed)
        rooms.bring_up_to_date(now=at)
    return at


def test_a_supporter_who_leaves_closes_nobodys_mouth_for_two_minutes(watched, ren, aoi, now):
    shift = Shift.objects.get(supporter=ren)
    end_shift(staff_viewer(ren), shift=shift.pk, now=now)
    # Nobody is left who could be alone with the room: the other one rests too.
    Attendance.objects.all().delete()
    at = looks(now, 115)
    assert answered(aoi, watched, now=at) == "ack"
    at = looks(at, 10)
    assert answered(aoi, watched, now=at) == "quiet"
    assert told(watched)[-1] == "quiet"


def test_a_minute_of_enough_opens_it_again_and_not_before(watched, ren, aoi, now):
    gone = looks(now + ACT_WITHIN, 125)
    assert answered(aoi, watched, now=gone) == "quiet"
    attending_now(watched, *[shift.supporter for shift in Shift.objects.all()], now=gone)
    at = looks(gone, 55)
    assert answered(aoi, watched, now=at) == "quiet"
    at = looks(at, 10)
    assert answered(aoi, watched, now=at) == "ack"
    assert told(watched)[-2:] == ["quiet", "open"]


def test_nobody_looked_for_an_hour_and_still_no_post_is_taken(watched, aoi, now):
    """The rounds stood still: the post itself computes since when nobody watched."""
    later = now + timedelta(hours=1)
    Shift.objects.update(ends_at=later + timedelta(hours=1))
    assert answered(aoi, watched, now=later) == "quiet"


@pytest.mark.parametrize(("allowed", "said"), [(True, "ack"), (False, "quiet")])
def test_alone_on_duty_one_room_opens_if_the_program_allows_it(db, aoi, ren, now, allowed, said):
    Program.objects.filter(slug="hyogo").update(may_open_alone=allowed)
    room, other = make_room(), make_room("yoru")
    attending_now(room, ren, now=now)
    attending_now(other, ren, now=now)
    assert answered(aoi, room, now=now) == said
    assert answered(aoi, other, now=now) == "quiet"


def test_a_quiet_room_points_to_the_one_that_is_open(db, ren, now):
    room, other = make_room(), make_room("hiru", name="ひるの部屋")
    attending_now(other, ren, now=now)
    found = rooms_now.elsewhere(room, now=now)
    assert found is not None
    assert (found.slug, found.state) == ("hiru", "open")
    assert rooms_now.elsewhere(other, now=now) is None


def test_with_nobody_on_duty_the_rooms_lead_to_the_night_room(db, now):
    room, night = make_room(), make_room("yoru", name="夜の部屋", kind=RoomKind.NIGHT)
    found = rooms_now.elsewhere(room, now=now)
    assert found is not None
    assert (found.slug, found.state) == ("yoru", "quiet")
    assert rooms_now.elsewhere(night, now=now) is None


def test_a_colleague_comes_and_both_are_needed_again(db, aoi, ren, now):
    room = make_room()
    attending_now(room, ren, now=now)
    rooms.bring_up_to_date(now=now)
    assert answered(aoi, room, now=now) == "ack"
    nao = make_staff("nao", display_name="なお")
    grant(nao, Role.SUPPORTER)
    theirs = Shift.objects.create(
        supporter=nao, program=room.program, starts_at=now, ends_at=now + timedelta(hours=2),
        state=ShiftState.BEGUN, begun_at=now, changed_at=now,
    )  # fmt: skip
    rooms.bring_up_to_date(now=now)
    assert answered(aoi, room, now=now) == "ack"  # for two minutes
    attend(staff_viewer(nao), shift=theirs.pk, room=room.pk, now=now + MINUTE)
    at = looks(now + MINUTE, 120)
    assert answered(aoi, room, now=at) == "ack"


def test_whether_a_room_is_watched_costs_an_act_no_statement_of_its_own(
    watched, aoi, now, monkeypatch
) -> None:
    asked_for: list[int] = []
    ask = asked.ask_in_turn
    monkeypatch.setattr(
        asked, "ask_in_turn", lambda *all_: asked_for.append(len(all_)) or ask(*all_)
    )
    monkeypatch.setattr(asked, "ask", lambda *_: pytest.fail("asked once more"))
    monkeypatch.setattr(known, "_known", OrderedDict())
    assert answered(aoi, watched, now=now) == "ack"
    assert answered(aoi, watched, now=now) == "ack"
    # The rooms under their locks; then who attends, seats, what the nonce said. With the first
    # post, who that is and what stands against them.
    assert asked_for == [6, 4]


# --- the soft end --------------------------------------------------------------------------------


@pytest.fixture
def evening(db, ren) -> Room:
    """A room from 20 to 22 h in Japan, every day; two supporters attend."""
    made = make_room(always=False)
    Opening.objects.bulk_create(
        Opening(room=made, weekday=day, opens=time(20), closes=time(22)) for day in range(7)
    )
    attending_now(made, ren, make_staff("nao"), now=START)
    return made


@pytest.mark.parametrize(
    ("minutes", "phase", "said"),
    [(16, "", "ack"), (14, "soon", "ack"), (9, "ending", "ending"), (0, "", "closed")],
)
def test_an_end_is_announced_and_the_last_minutes_take_stamps(
    evening, aoi, minutes: int, phase: str, said: str
) -> None:
    end = START + timedelta(hours=1)  # 22:00 in Japan
    Shift.objects.update(ends_at=end + timedelta(hours=1))
    now = end - minutes * MINUTE
    Attendance.objects.update(acted_at=now)
    (card,) = rooms_now.room_cards([evening], now=now)
    assert (card.phase, card.again_at or card.opens_at) == (phase, end + timedelta(hours=22))
    rest()
    seq = Room.objects.get(pk=evening.pk).head
    assert answered(aoi, evening, now=now) == said
    assert Room.objects.get(pk=evening.pk).head == seq + (said == "ack")


def test_without_script_the_page_says_when_it_ends_and_when_it_opens_again(evening, aoi) -> None:
    now = START + timedelta(minutes=51)
    Attendance.objects.update(acted_at=now)
    with time_machine.travel(now, tick=False):
        page = seated(aoi).get("/rooms/zatsudan/").content.decode()
    assert "もうすぐおわります" in page
    assert "つぎは 11月25日 20:00 から" in page
