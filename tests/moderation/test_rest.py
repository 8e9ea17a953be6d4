"""When it is time to rest, every page of staff says so, and says beforehand in how many seconds."""

import re
from datetime import timedelta

import pytest

from accounts.states import Role
from duty.models import DutyRules
from duty.queries import rest_of
from foundation import clock
from tests.cast import grant, make_program, signed_in_as, staff_viewer
from tests.duty.team import begun
from tests.house.everyone import seated
from tests.moderation.test_desk import page, sent

PAGES = ("/moderation/", "/accounts/", "/moderation/rota/", "/moderation/alerts/")
ROOM = "/rooms/{}/"
SAID = "すこし休んでください"


@pytest.fixture
def keeping(ren, program):
    at = clock.now()
    made = begun(ren, program, now=at)
    type(made).objects.filter(pk=made.pk).update(
        stretch_at=at - timedelta(minutes=100), ends_at=at + timedelta(hours=3)
    )
    made.refresh_from_db()
    return made


def waits(text: str) -> int | None:
    found = re.findall(r'data-rest-in="(\d+)" hidden', text)
    assert text.count(SAID) == len(found) <= 1
    return int(found[0]) if found else None


@pytest.mark.parametrize("address", [*PAGES, ROOM])
def test_a_page_says_in_how_many_seconds_and_then_says_it(keeping, ren, room, address):
    client, address = signed_in_as(ren), address.format(room.slug)
    left = waits(page(client, address))
    assert left is not None and 1200 - 60 < left <= 1200
    assert "/rest." in page(client, address), "the module that shows it"
    type(keeping).objects.filter(pk=keeping.pk).update(
        stretch_at=clock.now() - timedelta(minutes=120)
    )
    now_said = page(client, address)
    assert now_said.count(SAID) == 1 and "data-rest-in" not in now_said
    sent(client, f"/moderation/shifts/{keeping.pk}/rest/")
    assert SAID not in page(client, address)
    assert "10分より短い休憩では" in page(client)
    sent(client, f"/moderation/shifts/{keeping.pk}/back/")
    assert page(client, address).count(SAID) == 1, "a moment's rest is none"


def test_the_program_s_own_longest_stretch_holds(keeping, ren, program):
    DutyRules.objects.create(program=program, longest_minutes=103)
    found = rest_of(staff_viewer(ren), now=clock.now())
    assert found is not None and found.minutes == 103 and found.due_in <= 180


def test_a_shift_that_ends_before_asks_for_no_rest(keeping, ren):
    viewer, soon = staff_viewer(ren), clock.now() + timedelta(minutes=19)
    type(keeping).objects.filter(pk=keeping.pk).update(ends_at=soon)
    assert rest_of(viewer, now=clock.now()) is None
    assert rest_of(viewer, now=soon + timedelta(minutes=30)) is None


def test_nobody_else_is_told(keeping, mori, ren, aoi, room):
    assert SAID not in page(signed_in_as(mori), "/accounts/")
    there = page(seated(aoi), ROOM.format(room.slug))
    assert SAID not in there and "/rest." not in there
    ren.grants.all().delete()
    grant(ren, Role.SUPPORTER, make_program("kochi"))
    assert SAID not in page(signed_in_as(ren), "/accounts/"), "their role there is over"


def test_it_is_one_read_and_none_for_who_keeps_no_rooms(
    keeping, mori, ren, django_assert_num_queries
):
    holder, other, now = staff_viewer(ren), staff_viewer(mori), clock.now()
    with django_assert_num_queries(1):
        assert rest_of(holder, now=now)
    with django_assert_num_queries(0):
        assert rest_of(other, now=now) is None
