"""Participation is counted by hours and months, and names nobody."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Participant
from chat.actions import counts
from chat.actions.erase import erase
from chat.models import Murmur, Room, RoomEvent, Seat, Visit
from chat.participation import ReadWithin, Rung, minutes_by_state, read_within, rung
from ledger import counts as kept
from ledger.models import Filled, HourCount, MonthKey, MonthSum, Sighting
from tests.cast import make_participant

pytestmark = pytest.mark.django_db
# Monday, 29 June 2026, 9 in the morning in Japan: near a month's end, so that little is to fill.
HOUR = datetime(2026, 6, 29, 0, tzinfo=UTC)
LATER = HOUR + timedelta(days=2)
MONTH_OVER = datetime(2026, 7, 3, tzinfo=UTC)


def came(
    room: Room, person: Participant, *, at: datetime = HOUR, minutes: int = 20, **given: int
) -> Visit:
    seat, _ = Seat.objects.get_or_create(
        room=room,
        participant=person,
        defaults={"key": f"k{person.pk}-{room.pk}", "handle": person.handle, "mark": "a"},
    )
    end = at + timedelta(minutes=minutes)
    return Visit.objects.create(
        room=room, seat=seat, started_at=at, seen_at=end, ended_at=end, **given
    )


def hours(statistic: str) -> dict[str, int]:
    return {
        row.split: row.number
        for row in HourCount.objects.filter(statistic=statistic).order_by("split")
    }


def everything() -> list:
    return [
        sorted(model.objects.values_list(*columns))
        for model, columns in (
            (HourCount, ("program", "statistic", "split", "hour", "number")),
            (Sighting, ("program", "month", "statistic", "split", "pseudonym")),
            (Filled, ("statistic", "hour")),
        )
    ]


@pytest.fixture
def aoi_came_in_june(aoi):
    Participant.objects.filter(pk=aoi.pk).update(entered_at=HOUR - timedelta(hours=1))
    aoi.refresh_from_db()
    return aoi


def test_a_stay_counts_on_its_highest_rung():
    assert rung(stamps=3, murmurs=1, posts=1) is Rung.TALKING
    assert rung(stamps=3, murmurs=1, posts=0) is Rung.MURMURING
    assert rung(stamps=3, murmurs=0, posts=0) is Rung.STAMPING
    assert rung(stamps=0, murmurs=0, posts=0) is Rung.WATCHING


def test_watching_counts_as_participation(room, aoi_came_in_june):
    came(room, aoi_came_in_june)
    counts.fill(now=LATER)
    assert hours("rung") == {"watching": 1}
    assert hours("room") == {room.slug: 1}
    assert hours("coming") == {"first": 1}
    assert hours("week") == {"0-09": 1}


def test_staff_are_no_visitors(room, ren):
    seat = Seat.objects.create(room=room, staff=ren, key="k", handle="れん", mark="a")
    Visit.objects.create(
        room=room, seat=seat, started_at=HOUR, seen_at=HOUR, ended_at=HOUR + timedelta(minutes=9)
    )
    counts.fill(now=LATER)
    assert hours("rung") == {}


def test_filling_again_gives_equal_rows(room, aoi_came_in_june, yoso):
    came(room, aoi_came_in_june, posts=2)
    came(room, yoso, stamps=1)
    counts.fill(now=LATER)
    before = everything()
    for statistic in counts.STATISTICS:
        kept.fill(statistic.name, HOUR, statistic.count(HOUR))
    assert everything() == before
    assert hours("rung") == {"stamping": 1, "talking": 1}


def test_a_cut_in_between_leaves_nothing_half_or_double(room, aoi_came_in_june, monkeypatch):
    came(room, aoi_came_in_june)
    write, cut = Sighting.objects.bulk_create, [True]

    def cut_once(*args, **kwargs):
        if cut.pop() if cut else False:
            raise KeyboardInterrupt
        return write(*args, **kwargs)

    monkeypatch.setattr(Sighting.objects, "bulk_create", cut_once)
    with pytest.raises(KeyboardInterrupt):
        counts.fill(now=LATER)
    assert everything() == [[], [], []]
    counts.fill(now=LATER)
    assert hours("rung") == {"watching": 1}


def test_an_hour_waits_until_nothing_can_fall_into_it_any_more(room, aoi_came_in_june):
    came(room, aoi_came_in_june)
    lost = came(room, make_participant("のこり", now=HOUR), at=HOUR + timedelta(minutes=5))
    Visit.objects.filter(pk=lost.pk).update(ended_at=None)
    counts.fill(now=LATER)
    assert hours("rung") == {}
    Visit.objects.filter(pk=lost.pk).update(ended_at=lost.seen_at)
    counts.fill(now=LATER)
    assert hours("rung") == {"watching": 2}


def fill_up(now: datetime) -> None:
    while counts.fill(now=now):
        pass


def sums(statistic: str) -> dict[str, tuple[int, int | None]]:
    rows = MonthSum.objects.filter(statistic=statistic, month=date(2026, 6, 1))
    return {row.split: (row.number, row.people) for row in rows}


def test_a_month_tells_people_apart_and_then_forgets_them(room, aoi_came_in_june, yoso):
    Participant.objects.filter(pk=yoso.pk).update(entered_at=HOUR - timedelta(days=90))
    for day in range(3):
        came(room, aoi_came_in_june, at=HOUR + timedelta(hours=6 * day), stamps=day, posts=day // 2)
    came(room, yoso)
    fill_up(MONTH_OVER)
    assert sums("room") == {room.slug: (4, 2)}
    # Each person once, on the highest rung they took in the month.
    assert sums("rung") == {"watching": (2, 1), "stamping": (1, 0), "talking": (1, 1)}
    assert sums("coming") == {"first": (3, 1), "returning": (1, 1)}
    assert not Sighting.objects.filter(month=date(2026, 6, 1)).exists()
    assert not MonthKey.objects.filter(month=date(2026, 6, 1)).exists()


def test_a_month_that_runs_has_no_sum_yet(room, aoi_came_in_june):
    came(room, aoi_came_in_june)
    fill_up(MONTH_OVER - timedelta(days=2, hours=12))
    assert not MonthSum.objects.exists()


def test_a_summed_month_stays_as_it_is(room, aoi_came_in_june, yoso):
    came(room, aoi_came_in_june)
    fill_up(MONTH_OVER)
    before = everything(), list(MonthSum.objects.order_by("pk").values())
    came(room, yoso)
    statistic = counts.STATISTICS[0]
    kept.fill(statistic.name, HOUR, statistic.count(HOUR))
    fill_up(MONTH_OVER)
    assert (everything(), list(MonthSum.objects.order_by("pk").values())) == before


def test_the_same_person_has_another_pseudonym_in_the_next_month(room, aoi_came_in_june):
    july = HOUR + timedelta(days=3)
    came(room, aoi_came_in_june)
    came(room, aoi_came_in_june, at=july)
    fill_up(HOUR + timedelta(days=1))
    june = set(Sighting.objects.values_list("pseudonym", flat=True))
    fill_up(july + timedelta(days=1))
    assert len(june) == 1
    assert june.isdisjoint(Sighting.objects.values_list("pseudonym", flat=True))


def test_erasing_someone_changes_no_sum(room, aoi_came_in_june):
    came(room, aoi_came_in_june)
    counts.fill(now=LATER)
    before = everything()
    erase(aoi_came_in_june.pk, now=LATER)
    counts.fill(now=LATER)
    assert everything()[0] == before[0]


def test_how_long_a_murmur_waited(room, aoi_came_in_june):
    seat = came(room, aoi_came_in_june, murmurs=1).seat
    for number, minutes in enumerate((3, 40, None)):
        Murmur.objects.create(
            room=room,
            seat=seat,
            nonce=f"00000000-0000-4000-8000-00000000000{number}",
            body_key=str(number),
            text="ねむれない",
            at=HOUR + timedelta(minutes=number),
            read_at=None if minutes is None else HOUR + timedelta(minutes=number + minutes),
        )
    counts.fill(now=LATER)
    assert hours("read") == {"1h": 1, "5m": 1, "later": 1}
    assert read_within(HOUR, HOUR + timedelta(hours=24)) is ReadWithin.DAY


def test_the_hours_of_the_rooms_are_told_by_state(room, aoi_came_in_june):
    came(room, aoi_came_in_june)
    for seq, (minute, state) in enumerate([(-90, "open"), (15, "quiet")], start=9_001):
        RoomEvent.objects.create(
            room=room, seq=seq, kind="room", body={"state": state, "until": None},
            at=HOUR + timedelta(minutes=minute),
        )  # fmt: skip
    counts.fill(now=HOUR + timedelta(hours=1, minutes=30))
    assert hours("hours") == {"open": 15, "quiet": 45}


def test_minutes_of_an_hour_without_a_change():
    spent = minutes_by_state(HOUR, HOUR + timedelta(hours=1), at_first="open", changes=[])
    assert spent == {"open": 60}
