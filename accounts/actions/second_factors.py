"""A sheet of codes on paper for whoever has no telephone of their own, and lost factors dropped."""

import secrets
from collections.abc import Iterator
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts import policies, queries
from accounts.actions.noting import about_account
from accounts.models import Staff
from accounts.running_out import sheet_of
from accounts.sealing import sealed_at
from accounts.viewer import Viewer
from foundation.refusals import Refused
from foundation.sealed import is_old, seal, unseal

CODES, DIGITS = 40, 8


def issue_sheet(
    viewer: Viewer, *, staff: int, after: int, reason: str = "", now: datetime
) -> list[str]:
    """A new sheet, in place of an old one and of other codes; shown this once.

    `after` is the number of the codes that it takes the place of (0: there are none), so that
    what is sent twice voids no sheet in hand.
    Raises what `policies.may_keep` raises, and `Refused("sheet_there")`.
    """
    acting = policies.may_keep(viewer, staff, held=queries.held_by(staff))
    with transaction.atomic():
        if not Staff.objects.select_for_update(no_key=True).filter(pk=staff, is_active=True):
            raise Refused("not_found")
        if sheet_of(staff)[0] != after:
            raise Refused("sheet_there")
        codes = new_sheet(staff, now=now)
        about_account(
            viewer.staff, role=acting, verb="sheet_issued", staff=staff, reason=reason, now=now
        )
    return codes


def new_sheet(staff: int, *, now: datetime) -> list[str]:
    """Write a sheet's codes, each sealed, as django-allauth reads codes of other origin."""
    codes: set[str] = set()
    while len(codes) < CODES:
        codes.add(f"{secrets.randbelow(10**DIGITS):0{DIGITS}}")
    listed = sorted(codes, key=lambda _: secrets.randbelow(1 << 32))
    with transaction.atomic():
        Authenticator.objects.filter(user=staff, type=Authenticator.Type.RECOVERY_CODES).delete()
        Authenticator.objects.create(
            user_id=staff,
            type=Authenticator.Type.RECOVERY_CODES,
            created_at=now,
            data={
                "sheet": True,
                "viewed_at": now.timestamp(),  # never shown again on a screen
                "migrated_codes": [seal(code, at=sealed_at(staff)) for code in listed],
            },
        )
    return listed


def drop(staff: int) -> None:
    """Every second factor of an account goes: whatever it was, it was lost."""
    Authenticator.objects.filter(user=staff).delete()


def set_totp(staff: int, *, secret: str, now: datetime) -> None:
    """Give an account a TOTP secret (base32). For the demo's accounts."""
    Authenticator.objects.update_or_create(
        user_id=staff,
        type=Authenticator.Type.TOTP,
        defaults={"data": {"secret": seal(secret, at=sealed_at(staff))}, "created_at": now},
    )


def reseal() -> Iterator[int]:
    """Seal the secrets under the house's new key; may be cut off and run again.

    Yields 1 for each member's secret or sheet sealed anew. Raises `CannotOpen` where no key fits.
    """
    for row in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk"):
        at = sealed_at(row.user_id)
        single = [name for name in ("secret", "seed") if row.data.get(name)]
        sheet = row.data.get("migrated_codes") or []
        if not any(is_old(text, at=at) for text in [*(row.data[one] for one in single), *sheet]):
            continue
        data = {**row.data, **{one: seal(unseal(row.data[one], at=at), at=at) for one in single}}
        if sheet:
            data["migrated_codes"] = [seal(unseal(code, at=at), at=at) for code in sheet]
        yield Authenticator.objects.filter(pk=row.pk, data=row.data).update(data=data)
