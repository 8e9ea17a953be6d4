"""Whose packet holds words of need that nobody of ours has seen: reads."""

from collections.abc import Iterable

from django.db.models import F, Q

from counseling.models import Case, Crossing

# Words of need in a packet: a line that stands on no page of steps.
NEED = "need"


def in_packets(cases: Iterable[Case]) -> set[int]:
    """Of these cases, those whose person wrote words of need into a packet, by number."""
    rows = Crossing.objects.filter(what=NEED, referral__case__in=list(cases))
    seen = Q(referral__case__need_seen_at__isnull=True)
    unseen = rows.filter(seen | Q(referral__case__need_seen_at__lt=F("at")))
    return set(unseen.values_list("referral__case", flat=True))
