"""When someone will read it: only what is true."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Letter
from accounts.states import Role
from chat import promises
from chat.models import Recusal
from duty.models import RoomOff, Shift
from duty.states import ShiftState
from foundation import clock
from tests.cast import attend, grant, make_room, make_staff
from tests.chat.deeds import do, post, rest

# 3 in the morning in Japan, on a Tuesday.
NIGHT = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


@pytest.fixture
def alone(room):
    """Nobody is on duty."""
    Shift.objects.all().delete()
    return room


def plan(ren, room, at) -> None:
    Shift.objects.create(
        supporter=ren, program=room.program, starts_at=at, ends_at=at + timedelta(hours=2),
        changed_at=at,
    )  # fmt: skip


def both(room, now, *, person=0) -> tuple[str, str]:
    of = {"room": room.pk, "program": room.program_id, "participant": person, "now": now}
    return promises.read(**of), promises.called(**of)


def test_where_somebody_is_there_it_is_they(room):
    for said in both(room, clock.now()):
        assert "いま当番" in said


@pytest.mark.parametrize(
    ("hours", "said"), [(17, "きょう 20:00"), (41, "あした 20:00"), (65, "11月26日 20:00")]
)
def test_at_three_in_the_morning_it_is_the_next_shift(alone, ren, hours, said):
    plan(ren, alone, NIGHT + timedelta(hours=hours))
    for words in both(alone, NIGHT):
        assert said in words


def test_without_a_next_shift_nothing_is_promised(alone):
    for words in both(alone, NIGHT):
        assert "決まって" in words
        assert ":" not in words


def test_the_card_says_so(alone, aoi, ren):
    now = clock.now()
    attend(alone, ren, now=now)
    rest()
    do(aoi, alone, post("もう死にたい"), now=now)
    assert "いま当番の支援者に知らせました" in Letter.objects.get(participant=aoi).text


def resting(ren, room, aoi, now):
    Shift.objects.update(state=ShiftState.RESTING)


def over(ren, room, aoi, now):
    Shift.objects.update(ends_at=now)


def away_for_long(ren, room, aoi, now):
    Shift.objects.get().attendances.update(acted_at=now - timedelta(minutes=10))


def off_the_room(ren, room, aoi, now):
    RoomOff.objects.create(shift=Shift.objects.get(), room=room.pk)


def knows_her(ren, room, aoi, now):
    Recusal.objects.create(staff=ren, participant=aoi, at=now)


def keeps_another(ren, room, aoi, now):
    ren.grants.all().delete()
    grant(ren, Role.SUPPORTER, rooms=(make_room("yofukashi").pk,))


WAYS_OFF = [resting, over, away_for_long, off_the_room, knows_her, keeps_another]


@pytest.mark.parametrize("off", WAYS_OFF)
def test_whoever_can_t_read_it_isn_t_said_to_be_told(aoi, ren, alone, off):
    room = alone
    now = clock.now()
    attend(room, ren, now=now)
    off(ren, room, aoi, now)
    said = promises.called(room=room.pk, program=room.program_id, participant=aoi.pk, now=now)
    assert "知らせました" not in said
    assert "よんでいます" not in said, "there is nobody to call"
    assert "いま読める人は、いません" in said


@pytest.mark.parametrize("off", [resting, off_the_room, knows_her, keeps_another, over])
def test_a_murmur_isn_t_promised_to_whoever_can_t_read_it(aoi, ren, alone, off):
    room = alone
    now = clock.now()
    attend(room, ren, now=now)
    of = {"room": room.pk, "program": room.program_id, "participant": aoi.pk, "now": now}
    assert "このあと読みます" in promises.read(**of)
    off(ren, room, aoi, now)
    assert "いま当番の支援者" not in promises.read(**of)


def test_where_nobody_can_look_the_card_names_a_line_that_answers(alone, aoi):
    rest()
    do(aoi, alone, post("もう死にたい"), now=NIGHT)
    card = Letter.objects.get(participant=aoi).text
    assert "いま読める人は、いません" in card
    assert "電話を受けています" in card and "0120" in card


def test_where_somebody_can_be_called_it_says_so_and_no_more(alone, aoi, settings):
    settings.CAN_MAIL = True
    mori = make_staff("mori")
    grant(mori, Role.COORDINATOR)
    type(mori).objects.filter(pk=mori.pk).update(email="mori@example.com")
    of = {"room": alone.pk, "program": alone.program_id, "now": NIGHT}
    assert "順によんでいます" in promises.called(participant=aoi.pk, **of)
    Recusal.objects.create(staff=mori, participant=aoi, at=NIGHT)
    assert "いま読める人は、いません" in promises.called(participant=aoi.pk, **of)


def test_a_shift_of_whoever_may_not_read_it_is_no_next_one(alone, aoi, ren):
    plan(ren, alone, NIGHT + timedelta(hours=17))
    Recusal.objects.create(staff=ren, participant=aoi, at=NIGHT)
    assert all("20:00" in words for words in both(alone, NIGHT))
    assert all("20:00" not in words for words in both(alone, NIGHT, person=aoi.pk))


def test_told_of_one_of_ours_only_those_above_who_can_be_called_are_named(aoi, room, settings):
    settings.CAN_MAIL = True
    mori, judge = make_staff("mori"), make_staff("judge")
    grant(mori, Role.COORDINATOR)
    grant(judge, Role.REVIEWER)
    of = {"program": room.program_id, "participant": aoi.pk, "now": NIGHT}
    type(mori).objects.filter(pk=mori.pk).update(email="mori@example.com")
    assert "コーディネーターや" in promises.called_above(about=0, **of)
    assert "いま読める人は、いません" in promises.called_above(about=mori.pk, **of)
    type(mori).objects.filter(pk=judge.pk).update(email="judge@example.com")
    assert "よんでいます" in promises.called_above(about=mori.pk, **of)
