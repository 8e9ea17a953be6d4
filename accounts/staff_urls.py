"""Door plates of staff: allauth's views that this house has, by allauth's names, and its own.

What isn't here is no address: no sign-up, no e-mail addresses, no password reset (whoever lost
theirs is invited again).
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path

from accounts import adapters, log_views, staff_views
from accounts.staff_doors import not_seated, signed_in, staff_only

verified = staff_only()

urlpatterns = [
    path("", staff_views.home, name="staff-home"),
    path("sessions/<number:number>/end/", staff_views.end_session, name="staff-session-end"),
    path("invitation/<str:token>/", staff_views.invitation, name="invitation"),
    path("audit/", log_views.log, name="staff-log"),
    path("login/", not_seated(account.login), name="account_login"),
    path("logout/", signed_in(account.logout), name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", signed_in(account.reauthenticate), name="account_reauthenticate"),
    path(
        "password/change/",
        verified(adapters.ChangePassword.as_view()),
        name="account_change_password",
    ),
    path("2fa/", signed_in(mfa.index), name="mfa_index"),
    path("2fa/authenticate/", not_seated(mfa.authenticate), name="mfa_authenticate"),
    path("2fa/reauthenticate/", signed_in(mfa.reauthenticate), name="mfa_reauthenticate"),
    path(
        "2fa/totp/activate/", signed_in(adapters.ActivateTOTP.as_view()), name="mfa_activate_totp"
    ),
    path("2fa/totp/picture/", staff_views.totp_picture, name="mfa_totp_picture"),
    path("2fa/totp/deactivate/", verified(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "2fa/recovery-codes/",
        verified(adapters.RecoveryCodesOnce.as_view()),
        name="mfa_view_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/generate/",
        verified(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("2fa/webauthn/", verified(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", signed_in(adapters.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path("2fa/webauthn/login/", not_seated(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path(
        "2fa/webauthn/reauthenticate/",
        signed_in(webauthn.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "2fa/webauthn/keys/<number:pk>/remove/",
        verified(adapters.RemovePasskey.as_view()),
        name="mfa_remove_webauthn",
    ),
    path(
        "2fa/webauthn/keys/<number:pk>/edit/",
        verified(webauthn.edit_webauthn),
        name="mfa_edit_webauthn",
    ),
]
