"""People who haven't come for a long time are erased as they would erase themselves."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from accounts import belongings
from accounts.models import Participant

WITHOUT_PASSPHRASE = timedelta(days=30)
WITH_PASSPHRASE = timedelta(days=365)
AT_ONCE = 50


def erase_leavers(*, now: datetime) -> Iterator[int]:
    """Yields 1 for each person erased; every step of it is a short transaction."""
    gone = Participant.objects.filter(
        Q(passphrase_key__isnull=True, seen_at__lt=now - WITHOUT_PASSPHRASE)
        | Q(passphrase_key__isnull=False, seen_at__lt=now - WITH_PASSPHRASE)
    )
    while people := list(gone.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        for person in people:
            belongings.erase_all(person, now=now)
            yield 1
