"""Roles and invitations on paper."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.sentences import role_name
from accounts.states import Role
from foundation.refusals import Refused
from foundation.tidy import tidy
from foundation.typed_days import LATEST, bounds
from office.forms.paper import OfficeForm

_DAY = {"invalid": _("日を 2027-03-31 のように入れてください。")}


def _day(label: Any, help_text: Any = "", *, latest: date = LATEST) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        help_text=help_text,
        validators=bounds(latest=latest),
        error_messages=_DAY,
        input_formats=["%Y-%m-%d", "%Y/%m/%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


_REASON = _("わけを、2文字から200文字で書いてください。")


def _reason(*, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=_("わけ"),
        required=required,
        min_length=2,
        max_length=200,
        help_text=help_text
        or _("日誌に残ります。人の名前や、病気などのことは書かないでください。"),
        error_messages={
            "required": _("わけを、ひとこと書いてください。"),
            "min_length": _REASON,
            "max_length": _REASON,
        },
    )


class RoleForm(OfficeForm):
    """A role, where, since which training, until when, and why."""

    role = forms.ChoiceField(label=_("役割"))
    rooms = forms.TypedMultipleChoiceField(
        label=_("支援者の部屋"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("えらばなければ、すべての部屋です。支援者だけにつかいます。"),
        error_messages={"invalid_choice": _("この事業の部屋をえらんでください。")},
    )
    trained_on = _day(
        _("研修をおえた日"),
        _("支援者は、この日が書かれていないと当番に入れません。"),
        latest=date.max,
    )
    expires_on = _day(_("さいごの日"), _("この日まで使えます。空なら、期限がありません。"))
    reason = _reason()

    def __init__(
        self, *args: Any, rooms: list[tuple[int, str]], today: date,
        held: Collection[Role] = (), **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self._today = today
        offered = [role for role in Role if role is not Role.ADMIN and role not in held]
        role, room = self.fields["role"], self.fields["rooms"]
        assert isinstance(role, forms.ChoiceField)
        assert isinstance(room, forms.ChoiceField)
        role.choices = [(one.value, role_name(one)) for one in offered]
        room.choices = [(str(number), name) for number, name in rooms]
        if held:
            role.error_messages["invalid_choice"] = _(
                "ここでわたせるのは、まだ持っていない役割だけです。"
                "持っている役割は、その役割の「期限をのばす」で変えてください。"
            )

    def clean_trained_on(self) -> date | None:
        """Not tomorrow."""
        day: date | None = self.cleaned_data["trained_on"]
        if day is not None and day > self._today:
            raise forms.ValidationError(_("研修をおえた日が、きょうより後になっています。"))
        return day

    def clean_expires_on(self) -> date | None:
        """Not over before it begins."""
        day: date | None = self.cleaned_data["expires_on"]
        if day is not None and day < self._today:
            raise forms.ValidationError(_("さいごの日が、もうすぎています。"))
        return day

    def terms(self) -> dict[str, Any]:
        """What the actions take."""
        found = self.cleaned_data
        return {
            "role": Role(found["role"]),
            "rooms": found["rooms"],
            "trained_on": found["trained_on"],
            "expires_on": found["expires_on"],
        }


class RenewalForm(RoleForm):
    """A role that somebody holds, as it is; what isn't touched stays."""

    def __init__(
        self, *args: Any, held: Role, numbers: Collection[int], rooms: list[tuple[int, str]],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        there = dict(rooms)
        gone = [(one, str(_("(もうない部屋)"))) for one in numbers if one not in there]
        super().__init__(*args, rooms=[*rooms, *gone], **kwargs)
        self._role = held
        del self.fields["role"]
        if held is not Role.SUPPORTER:
            del self.fields["rooms"]

    def terms(self) -> dict[str, Any]:
        """What the action takes."""
        found = self.cleaned_data
        return {
            "role": self._role,
            "rooms": found.get("rooms", []),
            "trained_on": found["trained_on"],
            "expires_on": found["expires_on"],
        }


class InvitationForm(RoleForm):
    """Whom to invite, and by which way."""

    display_name = forms.CharField(
        label=_("部屋での名前"),
        max_length=20,
        required=False,
        help_text=_("本人が、招待をうけるときに変えられます。"),
    )
    mail = forms.EmailField(
        label=_("メール"),
        required=False,
        help_text=_(
            "入れると、招待のリンクを送ります。アドレスは残しません。空なら、画面に一度だけ出します。"
        ),
        error_messages={"invalid": _("メールアドレスを見なおしてください。")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whom it will reach is not known yet: nobody's role is changed, one is offered.
        del self.fields["reason"]

    def clean_display_name(self) -> str:
        """As it is kept."""
        try:
            return tidy(self.cleaned_data["display_name"], most=20, required=False)
        except Refused:
            raise forms.ValidationError(_("使えない文字が入っています。")) from None


class AdminInvitationForm(InvitationForm):
    """Whom to invite as an admin: of no program and no room, without a last day."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, rooms=[], **kwargs)
        for name in ("role", "rooms", "trained_on", "expires_on"):
            del self.fields[name]


class ReasonForm(OfficeForm):
    """Why something ends, or is done to somebody's account."""

    reason = _reason()


class AgainForm(OfficeForm):
    """Letting someone in again; why, where their second factors go."""

    drops_factors = forms.BooleanField(
        label=_("電話やかぎもなくした(二段階の確認を、はじめからやりなおす)"), required=False
    )
    reason = _reason(
        required=False,
        help_text=_(
            "二段階の確認をやりなおすときは、かならず書いてください。日誌に残ります。"
            "人の名前や、病気などのことは書かないでください。"
        ),
    )
    mail = forms.EmailField(
        label=_("メール"),
        required=False,
        help_text=_("入れると、リンクを送ります。アドレスは残しません。"),
        error_messages={"invalid": _("メールアドレスを見なおしてください。")},
    )

    def clean(self) -> dict[str, Any]:
        """Whoever sends this could become the account: that asks for a reason."""
        found = self.cleaned_data
        if found.get("drops_factors") and not found.get("reason") and "reason" not in self.errors:
            self.add_error("reason", self.fields["reason"].error_messages["required"])
        return found
