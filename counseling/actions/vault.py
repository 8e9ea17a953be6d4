"""The vault: contact details, typed last, sealed, opened by one person with a reason.

Each case has a key of its own, sealed under the house's. When it goes, everything under it is
noise: that is how details are erased (crypto-shredding).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from accounts.viewer import Viewer
from counseling import policies
from counseling.actions.moves import locked, note
from counseling.models import Case, ContactDetail, ContactOpening, SentDetail, Vault
from counseling.states import CaseState, Detail, Gone
from counseling.words import must_hold_no_contact
from foundation.refusals import Refused
from foundation.sealed import CannotOpen, is_old, new_key, open_key, place, seal, unseal

MOST = 20
KEPT_AFTER_SENDING = timedelta(days=90)
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Opened:
    """A detail in clear, for one answer to one person."""

    detail: int
    kind: str
    text: str
    at: datetime


def deposit(
    viewer: Viewer,
    *,
    code: str,
    kind: Detail,
    text: str,
    nonce: UUID,
    instead: bool = False,
    now: datetime,
) -> None:
    """鍵をかけて預ける: by the person whose case it is. The same nonce twice is one deposit.

    `instead` of what lay there of its kind. Raises `Refused`: `not_entered`, `not_found`,
    `case_closed`, `too_many`.
    """
    with transaction.atomic():
        case = policies.must_be_own(viewer, locked(code))
        lay_in(case, kind=kind, text=text, nonce=nonce, instead=instead, now=now)


def lay_in(
    case: Case, *, kind: Detail, text: str, nonce: UUID, instead: bool, now: datetime
) -> None:
    """Sealed, inside the caller's transaction. Raises `Refused`: `case_closed`, `too_many`."""
    policies.must_stand(case)
    if ContactDetail.objects.filter(vault__case=case, nonce=nonce).exists():
        return
    if instead:
        _let_go(case, Q(kind=kind.value), why=Gone.REPLACED, now=now)
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
    # Details and key in one look: a detail taken back meanwhile changes both.
    there = ContactDetail.objects.filter(vault__case=case).select_related("vault")
    return [Opened(one.pk, one.kind, text, one.at) for one, text in opened(case, there)]


def opened(case: Case, there: QuerySet[ContactDetail]) -> list[tuple[ContactDetail, str]]:
    """Details of a case with what they say, oldest first. Raises `Refused("cannot_open")`."""
    rows = list(there.select_related("vault").order_by("at", "pk"))
    try:
        keys = {one.vault_id: one.vault.key for one in rows}
        under = {pk: open_key(key, at=_place_of_key(case)) for pk, key in keys.items()}
        return [
            (one, unseal(one.sealed, at=_place_of(one), under=under[one.vault_id])) for one in rows
        ]
    except CannotOpen:
        raise Refused("cannot_open") from None


def kinds_in(case: Case) -> list[str]:
    """What lies in a case's vault, by its kinds alone: for the log."""
    there = ContactDetail.objects.filter(vault__case=case).order_by("kind")
    return list(there.values_list("kind", flat=True).distinct())


def going_along(
    case: Case, *, kinds: Sequence[str], deposited_by: datetime
) -> QuerySet[ContactDetail]:
    """What the person agreed to pass on, as it lay there when they agreed."""
    there = ContactDetail.objects.filter(vault__case=case, kind__in=kinds, at__lte=deposited_by)
    return there.order_by("at", "pk")


def take_back(viewer: Viewer, *, code: str, kind: Detail | None = None, now: datetime) -> None:
    """The person takes everything out again, or all of one kind; what lay there isn't said.

    What of it had been sent is remembered as sent, and the counselor has something new to see.
    Raises `Refused`: `not_found`.
    """
    with transaction.atomic():
        case = policies.must_be_own(viewer, locked(code))
        if take_out(case, kind=kind, now=now):
            waiting = Case.objects.filter(pk=case.pk, waiting_since__isnull=True)
            waiting.exclude(state=CaseState.CLOSED).update(waiting_since=now)


def take_out(case: Case, *, kind: Detail | None, now: datetime) -> bool:
    """Everything of a kind, or all, inside the caller's transaction: whether any was sent."""
    which = Q() if kind is None else Q(kind=kind.value)
    return _let_go(case, which, why=Gone.TAKEN_BACK, now=now)


def shred_unsent(case: Case, *, now: datetime) -> None:
    """What no recipient has accepted goes, inside the caller's transaction."""
    accepted = SentDetail.objects.filter(referral__case=case, accepted_at__isnull=False)
    held = accepted.filter(detail__isnull=False).values("detail")
    _let_go(case, ~Q(pk__in=held), why=Gone.TAKEN_BACK, now=now)


def _let_go(case: Case, which: Q, *, why: Gone, now: datetime) -> bool:
    """These go: what stays gets another key, so that they are noise in every copy.

    Whether any of them had been sent.
    """
    going = list(ContactDetail.objects.filter(which, vault__case=case).values_list("pk", flat=True))
    if not going:
        return False
    sent = SentDetail.objects.filter(detail__in=going).update(gone_at=now, gone=why.value)
    ContactDetail.objects.filter(pk__in=going).delete()
    _under_another_key(case)
    return bool(sent)


def _under_another_key(case: Case) -> None:
    there = ContactDetail.objects.filter(vault__case=case)
    if not there.exists():
        Vault.objects.filter(case=case).delete()
        return
    try:
        kept = opened(case, there)
    except Refused:
        return  # noise already: there is nothing to seal anew
    key = new_key(at=_place_of_key(case))
    plain = open_key(key, at=_place_of_key(case))
    for detail, text in kept:
        detail.sealed = seal(text, at=_place_of(detail), under=plain)
    ContactDetail.objects.bulk_update([detail for detail, _text in kept], ["sealed"])
    Vault.objects.filter(case=case).update(key=key)


def purge(*, now: datetime) -> Iterator[int]:
    """What an agency confirmed 90 days ago, and what lies with a case closed as long, goes."""
    before = now - KEPT_AFTER_SENDING
    sent = Q(sent__accepted_at__lt=before)
    due = ContactDetail.objects.filter(sent | Q(vault__case__closed_at__lt=before))
    while cases := list(
        due.order_by("vault__case").values_list("vault__case", flat=True).distinct()[:_AT_ONCE]
    ):
        for number in cases:
            with transaction.atomic():
                case = Case.objects.select_for_update(of=("self",)).get(pk=number)
                over = case.closed_at is not None and case.closed_at < before
                _let_go(case, Q() if over else Q(pk__in=due), why=Gone.EXPIRED, now=now)
        yield len(cases)


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
