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
    """Yields 1 for each person erased; every step of it is a short transaction.

    Whoever still waits for something (an open case, a letter) is passed by.
    """
    gone = Participant.objects.filter(
        Q(passphrase_key__isnull=True, seen_at__lt=now - WITHOUT_PASSPHRASE)
        | Q(passphrase_key__isnull=False, seen_at__lt=now - WITH_PASSPHRASE)
    )
    after = 0
    while people := list(
        gone.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
    ):
        after = people[-1]
        held = belongings.held(people, now=now)
        for person in people:
            if person not in held:
                belongings.erase_all(person, now=now)
                yield 1
