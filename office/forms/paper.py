"""What every form of the office shares, and forms that a room below judges."""

from collections.abc import Container, Iterable, Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from programs import forms as paper
from programs.states import ACCEPTS_NAMES, KIND_NAMES

Choices = Iterable[tuple[str, str]]
TOO_BIG = 2_000_000_000


class OfficeForm(forms.Form):
    """Says nothing but what is wrong, keeps what was typed, knows which version it was made of."""

    version = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=TOO_BIG
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    @property
    def seen(self) -> int:
        """The version that was on the screen; 0 when none was named."""
        return self.cleaned_data.get("version") or 0

    def renew(self, version: int | str, name: str = "version") -> None:
        """Say the newest version in the page that is given back."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data[self.add_prefix(name)] = str(version)
        self.data = data


class Judged(OfficeForm):
    """A form whose words are judged by `programs.forms`: one rule for a form and for a list."""

    judge: ClassVar[Any]

    def __init__(
        self, *args: Any, towns: Choices = (), known: Container[str] = (), today: date,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self._known, self._today = known, today
        self.values: dict[str, object] = {}
        town = self.fields["municipality"]
        assert isinstance(town, forms.ChoiceField)
        town.choices = [("", _("えらんでください")), *towns]

    def clean(self) -> dict[str, Any]:
        """Every sentence beside its field."""
        raw = {}
        for name in self.fields:
            value = self.cleaned_data.get(name, "")
            raw[name] = "・".join(value) if isinstance(value, list) else str(value or "")
        judged = type(self).judge(raw, towns=self._known, today=self._today)
        for name, said in judged.wrong.items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, said)
        self.values = judged.values
        return self.cleaned_data


def line_field(
    label: Any, *, help_text: Any = "", most: int = 4000, **attrs: str
) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=most,
        widget=forms.TextInput(attrs=attrs),
    )  # fmt: skip


def area_field(label: Any, *, help_text: Any = "", rows: str = "3") -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=20_000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


def _town() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("市町村"),
        required=False,
        error_messages={"invalid_choice": _("市町村をえらんでください。")},
    )


_VERIFIED = _("電話やページで、ほんとうか見た日。例: 2026-04-01")


class AgencyForm(Judged):
    """An agency."""

    judge = staticmethod(paper.agency)
    name = line_field(_("名前"))
    kind = forms.ChoiceField(
        label=_("種別"), choices=[(kind.value, name) for kind, name in KIND_NAMES.items()]
    )
    municipality = _town()
    address = line_field(_("住所"))
    telephone = line_field(_("電話"), inputmode="tel")
    hours_text = line_field(_("受付時間"), help_text=_("例: 月〜金 9:00〜17:00、土 9:00〜12:00"))
    accepts = forms.MultipleChoiceField(
        label=_("対象と方法"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(one.value, name) for one, name in ACCEPTS_NAMES.items()],
    )  # fmt: skip
    note = area_field(_("説明"))
    url = line_field(_("ホームページ"), inputmode="url")
    source = line_field(_("出典"), help_text=_("どこで知ったか。例: 市のページ"))
    verified_on = line_field(_("たしかめた日"), help_text=_VERIFIED)


class PlaceForm(Judged):
    """A real place."""

    judge = staticmethod(paper.place)
    name = line_field(_("名前"))
    municipality = _town()
    run_by = line_field(_("運営しているところ"))
    address = line_field(_("住所"))
    way = area_field(_("行きかた"), help_text=_("駅やバス停から、入口のようすまで"))
    hours_text = line_field(_("開いている時間"))
    for_whom = line_field(_("来られる人"), help_text=_("例: ひきこもりの状態にある人、その家族"))
    note = area_field(_("どんなところか"))
    telephone = line_field(_("電話"), inputmode="tel")
    url = line_field(_("ホームページ"), inputmode="url")
    source = line_field(_("出典"), help_text=_("どこで知ったか。例: 運営団体から聞いた"))
    verified_on = line_field(_("たしかめた日"), help_text=_VERIFIED)


class TextForm(OfficeForm):
    """A text of plain paragraphs."""

    body = area_field(
        _("文章"),
        rows="16",
        help_text=_("空の行で、段落がわかれます。太字などの飾りはありません。"),
    )

    def clean(self) -> dict[str, Any]:
        """As `programs` keeps it."""
        judged = paper.text({"body": self.cleaned_data.get("body", "")})
        for name, said in judged.wrong.items():
            self.add_error(name, said)
        self.cleaned_data["body"] = judged.values["body"]
        return self.cleaned_data


class FileForm(OfficeForm):
    """A list to be taken in."""

    file = forms.FileField(
        label=_("ファイル"), required=False, allow_empty_file=True,
        help_text=_("CSV(UTF-8・Shift_JIS)か Excel(.xlsx)。5 MB、2万行まで。"),
    )  # fmt: skip


class PictureForm(OfficeForm):
    """A picture, and what is to be seen on it."""

    picture = forms.FileField(
        label=_("写真"), required=False, allow_empty_file=True,
        help_text=_("JPEG・PNG・WebP、2 MBまで。人の顔や、名前の読めるものは写さないでください。"),
    )  # fmt: skip
    words = line_field(
        _("写っているもの"), help_text=_("例: 入口。緑のドアと、低い段がひとつ。"), most=120
    )

    def clean_words(self) -> str:
        """A picture without words is none for whoever can't see it."""
        words = str(self.cleaned_data["words"]).strip()
        if not words:
            raise forms.ValidationError(_("写っているものを、ことばで書いてください。"))
        return words


def initial(row: object, names: Iterable[str]) -> dict[str, object]:
    """What a form shows of a row."""
    return {
        name: getattr(row, "municipality_id" if name == "municipality" else name) for name in names
    }


def shown(values: Mapping[str, object]) -> dict[str, object]:
    """Values as `both` compares them."""
    return {name: "" if value is None else value for name, value in values.items()}
