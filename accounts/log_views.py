"""日誌 as coordinators and admins search it: of their programs, or of all."""

from datetime import datetime, time, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts import queries
from accounts.doors import viewer_of_request
from accounts.staff_doors import staff_only
from accounts.states import Role
from audit.queries import AT_ONCE, Sought, entries
from foundation.clock import JST

# What every program's coordinators write, for the whole house.
SHARED = ("help_line",)


class Search(forms.Form):
    """What is looked for; every field may stay empty."""

    actor = forms.IntegerField(label=_("したひと（番号）"), required=False, min_value=1)
    verb = forms.CharField(label=_("したこと"), required=False, max_length=40)
    object_type = forms.CharField(label=_("対象"), required=False, max_length=40)
    object_id = forms.CharField(label=_("対象の番号"), required=False, max_length=100)
    since = forms.DateField(
        label=_("この日から"), required=False, widget=forms.DateInput({"type": "date"})
    )
    until = forms.DateField(
        label=_("この日まで"), required=False, widget=forms.DateInput({"type": "date"})
    )
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def sought(self) -> Sought:
        """As the query takes it; days are Japan's."""
        kept = self.cleaned_data
        since, until = kept.get("since"), kept.get("until")
        return Sought(
            actor=kept.get("actor"),
            verb=kept.get("verb") or None,
            object_type=kept.get("object_type") or None,
            object_id=kept.get("object_id") or None,
            since=datetime.combine(since, time(), JST) if since else None,
            until=datetime.combine(until + timedelta(days=1), time(), JST) if until else None,
            before=kept.get("before"),
        )


@staff_only(Role.COORDINATOR, Role.ADMIN)
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """The newest entries first, fifty at a time."""
    viewer = viewer_of_request(request)
    form = Search(request.GET)
    if not form.is_valid():
        return render(request, "accounts/log.html", {"form": form}, status=422)
    programs = None if viewer.holds(Role.ADMIN) else viewer.programs(Role.COORDINATOR)
    found = entries(programs, sought=form.sought(), shared=SHARED)
    names = queries.names_of({one.actor for one in found if one.actor is not None})
    older = request.GET.copy()
    if len(found) == AT_ONCE:
        older["before"] = str(found[-1].pk)
    context = {
        "form": form,
        "entries": [{"row": one, "who": names.get(one.actor or 0, "")} for one in found],
        "older": older.urlencode() if len(found) == AT_ONCE else "",
    }
    return render(request, "accounts/log.html", context)
