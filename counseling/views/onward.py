"""The person's pages of what leads on: where to, which words, yes or no, every step. No script."""

from collections.abc import Sequence
from datetime import datetime
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import P, View, private, viewer_of_request
from accounts.messages import message, not_found
from accounts.states import Role
from accounts.viewer import Viewer
from counseling import (
    forms,
    naming,
    onward,
    onward_forms,
    packet,
    queries,
    sent_details,
    sentences,
    sheet,
)
from counseling import onward_sentences as said
from counseling.actions import meetings, referrals
from counseling.doors import Deed, act, choices, done, page
from counseling.models import Case, Meeting, Referral
from counseling.states import MeetingState, Mover, ReferralState, Relation
from counseling.views.sent_details import shown as told_of_sent
from duty.colleagues import shown_as
from duty.feed import Entry, calendar
from foundation import clock
from foundation.printed import CannotPrint
from foundation.refusals import Refused
from programs.queries import municipalities_of
from programs.states import KIND_NAMES

BEFORE_ACCEPTING = (ReferralState.PROPOSED, ReferralState.AGREED, ReferralState.SENT)


def own_page(view: View[P]) -> View[P]:
    """For participants; what isn't theirs isn't there."""

    @wraps(view)
    def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refused as no:
            if no.code != "not_found":
                raise
            return not_found(request)

    return private(door)


@require_safe
@own_page
def all_of_them(request: HttpRequest, code: str) -> HttpResponse:
    """What leads on from one's own case: referrals and appointments."""
    return _all(request, code)


def _all(request: HttpRequest, code: str, *, no: Refused | None = None) -> HttpResponse:
    viewer = viewer_of_request(request)
    case, rows = onward.own_referrals(viewer, code=code)
    context = {
        "case": case,
        **parted(rows),
        "has_own": case.relation == Relation.FAMILY,
        "meetings": [met(one) for one in onward.own_meetings(viewer, code=code)],
        "visits": [
            (one, said.called(said.VISITS, one.state))
            for one in onward.own_visits(viewer, code=code)
        ],
    }
    return page(request, "onward", context, no=no)


def parted(rows: Sequence[Referral]) -> dict[str, object]:
    """Referrals as a list shows them: those of a family for itself by themselves."""
    shown = [
        (one, said.called(said.GOALS, one.goal), said.called(said.STATES, one.state))
        for one in rows
    ]
    return {
        "referrals": shown,
        "family_s_own": [row for row in shown if onward.is_family_s_own(row[0])],
        "others": [row for row in shown if not onward.is_family_s_own(row[0])],
    }


def met(one: Meeting) -> dict[str, object]:
    """An appointment as a page shows it."""
    return {
        "row": one,
        "channel": said.called(sentences.CHANNELS, one.channel),
        "state": said.called(said.MEETINGS, one.state),
        "times": meetings.times(one),
        "open": one.state == MeetingState.OFFERED,
        "chosen": one.state == MeetingState.CHOSEN,
    }


@require_safe
@own_page
def where(request: HttpRequest, code: str) -> HttpResponse:
    """Where one can go from here."""
    case = queries.own_case(viewer_of_request(request), code=code)
    return _where(request, case)


def _where(request: HttpRequest, case: Case, *, no: Refused | None = None) -> HttpResponse:
    asked = request.GET
    wanted = onward.Wanted(
        town=asked.get("town", "")[:6],
        kind=asked.get("kind", "")[:16],
        accepts=asked.get("accepts", "")[:12],
        when=asked.get("when", "")[:8],
    )
    there = onward.destinations(case.program_id, wanted=wanted)
    families = case.relation == Relation.FAMILY
    own = onward.for_families(case.program_id, wanted=wanted) if families else []
    context = {
        "case": case,
        "wanted": wanted,
        "family_s_own": own,
        "agencies": [one for one in there.agencies if one not in own],
        "towns": municipalities_of(case.program.prefecture_code),
        "kinds": choices(KIND_NAMES, [wanted.kind]),
        "accepts": choices(said.ACCEPTS, [wanted.accepts]),
        "whens": said.WHENS.items(),
        "there": there,
        "kind_names": {one.value: name for one, name in KIND_NAMES.items()},
        "referral": (request.POST if no else asked).get("referral", "")[:18],
    }
    return page(request, "where", context, no=no)


