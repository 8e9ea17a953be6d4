"""Rooms on paper: settings, hours, the hand switch."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.schedule import Hours
from chat.states import Audience, Hand, HolidayRule, RoomKind
from chat.timetable import WEEKDAYS
from foundation.refusals import Refused
from foundation.tidy import tidy
from foundation.typed_days import PLANS_FROM, bounds
from office.forms.paper import Choices, OfficeForm

KINDS = {
    RoomKind.CHAT: _("雑談"),
    RoomKind.CALM: _("しずかな部屋"),
    RoomKind.WORK: _("もくもく(作業)"),
    RoomKind.NIGHT: _("夜の部屋"),
    RoomKind.WITHDRAWN: _("ひきこもりの部屋"),
    RoomKind.FAMILY: _("家族の部屋"),
    RoomKind.WOMEN: _("女性の部屋"),
    RoomKind.THEME: _("話題の部屋"),
    RoomKind.TRAINING: _("研修の部屋(だれが参加したか、スタッフが記録します)"),
}
AUDIENCES = {
    Audience.EVERYONE: _("だれでも"),
    Audience.WOMEN: _("女性"),
    Audience.FAMILY: _("家族"),
    Audience.THEME: _("話題に関心のある人"),
}
HOLIDAYS = {
    HolidayRule.USUAL: _("ふだんの曜日と同じ"),
    HolidayRule.CLOSED: _("休み"),
    HolidayRule.SUNDAY: _("日曜日と同じ"),
}
HANDS = {
    Hand.NONE: _("自動(時間と当番で決まる)"),
    Hand.QUIET: _("しずかにする(スタンプとつぶやきだけ)"),
    Hand.LOCKED: _("読むだけにする"),
    Hand.CLOSED: _("閉める"),
}
MOST_STAMPS, LONGEST_STAMP = 16, 12
_MANY_STAMPS = _("スタンプは16個まで、ひとつ12文字までにしてください。")
MOST_STRETCHES = 24 * 7  # of a week
COLUMNS = (
    "name", "kind", "audience", "about", "rules", "stamps", "capacity", "required_supporters",
    "premoderated", "slow_s", "municipality",
)  # fmt: skip


def _whole(label: Any, least: int, most: int, *, required: bool = True, help_text: Any = "") -> Any:
    said = _("%(least)d から %(most)d までの数字にしてください。") % {"least": least, "most": most}
    return forms.IntegerField(
        label=label, help_text=help_text, required=required, min_value=least, max_value=most,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value", "required"), said),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip


class RoomForm(OfficeForm):
    """A room's settings."""

    name = forms.CharField(
        label=_("名前"),
        max_length=40,
        error_messages={"required": _("部屋の名前を入れてください。")},
    )
    slug = forms.RegexField(
        r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$", label=_("アドレス"), max_length=40,
        help_text=_("半角の英小文字・数字・ハイフン。あとからは変えられません。"),
        error_messages=dict.fromkeys(
            ("invalid", "required"), _("アドレスは半角の英小文字・数字・ハイフンで入れてください。")
        ),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("種類"), choices=[(k.value, n) for k, n in KINDS.items()])
    audience = forms.ChoiceField(
        label=_("だれのための部屋か"), choices=[(k.value, n) for k, n in AUDIENCES.items()],
        help_text=_("入口に表示します。証明をもとめることはありません。"),
    )  # fmt: skip
    about = forms.CharField(
        label=_("部屋の紹介"), max_length=200, required=False,
        widget=forms.Textarea(attrs={"rows": "2"}),
    )  # fmt: skip
    rules = forms.CharField(
        label=_("この部屋のきまり"), max_length=1000, required=False,
        help_text=_("約束のほかに、この部屋だけのきまりがあれば。"),
        widget=forms.Textarea(attrs={"rows": "3"}),
    )  # fmt: skip
    stamps = forms.CharField(
        label=_("スタンプ"), max_length=400,
        help_text=_("1行にひとつ、12文字まで。16個まで。"),
        widget=forms.Textarea(attrs={"rows": "6"}),
        error_messages={"required": _("スタンプを、ひとつは入れてください。")},
    )  # fmt: skip
    required_supporters = _whole(
        _("話せるために必要な支援者の数"), 1, 5,
        help_text=_("この人数が見守っていないと、部屋はしずかになります。"),
    )  # fmt: skip
    capacity = _whole(
        _("定員"), 2, 500, required=False,
        help_text=_("空なら、きめません。およその数です。"),
    )  # fmt: skip
    premoderated = forms.BooleanField(
        label=_("支援者が読んでから出す"), required=False,
        help_text=_("書かれた言葉は、支援者が読むまで部屋に出ません。"),
    )  # fmt: skip
    slow_s = _whole(
        _("つづけて書けるまでの秒数"), 0, 600, help_text=_("0なら、ゆっくりモードにしません。")
    )
    municipality = forms.ChoiceField(
        label=_("市町村"), required=False,
        help_text=_("この部屋が、ある市町村の居場所であるとき。"),
        error_messages={"invalid_choice": _("市町村をえらんでください。")},
    )  # fmt: skip

    def __init__(self, *args: Any, towns: Choices, made: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        town = self.fields["municipality"]
        assert isinstance(town, forms.ChoiceField)
        town.choices = [("", _("とくにない")), *towns]
        for name in ("name", "about", "rules"):
            self.fields[name].error_messages["max_length"] = _(
                "%(limit_value)d文字までにしてください(いまは%(show_value)d文字)。"
            )
        if made:
            del self.fields["slug"]

    def clean_stamps(self) -> list[str]:
        """One per line."""
        lines = [line for line in self.cleaned_data["stamps"].splitlines() if line.strip()]
        try:
            found = [tidy(line, most=LONGEST_STAMP) for line in lines]
        except Refused as no:
            raise forms.ValidationError(
                _MANY_STAMPS if no.code == "too_long" else _("使えない文字が入っています。")
            ) from None
        if len(found) > MOST_STAMPS:
            raise forms.ValidationError(_MANY_STAMPS)
        if len(set(found)) < len(found):
            raise forms.ValidationError(_("同じスタンプが2つあります。"))
        return found

    def _tidied(self, name: str) -> str:
        most = self.fields[name].max_length  # type: ignore[attr-defined]
        try:
            return tidy(self.cleaned_data[name], most=most, required=name == "name")
        except Refused:
            raise forms.ValidationError(_("使えない文字が入っています。")) from None

    def clean_name(self) -> str:
        """As it is kept."""
        return self._tidied("name")

    def clean_about(self) -> str:
        """As it is kept."""
        return self._tidied("about")

    def clean_rules(self) -> str:
        """As they are kept."""
        return self._tidied("rules")

    def values(self) -> dict[str, object]:
        """By column of `Room`."""
        found = {name: self.cleaned_data[name] for name in COLUMNS if name != "municipality"}
        found["municipality_id"] = self.cleaned_data["municipality"] or None
        if "slug" in self.cleaned_data:
            found["slug"] = self.cleaned_data["slug"]
        return found


_TIME = {"invalid": _("時刻を 22:00 のように入れてください。")}


def _clock(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, required=False, error_messages=_TIME,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        input_formats=["%H:%M", "%H:%M:%S"],
    )  # fmt: skip


class WeeklyLine(forms.Form):
    """A stretch of every week."""

    weekday = forms.ChoiceField(
        label=_("曜日"), required=False,
        choices=[("", "—"), *((str(n), f"{name}曜日") for n, name in enumerate(WEEKDAYS)),
                 ("all", _("毎日"))],
    )  # fmt: skip
    opens = _clock(_("開く"))
    closes = _clock(_("閉まる"))

    def clean(self) -> dict[str, Any]:
        """All three, or none."""
        given = [self.cleaned_data.get(name) not in (None, "") for name in self.fields]
        if any(given) and not all(given) and not self.errors:
            raise forms.ValidationError(_("曜日と、開く時刻と、閉まる時刻をそろえてください。"))
        return self.cleaned_data

    def hours(self) -> list[Hours]:
        """What it stands for; nothing when it is empty."""
        found = self.cleaned_data
        if found.get("weekday") in (None, ""):
            return []
        days = range(7) if found["weekday"] == "all" else [int(found["weekday"])]
        return [Hours(day, found["opens"], found["closes"]) for day in days]


class SpecialLine(forms.Form):
    """A date that isn't like its weekday: closed, or with hours of its own."""

    day = forms.DateField(
        label=_("日"), required=False, validators=bounds(PLANS_FROM),
        error_messages={"invalid": _("日を 2026-12-31 のように入れてください。")},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d", "%Y/%m/%d"],
    )  # fmt: skip
    opens = _clock(_("開く"))
    closes = _clock(_("閉まる"))

    def clean(self) -> dict[str, Any]:
        """A date alone is a day of rest; times come in pairs and never without a date."""
        day, opens, closes = (self.cleaned_data.get(name) for name in ("day", "opens", "closes"))
        if not self.errors and ((opens is None) != (closes is None) or (opens and not day)):
            raise forms.ValidationError(
                _("日だけなら休み。時間を変えるときは、開く時刻と閉まる時刻をそろえてください。")
            )
        return self.cleaned_data


class _Weeks(forms.BaseFormSet):
    """「毎日」 is seven lines when it is shown again: no more are kept than the page can show."""

    def clean(self) -> None:
        """As many stretches as lines, at most."""
        if not any(self.errors) and len(weekly(self)) > MOST_STRETCHES:
            raise forms.ValidationError(
                _("毎週の時間は、ぜんぶで%(most)d個までにしてください(毎日は7個と数えます)。")
                % {"most": MOST_STRETCHES}
            )


WeeklyLines = forms.formset_factory(
    WeeklyLine, formset=_Weeks, extra=3, max_num=MOST_STRETCHES, absolute_max=MOST_STRETCHES + 3,
    can_delete=True,
)  # fmt: skip
SpecialLines = forms.formset_factory(
    SpecialLine, extra=2, max_num=14, absolute_max=14, can_delete=True
)


class HoursForm(OfficeForm):
    """What holidays do, beside the lines."""

    holidays = forms.ChoiceField(
        label=_("国民の祝日"), choices=[(k.value, n) for k, n in HOLIDAYS.items()]
    )


def weekly(lines: Any) -> list[Hours]:
    """The hours of all lines that aren't struck out."""
    return [one for line in _kept(lines) for one in line.hours()]


def special(lines: Any) -> dict[str, list[list[str]]]:
    """The dates of all lines that aren't struck out, as a room keeps them."""
    found: dict[str, list[list[str]]] = {}
    for line in _kept(lines):
        day: date | None = line.cleaned_data.get("day")
        if day is None:
            continue
        stretches = found.setdefault(day.isoformat(), [])
        if (opens := line.cleaned_data.get("opens")) is not None:
            closes: time = line.cleaned_data["closes"]
            stretches.append([opens.isoformat("minutes"), closes.isoformat("minutes")])
    return found


def _kept(lines: Any) -> list[Any]:
    return [line for line in lines if not line.cleaned_data.get("DELETE")]


def weekly_initial(hours: Sequence[Hours]) -> list[dict[str, object]]:
    """Lines that show these hours."""
    return [{"weekday": str(h.weekday), "opens": h.opens, "closes": h.closes} for h in hours]


def special_initial(named: Mapping[str, Sequence[Sequence[str]]]) -> list[dict[str, object]]:
    """Lines that show these dates."""
    found: list[dict[str, object]] = []
    for day, stretches in sorted(named.items()):
        if not stretches:
            found.append({"day": day})
        found += [{"day": day, "opens": opens, "closes": closes} for opens, closes in stretches]
    return found


class HandForm(OfficeForm):
    """The hand switch, and why."""

    hand = forms.ChoiceField(label=_("切りかえ"), choices=[(k.value, n) for k, n in HANDS.items()])
    reason = forms.CharField(
        label=_("わけ"), max_length=200,
        help_text=_("日誌に残ります。人の名前は書かないでください。"),
        error_messages={"required": _("わけを、ひとこと書いてください。")},
    )  # fmt: skip


class RemoveForm(OfficeForm):
    """Taking something away for good."""

    sure = forms.BooleanField(
        label=_("消してよい"),
        error_messages={"required": _("消してよければ、印をつけてください。")},
    )
    reason = forms.CharField(
        label=_("わけ"), max_length=200,
        error_messages={"required": _("わけを、ひとこと書いてください。")},
    )  # fmt: skip
