"""The recipient's page: no sign-in, nothing from elsewhere, nothing for whoever only opens a link.

Whatever is wrong with a link (unknown, late, spent, taken back) gets the same answer.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from counseling import forms, onward_forms, sentences
from counseling.actions import sending
from counseling.views.onward import as_pdf
from counseling.views.onward_desk import of_sheet
from foundation import clock
from foundation.refusals import Refused
from foundation.replies import SeeOther

SESSION_LINK = "packet_link"  # which link this browser has opened


def _quiet(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store, private"
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    # The address holds half of the way in.
    answer["Referrer-Policy"] = "same-origin"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, token: str) -> HttpResponse:
    """A field for the code. Opening the page asks nothing of the database and spends nothing."""
    if request.method != "POST":
        return _quiet(render(request, "counseling/packet_code.html"))
    typed = "".join(request.POST.get("code", "")[:20].split())
    try:
        link = sending.open_link(token=token, code=typed, now=clock.now())
    except Refused as no:
        return _no(request, no)
    request.session[SESSION_LINK] = link
    return _quiet(SeeOther(f"/packet/{token}/sheet/"))


def _no(request: HttpRequest, no: Refused) -> HttpResponse:
    context = {"form_error": sentences.sentence(no.code), "over": no.code == "link_over"}
    return _quiet(render(request, "counseling/packet_code.html", context, status=422))


@require_safe
def read(request: HttpRequest, token: str) -> HttpResponse:
    """The sheet, in the browser that gave the code."""
    return _sheet(request, token)


def _sheet(request: HttpRequest, token: str, *, no: Refused | None = None) -> HttpResponse:
    try:
        made = sending.sheet_for_link(
            token=token, link=request.session.get(SESSION_LINK), taken=False, now=clock.now()
        )
    except Refused as over:
        return _no(request, over)
    context = {
        "sheet": of_sheet(made),
        "token": token,
        "accepted": made.accepted,
        "form_error": sentences.sentence(no.code) if no else None,
        "sent": request.POST if no else {},
    }
    status = 422 if no else 200
    return _quiet(render(request, "counseling/packet_sheet.html", context, status=status))


@require_POST
def take(request: HttpRequest, token: str) -> HttpResponse:
    """The sheet as a PDF."""
    try:
        made = sending.sheet_for_link(
            token=token, link=request.session.get(SESSION_LINK), taken=True, now=clock.now()
        )
    except Refused as no:
        return _no(request, no)
    return _quiet(as_pdf(of_sheet(made)))


@require_POST
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Yes."""
    try:
        sending.accept_by_link(
            token=token, link=request.session.get(SESSION_LINK),
            who=onward_forms.who(request.POST), now=clock.now(),
        )  # fmt: skip
    except Refused as no:
        return _sheet(request, token, no=no)
    return _quiet(SeeOther(f"/packet/{token}/sheet/"))


@require_POST
def decline(request: HttpRequest, token: str) -> HttpResponse:
    """Not here."""
    try:
        sending.decline_by_link(
            token=token, link=request.session.get(SESSION_LINK),
            who=forms.line(request.POST, "who", most=onward_forms.MOST_WHO),
            line=forms.line(request.POST, "line"),
            now=clock.now(),
        )  # fmt: skip
    except Refused as no:
        return _sheet(request, token, no=no)
    request.session.pop(SESSION_LINK, None)
    return _quiet(render(request, "counseling/packet_code.html", {"thanks": True}))
