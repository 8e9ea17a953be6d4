"""Every hook into django-allauth: its adapters, its forms, its views where ours do more.

Nowhere else does the house lean on allauth's inside. Pages and messages are ours, in `templates/`.
"""

import hashlib
import logging
import unicodedata
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.account.internal.flows.login import perform_password_login, record_authentication
from allauth.account.models import Login
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateTOTPForm
from allauth.mfa.totp.internal.auth import clear_totp_secret
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import forms, places, proofs, seats
from accounts.actions import sessions
from accounts.addresses import address_key
from accounts.models import Staff
from accounts.queries import viewer_of
from accounts.sealing import sealed_at
from accounts.viewer import SESSION_ACTIVE, SESSION_PARTICIPANT
from audit.actions import record
from foundation import clock
from foundation.sealed import CannotOpen, place, seal, unseal

log = logging.getLogger("ibasho.accounts")
SESSION_SETUP = "totp_setup"  # a TOTP secret that isn't confirmed yet, sealed
KNOWN_COOKIE = "__Host-known" if settings.SECURE else "known"
KNOWN_FOR = 180 * 24 * 60 * 60  # seconds
CODE_ONCE = 120  # seconds; longer than any TOTP code is good for
_APPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_sheet(staff: int) -> bool:
    """Whether somebody holds a printed sheet of codes."""
    return Authenticator.objects.filter(
        user=staff, type=Authenticator.Type.RECOVERY_CODES, data__sheet=True
    ).exists()


def sign_in(request: HttpRequest, staff: Staff) -> HttpResponse:
    """After an invitation was accepted with a new password: as if it had been typed at the door."""
    credentials = {"username": staff.get_username()}
    return cast(HttpResponse, perform_password_login(request, credentials, Login(user=staff)))


def sign_out(request: HttpRequest) -> None:
    """End this session."""
    Account(request).logout(request)


class Account(DefaultAccountAdapter):
    """Signing in and out, and what is counted meanwhile."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("このアカウントは、いまは使えません。統括に聞いてください。"),
        "enter_current_password": _("いまのパスワードが合いませんでした。"),
        "incorrect_code": _("番号が合いませんでした。"),
        "incorrect_password": _("パスワードが合いませんでした。"),
        "rate_limited": _("すこし間をおいて、もう一度おねがいします。"),
        "too_many_login_attempts": _(
            "すこし間をおいて、もう一度おねがいします。パスキーなら、いまも入れます。"
        ),
        "username_password_mismatch": _("ログイン名かパスワードが合いませんでした。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """By invitation only."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """`next` leads within this house only."""
        return bool(url) and forms.is_own_path(cast(str, url))

    def get_client_ip(self, request: HttpRequest) -> str:
        """Counted, not known: the day's keyed hash goes into the cache's keys."""
        return address_key(request, clock.now())

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # Five wrong passwords from one place close the account to that place, and to nobody else.
        login = str(credentials.get("username", "")).lower()
        return f"{login}|{address_key(request, clock.now())}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Guesses from many places together are slowed too, but not for a browser known here.

        That is OWASP's "device cookies": whoever signed in from a browser before isn't slowed by
        strangers, and a passkey never is.
        """
        super().pre_authenticate(request, **credentials)
        login = str(credentials.get("username", "")).lower()
        if self._is_known(request, login):
            return
        self._strange = ratelimit.consume(
            request, app="allauth.account", action="login_strange", key=f"strange|{login}"
        )
        if not self._strange:
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Only a wrong password counts."""
        self._strange = None
        user = super().authenticate(request, **credentials)
        if user is not None and self._strange is not None:
            self._strange.rollback()
        return cast("AbstractBaseUser | None", user)

    @staticmethod
    def _is_known(request: HttpRequest, login: str) -> bool:
        known = request.get_signed_cookie(KNOWN_COOKIE, "", max_age=KNOWN_FOR)
        return bool(login) and known == hashlib.sha256(login.encode()).hexdigest()

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """A session never holds a participant and a member of staff; it lasts 12 hours at most."""
        for key in (SESSION_PARTICIPANT, seats.SESSION_SINCE, SESSION_ACTIVE):
            request.session.pop(key, None)
        super().login(request, user)
        now = clock.now()
        proofs.began(request.session, now=now)
        request.session.set_expiry(int(proofs.LONGEST.total_seconds()))
        sessions.begin(staff=user.pk, session_key=request.session.session_key, now=now)

    def post_login(
        self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any
    ) -> HttpResponse:
        """The browser is known from now on."""
        answer = super().post_login(request, user, **kwargs)
        answer.set_signed_cookie(
            KNOWN_COOKIE,
            hashlib.sha256(user.get_username().lower().encode()).hexdigest(),
            max_age=KNOWN_FOR,
            secure=settings.SECURE,
            httponly=True,
            samesite="Lax",
        )
        return answer

    def logout(self, request: HttpRequest) -> None:
        """The session goes first: whoever is rung finds it gone."""
        staff, key = request.user.pk, request.session.session_key
        super().logout(request)
        if staff is not None:
            sessions.left(staff=staff, session_key=key)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The first place that this person's roles open."""
        viewer = viewer_of(request.session, now=clock.now())
        return places.first(viewer) if viewer.verified else reverse("mfa_index")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to one's own page."""
        return reverse("staff-home")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who proved themselves within five minutes isn't asked again."""
        return not proofs.recently(context.request.session, now=clock.now())

    def send_notification_mail(
        self, template_prefix: str, user: AbstractBaseUser, *args: Any, **kwargs: Any
    ) -> None:
        """No mail: it would carry addresses. What changed about an account is in the audit log."""
        verb = template_prefix.rpartition("/")[2]
        record(
            user.pk, role="own", verb=verb, object_type="staff", object_id=user.pk, now=clock.now()
        )


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
        """Someone without a second factor would be let in by a password alone to set up another."""
        others = Authenticator.objects.filter(user=authenticator.user_id, type__in=_APPS)
        return others.exclude(pk=authenticator.pk).exists() or has_sheet(authenticator.user_id)

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


