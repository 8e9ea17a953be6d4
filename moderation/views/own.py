"""How one may be called, and one's shifts in one's own calendar."""

from datetime import datetime
from functools import partial

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actions import people
from accounts.doors import viewer_of_request
from accounts.queries import mail_of
from accounts.staff_doors import staff_only
from accounts.states import Role
from accounts.viewer import Viewer
from duty import queries as duty
from duty.actions import alarms, own
from duty.calls import (
    browsers_of,
    calls_of_newest_test,
    leads_to,
    may_be_anew,
    reaches_nobody,
)
from duty.channels import works
from duty.channels.push import checked, public_key
from duty.colleagues import DEFAULT_CHANNELS, name_of
from duty.feed import calendar as as_text
from duty.states import Channel
from foundation import clock
from foundation.refusals import Refused
from foundation.replies import SeeOther
from moderation import forms, sentences
from moderation.doors import CALLABLE, TEAM, At, act, at_calls, at_program, done, page

WEEKDAYS = tuple("月火水木金土日")
MOST_CHARACTERS = 254  # of a mail address
PUSH_FIELDS = ("endpoint", "p256dh", "auth")


def _alerts(
    request: HttpRequest,
    at: At,
    *,
    sent: forms.Choice | None = None,
    mail: str | None = None,
    no: Refused | None = None,
) -> HttpResponse:
    channels = sent.channels if sent else duty.channels_of(at.viewer) or DEFAULT_CHANNELS
    hours = sent.hours if sent else duty.hours_of(at.viewer)
    places = ("first", "second", "third")
    test = duty.waiting_test(at.viewer, program=at.program.pk) if at.plans else None
    tested = calls_of_newest_test(at.viewer, program=at.program.pk) if at.plans else []
    context = {
        "channels": [(one.value, sentences.CHANNELS[one]) for one in Channel],
        "places": [
            (name, channels[n].value if n < len(channels) else "") for n, name in enumerate(places)
        ],
        "weekdays": WEEKDAYS,
        "hours": [
            (hour, [(n * 24 + hour, n * 24 + hour in hours, day) for n, day in enumerate(WEEKDAYS)])
            for hour in range(24)
        ],
        "browsers": browsers_of(at.viewer),
        "push_key": public_key(),
        "mail": mail_of(at.viewer) if mail is None else mail,
        "can_mail": works(Channel.EMAIL),
        "test": test,
        "unheard": test is not None and reaches_nobody(test),
        "anew": test is None or may_be_anew(test, now=at.now),
        "keeps": bool(at.viewer.programs(*TEAM)),
        "counsels": at.viewer.holds(Role.COUNSELOR),
        "tested": [
            (
                one,
                name_of(one.staff),
                sentences.CHANNELS[Channel(one.channel)],
                sentences.outcome(one),
            )
            for one in tested
        ],
        "saved": "saved" in request.GET,
    }
    return page(request, at, "alerts", context, no=no)


# The page alone may start a script beside itself, and that one only (Trusted Types).
@csp_replace({"trusted-types": ["push-worker"]})
@staff_only(*CALLABLE)
@require_http_methods(["GET", "HEAD", "POST"])
def alerts(request: HttpRequest) -> HttpResponse:
    """Over which channels, and in which hours of the week."""
    at = at_calls(request)
    sent = forms.choice(request.POST) if request.method == "POST" else None
    if sent is None:
        return _alerts(request, at)

    def deed(who: Viewer, now: datetime) -> None:
        own.choose_alerts(who, channels=sent.channels, hours=sent.hours, now=now)

    if answer := act(request, deed, again=partial(_alerts, request, at, sent=sent)):
        return answer
    return done("alerts", program=at.program, saved="1")


@csp_replace({"trusted-types": ["push-worker"]})
@staff_only(*CALLABLE)
@require_POST
def add_push(request: HttpRequest) -> HttpResponse:
    """This browser said yes."""
    at = at_calls(request)

    def deed(who: Viewer, now: datetime) -> None:
        told = checked({name: request.POST.get(name, "") for name in PUSH_FIELDS})
        alarms.add_push(who, told=told, now=now)

    if answer := act(request, deed, again=partial(_alerts, request, at)):
        return answer
    return done("alerts", program=at.program, saved="1")


@csp_replace({"trusted-types": ["push-worker"]})
@staff_only(*CALLABLE)
@require_POST
def tell_mail(request: HttpRequest) -> HttpResponse:
    """Where one's own calls are mailed to."""
    at, typed = at_calls(request), request.POST.get("mail", "")[:MOST_CHARACTERS]

    def deed(who: Viewer, now: datetime) -> None:
        people.tell_mail(who, address=typed, now=now)

    if answer := act(request, deed, again=partial(_alerts, request, at, mail=typed)):
        return answer
    return done("alerts", program=at.program, saved="1")


@staff_only(*CALLABLE)
@require_POST
def remove_push(request: HttpRequest, number: int) -> HttpResponse:
    """One's own browser is called no more."""
    at = at_calls(request)
    alarms.remove_push(at.viewer, number=number, now=at.now)
    return done("alerts", program=at.program, saved="1")


@staff_only(*CALLABLE)
@require_safe
def called(request: HttpRequest) -> HttpResponse:
    """Where a call leads, whatever it was about: its message says nothing of it."""
    return SeeOther(leads_to(viewer_of_request(request), now=clock.now()))


@require_safe
def push_worker(request: HttpRequest) -> HttpResponse:
    """The script that a browser keeps: under one address for ever, and for this page alone."""
    script = (settings.BASE_DIR / "static" / "js" / "push-worker.js").read_bytes()
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@staff_only(Role.COORDINATOR)
@require_POST
def try_alarm(request: HttpRequest) -> HttpResponse:
    """ためしのよびだし."""
    at = at_program(request)
    own.try_alarm(at.viewer, program=at.program.pk, now=at.now)
    return done("alerts", program=at.program)


@staff_only(Role.SUPPORTER)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """The secret address of one's own shifts; POST makes a new one and shows it this once."""
    at = at_program(request)
    address = ""
    if request.method == "POST":
        token = own.make_calendar(at.viewer, now=at.now)
        address = request.build_absolute_uri(reverse("calendar-file", args=[token]))
    context = {"address": address, "has_calendar": duty.has_calendar(at.viewer)}
    return page(request, at, "calendar", context)


@staff_only(Role.SUPPORTER)
@require_POST
def revoke_calendar(request: HttpRequest) -> HttpResponse:
    """The address stops."""
    at = at_program(request)
    own.revoke_calendar(at.viewer, now=at.now)
    return done("calendar", program=at.program)


@require_safe
def calendar_file(request: HttpRequest, token: str) -> HttpResponse:
    """One's shifts for a calendar that can't sign in. It says 「当番」 and nothing else."""
    entries = duty.calendar_entries(token, summary=_("当番"), now=clock.now())
    if entries is None:
        raise Http404
    answer = HttpResponse(as_text(entries), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'inline; filename="calendar.ics"'
    add_never_cache_headers(answer)
    return answer
