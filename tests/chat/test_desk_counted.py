"""What came to the desk, was looked at and closed is counted by the time of day; nobody's own."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chat.actions import counts, items
from chat.actions.items import Raised
from chat.models import Item, Seat
from chat.states import ItemKind
from ledger import counts as kept
from ledger.models import Filled, HourCount

pytestmark = pytest.mark.django_db
# Monday, 29 June 2026, 9 in the morning in Japan.
HOUR = datetime(2026, 6, 29, 0, tzinfo=UTC)
LATER = HOUR + timedelta(days=2)


@pytest.fixture
def seat(room, aoi):
    return Seat.objects.create(room=room, participant=aoi, key="k", handle="あおい", mark="a")


def came(seat: Seat, kind: ItemKind, *, at: datetime, **of: int) -> int:
    raised = Raised(kind, f"seat:{seat.pk}", room=seat.room_id, seat=seat.pk, **of)
    items.raise_all([raised], now=at)
    return Item.objects.get(kind=kind.value, subject=raised.subject).pk


def hours(statistic: str) -> dict[str, int]:
    rows = HourCount.objects.filter(statistic=statistic).order_by("split")
    return {row.split: row.number for row in rows}


def test_what_came_was_looked_at_and_closed_counts_at_its_time_of_day(seat, ren):
    report = came(seat, ItemKind.REPORT, at=HOUR)
    came(seat, ItemKind.CRISIS, at=HOUR + timedelta(minutes=5))
    items.claim(report, by=ren.pk, now=HOUR + timedelta(minutes=40))
    items.settle([report], by=ren.pk, outcome="none", now=HOUR + timedelta(hours=3))
    counts.fill(now=LATER)
    assert hours("desk-in") == {"h09": 2}
    assert hours("desk-seen") == {"h09": 1}
    assert hours("desk-done") == {"h12": 1}
    assert hours("desk-wait") == {"1h": 1, "later": 1}


def test_the_first_look_and_the_first_end_stay_whatever_comes_after(seat, ren, mori):
    item = came(seat, ItemKind.FLAG, at=HOUR)
    items.claim(item, by=ren.pk, now=HOUR + timedelta(minutes=1))
    items.let_go(item, by=ren.pk)
    items.claim(item, by=mori.pk, now=HOUR + timedelta(minutes=2))
    items.settle([item], by=mori.pk, outcome="none", now=HOUR + timedelta(minutes=3))
    came(seat, ItemKind.FLAG, at=HOUR + timedelta(minutes=4))
    items.settle([item], by=ren.pk, outcome="none", now=HOUR + timedelta(minutes=5))
    row = Item.objects.get(pk=item)
    assert row.looked_at == HOUR + timedelta(minutes=1)
    assert row.closed_at == HOUR + timedelta(minutes=3)


def test_settling_without_a_claim_is_a_look_and_ending_by_itself_is_none(seat, ren):
    mine = came(seat, ItemKind.REPORT, at=HOUR)
    other = came(seat, ItemKind.FLAG, at=HOUR)
    items.settle([mine], by=ren.pk, outcome="none", now=HOUR)
    items.settle([other], by=None, outcome="none", now=HOUR)
    assert Item.objects.get(pk=mine).looked_at == HOUR
    assert Item.objects.get(pk=other).looked_at is None


def test_what_is_told_of_staff_is_no_work_of_the_desk(seat, ren):
    came(seat, ItemKind.REPORT, at=HOUR, about_staff=ren.pk)
    counts.fill(now=LATER)
    assert hours("desk-in") == {}


def test_an_hour_counted_anew_after_something_was_opened_again_gives_equal_rows(seat, ren):
    item = came(seat, ItemKind.FLAG, at=HOUR)
    items.settle([item], by=ren.pk, outcome="none", now=HOUR)
    counts.fill(now=LATER)
    before = hours("desk-in"), hours("desk-done"), hours("desk-wait")
    came(seat, ItemKind.FLAG, at=LATER)
    for statistic in counts.STATISTICS:
        kept.fill(statistic.name, HOUR, statistic.count(HOUR))
    assert (hours("desk-in"), hours("desk-done"), hours("desk-wait")) == before


def test_a_statistic_new_to_a_house_begins_after_the_months_that_are_summed(seat):
    came(seat, ItemKind.FLAG, at=HOUR)
    kept.sum_month(date(2026, 6, 1), highest={})
    counts.fill(now=HOUR + timedelta(days=5))
    first = Filled.objects.filter(statistic="desk-in").order_by("hour").first()
    assert first is not None
    assert first.hour == datetime(2026, 6, 30, 15, tzinfo=UTC)
