"""What is one's own: /me/ and てがみ."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions, belongings, forms, letters, messages, queries
from accounts.doors import is_glance, participants_only, private, viewer_of_request, with_wait
from accounts.sentences import sentence
from accounts.views import cleared
from foundation import clock
from foundation.refusals import Refused
from foundation.replies import SeeOther


@require_safe
@private
def me(request: HttpRequest) -> HttpResponse:
    """Everything about oneself."""
    return _me(request)


def _me(
    request: HttpRequest, *, new_passphrase: str | None = None, no: Refused | None = None
) -> HttpResponse:
    person = queries.me(viewer_of_request(request))
    if person is None:  # erased from elsewhere a moment ago
        return SeeOther(reverse("enter"))
    context = {
        "participant_handle": person.handle,
        "has_passphrase": person.passphrase_key is not None,
        "passphrase_at": person.passphrase_at,
        "new_passphrase": new_passphrase,
        "form_error": sentence(no.code) if no else None,
        "sections": belongings.sections(person.pk),
        "staying": belongings.staying(person.pk),
    }
    return render(request, "accounts/me.html", context, status=422 if no else 200)


@require_POST
@private
def passphrase(request: HttpRequest) -> HttpResponse:
    """Make the 合言葉 or renew it. This answer is the only place where it ever stands."""
    made = actions.make_passphrase(
        viewer_of_request(request), session=request.session, now=clock.now()
    )
    return _me(request, new_passphrase=made)


@require_POST
@private
def rename(request: HttpRequest) -> HttpResponse:
    """Go by another name."""
    handle = forms.field(request.POST, "handle")
    try:
        actions.rename(viewer_of_request(request), handle=handle, now=clock.now())
    except Refused as no:
        return _me(request, no=no)
    return SeeOther(reverse("me"))


@require_safe
@private
def export(request: HttpRequest) -> HttpResponse:
    """Everything, as a file to take along. Its name says nothing of this place."""
    kept = belongings.export(viewer_of_request(request).participant or 0, now=clock.now())
    answer = JsonResponse(kept, json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = 'attachment; filename="memo.json"'
    return answer


@require_POST
@private
def erase(request: HttpRequest) -> HttpResponse:
    """Everything goes, at once."""
    sure = request.POST.get("sure") == "on"
    try:
        actions.erase(
            viewer_of_request(request), session=request.session, sure=sure, now=clock.now()
        )
    except Refused as no:
        return _me(request, no=no)
    # 303 like every success; the page it leads to says so.
    return cleared(SeeOther(f"{reverse('home')}?erased"))


@require_http_methods(["GET", "HEAD", "POST"])
@participants_only
def unlock(request: HttpRequest) -> HttpResponse:
    """The 合言葉 is asked for again, after 15 minutes without an act."""
    goal = forms.own_path(request) or reverse("me")
    viewer = viewer_of_request(request)
    if request.method != "POST":
        if not queries.has_passphrase(viewer):
            return SeeOther(goal)
        return render(request, "accounts/unlock.html", {"form_error": None, "next": goal})
    try:
        actions.unlock(
            viewer,
            session=request.session,
            typed=forms.field(request.POST, "passphrase"),
            now=clock.now(),
        )
    except Refused as no:
        context = {"form_error": sentence(no.code), "next": goal}
        return with_wait(render(request, "accounts/unlock.html", context, status=422), no)
    return SeeOther(goal)


@require_safe
@private
def all_letters(request: HttpRequest) -> HttpResponse:
    """What was said while one was away."""
    found = letters.all_of(viewer_of_request(request))
    shown = [
        {"id": one.pk, "title": one.title, "at": one.at, "read": one.read_at is not None}
        for one in found
    ]
    return render(request, "accounts/letters.html", {"letters": shown})


@require_safe
@private
def letter(request: HttpRequest, number: int) -> HttpResponse:
    """One letter. Opening it starts its 30 days; a glance ahead by the browser doesn't."""
    viewer = viewer_of_request(request)
    found = letters.one(viewer, letter=number)
    if found is None:
        return messages.not_found(request)
    if not is_glance(request):
        letters.mark_read(viewer, letter=number, now=clock.now())
    shown = {"title": found.title, "text": found.text, "at": found.at, "links": found.links}
    return render(request, "accounts/letter.html", {"letter": shown})
