"""That someone's standing changed, and how every process hears of it."""

from functools import partial

from django.db import transaction
from django.db.models import F

from accounts.models import Participant
from foundation.bell import bell


def bump(participant: int) -> None:
    """Count a change of standing (mute, bar, sign-out, letter) and ring on commit."""
    with transaction.atomic():
        mine = Participant.objects.filter(pk=participant)
        if not mine.update(version=F("version") + 1):
            return
        version = mine.values_list("version", flat=True).get()
        transaction.on_commit(partial(bell.person, participant, version))
