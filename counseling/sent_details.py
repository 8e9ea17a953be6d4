"""Reads of what was sent out of a vault: which detail, to whom, when, and whether it lies there.

Whoever calls has asked whose case it is.
"""

from django.db.models import QuerySet

from counseling.models import Case, Referral, SentDetail

MOST = 60


def of_case(case: Case) -> list[SentDetail]:
    """Everything that went from a case's vault to anyone, oldest first."""
    return _in_order(SentDetail.objects.filter(referral__case=case))


def of_referral(referral: Referral) -> list[SentDetail]:
    """What went along with one referral."""
    return _in_order(SentDetail.objects.filter(referral=referral))


def _in_order(rows: QuerySet[SentDetail]) -> list[SentDetail]:
    return list(rows.order_by("at", "pk")[:MOST])
