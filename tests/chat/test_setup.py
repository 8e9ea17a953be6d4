"""A room as coordinators set it up: it is what they say, and two at once lose nothing."""

from datetime import datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.viewer import SESSION_PARTICIPANT
from chat import queries
from chat.actions import rooms, setup
from chat.models import Opening, Room, RoomEvent, Seat, Visit
from chat.schedule import Hours
from chat.states import HolidayRule
from foundation.clock import JST, jst_day
from foundation.refusals import Refused
from tests.cast import make_program, make_room

ALWAYS = [Hours(day, time(0), time(0)) for day in range(7)]
pytestmark = pytest.mark.django_db


def change(room, now, version=1, program=None, **values):
    return setup.change(
        program=program or room.program_id, room=room.pk, version=version, values=values, now=now
    )


def set_hours(room, now, hours=ALWAYS, version=1, holidays=HolidayRule.USUAL, **special_days):
    return setup.set_hours(
        program=room.program_id, room=room.pk, version=version, hours=hours, holidays=holidays,
        special_days={day.replace("_", "-"): on for day, on in special_days.items()}, now=now,
    )  # fmt: skip


def state(room, now) -> str:
    row = Room.objects.get(pk=room.pk)
    return queries.states_of([row], now=now)[row.pk].state.value


def test_a_new_room_is_on_the_list_and_closed_until_it_has_hours(program, now):
    values = {"slug": "asa", "name": "朝の部屋", "kind": "calm", "stamps": ["うん"]}
    made = setup.create(program=program.pk, values=values, now=now)
    assert [one.slug for one in queries.listed_rooms()] == ["asa"]
    assert state(made, now) == "closed"
    set_hours(made, now)
    assert state(made, now) == "quiet"
    with pytest.raises(Refused, match="slug_taken"):
        setup.create(program=program.pk, values=values, now=now)


def test_a_room_that_nobody_must_watch_cannot_even_be_stored(room):
    with pytest.raises(IntegrityError), transaction.atomic():
        Room.objects.filter(pk=room.pk).update(required_supporters=0)


def test_the_second_of_two_who_change_a_room_is_told_and_the_first_ones_words_stay(room, now):
    assert change(room, now, name="もりの部屋") == {"name": ["雑談の部屋", "もりの部屋"]}
    with pytest.raises(Refused, match="changed_meanwhile"):
        change(room, now, name="かえでの部屋")
    with pytest.raises(Refused, match="changed_meanwhile"):
        set_hours(room, now)
    assert Room.objects.get().name == "もりの部屋"


def test_nobody_changes_another_programs_room(room, now):
    with pytest.raises(Refused, match="gone"):
        change(room, now, program=make_program("kochi").pk, name="x")


def test_open_pages_hear_what_they_show_and_nothing_else(room, now):
    rooms.bring_up_to_date(now=now)
    before = RoomEvent.objects.count()
    change(room, now, rules="しずかに")
    assert RoomEvent.objects.count() == before
    change(room, now, version=2, name="夜の部屋", capacity=5)
    assert [e.body for e in RoomEvent.objects.order_by("pk")[before:]] == [{"name": "夜の部屋"}]


def test_a_day_of_rest_closes_the_room_at_once_and_the_next_day_opens_it(room, now):
    rooms.bring_up_to_date(now=now)
    assert state(room, now) == "open"
    today = jst_day(now)
    set_hours(room, now, **{today.isoformat(): []})
    assert state(room, now) == "closed"
    assert RoomEvent.objects.latest("seq").body["state"] == "closed"
    tomorrow = datetime.combine(today + timedelta(days=1), time(0), JST)
    assert Room.objects.get().until == tomorrow
    assert state(room, tomorrow) != "closed"


def test_a_room_that_rests_on_holidays_does_so_by_itself(room):
    holiday = datetime(2026, 11, 3, 12, tzinfo=JST)
    assert state(room, holiday) != "closed"
    set_hours(room, holiday, holidays=HolidayRule.CLOSED)
    assert state(room, holiday) == "closed"
    assert state(room, holiday - timedelta(days=1)) != "closed"


def test_hours_that_overlap_are_refused_and_the_old_ones_stay(room, now):
    clash = [Hours(0, time(22), time(2)), Hours(1, time(1), time(3))]
    with pytest.raises(Refused, match="hours_overlap"):
        set_hours(room, now, hours=clash)
    assert Opening.objects.count() == 7
    assert Room.objects.get().version == 1


def test_the_change_of_hours_is_told_in_words_and_days_that_are_past_go(room, now):
    found = set_hours(room, now, hours=ALWAYS[:1], **{"2020-01-01": [], "2099-01-01": []})
    assert found["hours"][1] == ["月曜日 24時間"]
    assert Room.objects.get().special_days == {"2099-01-01": []}


def test_a_removed_room_is_gone_for_whoever_still_has_its_page_open(room, now):
    setup.remove(program=room.program_id, room=room.pk, version=1, now=now)
    assert queries.listed_rooms() == []
    with pytest.raises(Refused, match="gone"):
        change(room, now, name="x")


def test_a_room_holds_as_many_as_it_may_and_lets_nobody_out_for_it(room, aoi, haha, yoso, now):
    Room.objects.filter(pk=room.pk).update(capacity=2)
    for number, one in enumerate((aoi, haha)):
        seat = Seat.objects.create(
            room=room, participant=one, key=f"k{number}", handle="x", mark="月"
        )
        Visit.objects.create(room=room, seat=seat, started_at=now, seen_at=now)

    def comes(person, client=None):
        client = client or Client()
        session = client.session
        session[SESSION_PARTICIPANT] = person.pk
        session.save()
        client.cookies["seat"] = session.session_key
        return client.get("/rooms/zatsudan/").status_code

    assert (comes(aoi), comes(haha), comes(yoso)) == (200, 200, 429)
    Visit.objects.filter(seat__participant=haha).update(ended_at=now)
    assert comes(yoso) == 200


def test_whom_a_room_is_for_and_what_holds_in_it_is_read_at_its_door(now):
    make_room(audience="women", rules="男性の話はしない")
    page = Client().get("/rooms/").content.decode()
    assert "女性のための部屋" in page
