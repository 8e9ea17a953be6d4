"""日誌 as coordinators and admins search it: of their programs, or of all."""

import json
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts import log_words, queries
from accounts.doors import viewer_of_request
from accounts.staff_doors import staff_only
from accounts.states import Role
from audit.models import AuditEntry
from audit.queries import AT_ONCE, Sought, entries
from foundation.clock import JST
from foundation.typed_days import bounds

# What every program's coordinators write, for the whole house.
SHARED = ("help_line",)


class Search(forms.Form):
    """What is looked for; every field may stay empty."""

    actor = forms.IntegerField(label=_("したひと（番号）"), required=False, min_value=1)
    role = forms.ChoiceField(label=_("役割"), required=False, choices=log_words.role_choices)
    program = forms.ChoiceField(label=_("プログラム"), required=False)
    verb = forms.ChoiceField(label=_("したこと"), required=False, choices=log_words.verb_choices)
    object_type = forms.ChoiceField(
        label=_("対象"), required=False, choices=log_words.object_choices
    )
    object_id = forms.CharField(label=_("対象の番号"), required=False, max_length=100)
    reason = forms.CharField(label=_("理由のことば"), required=False, max_length=100)
    since = forms.DateField(
        label=_("この日から"),
        required=False,
        validators=bounds(),
        widget=forms.DateInput({"type": "date"}),
    )
    until = forms.DateField(
        label=_("この日まで"),
        required=False,
        validators=bounds(),
        widget=forms.DateInput({"type": "date"}),
    )
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, programs: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["program"]
        field.choices = [("", _("どれでも")), *((str(pk), name) for pk, name in programs.items())]
        if not any(programs.values()):
            field.widget = forms.HiddenInput()
        for name in ("role", "program"):
            # One that isn't there and one that is somebody else's are the same, never repeated.
            self.fields[name].error_messages["invalid_choice"] = _("一覧からえらんでください。")

    def sought(self) -> Sought:
        """As the query takes it; days are Japan's."""
        kept = self.cleaned_data
        since, until = kept.get("since"), kept.get("until")
        return Sought(
            actor=kept.get("actor"),
            role=kept.get("role") or None,
            program=int(kept["program"]) if kept.get("program") else None,
            verb=kept.get("verb") or None,
            object_type=kept.get("object_type") or None,
            object_id=kept.get("object_id") or None,
            reason=kept.get("reason") or None,
            since=datetime.combine(since, time(), JST) if since else None,
            until=datetime.combine(until + timedelta(days=1), time(), JST) if until else None,
            before=kept.get("before"),
        )


@staff_only(Role.COORDINATOR, Role.ADMIN)
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """The newest entries first, fifty at a time."""
    viewer = viewer_of_request(request)
    form = Search(request.GET, programs=queries.programs_of_log(viewer))
    if not form.is_valid():
        return render(request, "accounts/log.html", {"form": form}, status=422)
    programs = None if viewer.holds(Role.ADMIN) else viewer.programs(Role.COORDINATOR)
    found = entries(programs, sought=form.sought(), shared=SHARED)
    people = {number for one in found for number in (one.actor, _whose(one)) if number is not None}
    names = queries.names_of(people)
    older = request.GET.copy()
    if len(found) == AT_ONCE:
        older["before"] = str(found[-1].pk)
    context = {
        "form": form,
        "entries": [_line(one, names) for one in found],
        "older": older.urlencode() if len(found) == AT_ONCE else "",
    }
    return render(request, "accounts/log.html", context)


def _line(one: AuditEntry, names: Mapping[int, str]) -> dict[str, Any]:
    whose = _whose(one)
    return {
        "row": one,
        "who": names.get(one.actor or 0, ""),
        "role": log_words.role(one.role),
        "verb": log_words.verb(one.verb),
        "thing": log_words.thing(one.object_type),
        "whose": whose,
        "whose_name": names.get(whose or 0, ""),
        # What has a value says its name there.
        "fields": [name for name in one.fields if name not in (one.values or {})],
        "values": [
            _value(name, value, changed=name in one.fields)
            for name, value in (one.values or {}).items()
            if name != "staff"
        ],
    }


def _whose(one: AuditEntry) -> int | None:
    """Whose role or invitation it is; the account itself says so by its number."""
    number = (one.values or {}).get("staff")
    if number is None and one.object_type == "staff" and one.object_id.isdecimal():
        return int(one.object_id)
    return number if isinstance(number, int) else None


def _value(name: str, value: object, *, changed: bool) -> dict[str, object]:
    """A setting: [before, after] where it changed, else as it was set."""
    if name == "role":
        return {"name": _("役割"), "after": log_words.role(str(value))}
    if changed and isinstance(value, list) and len(value) == 2:
        before, after = value
        return {"name": name, "before": _shown(before), "after": _shown(after), "moved": True}
    return {"name": name, "after": _shown(value)}


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value or "—"
    return "—" if value is None else json.dumps(value, ensure_ascii=False)
