"""Links that were sent and not used yet: taken back when what they rest on changes."""

from datetime import datetime

from accounts.models import Invitation


def withdraw_to(staff: int, *, now: datetime) -> None:
    """Those by which somebody could come back: each is a new password for their account."""
    _withdraw(now, staff=staff)


def withdraw_from(staff: int, *, now: datetime) -> None:
    """Those that somebody sent who may invite no longer."""
    _withdraw(now, invited_by=staff)


def _withdraw(now: datetime, **which: int) -> None:
    still_open = Invitation.objects.filter(used_at__isnull=True, withdrawn_at__isnull=True)
    still_open.filter(**which).update(withdrawn_at=now)
