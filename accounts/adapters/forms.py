"""What is typed, or told by a key."""

import hashlib
import logging
import unicodedata
from typing import Any

from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateTOTPForm
from allauth.mfa.totp.internal.auth import clear_totp_secret
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.adapters.second_factor import SecondFactor
from foundation.sealed import CannotOpen, place, seal, unseal

log = logging.getLogger("ibasho.accounts")
SESSION_SETUP = "totp_setup"  # a TOTP secret that isn't confirmed yet, sealed
CODE_ONCE = 120  # seconds; longer than any TOTP code is good for


class SignInForm(LoginForm):
    """Fields `login` and `password`; the first is called what it is called everywhere."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("ログイン名")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class _Once:
    """A code is good once (RFC 6238, 5.2), typed in whatever width a Japanese keyboard gives."""

    def clean_code(self) -> str:
        self.cleaned_data["code"] = _typed(self.cleaned_data["code"])  # type: ignore[attr-defined]
        wrong = SecondFactor().validation_error("incorrect_code")
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except CannotOpen:
            log.error("a second factor of staff %s can't be opened", self.user.pk)  # type: ignore[attr-defined]
            raise wrong from None
        if not _first_use(self.user.pk, code):  # type: ignore[attr-defined]
            raise wrong
        return code


def _first_use(staff: int | None, code: str) -> bool:
    """Notes that a code was used, at whichever door; False when it was before."""
    digest = hashlib.sha256(normalize_user_code(code).encode()).hexdigest()[:32]
    return cache.add(f"code:{staff}:{digest}", 1, timeout=CODE_ONCE)


def _typed(code: str) -> str:
    return unicodedata.normalize("NFKC", code)


class CodeForm(_Once, AuthenticateForm):
    """The second step of signing in; field `code`."""


class CodeAgainForm(_Once, ReauthenticateForm):
    """The same, for what is delicate."""


class _AnyShape:
    """Whatever comes in a passkey's place: what isn't one is wrong, and no fault."""

    def _clean_fields(self) -> None:
        try:
            super()._clean_fields()  # type: ignore[misc]
        except _BROKEN:
            self._wrong()

    def clean(self) -> Any:
        try:
            return super().clean()  # type: ignore[misc]
        except _BROKEN:
            self._wrong()
            return {}

    def _wrong(self) -> None:
        self.add_error("credential", SecondFactor().validation_error("incorrect_code"))  # type: ignore[attr-defined]


_BROKEN = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError)


class PasskeyForm(_AnyShape, AuthenticateWebAuthnForm):
    """The second step of signing in, by passkey."""


class PasskeyAloneForm(_AnyShape, LoginWebAuthnForm):
    """Both steps at once."""


class PasskeyAgainForm(_AnyShape, ReauthenticateWebAuthnForm):
    """For what is delicate."""


class NewPasskeyForm(_AnyShape, AddWebAuthnForm):
    """One more passkey."""


class ActivateTOTPForm(AllauthActivateTOTPForm):
    """The secret waits in the session for its first code; sealed there too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        session = context.request.session
        clear_totp_secret(context.request)
        self.secret: str = waiting_secret(context.request) or self.secret
        session[SESSION_SETUP] = seal(self.secret, at=_setup_at(self.user.pk))

    def clean_code(self) -> str:
        self.cleaned_data["code"] = _typed(self.cleaned_data["code"])
        code: str = super().clean_code()
        # Whoever saw it typed here must not come in with it at the next door.
        if not _first_use(self.user.pk, code):
            raise SecondFactor().validation_error("incorrect_code")
        return code


def waiting_secret(request: HttpRequest) -> str | None:
    """The TOTP secret that this session is about to confirm."""
    try:
        return unseal(request.session.get(SESSION_SETUP, ""), at=_setup_at(request.user.pk))
    except CannotOpen:
        return None


def _setup_at(staff: int | None) -> str:
    return place("django_session", f"{staff}", SESSION_SETUP)
