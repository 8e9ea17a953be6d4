"""Every hook into django-allauth: its adapters, its forms, its views where ours do more.

Nowhere else does the house lean on allauth's inside. Pages and messages are ours, in `templates/`.
"""

from accounts.adapters.account import Account, sign_in, sign_out
from accounts.adapters.forms import (
    ActivateTOTPForm,
    CodeAgainForm,
    CodeForm,
    NewPasskeyForm,
    PasskeyAgainForm,
    PasskeyAloneForm,
    PasskeyForm,
    SignInForm,
    waiting_secret,
)
from accounts.adapters.second_factor import SecondFactor, code_at, new_secret
from accounts.adapters.views import (
    ActivateTOTP,
    AddPasskey,
    ChangePassword,
    RecoveryCodesOnce,
    RemovePasskey,
)

__all__ = [
    "Account", "ActivateTOTP", "ActivateTOTPForm", "AddPasskey", "ChangePassword", "CodeAgainForm",
    "CodeForm", "NewPasskeyForm", "PasskeyAgainForm", "PasskeyAloneForm", "PasskeyForm",
    "RecoveryCodesOnce", "RemovePasskey", "SecondFactor", "SignInForm", "code_at", "new_secret",
    "sign_in", "sign_out", "waiting_secret",
]  # fmt: skip