# --- forms ----------------------------------------------------------------------------------------


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
        digest = hashlib.sha256(normalize_user_code(code).encode()).hexdigest()[:32]
        if not cache.add(f"code:{self.user.pk}:{digest}", 1, timeout=CODE_ONCE):  # type: ignore[attr-defined]
            raise wrong
        return code


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
        return super().clean_code()


def waiting_secret(request: HttpRequest) -> str | None:
    """The TOTP secret that this session is about to confirm."""
    try:
        return unseal(request.session.get(SESSION_SETUP, ""), at=_setup_at(request.user.pk))
    except CannotOpen:
        return None


def _setup_at(staff: int | None) -> str:
    return place("django_session", f"{staff}", SESSION_SETUP)


# --- views ----------------------------------------------------------------------------------------


def _proven(request: HttpRequest, kind: Authenticator.Type) -> None:
    """Who just set up a second factor has shown it: the session is good from here on."""
    made = Authenticator.objects.filter(user=request.user.pk, type=kind).latest("pk")
    user = cast(AbstractBaseUser, request.user)
    record_authentication(request, user, "mfa", id=made.pk, type=kind.value)


class ActivateTOTP(ActivateTOTPView):
    """The first code was right."""

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        self.request.session.pop(SESSION_SETUP, None)
        _proven(self.request, Authenticator.Type.TOTP)
        return answer


class AddPasskey(AddWebAuthnView):
    """A passkey was made."""

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        _proven(self.request, Authenticator.Type.WEBAUTHN)
        return answer


class RemovePasskey(RemoveWebAuthnView):
    """The last second factor stays."""

    def form_valid(self, form: Any) -> HttpResponse:
        adapter = SecondFactor()
        if not adapter.can_delete_authenticator(self.get_object()):
            messages.error(self.request, str(adapter.error_messages["cannot_delete_authenticator"]))
            return HttpResponseRedirect(reverse("mfa_list_webauthn"))
        return super().form_valid(form)


class RecoveryCodesOnce(ViewRecoveryCodesView):
    """The first look shows the codes; a glance ahead by the browser isn't one."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        purposes = (request.headers.get("Sec-Purpose", ""), request.headers.get("Purpose", ""))
        if request.method == "HEAD" or any("prefetch" in purpose for purpose in purposes):
            return HttpResponse(status=204)
        return super().get(request, *args, **kwargs)
