"""When someone will read it: only what is true."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Letter
from chat import promises
from duty.models import Shift
from foundation import clock
from tests.cast import attend
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


def both(room, now) -> tuple[str, str]:
    of = {"room": room.pk, "program": room.program_id, "now": now}
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
