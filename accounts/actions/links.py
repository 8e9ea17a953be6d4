"""Links that were sent and not used yet: taken back when what they rest on changes."""

from datetime import datetime

from accounts.models import Invitation


def withdraw_to(staff: int, *, now: datetime) -> None:
    """Those by which somebody could come back: each is a new password for their account."""
    Invitation.objects.filter(staff=staff, used_at__isnull=True, withdrawn_at__isnull=True).update(
        withdrawn_at=now
    )
