"""A referral that ends takes its appointment along, and the person's letter says so."""

from datetime import timedelta

import pytest

from counseling.actions import meetings, referrals, sending
from counseling.states import Channel, MeetingState
from tests.cast import seen_by, staff_viewer
from tests.counseling.across import referral, station, way

__all__ = ["referral", "station", "way"]

OFF = "いっしょに取りやめました。行かなくてだいじょうぶです。"


@pytest.fixture
def meeting(way, referral, aoi, kaede, now):
    """There, in two days; aoi chose the time."""
    made = meetings.offer(
        staff_viewer(kaede), code=referral.case.code, channel=Channel.IN_PERSON, minutes=50,
        about="", choices=[now + timedelta(days=2)], referral=referral.pk, now=now,
    )  # fmt: skip
    meetings.choose(
        seen_by(aoi), code=referral.case.code, meeting=made.pk, time=made.choices[0], now=now
    )
    return made


def fail(kaede, referral, *, now):
    sending.record_failure(
        staff_viewer(kaede), code=referral.case.code, referral=referral.pk, line="", now=now
    )


def withdraw(aoi, referral, *, now):
    referrals.withdraw(seen_by(aoi), code=referral.case.code, referral=referral.pk, now=now)


def test_where_it_didn_t_come_about_the_letter_says_that_nobody_waits(
    meeting, referral, aoi, kaede, now
):
    fail(kaede, referral, now=now)
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.CANCELLED
    assert OFF in aoi.letters.latest("pk").text


def test_who_takes_it_back_reads_that_the_appointment_went_too(meeting, referral, aoi, now):
    withdraw(aoi, referral, now=now)
    letter = aoi.letters.latest("pk")
    assert (letter.title, OFF in letter.text) == ("取り下げました", True)


@pytest.mark.parametrize("end", ["failed", "withdrawn"])
def test_without_one_nothing_is_said_of_it(way, referral, aoi, kaede, now, end):
    before = aoi.letters.count()
    if end == "failed":
        fail(kaede, referral, now=now)
        assert OFF not in aoi.letters.latest("pk").text
    else:
        withdraw(aoi, referral, now=now)
        assert aoi.letters.count() == before


def test_what_was_to_be_by_now_is_no_plan_any_more(meeting, referral, aoi, kaede, now):
    fail(kaede, referral, now=now + timedelta(days=3))
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.CHOSEN, "whoever was there settles it"
    assert OFF not in aoi.letters.latest("pk").text
