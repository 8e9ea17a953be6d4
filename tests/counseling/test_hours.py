"""When one may come without an appointment: told as it is planned, also across midnight."""

from datetime import datetime, time

import pytest
from django.test import Client

from accounts.states import Role
from chat.schedule import Hours
from counseling import hours as reads
from counseling.actions import hours
from counseling.models import DropIn
from foundation.clock import JST
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
