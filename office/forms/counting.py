"""How consultations are counted, on paper."""

from django import forms
from django.utils.translation import gettext_lazy as _

from office.forms.paper import OfficeForm
from programs.states import CountedAs

COUNTED = {
    CountedAs.ONCE_A_DAY: _(
        "おなじ人・おなじ日・おなじ手段は1件(理由を書いて分けたものは、べつの1件)"
    ),
    CountedAs.EACH: _("確認したごとに1件"),
}
_DAY = _("日を 2027-04-01 のように入れてください。")


class CountingForm(OfficeForm):
    """Which rule, and from which day on."""

    counted_as = forms.ChoiceField(
        label=_("かぞえ方"),
        choices=[(one.value, words) for one, words in COUNTED.items()],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("かぞえ方をえらんでください。")
        ),
    )
    since = forms.DateField(
        label=_("いつから"),
        input_formats=["%Y-%m-%d", "%Y/%m/%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("あすより先の日。年度のはじめ(4月1日)だと、報告が分かれません。"),
        error_messages=dict.fromkeys(("required", "invalid"), _DAY),
    )
