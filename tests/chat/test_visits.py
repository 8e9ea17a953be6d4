"""One visit per stay, whatever the line does; none stays open for ever."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from accounts.models import Participant, Staff
from chat.actions import visits
from chat.actions.visits import Stay
from chat.models import Room, Seat, Visit
from chat.states import Mode
from foundation import clock
from tests.chat.deeds import do, post, rest, seat_of

pytestmark = pytest.mark.django_db(transaction=True)
NOW = clock.now()


def _stay(person: Participant, room: Room, mode: Mode = Mode.WATCHING) -> Stay:
    return Stay(seat_of(person, room).pk, room.pk, mode)


@pytest.mark.parametrize(("minutes", "count"), [(1, 1), (4.9, 1), (5.1, 2), (60, 2)])
def test_coming_back_within_five_minutes_is_the_same_visit(
    room: Room, aoi: Participant, minutes: float, count: int
) -> None:
    stay = _stay(aoi, room)
    visits.touch([stay], now=NOW)
    visits.touch([stay], now=NOW + timedelta(minutes=minutes))
    assert Visit.objects.count() == count
    first = Visit.objects.earliest("pk")
    assert first.ended_at == (NOW if count == 2 else None)
    assert Visit.objects.filter(ended_at__isnull=True).count() == 1


def test_a_killed_process_leaves_no_visit_open(room: Room, aoi: Participant) -> None:
    visits.touch([_stay(aoi, room)], now=NOW)
    assert visits.close_left(now=NOW + timedelta(minutes=4)) == 0
    assert visits.close_left(now=NOW + timedelta(minutes=6)) == 1
    assert Visit.objects.get().ended_at == NOW  # when they were last seen, not when it was noticed


def test_two_open_visits_of_one_seat_cannot_be_stored(room: Room, aoi: Participant) -> None:
    visits.touch([_stay(aoi, room)], now=NOW)
    with pytest.raises(IntegrityError):
        Visit.objects.create(room=room, seat=seat_of(aoi, room), started_at=NOW, seen_at=NOW)


def test_several_people_are_touched_at_once_and_their_modes_kept(
    room: Room, aoi: Participant, haha: Participant
) -> None:
    stays = [_stay(aoi, room, Mode.HERE), _stay(haha, room)]
    visits.touch(stays, now=NOW)
    assert set(Visit.objects.values_list("seat__handle", "mode")) == {
        ("あおい", "here"), ("はは", "watching"),
    }  # fmt: skip
    visits.touch([_stay(aoi, room), _stay(haha, room, Mode.HERE)], now=NOW)
    assert set(Visit.objects.values_list("seat__handle", "mode")) == {
        ("あおい", "watching"), ("はは", "here"),
    }  # fmt: skip


def test_without_modes_an_open_visit_keeps_its_own(room: Room, aoi: Participant) -> None:
    visits.touch([_stay(aoi, room, Mode.HERE)], now=NOW)
    visits.touch([_stay(aoi, room)], now=NOW + timedelta(minutes=1), modes=False)
    visit = Visit.objects.get()
    assert (visit.mode, visit.seen_at) == ("here", NOW + timedelta(minutes=1))


def test_neither_staff_nor_whoever_is_erased_begins_a_visit(
    room: Room, aoi: Participant, haha: Participant, ren: Staff
) -> None:
    theirs = Seat.objects.create(room=room, staff=ren, key="s1", handle="れん", mark="a")
    gone = _stay(haha, room)
    Seat.objects.filter(pk=gone.seat).delete()
    visits.touch([gone, Stay(theirs.pk, room.pk, Mode.HERE), _stay(aoi, room)], now=NOW)
    assert list(Visit.objects.values_list("seat__handle", flat=True)) == ["あおい"]


def test_what_someone_did_is_counted_in_their_visit(room: Room, aoi: Participant) -> None:
    rest()
    visits.touch([_stay(aoi, room)], now=clock.now())
    do(aoi, room, post("ひとつ"), post("ふたつ"))
    do(aoi, room, post("みっつ"))
    visits.close_left(now=clock.now() + timedelta(minutes=6))
    visit = Visit.objects.get()
    assert (visit.posts, visit.stamps, visit.murmurs) == (3, 0, 0)


def test_what_was_said_in_an_earlier_visit_is_not_counted_again(
    room: Room, aoi: Participant
) -> None:
    rest()
    early, late = clock.now() - timedelta(hours=1), clock.now()
    visits.touch([_stay(aoi, room)], now=early)
    do(aoi, room, post("さっき"), post("さっきも"), now=early)
    visits.touch([_stay(aoi, room)], now=late)
    do(aoi, room, post("いま"), now=late)
    visits.close_left(now=late + timedelta(minutes=6))
    counted = Visit.objects.order_by("started_at").values_list("posts", flat=True)
    assert list(counted) == [2, 1]


def test_an_act_without_a_visit_begins_one(room: Room, aoi: Participant) -> None:
    rest()
    do(aoi, room, post("フォームから"))
    assert Visit.objects.get().ended_at is None
    visits.close_left(now=clock.now() + timedelta(minutes=6))
    assert Visit.objects.get().posts == 1


def test_whoever_only_watches_is_not_forgotten(room: Room, aoi: Participant) -> None:
    long_ago = NOW - timedelta(days=29)
    Participant.objects.filter(pk=aoi.pk).update(seen_at=long_ago)
    visits.touch([_stay(aoi, room)], now=NOW)
    assert Participant.objects.get(pk=aoi.pk).seen_at == NOW
