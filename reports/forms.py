"""What is typed about figures and registers."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.typed_days import bounds
from reports import sentences
from reports.states import INSTRUMENT


class Words(forms.Form):
    """The program's words to each indicator of a closed year; fields are named by their codes."""

    def __init__(self, *args: Any, labels: Mapping[str, str], before: Mapping[str, str]) -> None:
        super().__init__(*args)
        for code, label in labels.items():
            self.fields[code] = forms.CharField(
                label=label,
                required=False,
                max_length=1000,
                initial=before.get(code, ""),
                widget=forms.Textarea(attrs={"rows": 3}),
                error_messages={"max_length": _("1,000文字までで書いてください。")},
            )


class _Form(forms.Form):
    """Keeps what was typed; the browser fills nothing in by itself."""

    def __init__(self, *args: Any, towns: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        if "municipality" in self.fields:
            field = self.fields["municipality"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("えらんでください")), *towns]
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": sentences.NO_DAY}, validators=bounds(latest=date.max),
    )  # fmt: skip


class SiteForm(_Form):
    """A window or an ibasho that opened."""

    kind = forms.ChoiceField(label=_("種類"), choices=list(sentences.SITES.items()))
    municipality = forms.ChoiceField(label=_("市町村"))
    name = forms.CharField(label=_("名前"), max_length=80)
    operator = forms.CharField(label=_("運営する団体"), max_length=80, required=False)
    online = forms.BooleanField(label=_("オンライン"), required=False)
    opened_on = _day(_("ひらいた日"))
    evidence = forms.CharField(
        label=_("根拠"), max_length=200, help_text=_("要綱、お知らせ、ページの住所など")
    )


class BaselineForm(_Form):
    """A municipality of 事業開始前."""

    kind = forms.ChoiceField(label=_("種類"), choices=list(sentences.SITES.items()))
    municipality = forms.ChoiceField(label=_("市町村"))
    on = _day(_("いつから(およそで)"))


class DayForm(_Form):
    """A day alone."""

    on = _day(_("閉じた日"))


class ReasonForm(_Form):
    """Why something is taken back."""

    reason = forms.ChoiceField(label=_("理由"), choices=list(sentences.REASONS.items()))


class TrainingForm(_Form):
    """A course that was held."""

    course = forms.SlugField(
        label=_("研修の符号"), max_length=40,
        help_text=_("半角の英数字。craft だけが、CRAFTの研修の延べ受講者数に入ります。居場所の運営の研修は ibasho-operation など、べつの符号で。"),  # noqa: E501
    )  # fmt: skip
    name = forms.CharField(label=_("研修の名前"), max_length=80)
    held_on = _day(_("はじめの日"))
    days = forms.IntegerField(label=_("日数"), min_value=1, max_value=60, initial=1)
    each_day = forms.BooleanField(
        label=_("1日ごとに1回とかぞえる(しるしがなければ、何日出ても1回)"),
        required=False,
        initial=True,
    )
    online = forms.BooleanField(label=_("オンライン"), required=False)


class AttendanceForm(_Form):
    """Who was there on a day."""

    day = forms.IntegerField(label=_("何日め"), min_value=1, max_value=60, initial=1)
    typed = forms.CharField(
        label=_("出た人の符号(1行にひとり)"), max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("いつも同じ符号で書いてください。書いたものは残さず、もとにもどせない符号にします。"),
    )  # fmt: skip


