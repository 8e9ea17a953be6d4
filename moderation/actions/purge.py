"""Evidence and words go when nobody can object any more; that something was done stays."""

from datetime import datetime, timedelta

from django.db.models import Q

from chat.models import Item
from chat.states import ItemState
from moderation.models import Act, Appeal, Quoted, Told
from moderation.policies import APPEAL_WITHIN
from moderation.states import LASTING, ActKind, AppealState

KEPT = timedelta(days=90)  # after its end, and after the time for objecting
AT_ONCE = 200
_ON_WORDS = (ActKind.HIDE.value, ActKind.VEIL.value)


def purge(*, now: datetime) -> int:
    """Empty what is past its time; how many acts. An open objection keeps everything."""
    before = now - KEPT - APPEAL_WITHIN
    lasting = [kind.value for kind in LASTING]
    over = Q(closed_at__lt=before) | (~Q(kind__in=lasting) & Q(at__lt=before))
    old = Act.objects.filter(over).exclude(evidence={}, words="")
    waiting = Appeal.objects.filter(state=AppealState.OPEN.value).values("act")
    recent = Appeal.objects.filter(judged_at__gte=now - KEPT).values("act")
    # What was hidden and is gone can't be shown again: its act is over.
    orphans = Act.objects.filter(message__isnull=True, closed_at__isnull=True, kind__in=_ON_WORDS)
    orphans.exclude(pk__in=waiting).update(closed_at=now)
    _purge_told(before)
    gone = 0
    while keys := list(
        old.exclude(pk__in=waiting).exclude(pk__in=recent).order_by("pk")
        .values_list("pk", flat=True)[:AT_ONCE]
    ):  # fmt: skip
        Appeal.objects.filter(act__in=keys).update(text="")
        Quoted.objects.filter(act__in=keys).delete()
        gone += Act.objects.filter(pk__in=keys).update(evidence={}, words="")
    return gone


def _purge_told(before: datetime) -> None:
    """What was told of staff stays for as long as it waits to be read."""
    old = Told.objects.filter(at__lt=before).exclude(evidence={}, note="")
    old = old.exclude(appeal__isnull=True, act__in=_waiting("act"))
    old = old.exclude(appeal__in=_waiting("answer"))
    old.update(evidence={}, note="")


def _waiting(name: str) -> set[int]:
    told = Item.objects.filter(subject__startswith=f"{name}:").exclude(state=ItemState.DONE.value)
    return {int(one.partition(":")[2]) for one in told.values_list("subject", flat=True)}
