"""Signing in and out."""

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core import context
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import forms, places, proofs, seats
from accounts.actions import sessions
from accounts.actions.noting import about_account
from accounts.adapters import known_browsers
from accounts.addresses import address_key
from accounts.models import Staff
from accounts.queries import viewer_of
from accounts.standing import bump_staff
from accounts.viewer import SESSION_ACTIVE, SESSION_PARTICIPANT
from foundation import clock


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
        """Counted, not known: the day's keyed hash goes into the cache's keys. A browser that the
        account knows is counted by itself: strangers behind the same address use up nothing of its.
        """
        login = request.POST.get("login", "").lower()
        known = known_browsers.key_of(request, login, now=clock.now())
        return known or address_key(request, clock.now())

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # Five wrong passwords from one place close the account to that place, and to nobody else.
        login = str(credentials.get("username", "")).lower()
        known = known_browsers.key_of(request, login, now=clock.now())
        return f"{login}|{known or address_key(request, clock.now())}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Guesses from many places together are slowed too, but not for a browser known here.

        That is OWASP's "device cookies": whoever signed in from a browser before isn't slowed by
        strangers, and a passkey never is.
        """
        super().pre_authenticate(request, **credentials)
        login = str(credentials.get("username", "")).lower()
        if known_browsers.is_known(request, login, now=clock.now()):
            return
        # One place alone must not use up what all strangers share: colleagues are among them.
        here = f"{login}|{address_key(request, clock.now())}"
        alone = self._counted(request, "login_strange_here", here)
        if not alone or not (
            self._counted(request, "login_strange", login)
            or self._counted(request, "login_crowded", here)
        ):
            raise self.validation_error("too_many_login_attempts")

    def _counted(self, request: HttpRequest, action: str, key: str) -> bool:
        used = ratelimit.consume(
            request, app="allauth.account", action=action, key=f"strange|{key}"
        )
        if used:
            self._strange.append(used)
        return bool(used)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Only a wrong password counts."""
        self._strange: list[ratelimit.RateLimitUsage] = []
        user = super().authenticate(request, **credentials)
        if user is not None:
            for used in self._strange:
                used.rollback()
        return cast("AbstractBaseUser | None", user)

    def pre_login(
        self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any
    ) -> HttpResponse | None:
        """A demo's sign-ins lie in a file: in production its accounts are closed ones."""
        if cast(Staff, user).is_demo and not settings.DEMO:
            user.is_active = False  # never saved: allauth's own way to turn away
        return cast("HttpResponse | None", super().pre_login(request, user, **kwargs))

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
        known_browsers.remember(request, answer, user.get_username(), now=clock.now())
        return answer

    def logout(self, request: HttpRequest) -> None:
        """The session goes first: whoever is rung finds it gone."""
        staff, key = request.user.pk, request.session.session_key
        super().logout(request)
        if staff is not None:
            sessions.left(staff=staff, session_key=key)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """A new password ends every other sign-in, and what came in by it."""
        super().set_password(user, password)
        bump_staff(user.pk)

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
        about_account(user.pk, role="own", verb=verb, staff=user.pk, now=clock.now())