@require_POST
@own_page
def choose(request: HttpRequest, code: str) -> HttpResponse:
    """There: for a referral that stands, or as a wish of one's own."""
    viewer, now = viewer_of_request(request), clock.now()
    agency = forms.number(request.POST, "agency") or None
    place = forms.number(request.POST, "place") or None
    number = forms.number(request.POST, "referral")
    try:
        if number:
            referrals.choose(
                viewer, code=code, referral=number, agency=agency, place=place, now=now
            )
        else:
            made = referrals.wish(viewer, code=code, agency=agency, place=place, now=now)
            number = made.pk
    except Refused as no:
        if not sentences.knows(no.code):
            raise
        return _where(request, queries.own_case(viewer, code=code), no=no)
    return done("counseling-onward-one", code, number)


@require_safe
@own_page
def one(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One referral: the words, where it stands, every step."""
    return _one(request, code, number)


def _one(
    request: HttpRequest, code: str, number: int, *, no: Refused | None = None
) -> HttpResponse:
    seen = onward.own_referral(viewer_of_request(request), code=code, referral=number)
    row = seen.referral
    preview = referrals.preview(row)
    words = seen.agreed_words or preview
    context = {
        "case": row.case,
        "row": row,
        "seen": seen,
        "goal": said.called(said.GOALS, row.goal),
        "state": said.called(said.STATES, row.state),
        "meaning": said.meaning(row),
        "parts": [
            {
                "key": heading,
                "name": said.called(said.HEADINGS, heading),
                "lines": as_left(request, heading, lines) if no else lines,
            }
            for heading, lines in seen.lines
        ],
        "sheet": sheet.shown(words) if not words.empty else None,
        "naming": named_in(words),
        "ask_unnamed": naming.seems_to_name_the_absent(preview),
        "digest": packet.digest(packet.canonical(preview)),
        "consent": said.CONSENT,
        "companion": shown_as(row.companion, role=Role.SUPPORTER),
        "details": choices(sentences.DETAILS, request.POST.getlist("detail") if no else ()),
        "steps": steps(seen),
        "sent_details": told_of_sent(sent_details.of_referral(row)),
        "meetings": [met(one) for one in seen.meetings],
        "may_edit": row.state == ReferralState.PROPOSED,
        "may_agree": row.state == ReferralState.PROPOSED and row.to and not preview.empty,
        "may_think": row.state == ReferralState.AGREED,
        "may_withdraw": row.state in BEFORE_ACCEPTING,
    }
    return page(request, "onward_one", context, no=no)


def named_in(words: packet.Words) -> list[dict[str, str]]:
    """Sentences of a packet that look as if they told who somebody is."""
    return [
        {"text": one.text, "kinds": "・".join(said.called(said.TELLS, kind) for kind in one.kinds)}
        for one in naming.seen_in(words)
    ]


def as_left(
    request: HttpRequest, heading: str, lines: list[tuple[int, packet.Line]]
) -> list[tuple[int, packet.Line]]:
    """What somebody typed isn't lost because one sentence was refused."""
    struck = request.POST.getlist("strike")
    return [
        (
            n,
            packet.Line(
                request.POST.get(f"line-{heading}-{n}", one.text)[: packet.MOST_CHARACTERS],
                f"{heading}-{n}" in struck if request.POST else one.struck,
            ),
        )
        for n, one in lines
    ]


def steps(seen: onward.Seen, *, person: str = "") -> list[dict[str, object]]:
    """Every step, in words; at the desk the person isn't "you" but `person`."""
    movers = {**said.MOVERS, Mover.PERSON: person or said.MOVERS[Mover.PERSON]}
    return [
        {
            "what": said.called(said.STEPS, step.what),
            "who": said.called(movers, step.mover),
            "line": step.line,
            "at": step.at,
            "aloud": said.said_aloud(step.channel, by=step.recorded_by),
            "heard_at": step.heard_at,
            # Written down later than it was said, by telephone, fax or paper.
            "answered": said.answered(seen.referral) if _is_noted(seen, step) else "",
        }
        for step in seen.steps
    ]


def _is_noted(seen: onward.Seen, step: onward.Step) -> bool:
    return (
        step.what == ReferralState.ACCEPTED.value
        and seen.referral.accepted_noted_at is not None
        and step.at == seen.referral.accepted_noted_at
    )


@require_POST
@own_page
def words(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The words as the person wants them."""

    def deed(viewer: Viewer, now: datetime) -> None:
        case = queries.own_case(viewer, code=code)
        edited = onward_forms.edited(request.POST, Relation(case.relation))
        referrals.edit(viewer, code=code, referral=number, edited=edited, now=now)

    return _do(request, code, number, deed)


@require_POST
@own_page
def agree(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Yes, to these words."""
    agreed = onward_forms.agreed(request.POST)
    return _do(
        request, code, number,
        lambda viewer, now: referrals.agree(
            viewer, code=code, referral=number, agreed=agreed, now=now
        ),
    )  # fmt: skip


@require_POST
@own_page
def think_again(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Back to the words."""
    return _do(
        request, code, number,
        lambda viewer, now: referrals.think_again(viewer, code=code, referral=number, now=now),
    )  # fmt: skip


@require_POST
@own_page
def withdraw(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Not any more."""
    return _do(
        request, code, number,
        lambda viewer, now: referrals.withdraw(viewer, code=code, referral=number, now=now),
    )  # fmt: skip


def _do(request: HttpRequest, code: str, number: int, deed: Deed) -> HttpResponse:
    failed = act(request, deed, again=lambda no: _one(request, code, number, no=no))
    return failed or done("counseling-onward-one", code, number)


@require_safe
@own_page
def paper(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The sheet as it would be, or was, read: without the details, which no screen shows."""
    seen = onward.own_referral(viewer_of_request(request), code=code, referral=number)
    words = seen.agreed_words or referrals.preview(seen.referral)
    consent = seen.consent or seen.last_consent
    sender = seen.referral.case.program.name
    shown = sheet.shown(words, sender=sender)
    if consent is not None and seen.agreed_words is not None:
        shown = sheet.shown(
            words, agreed_at=consent.at, until=consent.expires_at, digest=consent.digest,
            sender=sender,
        )  # fmt: skip
    return as_pdf(shown)


def as_pdf(shown: dict[str, object]) -> HttpResponse:
    """The file, or a sentence that says why there is none. Its name says nothing."""
    try:
        made = sheet.pdf(shown)
    except CannotPrint as no:
        return message(title=_("いまはPDFにできません"), text=no.sentence, status=503)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = 'attachment; filename="sheet.pdf"'
    answer["Cache-Control"] = "no-store, private"
    answer["X-Robots-Tag"] = "noindex"
    return answer


# --- appointments ---------------------------------------------------------------------------------


@require_POST
@own_page
def choose_time(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """This time, or none of them."""
    wanted = request.POST.get("time", "")[:40]
    failed = act(
        request,
        lambda viewer, now: meetings.choose(
            viewer, code=code, meeting=number, time=wanted, now=now
        ),
        again=lambda no: _all(request, code, no=no),
    )
    return failed or done("counseling-onward", code)


@require_POST
@own_page
def call_off(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Not this time; no reason is asked."""
    failed = act(
        request,
        lambda viewer, now: meetings.call_off(viewer, code=code, meeting=number, now=now),
        again=lambda no: _all(request, code, no=no),
    )
    return failed or done("counseling-onward", code)


@require_safe
@own_page
def calendar_file(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The appointment for one's own calendar. It says 「予定」 and nothing more."""
    found = onward.own_meeting(viewer_of_request(request), code=code, meeting=number)
    if found.state != MeetingState.CHOSEN or found.starts_at is None:
        raise Refused("not_found")
    entry = Entry(
        uid=str(found.uid),
        starts_at=found.starts_at,
        ends_at=meetings.ends_at(found),
        changed_at=found.changed_at,
        summary=_("予定"),
    )
    answer = HttpResponse(calendar([entry]), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="yotei.ics"'
    return answer
