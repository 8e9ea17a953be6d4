"""The vault: contact details, typed last, sealed, opened by one person with a reason.

Each case has a key of its own, sealed under the house's. When it goes, everything under it is
noise: that is how details are erased (crypto-shredding).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.viewer import Viewer
from counseling import policies
from counseling.actions.moves import locked, note
from counseling.models import Case, ContactDetail, ContactOpening, Vault
from counseling.states import Detail
from counseling.words import must_hold_no_contact
from foundation.refusals import Refused
from foundation.sealed import CannotOpen, is_old, new_key, open_key, place, seal, unseal

MOST = 20
KEPT_AFTER_SENDING = timedelta(days=90)
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Opened:
    """A detail in clear, for one answer to one person."""

    kind: str
    text: str
    at: datetime


def deposit(
    viewer: Viewer, *, code: str, kind: Detail, text: str, nonce: UUID, now: datetime
) -> None:
    """鍵をかけて預ける: by the person whose case it is. The same nonce twice is one deposit.

    Raises `Refused`: `not_entered`, `not_found`, `case_closed`, `too_many`.
    """
    with transaction.atomic():
        case = policies.must_be_own(viewer, locked(code))
        policies.must_stand(case)
        _put(case, kind=kind, text=text, nonce=nonce, now=now)


def _put(case: Case, *, kind: Detail, text: str, nonce: UUID, now: datetime) -> None:
    vault = Vault.objects.filter(case=case).first() or Vault.objects.create(
        case=case, key=new_key(at=_place_of_key(case))
    )
    if ContactDetail.objects.filter(vault=vault, nonce=nonce).exists():
        return
    if ContactDetail.objects.filter(vault=vault).count() >= MOST:
        raise Refused("too_many")
    detail = ContactDetail(vault=vault, kind=kind.value, nonce=nonce, at=now)
    key = open_key(vault.key, at=_place_of_key(case))
    detail.sealed = seal(text, at=_place_of(detail), under=key)
    try:
        with transaction.atomic():
            detail.save(force_insert=True)
    except IntegrityError:  # sent twice at once
        return


def open_details(viewer: Viewer, *, code: str, reason: str, now: datetime) -> list[Opened]:
    """Everything in it, for the case's own counselor; written down where the person sees it.

    The door asks for a fresh proof before. Raises `Refused`: `not_found`, `second_factor`,
    `no_reason`, `contact`, `cannot_open` (that it was tried is written down all the same).
    """
    if not reason:
        raise Refused("no_reason")
    must_hold_no_contact(reason)
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        ContactOpening.objects.create(case=case, staff_id=viewer.staff or 0, reason=reason, at=now)
        note(viewer, case, "open_contact", reason=reason, fields=kinds_in(case), now=now)
    return in_clear(case)


def in_clear(case: Case) -> list[Opened]:
    """Everything in a case's vault; whoever calls has written down who looks, and may they.

    Raises `Refused("cannot_open")`.
    """
    vault = Vault.objects.filter(case=case).first()
    if vault is None:
        return []
    try:
        key = open_key(vault.key, at=_place_of_key(case))
        return [
            Opened(one.kind, unseal(one.sealed, at=_place_of(one), under=key), one.at)
            for one in ContactDetail.objects.filter(vault=vault).order_by("at", "pk")
        ]
    except CannotOpen:
        raise Refused("cannot_open") from None


def kinds_in(case: Case) -> list[str]:
    """What lies in a case's vault, by its kinds alone: for the log."""
    there = ContactDetail.objects.filter(vault__case=case).order_by("kind")
    return list(there.values_list("kind", flat=True).distinct())


def going_along(
    case: Case, *, kinds: Sequence[str], deposited_by: datetime
) -> list[tuple[str, str]]:
    """(kind, text) of what the person agreed to pass on, as it lay there when they agreed.

    Only for the one answer that the recipient gets. Raises `Refused("cannot_open")`.
    """
    vault = Vault.objects.filter(case=case).first() if kinds else None
    if vault is None:
        return []
    there = ContactDetail.objects.filter(vault=vault, kind__in=kinds, at__lte=deposited_by)
    try:
        key = open_key(vault.key, at=_place_of_key(case))
        return [
            (one.kind, unseal(one.sealed, at=_place_of(one), under=key))
            for one in there.order_by("at", "pk")
        ]
    except CannotOpen:
        raise Refused("cannot_open") from None


def take_back(viewer: Viewer, *, code: str, now: datetime) -> None:
    """The person takes everything out again: the key goes. Raises `Refused`: `not_found`."""
    with transaction.atomic():
        case = policies.must_be_own(viewer, locked(code))
        shred(case)


def shred(case: Case) -> None:
    """The key and everything under it go, inside the caller's transaction."""
    Vault.objects.filter(case=case).delete()


def purge(*, now: datetime) -> Iterator[int]:
    """What an agency confirmed 90 days ago, and what lies with a case closed as long, goes."""
    before = now - KEPT_AFTER_SENDING
    while due := list(
        Vault.objects.filter(Q(sent_at__lt=before) | Q(case__closed_at__lt=before))
        .order_by("pk")
        .values_list("pk", flat=True)[:_AT_ONCE]
    ):
        with transaction.atomic():
            Vault.objects.filter(pk__in=due).delete()
        yield len(due)


def reseal() -> Iterator[int]:
    """Seal every vault's key under the house's new one; may be cut off and run again.

    Yields how many of each chunk were sealed anew; raises `CannotOpen` where neither key fits.
    """
    after = 0
    while rows := list(
        Vault.objects.select_related("case").filter(pk__gt=after).order_by("pk")[:_AT_ONCE]
    ):
        after = rows[-1].pk
        changed = 0
        for vault in rows:
            at = _place_of_key(vault.case)
            if is_old(vault.key, at=at):
                anew = seal(unseal(vault.key, at=at), at=at)
                changed += Vault.objects.filter(pk=vault.pk, key=vault.key).update(key=anew)
        yield changed


def _place_of_key(case: Case) -> str:
    return place("counseling_vault", f"{case.program_id}-{case.pk}", "key")


def _place_of(detail: ContactDetail) -> str:
    return place("counseling_contactdetail", str(detail.place), f"sealed-{detail.kind}")
