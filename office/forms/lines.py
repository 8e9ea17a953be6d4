"""A help line on paper."""

import re
import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.refusals import Refused
from foundation.tidy import tidy
from foundation.typed_days import bounds
from helplines.hours import Stretch
from helplines.writing import BadHours, hours_of_words
from office.forms.paper import OfficeForm, area_field, line_field


class LineForm(OfficeForm):
    """A help line."""

    seen_mark = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)
    key = forms.RegexField(
        r"^[a-z0-9-]+$",
        label=_("しるし"),
        max_length=40,
        help_text=_("半角の英小文字・数字・ハイフン。人には見えません。"),
        error_messages=dict.fromkeys(
            ("invalid", "required"), _("半角の英小文字・数字・ハイフンで入れてください。")
        ),
    )
    name = line_field(_("名前"), most=80)
    kind = forms.ChoiceField(
        label=_("方法"), choices=[("phone", _("電話")), ("chat", _("文字(チャット・SNS)"))]
    )
    number = line_field(_("電話番号"), inputmode="tel", most=20)
    url = line_field(_("ホームページ"), inputmode="url", most=300)
    note = area_field(_("説明"))
    hours = area_field(
        _("受付時間"),
        rows="4",
        help_text=_(
            "1行にひとつ。例: 毎日 16:00-21:00 / 平日 9:00-17:00 / 月木 10:00-12:00 / "
            "毎月10日 8:00-8:00 / 毎日 24時間。分からなければ、空のままで。"
        ),
    )
    source = line_field(_("出典"), help_text=_("どこで見たか。例: 窓口のページ"), most=200)
    verified_on = forms.DateField(
        label=_("たしかめた日"),
        required=False,
        validators=bounds(latest=date.max),
        input_formats=["%Y-%m-%d", "%Y/%m/%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("電話をかけたか、窓口のページを読んだ日。"),
        error_messages={"invalid": _("日を 2026-04-01 のように入れてください。")},
    )
    verified = forms.BooleanField(
        label=_("その日に、自分でたしかめた"),
        required=False,
        help_text=_("印がなければ「まだたしかめていない」と出ます。"),
    )

    def __init__(self, *args: Any, today: date, made: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today
        if made:
            del self.fields["key"]

    def clean_name(self) -> str:
        """A line has one."""
        return _needed(self.cleaned_data["name"], _("名前を入れてください。"))

    def clean_source(self) -> str:
        """Where it is known from."""
        return _needed(self.cleaned_data["source"], _("どこで知ったか(出典)を入れてください。"))

    def clean_note(self) -> str:
        """As it is kept."""
        return _tidied(self.cleaned_data["note"])

    def clean_number(self) -> str:
        """Digits and hyphens, or a hash and digits."""
        number = unicodedata.normalize("NFKC", self.cleaned_data["number"]).strip()
        if number and not re.fullmatch(r"#?[0-9][0-9-]*", number):
            raise forms.ValidationError(_("電話番号は、数字とハイフンで入れてください。"))
        return number

    def clean_url(self) -> str:
        """Only https: what is read there is nobody else's to see."""
        url = str(self.cleaned_data["url"]).strip()
        if url and not re.fullmatch(r"https://[^\s<>\"]+", url):
            raise forms.ValidationError(_("アドレスは https:// からはじまるものにしてください。"))
        return url

    def clean_verified_on(self) -> date | None:
        """Not tomorrow."""
        day: date | None = self.cleaned_data["verified_on"]
        if day is not None and day > self._today:
            raise forms.ValidationError(_("たしかめた日が、きょうより後になっています。"))
        return day

    def clean_hours(self) -> tuple[Stretch, ...]:
        """A stretch per line."""
        try:
            return hours_of_words(self.cleaned_data["hours"])
        except BadHours as no:
            said = _("「%(line)s」が読みとれません。毎日 16:00-21:00 のように書いてください。")
            raise forms.ValidationError(said % {"line": no.line[:40]}) from None

    def clean(self) -> dict[str, Any]:
        """A telephone line has a number; every line can be reached somehow."""
        found = self.cleaned_data
        if found.get("verified") and "verified_on" in found and not found["verified_on"]:
            self.add_error("verified_on", _("たしかめた日を入れてください。"))
        if found.get("kind") == "phone" and found.get("number") == "":
            self.add_error("number", _("電話の窓口には、電話番号がいります。"))
        if found.get("kind") == "chat" and (found.get("url"), found.get("number")) == ("", ""):
            self.add_error("url", _("ホームページを入れてください。"))
        return found


def _needed(value: str, said: Any) -> str:
    if not (kept := _tidied(value)):
        raise forms.ValidationError(said)
    return kept


def _tidied(value: str) -> str:
    try:
        return tidy(value, most=20_000, required=False)
    except Refused:
        raise forms.ValidationError(_("使えない文字が入っています。")) from None
