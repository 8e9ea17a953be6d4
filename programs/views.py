"""What anyone may read of a program: its notice, and pictures of its places."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from programs import queries
from programs.actions.places import file_of
from programs.pictures import TYPES
from programs.sentences import NOTICE
from programs.states import KIND_NAMES, PictureKind, TextKey


@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """周知事項: what this place is, what it isn't, who reads, what is kept."""
    context = {"written": queries.texts_shown(TextKey.NOTICE), "shipped": NOTICE}
    return render(request, "programs/notice.html", context)


@require_safe
def town(request: HttpRequest, code: str) -> HttpResponse:
    """A municipality's page: who helps here, and where one can be."""
    found = queries.municipality(code)
    if found is None:
        raise Http404
    there = queries.here(found)
    kinds = {one.value: name for one, name in KIND_NAMES.items()}
    context = {
        "town": found,
        "agencies": [(one, kinds.get(one.kind, "")) for one in there.agencies],
        "places": there.places,
    }
    return render(request, "programs/town.html", context)


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """A picture of a place, as it was kept, under the name that it got here."""
    found = queries.picture(name)
    if found is None:
        raise Http404
    try:
        data = file_of(found.name).read_bytes()
    except OSError:
        raise Http404 from None
    answer = HttpResponse(data, content_type=TYPES[PictureKind(found.kind)])
    answer["Content-Disposition"] = "inline"
    return answer