class SupportForm(_Form):
    """An adviser's visit, other support, a network meeting."""

    kind = forms.ChoiceField(label=_("種類"), choices=list(sentences.SUPPORTS.items()))
    on = _day(_("日"))
    municipality = forms.ChoiceField(label=_("市町村"), required=False)
    by_whom = forms.CharField(
        label=_("行った団体"), max_length=80, required=False,
        help_text=_("人の名前ではなく、団体の名前"),
    )  # fmt: skip
    bodies = forms.IntegerField(
        label=_("出た団体の数"), min_value=1, max_value=500, initial=1, required=False
    )
    words = forms.CharField(
        label=_("助言・話したこと"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    stage = forms.ChoiceField(
        label=_("市町村の進みぐあい"), required=False,
        choices=[("", _("書かない")), *sentences.STAGES.items()],
    )  # fmt: skip


class OfficeVisitForm(_Form):
    """A visit to a satellite office."""

    code = forms.CharField(
        label=_("相談の番号(相談のページにある番号)"), max_length=80,
        help_text=_("ファイルの「対象者」と同じ番号です。残すのは、もとにもどせない符号だけです。"),
    )  # fmt: skip
    on = _day(_("来た日"))
    office = forms.CharField(label=_("オフィス"), max_length=40, help_text=_("例: 筑後"))
    municipality = forms.ChoiceField(label=_("市町村(わかれば)"), required=False)
    cohort = forms.ChoiceField(
        label=_("就職氷河期世代(1970年4月2日〜1986年4月1日生まれ)"), initial="unknown",
        choices=list(sentences.COHORTS.items()),
    )  # fmt: skip
    evidence = forms.CharField(
        label=_("根拠"), max_length=80, help_text=_("受付簿の番号など。人の名前や連絡先は書かない")
    )
    first = forms.BooleanField(
        label=_("この番号は、はじめて帳簿に入れます"), required=False,
        help_text=_("番号のうちまちがいを見つけるため、はじめての番号だけ、しるしを入れます。"),
    )  # fmt: skip


class RunForm(_Form):
    """A run of the family program, and the scales it uses."""

    name = forms.CharField(label=_("名前"), max_length=80)
    started_on = _day(_("はじめの日"))
    burden = forms.CharField(
        label=_("負担の尺度"), max_length=60, initial=INSTRUMENT["burden"]["name"]
    )
    burden_lowest = forms.IntegerField(label=_("負担の最小"), initial=0)
    burden_highest = forms.IntegerField(label=_("負担の最大"), initial=10)
    relation = forms.CharField(
        label=_("関係の尺度"), max_length=60, initial=INSTRUMENT["relation"]["name"]
    )
    relation_lowest = forms.IntegerField(label=_("関係の最小"), initial=0)
    relation_highest = forms.IntegerField(label=_("関係の最大"), initial=10)

    @property
    def instrument(self) -> dict[str, dict[str, Any]]:
        """As `INSTRUMENT`."""
        told = self.cleaned_data
        return {
            one: {
                "name": told[one],
                "lowest": told[f"{one}_lowest"],
                "highest": told[f"{one}_highest"],
            }
            for one in INSTRUMENT
        }


class EffectForm(_Form):
    """One family at one point."""

    typed = forms.CharField(
        label=_("家族の符号"), max_length=80,
        help_text=_("3回とも同じ符号で。書いたものは残さず、もとにもどせない符号にします。"),
    )  # fmt: skip
    point = forms.ChoiceField(label=_("いつの記録"), choices=list(sentences.POINTS.items()))
    on = _day(_("日"))
    burden = forms.IntegerField(required=False)
    relation = forms.IntegerField(required=False)
    used_service = forms.NullBooleanField(
        label=_("本人が何かのサービスを使ったか"),
        widget=forms.Select(
            choices=[("", _("わからない")), ("true", _("はい")), ("false", _("いいえ"))]
        ),
    )  # fmt: skip

    def __init__(
        self, *args: Any, instrument: Mapping[str, Mapping[str, Any]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, scale in instrument.items():
            words = f"{scale['name']} ({scale['lowest']}〜{scale['highest']})"
            self.fields[name].label = words


class ImprovementForm(_Form):
    """改善 of a year."""

    year = forms.IntegerField(label=_("年度(西暦)"), min_value=2000, max_value=2999)
    words = forms.CharField(
        label=_("変えること"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class MonthForm(_Form):
    """Which month's file, and why its records leave the ledger whole."""

    month = forms.CharField(
        label=_("月"), max_length=7, widget=forms.TextInput(attrs={"type": "month"})
    )
    reason = forms.CharField(label=_("理由(日誌に残ります)"), min_length=4, max_length=200)


class JoinForm(_Form):
    """Another house, and the key that it told over another way."""

    name = forms.CharField(label=_("団体の名前"), max_length=80)
    key = forms.RegexField(
        r"^[0-9a-f]{64}$", label=_("その団体の公開鍵"),
        help_text=_("16進の64文字。ファイルとはべつの道(電話など)で、読みあわせてください。"),
        error_messages={"invalid": _("公開鍵は、16進の64文字です。")},
    )  # fmt: skip


class ModelForm(_Form):
    """From which sheet a new one starts, and for which years."""

    model = forms.ChoiceField(label=_("もとにするシート"))
    first_year = forms.IntegerField(label=_("はじめの年度(西暦)"), min_value=2019, max_value=2100)
    years = forms.IntegerField(label=_("何年分"), min_value=1, max_value=5, initial=3)

    def __init__(self, *args: Any, models: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["model"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(models)


class OwnSheetForm(_Form):
    """A new sheet's header, and each indicator's baseline and targets by year."""

    name = forms.CharField(label=_("事業名"), max_length=80)
    decision = forms.CharField(
        label=_("交付決定"), max_length=20, required=False, help_text=_("第1次、第2次など")
    )
    cost = forms.IntegerField(label=_("交付金対象事業費(千円)"), min_value=0, required=False)
    outline = forms.CharField(
        label=_("事業概要"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    own_room = forms.BooleanField(
        label=_("電子居場所の部屋への参加も、居場所等に入れる"),
        required=False,
        help_text=_("入れるかどうかは、表の下に書かれます。"),
    )

    def __init__(
        self,
        *args: Any,
        labels: Mapping[str, str],
        years: Mapping[int, str],
        asks_own_room: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if not asks_own_room:
            del self.fields["own_room"]
        self.codes, self.years = list(labels), list(years)
        for place, (code, label) in enumerate(labels.items()):
            self._number(f"baseline_{place}", f"{label} {_('事業開始前')}", code)
            for year, words in years.items():
                self._number(f"target_{place}_{year}", f"{label} {words} {_('目標')}", code)

    def _number(self, name: str, label: str, code: str) -> None:
        self.fields[name] = forms.IntegerField(
            label=label, min_value=0, max_value=10_000_000, required=False,
            widget=forms.NumberInput(attrs={"autocomplete": "off", "data-code": code}),
        )  # fmt: skip

    @property
    def targets(self) -> dict[str, dict[int, int]]:
        """By code and year; an indicator without any is left out."""
        told = self.cleaned_data
        found = {
            code: {
                year: told[f"target_{place}_{year}"]
                for year in self.years
                if told[f"target_{place}_{year}"] is not None
            }
            for place, code in enumerate(self.codes)
        }
        return {code: years for code, years in found.items() if years}

    @property
    def baselines(self) -> dict[str, int]:
        """事業開始前, by code."""
        told = self.cleaned_data
        return {code: told[f"baseline_{n}"] or 0 for n, code in enumerate(self.codes)}
