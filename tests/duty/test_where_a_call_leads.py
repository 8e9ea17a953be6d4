"""A call's link says nothing of what it is about, and leads to where it is seen to."""

from datetime import timedelta

import pytest

from duty.actions import alarms
from duty.calls import leads_to
from duty.states import Channel
from foundation import clock
from tests.cast import signed_in_as, staff_viewer

LINK = "/moderation/called/"


def called(who, program, about, *, now):
    alarms.call(who.pk, channel=Channel.DESK, program=program.pk, about=about, now=now)


@pytest.mark.parametrize(
    ("about", "address"),
    [
        ("visit:3", "/counseling/desk/overdue/"),
        ("visit_late:3", "/counseling/desk/overdue/"),
        ("need:3", "/counseling/desk/needs/"),
        ("asking:3-261129024509", "/counseling/desk/needs/"),
        ("packet:3", "/counseling/desk/needs/"),
        ("emergency:3", "/counseling/desk/emergencies/"),
    ],
)
def test_counselors_and_coordinators_are_led_where_it_is_seen_to(
    kaede, mori, program, about, address
):
    for who in (kaede, mori):
        called(who, program, about, now=clock.now())
        client = signed_in_as(who)
        answer = client.get(LINK)
        assert (answer.status_code, answer["Location"]) == (303, f"{address}?program=hyogo")
        assert client.get(answer["Location"]).status_code == 200


def test_a_peer_who_goes_along_is_led_to_their_visits(ren, program):
    called(ren, program, "visit_late:3", now=clock.now())
    client = signed_in_as(ren)
    answer = client.get(LINK)
    assert answer["Location"] == "/counseling/visits/?program=hyogo"
    assert client.get(answer["Location"]).status_code == 200


def test_what_is_of_the_rooms_leads_to_their_desk(ren, mori, program, now):
    for who in (ren, mori):
        called(who, program, "item:3", now=now)
        assert leads_to(staff_viewer(who), now=now) == "/moderation/?program=hyogo"


def test_without_a_call_or_long_after_one_it_leads_where_one_s_day_begins(kaede, program, now):
    assert leads_to(staff_viewer(kaede), now=now) == "/counseling/desk/"
    called(kaede, program, "need:3", now=now)
    assert leads_to(staff_viewer(kaede), now=now + timedelta(days=2)) == "/counseling/desk/"
