"""Links by which no answer can come any more, while one is waited for: reads."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.viewer import Viewer
from counseling import policies
from counseling.models import OneTimeLink, Referral
from counseling.states import ReferralState

MOST_TRIES = 5
MOST = 100


@dataclass(frozen=True, slots=True)
class Silent:
    """What was sent by a link that is dead: locked by wrong codes, or past its time."""

    referral: Referral
    locked: bool


def silent(viewer: Viewer, *, program: int, now: datetime) -> list[Silent]:
    """Of the viewer's cases, oldest first: to be asked about on another way, or given a new link.

    Raises `Refused`: `not_found`, `second_factor`.
    """
    staff = policies.must_be_counselor(viewer, program=program)
    rows = _dead(now).filter(referral__case__counselor_id=staff, referral__case__program_id=program)
    found = rows.select_related("referral__case", "referral__agency", "referral__place")
    return [
        Silent(one.referral, locked=one.expires_at > now)
        for one in found.order_by("made_at", "pk")[:MOST]
    ]


def silent_about(referral: Referral, *, now: datetime) -> Silent | None:
    """The same of one referral; None while its link stands, or where none is waited for."""
    link = _dead(now).filter(referral=referral).first()
    return None if link is None else Silent(referral, locked=link.expires_at > now)


def _dead(now: datetime) -> QuerySet[OneTimeLink]:
    locked = Q(spent_at__isnull=True, tries__gte=MOST_TRIES)
    standing = OneTimeLink.objects.filter(ended_at__isnull=True, referral__state=ReferralState.SENT)
    return standing.filter(locked | Q(expires_at__lte=now))
