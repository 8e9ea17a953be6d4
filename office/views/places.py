"""Real places and their pictures."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.staff_doors import staff_only
from foundation.clock import jst_day
from foundation.refusals import Refused
from office.actions import places as actions
from office.doors import COORDINATOR, Both, Desk, both, desk, done, page
from office.forms.paper import PictureForm, PlaceForm, initial, shown
from office.forms.people import ReasonForm
from office.forms.rooms import RemoveForm
from office.sentences import sentence
from office.views.agencies import towns_of
from programs import queries
from programs.models import Place
from programs.pictures import NotAPicture

FIELDS = tuple(name for name in PlaceForm.base_fields if name != "version")


@staff_only(COORDINATOR)
@require_safe
def all_places(request: HttpRequest) -> HttpResponse:
    """The list."""
    at = desk(request)
    context = {
        "places": queries.places(at.program.pk),
        "stale_before": jst_day(at.now) - queries.LOOKED_AFTER,
    }
    return page(request, at, "places", context)


@staff_only(COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def new_place(request: HttpRequest) -> HttpResponse:
    """A form for a new one."""
    at = desk(request)
    form = _form(request, at, {})
    if request.method == "POST" and form.is_valid():
        made = actions.add_place(at.viewer, program=at.program.pk, values=form.values, now=at.now)
        return done("manage-place", made, said="saved")
    status = 422 if request.method == "POST" else 200
    return page(request, at, "place", {"form": form}, status=status)


@staff_only(COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def one_place(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them."""
    at = desk(request)
    row = _place(at, pk)
    form = _form(request, at, {**initial(row, FIELDS), "version": row.version})
    sides: list[Both] = []
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_place(
                at.viewer, program=at.program.pk, place=pk, version=form.seen,
                values=form.values, now=at.now,
            )  # fmt: skip
            return done("manage-place", pk, said="saved")
        except Refused as no:
            form.add_error(None, sentence(no.code))
            row = _place(at, pk)
            sides = both(form, shown(initial(row, FIELDS)))
            form.renew(row.version)
    status = 422 if request.method == "POST" else 200
    return _page(request, at, row, {"form": form, "both": sides}, status=status)


@staff_only(COORDINATOR)
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Off every list."""
    at = desk(request)
    row = _place(at, pk)
    form = RemoveForm(request.POST, prefix="remove")
    if form.is_valid():
        try:
            actions.remove_place(
                at.viewer, program=at.program.pk, place=pk, version=form.seen,
                reason=form.cleaned_data["reason"], now=at.now,
            )  # fmt: skip
            return done("manage-places", said="removed")
        except Refused as no:
            code = "remove_changed" if no.code == "changed_meanwhile" else no.code
            form.add_error(None, sentence(code))
            form.renew(row.version)
    return _page(request, at, row, {"remove": form}, status=422)


@staff_only(COORDINATOR)
@require_POST
def add_picture(request: HttpRequest, pk: int) -> HttpResponse:
    """One more picture."""
    at = desk(request)
    row = _place(at, pk)
    form = PictureForm(request.POST, request.FILES)
    file = request.FILES.get("picture")
    if file is None:
        form.add_error("picture", sentence("no_file"))
    elif form.is_valid():
        try:
            actions.add_picture(
                at.viewer, program=at.program.pk, place=pk, data=file.read(2_000_001),
                words=form.cleaned_data["words"], now=at.now,
            )  # fmt: skip
            return done("manage-place", pk, said="saved")
        except NotAPicture as no:
            form.add_error("picture", no.sentence)
        except Refused as no:
            form.add_error("picture", sentence(no.code))
    return _page(request, at, row, {"picture": form}, status=422)


@staff_only(COORDINATOR)
@require_POST
def remove_picture(request: HttpRequest, pk: int, picture: int) -> HttpResponse:
    """A picture goes."""
    at = desk(request)
    row = _place(at, pk)
    form = ReasonForm(request.POST, prefix=f"picture-{picture}")
    if not form.is_valid():
        return _page(request, at, row, {}, status=422, leaving=(picture, form))
    try:
        actions.remove_picture(
            at.viewer, program=at.program.pk, place=pk, picture=picture,
            reason=form.cleaned_data["reason"], now=at.now,
        )  # fmt: skip
    except Refused as no:
        return _page(request, at, row, {"trouble": sentence(no.code)}, status=422)
    return done("manage-place", pk, said="removed")


def _place(at: Desk, pk: int) -> Place:
    row = queries.place(at.program.pk, pk=pk)
    if row is None:
        raise Http404
    return row


def _form(request: HttpRequest, at: Desk, first: dict[str, object]) -> PlaceForm:
    towns = list(towns_of(at))
    return PlaceForm(
        request.POST or None, initial=first, towns=towns, known=dict(towns),
        today=jst_day(at.now),
    )  # fmt: skip


def _page(
    request: HttpRequest, at: Desk, row: Place, context: dict[str, Any], *, status: int,
    leaving: tuple[int, ReasonForm] | None = None,
) -> HttpResponse:  # fmt: skip
    refused = dict([leaving] if leaving else [])
    first = {**initial(row, FIELDS), "version": row.version}
    shared = {
        "form": PlaceForm(initial=first, towns=towns_of(at), today=jst_day(at.now)),
        "picture": PictureForm(),
        "remove": RemoveForm(prefix="remove", initial={"version": row.version}),
        "pictures": [
            (one, refused.get(one.pk) or ReasonForm(prefix=f"picture-{one.pk}"))
            for one in queries.pictures_of(row.pk)
        ],
        "place": row,
    }
    return page(request, at, "place", {**shared, **context}, status=status)
