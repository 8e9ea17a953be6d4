"""What a room is told of who is there: coarse, late, and at moments that nobody's coming causes.

A sample is taken at a random moment and told two minutes later; the next sample follows after
another random while. So a change is told 2–6 minutes late, and the telling itself keeps no time
with anyone's arrival. Watchers are counted into the band and named nowhere.
"""

import random
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from chat.models import Room, Visit
from chat.states import Mode
from foundation.bell import bell

LATE = timedelta(minutes=2)
SPREAD_S = 240.0
SEEN_WITHIN = timedelta(seconds=150)
MOST_NAMES = 12
FEW, SOME = 3, 9


def band_of(people: int) -> str:
    """`few` up to 3, `some` up to 9, else `many`; nobody at all is `few` too."""
    return "few" if people <= FEW else "some" if people <= SOME else "many"


def tell(*, now: datetime, rng: random.Random | None = None) -> list[int]:
    """Take due samples, tell due ones; the rooms that were told something new.

    Compare-and-swap on the due time: of several processes one wins, so there is one told value.
    """
    dice = rng or random.SystemRandom()
    told = []
    to_tell = Q(tell_at__lte=now)
    to_sample = Q(tell_at__isnull=True) & (Q(sample_at__isnull=True) | Q(sample_at__lte=now))
    due = Room.objects.filter(to_tell | to_sample, removed_at__isnull=True)
    for room in due.order_by("pk"):
        if room.tell_at is None:
            _sample(room, now, dice)
        elif _tell(room):
            told.append(room.pk)
    for pk in told:
        bell.presence(pk)
    return told


def _sample(room: Room, now: datetime, dice: random.Random) -> None:
    band, here = _look(room.pk, now)
    Room.objects.filter(pk=room.pk, tell_at__isnull=True, sample_at=room.sample_at).update(
        sampled_band=band,
        sampled_here=here,
        tell_at=now + LATE,
        # The next look comes at its own moment, whatever was seen at this one.
        sample_at=now + LATE + timedelta(seconds=dice.uniform(0.0, SPREAD_S - 120.0)),
    )


def _tell(room: Room) -> bool:
    won = Room.objects.filter(pk=room.pk, tell_at=room.tell_at).update(
        told_band=room.sampled_band, told_here=room.sampled_here, tell_at=None
    )
    changed = (room.sampled_band, room.sampled_here) != (room.told_band, room.told_here)
    return bool(won) and changed


def _look(room: int, now: datetime) -> tuple[str, list[list[str]]]:
    there = Visit.objects.filter(
        room_id=room, ended_at__isnull=True, seen_at__gt=now - SEEN_WITHIN
    ).select_related("seat")
    visits = list(there.order_by("pk")[:200])
    names = [
        [v.seat.handle, v.seat.mark, v.seat.key] for v in visits if v.seat and v.mode == Mode.HERE
    ]
    return band_of(len(visits)), sorted(names)[:MOST_NAMES]


def forget(room: int, *, key: str) -> None:
    """Someone erased themselves: their name goes at once from what is and will be told."""
    with transaction.atomic():
        row = Room.objects.select_for_update(no_key=True).get(pk=room)
        told = [one for one in row.told_here if one[2] != key]
        sampled = [one for one in row.sampled_here if one[2] != key]
        if (told, sampled) == (row.told_here, row.sampled_here):
            return
        row.told_here, row.sampled_here = told, sampled
        row.save(update_fields=["told_here", "sampled_here"])
    bell.presence(room)
