"""What a room is told of who is there: coarse, late, and at moments that tell nothing."""

import random
from datetime import datetime, timedelta

import pytest

from accounts.models import Participant
from chat.actions import presence, visits
from chat.actions.erase import erase
from chat.actions.visits import Stay
from chat.models import Room, Visit
from chat.states import Mode
from foundation import clock
from tests.cast import make_participant
from tests.chat.deeds import seat_of

pytestmark = pytest.mark.django_db(transaction=True)
STEP = timedelta(seconds=5)


class Evening:
    """A room whose keeper goes round every five seconds of a made-up clock."""

    def __init__(self, room: Room, seed: int) -> None:
        self.room, self.now, self.dice = room, clock.now(), random.Random(seed)
        self.tellings: list[datetime] = []
        self.there: list[Stay] = []

    def go_on(self, until: datetime, *, step: timedelta = STEP) -> None:
        visits.touch(self.there, now=self.now)
        touched = self.now
        while self.now < until:
            self.now += step
            if self.now - touched >= timedelta(minutes=1):
                visits.touch(self.there, now=self.now)
                touched = self.now
            before = Room.objects.values_list("tell_at", flat=True).get(pk=self.room.pk)
            presence.tell(now=self.now, rng=self.dice)
            after = Room.objects.values_list("tell_at", flat=True).get(pk=self.room.pk)
            if before is not None and after != before:
                self.tellings.append(self.now)

    def told(self) -> str:
        return Room.objects.values_list("told_band", flat=True).get(pk=self.room.pk)


@pytest.mark.parametrize(
    ("people", "band"),
    [(0, "few"), (3, "few"), (4, "some"), (9, "some"), (10, "many"), (99, "many")],
)
def test_bands_are_words_and_nobody_is_few_too(people: int, band: str) -> None:
    assert presence.band_of(people) == band


def _crowd(room: Room, count: int, mode: Mode = Mode.WATCHING) -> list[Stay]:
    people = [make_participant(f"ひと{n}") for n in range(count)]
    return [Stay(seat_of(one, room).pk, room.pk, mode) for one in people]


@pytest.mark.parametrize("seed", range(12))
def test_a_change_is_told_two_to_six_minutes_late(room: Room, seed: int) -> None:
    evening = Evening(room, seed)
    evening.go_on(evening.now + timedelta(minutes=evening.dice.uniform(0, 12)))
    evening.there, came = _crowd(room, 5), evening.now
    while evening.told() == "few":
        evening.go_on(evening.now + STEP)
        assert evening.now - came < timedelta(minutes=7)
    late = evening.now - came
    assert timedelta(minutes=2) <= late <= timedelta(minutes=6) + 2 * STEP


def test_the_moments_of_telling_keep_no_time_with_arrivals(room: Room) -> None:
    """The wait from an arrival to the next telling is spread like that from any other moment."""
    evening, dice = Evening(room, 7), random.Random(11)
    crowd = _crowd(room, 5)
    begin = evening.now
    arrivals: list[datetime] = []
    step = timedelta(seconds=15)
    for _ in range(40):
        evening.there = []
        evening.go_on(evening.now + timedelta(minutes=dice.uniform(6, 14)), step=step)
        evening.there = crowd  # the band goes from few to some
        arrivals.append(evening.now)
        evening.go_on(evening.now + timedelta(minutes=dice.uniform(2, 9)), step=step)
    span = (evening.now - begin).total_seconds()
    anywhere = [begin + timedelta(seconds=dice.uniform(0, span * 0.98)) for _ in range(2000)]
    found, chance = _waits(arrivals, evening.tellings), _waits(anywhere, evening.tellings)
    # Kolmogorov–Smirnov, 99.9 %: an observer can't tell the two apart.
    distance = max(abs(_share(found, t) - _share(chance, t)) for t in (n * 2.5 for n in range(200)))
    bound = 1.95 * ((len(found) + len(chance)) / (len(found) * len(chance))) ** 0.5
    print(f"distance {distance:.3f}, bound {bound:.3f}, {len(evening.tellings)} tellings")
    assert distance < bound


def _waits(moments: list[datetime], tellings: list[datetime]) -> list[float]:
    return [
        (min(t for t in tellings if t > at) - at).total_seconds()
        for at in moments
        if at < tellings[-1]
    ]


def _share(waits: list[float], t: float) -> float:
    return sum(1 for w in waits if w <= t) / len(waits)


def test_watchers_are_named_nowhere_and_those_here_without_order(room: Room) -> None:
    evening = Evening(room, 3)
    evening.there = _crowd(room, 3) + _crowd(room, 14, Mode.HERE)
    evening.go_on(evening.now + timedelta(minutes=7))
    row = Room.objects.get(pk=room.pk)
    assert row.told_band == "many"
    assert len(row.told_here) == presence.MOST_NAMES
    assert row.told_here == sorted(row.told_here)
    watching = set(Visit.objects.filter(mode="watching").values_list("seat__handle", "seat__mark"))
    assert not watching & {tuple(one) for one in row.told_here}


def test_someone_who_left_is_told_away_and_someone_erased_at_once(
    room: Room, aoi: Participant
) -> None:
    evening = Evening(room, 5)
    evening.there = [Stay(seat_of(aoi, room).pk, room.pk, Mode.HERE)]
    evening.go_on(evening.now + timedelta(minutes=7))
    assert Room.objects.get(pk=room.pk).told_here[0][0] == "あおい"
    erase(aoi.pk, now=evening.now)
    row = Room.objects.get(pk=room.pk)
    assert row.told_here == [] and row.sampled_here == []
