"""A program's own screening rule on paper."""

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.refusals import Refused
from foundation.tidy import tidy
from office.forms.paper import OfficeForm, area_field, line_field
from office.sentences import RULE_CLASSES, RULE_DOES


class RuleForm(OfficeForm):
    """A new one."""

    term = line_field(
        _("ことば"),
        most=40,
        help_text=_(
            "2文字から40文字。書いたとおりのことばをさがします。ひらがな・カタカナ、全角・半角のちがい、"
            "あいだの空白や「・」は、同じとみなします。"
        ),
    )
    kind = forms.ChoiceField(
        label=_("種類"),
        choices=RULE_CLASSES.items(),
        error_messages={"invalid_choice": _("種類をえらんでください。")},
    )
    does = forms.ChoiceField(
        label=_("すること"),
        choices=RULE_DOES.items(),
        initial="finds",
        error_messages={"invalid_choice": _("どちらかをえらんでください。")},
    )
    exceptions = area_field(
        _("のぞく言いまわし"),
        help_text=_(
            "1行にひとつ、10まで。そのことばをふくむ、もっと長い言いまわし。なくてもかまいません。"
        ),
    )

    def clean_term(self) -> str:
        """As it is kept."""
        return _tidied(self.cleaned_data["term"])

    def clean_exceptions(self) -> list[str]:
        """One a line."""
        lines = _tidied(self.cleaned_data["exceptions"]).splitlines()
        return [line.strip() for line in lines if line.strip()]

    def lay(self, no: Refused, said: str) -> None:
        """A "no" beside the field that it is about."""
        field = no.code.partition("_")[0]
        beside = {"term": "term", "rule": "term", "exception": "exceptions", "bad": "kind"}
        where = "exceptions" if no.code == "too_many_exceptions" else beside.get(field)
        self.add_error(where, said)


def _tidied(value: str) -> str:
    try:
        return tidy(value, most=2000, required=False)
    except Refused:
        raise forms.ValidationError(_("使えない文字が入っています。")) from None
