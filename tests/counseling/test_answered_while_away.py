"""What becomes of a link while the counselor is away stands at their desk until they saw to it."""

import re

import pytest

from counseling.actions import cases, sending
from counseling.models import NextStep, OneTimeLink
from foundation import clock
from foundation.refusals import Refused
from tests.cast import signed_in_as, staff_viewer
from tests.counseling.across import referral, station, way
from tests.counseling.test_pages import page

__all__ = ["referral", "station", "way"]

WROTE = "いまは、いっぱいで"
LOCKED = "ちがう番号が5回"
RAN_OUT = "期限が切れました"


def desk(kaede):
    """The page as it stands, but for what is new at every look."""
    return re.sub(r'value="[^"]*"', "", page(signed_in_as(kaede), "/counseling/desk/"))


def mistyped(way, *, now, times=5):
    wrong = f"{(int(way.code) + 1) % 10**6:06d}"
    for _ in range(times):
        with pytest.raises(Refused, match="wrong_code"):
            sending.open_link(token=way.token, code=wrong, now=now)


@pytest.mark.parametrize("yes", [True, False])
def test_an_answer_by_link_is_a_next_step_of_today_until_it_is_done(referral, way, kaede, yes, now):
    told = f"{referral.to}から返事がありました"
    assert told not in desk(kaede)
    link = sending.open_link(token=way.token, code=way.code, now=now)
    if yes:
        sending.accept_by_link(token=way.token, link=link, who=WROTE, now=now)
    else:
        sending.decline_by_link(token=way.token, link=link, who="係", line=WROTE, now=now)
    shown = desk(kaede)
    assert "きょうまでの、つぎの一歩" in shown
    assert told in shown
    assert WROTE not in shown
    step = NextStep.objects.get()
    cases.finish_step(staff_viewer(kaede), code=referral.case.code, step=step.pk, now=now)
    assert told not in desk(kaede)


def test_a_locked_link_stands_at_the_desk_until_there_is_another(referral, way, kaede, now):
    mistyped(way, now=now, times=4)
    assert LOCKED not in desk(kaede)
    mistyped(way, now=now, times=1)
    address = f"/counseling/desk/{referral.case.code}/onward/{referral.pk}/"
    shown = desk(kaede)
    assert LOCKED in shown
    assert address in shown
    assert LOCKED in page(signed_in_as(kaede), address)
    sending.new_link(staff_viewer(kaede), code=referral.case.code, referral=referral.pk, now=now)
    assert LOCKED not in desk(kaede)
    assert LOCKED not in page(signed_in_as(kaede), address)


@pytest.mark.parametrize("opened", [True, False])
def test_a_link_that_ran_out_stands_at_the_desk_until_it_is_seen_to(
    referral, way, kaede, opened, now
):
    if opened:
        sending.open_link(token=way.token, code=way.code, now=now)
    assert RAN_OUT not in desk(kaede)
    OneTimeLink.objects.update(expires_at=clock.now())
    shown = desk(kaede)
    assert RAN_OUT in shown
    assert referral.to in shown
    sending.record_failure(
        staff_viewer(kaede), code=referral.case.code, referral=referral.pk, line="", now=now
    )
    assert RAN_OUT not in desk(kaede)
