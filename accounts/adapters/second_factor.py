"""Second factors as they are kept."""

from datetime import datetime
from typing import Any, cast

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret, hotp_value
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from accounts.sealing import sealed_at
from foundation.sealed import CannotOpen, seal, unseal

_APPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def new_secret() -> str:
    """A TOTP secret, base32."""
    return cast(str, generate_totp_secret())


def code_at(secret: str, now: datetime) -> str:
    """The six digits that an app shows for a secret (RFC 6238)."""
    return f"{hotp_value(secret, int(now.timestamp()) // 30):06}"


def has_sheet(staff: int) -> bool:
    """Whether somebody holds a printed sheet of codes."""
    return Authenticator.objects.filter(
        user=staff, type=Authenticator.Type.RECOVERY_CODES, data__sheet=True
    ).exists()


class SecondFactor(DefaultMFAAdapter):
    """TOTP, passkeys, codes: sealed, and never the last one taken away."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _(
            "最後のひとつは外せません。先に、べつの方法を加えてください。"
        ),
        "incorrect_code": _(
            "番号が合いませんでした。一度使った番号は使えません。つぎの番号を待ってみてください。"
        ),
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret of whoever is at the door."""
        return seal(text, at=sealed_at(_at_the_door()))

    def decrypt(self, encrypted_text: str) -> str:
        """Raises `CannotOpen` for what was changed or taken from another person's row."""
        return unseal(encrypted_text, at=sealed_at(_at_the_door()))

    def is_mfa_enabled(self, user: AbstractBaseUser | AnonymousUser, types: Any = None) -> bool:
        """A printed sheet counts where any second factor is asked for."""
        if super().is_mfa_enabled(user, types):
            return True
        return (
            user.pk is not None
            and types is not None
            and set(types) >= set(_APPS)
            and has_sheet(user.pk)
        )

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Someone without a second factor would be let in by a password alone to set up another.

        A printed sheet isn't counted: allauth takes every code away with the last app or passkey.
        """
        others = Authenticator.objects.filter(user=authenticator.user_id, type__in=_APPS)
        return others.exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's name
        """What a passkey is called until its owner names it."""
        return f"パスキー {Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1}"


def _at_the_door() -> int:
    """Whose second factor is looked at: of who is half-way through signing in, or signed in."""
    request = context.request
    stage = getattr(request, "_login_stage", None)
    owner = stage.login.user.pk if stage is not None else request.user.pk
    if owner is None:
        raise CannotOpen
    return cast(int, owner)
