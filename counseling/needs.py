"""Words of need that stand in no talk, and that nobody of ours has seen: reads."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q

from chat.models import Finding
from counseling.models import Case, Crossing, Referral

# Words of need in a packet: a line that stands on no page of steps.
NEED = "need"


def in_packets(cases: Iterable[Case]) -> set[int]:
    """Of these cases, those whose person wrote words of need into a packet, by number."""
    rows = Crossing.objects.filter(what=NEED, referral__case__in=list(cases))
    seen = Q(referral__case__need_seen_at__isnull=True)
    unseen = rows.filter(seen | Q(referral__case__need_seen_at__lt=F("at"))).filter(
        Q(referral__case__closed_at__isnull=True) | Q(referral__case__closed_at__lt=F("at"))
    )
    return set(unseen.values_list("referral__case", flat=True))


def after_the_end(cases: Iterable[Case]) -> set[int]:
    """Of these cases, the closed ones whose talk has refused words of need since, by number."""
    ended = {case.room_id: case for case in cases if case.closed_at is not None}
    rows = Finding.objects.filter(room_id__in=list(ended), about_staff__isnull=True).order_by()
    return {
        ended[room].pk
        for room, classes, at in rows.values_list("room_id", "classes", "at")
        if "crisis" in classes
        and all(at > one for one in (ended[room].closed_at, ended[room].need_seen_at) if one)
    }


def to_tell(cases: Iterable[Case]) -> dict[int, datetime]:
    """Of these cases, those in which an agency is to be told that what it was sent was taken back,
    and since when.
    """
    rows = Referral.objects.filter(
        case__in=list(cases), to_tell_at__isnull=False, told_at__isnull=True
    )
    return {row.case_id: row.to_tell_at for row in rows.order_by("-to_tell_at") if row.to_tell_at}
