"""An agency reads the sheet at the moment at which it is taken back: both come to an end."""

import threading
import time

import pytest

from counseling.actions import referrals, sending, sent_details
from counseling.models import SentDetail
from counseling.states import Detail, ReferralState
from tests.at_once import at_once
from tests.cast import seen_by
from tests.counseling.across import agree, referral, send, state, station
from tests.counseling.test_sent_details import TELEPHONE, put

__all__ = ["referral", "station"]


@pytest.mark.django_db(transaction=True)
def test_locks_are_taken_in_one_order(referral, aoi, kaede, now, monkeypatch):
    case, give, reads = referral.case, sent_details.give, threading.Event()
    put(aoi, case, Detail.TELEPHONE, TELEPHONE, now=now)
    agree(aoi, referral, now=now, details=(Detail.TELEPHONE,))
    way = send(kaede, referral, now=now)
    link = sending.open_link(token=way.token, code=way.code, now=now)

    def slowly(*args, **more):
        reads.set()
        time.sleep(0.5)  # until whoever withdraws has got as far as they can
        return give(*args, **more)

    monkeypatch.setattr(sent_details, "give", slowly)

    def read():
        made = sending.sheet_for_link(token=way.token, link=link, taken=False, now=now)
        return made.details

    def withdraw():
        reads.wait(10)
        referrals.withdraw(seen_by(aoi), code=case.code, referral=referral.pk, now=now)
        return "withdrawn"

    assert at_once(read, withdraw) == [[("telephone", TELEPHONE)], "withdrawn"]
    assert state(referral) == ReferralState.WITHDRAWN
    assert SentDetail.objects.count() == 1
