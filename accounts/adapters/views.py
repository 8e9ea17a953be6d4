"""allauth's views, where ours do more."""

from typing import Any, cast

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import PasswordChangeView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts import proofs
from accounts.actions import sessions
from accounts.adapters.forms import SESSION_SETUP
from accounts.adapters.second_factor import SecondFactor
from accounts.doors import is_glance


def _proven(request: HttpRequest, kind: Authenticator.Type) -> None:
    """Who just set up a second factor has shown it: the session is good from here on.

    With the first one, sign-ins by the password alone have had their time.
    """
    mine = Authenticator.objects.filter(user=request.user.pk)
    made = mine.filter(type=kind).latest("pk")
    record_authentication(
        request, cast(AbstractBaseUser, request.user), "mfa", id=made.pk, type=kind.value
    )
    if not mine.exclude(pk=made.pk).exclude(type=Authenticator.Type.RECOVERY_CODES).exists():
        key = request.session.session_key
        sessions.keep_only(staff=made.user_id, was=key, session_key=key)


class FirstOrShown:
    """A factor is added by whoever has none yet, or has shown one in this session.

    A session that is older than the account's factor has shown nothing but the password: it must
    not make itself good by a factor of its own.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Such a session ends, and leads to the sign-in."""
        has_one = Authenticator.objects.filter(user=request.user.pk).exists()
        if has_one and not proofs.verified(request.session):
            get_account_adapter().logout(request)
            return HttpResponseRedirect(reverse("account_login"))
        return cast(HttpResponse, super().dispatch(request, *args, **kwargs))  # type: ignore[misc]


class ActivateTOTP(FirstOrShown, ActivateTOTPView):
    """The first code was right."""

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        self.request.session.pop(SESSION_SETUP, None)
        _proven(self.request, Authenticator.Type.TOTP)
        return answer


class AddPasskey(FirstOrShown, AddWebAuthnView):
    """A passkey was made."""

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        _proven(self.request, Authenticator.Type.WEBAUTHN)
        return answer


class ChangePassword(PasswordChangeView):
    """The session's key changes with the password; the list of sign-ins follows."""

    def form_valid(self, form: Any) -> HttpResponse:
        was = self.request.session.session_key
        answer = super().form_valid(form)
        sessions.keep_only(
            staff=form.user.pk, was=was, session_key=self.request.session.session_key
        )
        return cast(HttpResponse, answer)


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
        if is_glance(request):
            return HttpResponse(status=204)
        return super().get(request, *args, **kwargs)
