"""Which detail went to whom, and when: remembered for each, and never what it says.

A link's recipient gets them when they open the sheet; by telephone, fax or paper they leave with
the sending itself.
"""

from datetime import datetime

from counseling.actions.vault import going_along, opened
from counseling.models import Case, Consent, ContactDetail, Referral, SentDetail
from counseling.states import Sent


def give(referral: Referral, consent: Consent, *, by: Sent, now: datetime) -> list[tuple[str, str]]:
    """(kind, text) of what goes along, for the one answer that the recipient gets; remembered.

    Inside the caller's transaction. Raises `Refused("cannot_open")`: then nothing was sent.
    """
    there = going_along(_case(referral), kinds=consent.scope, deposited_by=consent.at)
    found = opened(_case(referral), there)
    _remember(referral, consent, [detail for detail, _text in found], by=by, now=now)
    return [(detail.kind, text) for detail, text in found]


def left(referral: Referral, consent: Consent, *, by: Sent, now: datetime) -> None:
    """What goes along went, told or handed over by the counselor."""
    there = going_along(_case(referral), kinds=consent.scope, deposited_by=consent.at)
    _remember(referral, consent, list(there), by=by, now=now)


def accepted(referral: Referral, *, at: datetime) -> None:
    """The recipient said yes: from here what they got has its 90 days."""
    got = SentDetail.objects.filter(referral=referral, accepted_at__isnull=True)
    got.update(accepted_at=at)


def _case(referral: Referral) -> Case:
    return Case.objects.get(pk=referral.case_id)


def _remember(
    referral: Referral, consent: Consent, found: list[ContactDetail], *, by: Sent, now: datetime
) -> None:
    # The first time counts: opening the same sheet again sends nothing new.
    SentDetail.objects.bulk_create(
        [
            SentDetail(
                referral=referral, detail=one, kind=one.kind, deposited_at=one.at,
                recipient=consent.recipient, by=by.value, at=now,
                accepted_at=referral.accepted_at,
            )
            for one in found
        ],
        ignore_conflicts=True,
    )  # fmt: skip
