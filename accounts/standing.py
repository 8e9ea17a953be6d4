"""That someone's standing changed, and how every process hears of it."""

from collections.abc import Callable
from functools import partial

from django.db import transaction
from django.db.models import F

from accounts.models import Participant, Staff
from foundation.bell import bell


def bump(participant: int) -> None:
    """Count a change of standing (mute, bar, sign-out, letter) and ring on commit."""
    _bump(Participant, participant, bell.person)


def bump_staff(staff: int) -> None:
    """Count a change of what a member of staff may do (role, sign-out, account) and ring on commit.

    HTTP needs no bell: each request builds its viewer anew.
    """
    _bump(Staff, staff, bell.staff)


def _bump(
    model: type[Participant] | type[Staff], pk: int, ring: Callable[[int, int], None]
) -> None:
    with transaction.atomic():
        mine = model.objects.filter(pk=pk)
        if not mine.update(version=F("version") + 1):
            return
        version = mine.values_list("version", flat=True).get()
        transaction.on_commit(partial(ring, pk, version))
