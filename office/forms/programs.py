"""A program on paper."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.refusals import Refused
from foundation.tidy import tidy
from office.forms.paper import OfficeForm
from programs.municipalities import PREFECTURES


class ProgramForm(OfficeForm):
    """Whose program it is."""

    name = forms.CharField(
        label=_("名前"),
        max_length=80,
        help_text=_("参加する人にも見えます。例: ひょうごの居場所"),
        error_messages={"required": _("名前を入れてください。")},
    )
    slug = forms.RegexField(
        r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$",
        label=_("しるし"),
        max_length=40,
        help_text=_("半角の英小文字・数字・ハイフン。あとで変えられません。"),
        error_messages=dict.fromkeys(
            ("invalid", "required"), _("半角の英小文字・数字・ハイフンで入れてください。")
        ),
    )
    prefecture_code = forms.ChoiceField(
        label=_("都道府県"),
        choices=[("", _("えらんでください"))]
        + [(f"{number:02}", name) for number, name in enumerate(PREFECTURES, start=1)],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("都道府県をえらんでください。")
        ),
    )
    may_open_alone = forms.BooleanField(
        label=_("支援者がひとりのときも、部屋をひとつひらいてよい"), required=False, initial=True
    )

    def settings(self) -> dict[str, Any]:
        """What the action takes."""
        names = ("slug", "name", "prefecture_code", "may_open_alone")
        return {name: self.cleaned_data[name] for name in names}

    def clean_name(self) -> str:
        """As it is kept."""
        try:
            return tidy(self.cleaned_data["name"], most=80)
        except Refused:
            raise forms.ValidationError(_("使えない文字が入っています。")) from None
