"""Paper at the entrance: what was sent, read and bounded. No database."""

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from foundation.refusals import Refused
from foundation.tidy import tidy

MAX_FIELD = 400
MAX_KEPT = 8000  # of a text given back after a form went stale


@dataclass(frozen=True, slots=True)
class Entry:
    """POST /enter/."""

    handle: str
    agreed: bool


def entry(posted: QueryDict) -> Entry:
    """What someone would like to be called, and whether they agree."""
    return Entry(handle=field(posted, "handle"), agreed=posted.get("agree") == "on")


def field(posted: QueryDict, name: str) -> str:
    """One field, as typed; too much of it is cut off where no valid value could reach."""
    return posted.get(name, "")[:MAX_FIELD]


def own_path(request: HttpRequest) -> str:
    """Where `next` leads, if that is a path of this house; else empty."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    return asked if is_own_path(asked) else ""


def is_own_path(asked: str) -> bool:
    """Only a host's own path: `/…`, and never `//host`, `/\\host`, or a control in between."""
    return (
        asked.startswith("/")
        and asked.isprintable()
        and "\\" not in asked
        and len(asked) <= MAX_FIELD
        and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    )


def typed_text(request: HttpRequest) -> str:
    """Words that a person shouldn't lose when a form went stale. Never a 合言葉."""
    return request.POST.get("text", "")[:MAX_KEPT]


# No secret is given back to a screen; `again` is a password typed twice.
_SECRET = re.compile(
    r"password|passphrase|code|token|csrf|secret|credential|^again$|^endpoint$|^p256dh$|^auth$",
    re.I,
)
# What the page itself put into the form.
_OF_THE_PAGE = re.compile(r"^(.+-)?(nonce|next|version|seen_mark|digest)$|_FORMS$")
# A choice, a tick, a number of the house's own: picked again in a moment. Telephones are longer.
_PICKED = re.compile(r"[a-z_]{0,19}|[0-9]{1,8}")


def typed_fields(request: HttpRequest) -> str:
    """Whatever of a form somebody typed, the short too; empty where only choices were made."""
    fields = [
        value.strip()
        for name in request.POST
        if not _SECRET.search(name) and not _OF_THE_PAGE.search(name)
        for value in request.POST.getlist(name)
        if not _PICKED.fullmatch(value.strip())
    ]
    return "\n\n".join(fields)[:MAX_KEPT]


def may_be_opened(path: str) -> bool:
    """Whether the address of a form is also a page's; the others only take what is sent."""
    try:
        view = resolve(path).view_name
    except Resolver404:
        return False
    return view in {
        "enter", "return", "room", "me", "me-unlock", "account_login", "mfa_authenticate",
        "invitation",
    }  # fmt: skip


class Acceptance(forms.Form):
    """POST /accounts/invitation/…/. Whoever comes back has a name to sign in with already."""

    username = forms.CharField(
        label=_("ログイン名"),
        help_text=_("サインインのときに使います。半角の英数字など。あとから変えられません。"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    display_name = forms.CharField(
        label=_("部屋での名前"),
        help_text=_("部屋にいる人に、支援者のしるしと一緒に見えます。本名でなくてかまいません。"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        label=_("パスワード"),
        strip=False,
        max_length=MAX_FIELD,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("パスワード（もう一度）"),
        strip=False,
        max_length=MAX_FIELD,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, back: object | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if back is not None:
            del self.fields["username"], self.fields["display_name"]

    def clean_display_name(self) -> str:
        """In one normal form, without what deceives the eye."""
        try:
            return tidy(self.cleaned_data["display_name"], most=20)
        except Refused:
            raise forms.ValidationError(_("名前に使えない文字が入っているようです。")) from None

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same."""
        kept = super().clean() or {}
        if "password" in kept and "again" in kept and kept["password"] != kept["again"]:
            self.add_error("again", _("ふたつのパスワードが同じではありません。"))
        return kept

    def wanted(self) -> dict[str, str]:
        """What `invitations.accept` takes."""
        return {
            name: self.cleaned_data.get(name, "")
            for name in ("username", "display_name", "password")
        }
