"""What a recipient said counts from when they said it, whenever it is written down."""

from datetime import timedelta

import pytest

from counseling.actions import linking, referrals, sending, vault
from counseling.models import SentDetail
from counseling.onward_forms import Answer
from counseling.states import Detail, Evidence, ReferralState, Sent
from foundation.clock import jst_day
from foundation.refusals import Refused
from ledger.models import Entry
from tests.cast import seen_by, staff_viewer
from tests.counseling.across import agree, referral, send, state, station
from tests.counseling.test_sent_details import put

__all__ = ["referral", "station"]

TYPED = timedelta(days=91)


def accepted(kaede, referral, *, at, now, by=Sent.FAX):
    sending.record_acceptance(
        staff_viewer(kaede), code=referral.case.code, referral=referral.pk,
        answer=Answer("相談係", by, at, ""), now=now,
    )  # fmt: skip


@pytest.fixture
def faxed(referral, aoi, kaede, now):
    agree(aoi, referral, now=now)
    send(kaede, referral, now=now, by=Sent.FAX)
    return referral


def test_a_yes_in_time_is_one_also_when_it_is_typed_late(faxed, kaede, now):
    said = now + timedelta(days=89)
    accepted(kaede, faxed, at=said, now=now + TYPED)
    assert state(faxed) == ReferralState.ACCEPTED
    assert (faxed.accepted_at, faxed.accepted_noted_at) == (said, now + TYPED)


@pytest.mark.parametrize(
    ("days", "code"), [(90, "consent_over"), (92, "not_yet_answered"), (-1, "before_sending")]
)
def test_a_yes_too_late_or_at_no_time_is_none(faxed, kaede, now, days, code):
    with pytest.raises(Refused, match=code):
        accepted(kaede, faxed, at=now + timedelta(days=days), now=now + TYPED)
    assert state(faxed) == ReferralState.SENT


def test_what_was_taken_back_meanwhile_is_accepted_by_nobody(faxed, aoi, kaede, now):
    referrals.withdraw(seen_by(aoi), code=faxed.case.code, referral=faxed.pk, now=now + TYPED)
    with pytest.raises(Refused, match="moved_on"):
        accepted(kaede, faxed, at=now + timedelta(days=89), now=now + TYPED)


def test_details_told_with_the_answer_went_when_it_came(referral, aoi, kaede, now):
    put(aoi, referral.case, Detail.TELEPHONE, "090-5555-0199", now=now)
    agree(aoi, referral, now=now, details=(Detail.TELEPHONE,))
    send(kaede, referral, now=now)
    said = now + timedelta(days=89)
    accepted(kaede, referral, at=said, now=now + TYPED, by=Sent.TELEPHONE)
    sent = SentDetail.objects.get()
    assert (sent.at, sent.accepted_at) == (said, said)
    assert sum(vault.purge(now=said + TYPED)) == 1


def test_nobody_arrived_by_a_sheet_before_it_left(faxed, kaede, now):
    accepted(kaede, faxed, at=now + timedelta(days=2), now=now + TYPED)
    told = {"evidence": Evidence.AGENCY_TOLD, "line": "", "now": now + TYPED}
    told |= {"code": faxed.case.code, "referral": faxed.pk}
    with pytest.raises(Refused, match="before_it_left"):
        linking.confirm_linked(staff_viewer(kaede), on=jst_day(now - timedelta(days=1)), **told)
    assert not Entry.objects.exists()
    linking.confirm_linked(staff_viewer(kaede), on=jst_day(now), **told)
    assert state(faxed) == ReferralState.LINKED
