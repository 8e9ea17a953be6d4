"""When one may come without an appointment: told as it is planned, also across midnight."""

from datetime import datetime, time, timedelta

import pytest
from django.test import Client

from accounts.states import Role
from chat.schedule import Hours
from counseling import hours as reads
from counseling.actions import gatherings, hours
from counseling.models import DropIn, Gathering
from foundation.clock import JST, jst
from foundation.refusals import Refused
from tests.cast import grant, make_program, make_staff, signed_in_as, staff_viewer
from tests.counseling.places import make_place
from tests.counseling.test_pages import page, seated
from tests.counseling.voices import with_passphrase


def add(who, program, weekday, opens, closes, *, now):
    hours.add(
        staff_viewer(who), program=program.pk, weekday=weekday, opens=opens, closes=closes, now=now
    )


def test_a_night_s_stretch_holds_until_its_end_on_the_next_day(mori, program, now):
    add(mori, program, 4, time(22), time(2), now=now)  # Friday
    friday = datetime(2026, 11, 27, 23, tzinfo=JST)
    late = datetime(2026, 11, 28, 1, 59, tzinfo=JST)
    after = datetime(2026, 11, 28, 2, tzinfo=JST)
    for at in (friday, late):
        there = reads.doors([program.pk], now=at)[program.pk]
        assert (there.is_open, there.until) == (True, after)
    over = reads.doors([program.pk], now=after)[program.pk]
    assert (over.is_open, over.opens_at) == (False, datetime(2026, 12, 4, 22, tzinfo=JST))


def test_what_overlaps_is_refused_and_what_only_touches_is_not(mori, program, now):
    add(mori, program, 4, time(22), time(2), now=now)
    with pytest.raises(Refused, match="hours_clash"):
        add(mori, program, 5, time(1), time(3), now=now)
    add(mori, program, 5, time(2), time(3), now=now)
    assert reads.weekly([program.pk])[program.pk] == [
        Hours(4, time(22), time(2)), Hours(5, time(2), time(3)),
    ]  # fmt: skip


def test_only_the_program_s_coordinator_plans_them(mori, kaede, program, now):
    elsewhere = make_staff("kochi")
    grant(elsewhere, Role.COORDINATOR, make_program("kochi"))
    add(mori, program, 0, time(9), time(12), now=now)
    number = DropIn.objects.get().pk
    for stranger in (kaede, elsewhere):
        with pytest.raises(Refused, match="not_found"):
            add(stranger, program, 1, time(9), time(12), now=now)
        with pytest.raises(Refused, match="not_found"):
            hours.remove(staff_viewer(stranger), number=number, now=now)
    hours.remove(staff_viewer(mori), number=number, now=now)
    assert not DropIn.objects.exists()


def test_planned_by_form_told_where_one_asks_and_on_the_calendar(mori, aoi, program, now):
    place = make_place(program, now=now)
    desk = signed_in_as(mori)
    sent = {"program": program.slug, "weekday": "2", "opens": "21:00", "closes": "01:00"}
    for wrong in ({"opens": ""}, {"closes": "25:00"}, {"weekday": ""}, {"weekday": "7"}):
        assert desk.post("/counseling/desk/hours/", {**sent, **wrong}).status_code == 422
    assert "うけとる予定" not in page(seated(with_passphrase(aoi, now)), "/counseling/ask/")
    assert desk.post("/counseling/desk/hours/", sent).status_code == 303
    assert "水曜日 21:00〜翌1:00" in page(desk, "/counseling/desk/hours/")
    asking = page(seated(aoi), "/counseling/ask/")
    assert "うけとる予定" in asking
    assert "日時をきめて話すこともできます" in asking
    shown = page(Client(), "/calendar/")
    assert shown.count("21:00〜翌1:00") == 2
    assert place.name in shown


# --- gatherings -----------------------------------------------------------------------------------


def test_a_gathering_is_on_the_calendar_until_it_is_over(mori, program, now):
    place = make_place(program, now=now)
    desk = signed_in_as(mori)
    at = jst(now) + timedelta(days=20)
    sent = {
        "program": program.slug, "place": place.pk, "choice": at.strftime("%Y-%m-%dT%H:%M"),
        "minutes": "90", "line": "はじめての人の時間です",
    }  # fmt: skip
    page(Client(), "/calendar/")
    for wrong in ({"place": "0"}, {"place": ""}, {"choice": ""}, {"choice": "2020-01-01T10:00"},
                  {"choice": "2099-01-01T10:00"}):  # fmt: skip
        refused = desk.post("/counseling/desk/gatherings/", {**sent, **wrong})
        assert refused.status_code == 422, wrong
        assert "はじめての人の時間です" in refused.content.decode()
    assert not Gathering.objects.exists()
    for _twice in range(2):
        assert desk.post("/counseling/desk/gatherings/", sent).status_code == 303
    made = Gathering.objects.get()
    assert made.ends_at - made.starts_at == timedelta(minutes=90)
    shown = page(Client(), "/calendar/")
    assert shown.index("集い") < shown.index("はじめての人の時間です")
    assert place.for_whom in shown
    (coming,) = reads.coming([program], now=made.ends_at)
    assert coming.gatherings == [], "it is over"
    removed = desk.post(f"/counseling/desk/gatherings/{made.pk}/remove/")
    assert removed["Location"] == f"/counseling/desk/gatherings/?program={program.slug}"
    assert "はじめての人の時間です" not in page(Client(), "/calendar/")


def test_gatherings_are_the_coordinator_s_and_of_the_program_s_own_places(
    mori, kaede, program, now
):
    kochi = make_program("kochi")
    elsewhere = make_staff("kochi")
    grant(elsewhere, Role.COORDINATOR, kochi)
    place, other = make_place(program, now=now), make_place(kochi, now=now)

    def gather(who, where, program=program):
        gatherings.add(
            staff_viewer(who), program=program.pk, place=where.pk, line="", minutes=60,
            starts_at=now + timedelta(days=2), now=now,
        )  # fmt: skip

    for stranger in (kaede, elsewhere):
        with pytest.raises(Refused, match="not_found"):
            gather(stranger, place)
    with pytest.raises(Refused, match="no_place"):
        gather(mori, other)
    gather(mori, place)
    for stranger in (kaede, elsewhere):
        with pytest.raises(Refused, match="not_found"):
            gatherings.remove(staff_viewer(stranger), number=Gathering.objects.get().pk, now=now)
    place.removed_at = now
    place.save()
    assert reads.gatherings([program.pk], now=now) == [], "a place that isn't listed has none"
