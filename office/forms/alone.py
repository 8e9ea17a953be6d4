"""Whether one supporter alone may open a room, on paper."""

from django import forms
from django.utils.translation import gettext_lazy as _

from office.forms.paper import OfficeForm

STOOD = {True: "yes", False: "no"}


class AloneForm(OfficeForm):
    """What holds from now on, why, and what stood on the page."""

    may_open_alone = forms.BooleanField(
        label=_("支援者がひとりのときも、部屋をひとつひらいてよい"), required=False
    )
    reason = forms.CharField(
        label=_("わけ"),
        max_length=200,
        help_text=_("日誌に残ります。人の名前や、病気などのことは書かないでください。"),
        error_messages={"required": _("わけを、ひとこと書いてください。")},
    )
    stood = forms.ChoiceField(
        choices=[(name, name) for name in STOOD.values()], widget=forms.HiddenInput
    )
