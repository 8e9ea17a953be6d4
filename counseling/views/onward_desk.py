"""The counselor's side of what leads on: propose, send, record answers, confirm, appointments."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import viewer_of_request
from accounts.staff_doors import noted_look, recently_proven, staff_only
from accounts.states import Role
from counseling import forms, ladder, onward, onward_forms, queries, sent_details, sentences, sheet
from counseling import onward_sentences as said
from counseling.actions import linking, looking, meetings, referrals, sending
from counseling.doors import Deed, Desk, act, choices, desk_page, done
from counseling.links import silent_about
from counseling.models import Case
from counseling.policies import only_calls
from counseling.states import (
    HEADINGS,
    STAGES,
    Channel,
    Evidence,
    Goal,
    MeetingState,
    ReferralState,
    Relation,
    Sent,
    Stage,
)
from counseling.views.onward import BEFORE_ACCEPTING, as_pdf, met, named_in, parted, steps
from counseling.views.sent_details import shown as told_of_sent
from duty.colleagues import name_of
from foundation import clock
from foundation.refusals import Refused
from foundation.typed_days import day_of
from ledger.states import Reason
from programs.states import KIND_NAMES

counselors_only = staff_only(Role.COUNSELOR)


@counselors_only
@require_http_methods(["GET", "HEAD", "POST"])
@noted_look
def of_case(request: HttpRequest, code: str) -> HttpResponse:
    """What leads on from a case; POST proposes."""
    if request.method != "POST":
        return show_case(request, code)
    viewer, now = viewer_of_request(request), clock.now()
    case = queries.case(viewer, code=code)
    try:
        made = referrals.propose(
            viewer,
            code=code,
            goal=forms.needed(Goal, request.POST.get("goal", ""), "no_goal"),
            typed=onward_forms.written(request.POST, Relation(case.relation)),
            agency=forms.number(request.POST, "agency") or None,
            companion=forms.number(request.POST, "companion") or None,
            now=now,
        )
    except Refused as no:
        if not sentences.knows(no.code):
            raise
        return show_case(request, code, no=no)
    return done("counseling-desk-onward-one", code, made.pk)


def desk_of(request: HttpRequest, case: Case) -> Desk:
    """The desk at which a case lies."""
    viewer = viewer_of_request(request)
    mine = queries.programs_of(viewer, Role.COUNSELOR)
    return Desk(viewer, case.program, mine, clock.now())


def show_case(request: HttpRequest, code: str, *, no: Refused | None = None) -> HttpResponse:
    """Everything that leads on from a case, with why something didn't work out."""
    viewer = viewer_of_request(request)
    found = looking.at_onward(viewer, code=code, now=clock.now())
    case = found.case
    at = desk_of(request, case)
    town = case.municipality_id or ""
    there = onward.destinations(case.program_id, wanted=onward.Wanted(town=town))
    context = {
        "case": case,
        "in_need": queries.is_in_need(case),
        "need_heard": ladder.standing(case, now=at.now),
        **parted(found.referrals),
        "has_own": case.relation == Relation.FAMILY,
        "meetings": [met(one) for one in found.meetings],
        "visits": [(one, said.called(said.VISITS, one.state)) for one in found.visits],
        "rules": choices(said.RULES, request.POST.getlist("rule")),
        "goals": choices(said.GOALS, [request.POST.get("goal", "")]),
        "headings": [
            (one.value, said.called(said.HEADINGS, one), request.POST.get(f"add-{one.value}", ""))
            for one in HEADINGS[Relation(case.relation)]
        ],
        "agencies": there.agencies,
        "places": there.places,
        "has_no_page": case.relation == Relation.SELF and case.participant_id is None,
        "only_calls": only_calls(case),
        "evidences": choices(said.EVIDENCES, [request.POST.get("evidence", "")]),
        "today": clock.jst_day(at.now),
        "kind_names": {one.value: name for one, name in KIND_NAMES.items()},
        "supporters": onward.supporters(case.program_id, now=at.now),
        "channels": choices(sentences.CHANNELS),
        "most": onward_forms.MOST_ADDED,
    }
    return desk_page(request, at, "desk_onward", context, no=no)


@counselors_only
@require_safe
@noted_look
def one(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One referral."""
    return show_one(request, code, number)


def show_one(
    request: HttpRequest,
    code: str,
    number: int,
    *,
    no: Refused | None = None,
    way: sending.Way | None = None,
) -> HttpResponse:
    """One referral, with why something didn't work out."""
    viewer, now = viewer_of_request(request), clock.now()
    seen = looking.at_referral(viewer, code=code, referral=number, now=now)
    row = seen.referral
    at = desk_of(request, row.case)
    words = seen.agreed_words or referrals.preview(row)
    taken = {one.stage for one in seen.stages}
    context = {
        "case": row.case,
        "in_need": queries.is_in_need(row.case),
        "only_calls": only_calls(row.case),
        "may_be_heard": row.state in BEFORE_ACCEPTING,
        "aloud": told_aloud(seen),
        "need_heard": ladder.standing(row.case, now=now),
        "row": row,
        "silent": silent_about(row, now=now),
        "seen": seen,
        "goal": said.called(said.GOALS, row.goal),
        "state": said.called(said.STATES, row.state),
        "sheet": sheet.shown(words) if not words.empty else None,
        "naming": named_in(words),
        "steps": steps(seen, person=str(sentences.CALLERS[Relation(row.case.relation)])),
        "sent_details": told_of_sent(sent_details.of_referral(row)),
        "meetings": [met(one) for one in seen.meetings],
        "way": way,
        "link_address": request.build_absolute_uri(f"/packet/{way.token}/") if way else "",
        "ways": choices(said.WAYS),
        "evidences": choices(said.EVIDENCES),
        "reasons": choices(said.REASONS),
        "stages_left": [
            (one.value, said.called(said.STAGES, one))
            for one in STAGES[Goal(row.goal)]
            if one.value not in taken
        ],
        "stages": [(one, said.called(said.STAGES, one.stage)) for one in seen.stages],
        "about_somebody": row.case.relation != Relation.SELF,
        "today": clock.jst_day(at.now),
        "now": at.now,
        "answered": said.answered(row),
        "noted_by": name_of(row.accepted_noted_by),
        "channels": choices(sentences.CHANNELS),
        **{f"is_{state.value}": row.state == state for state in ReferralState},
    }
    return desk_page(request, at, "desk_onward_one", context, no=no)


def told_aloud(seen: onward.Seen) -> str:
    """How the standing consent was given, where it was said aloud."""
    given = seen.consent
    if given is None or given.heard_at is None:
        return ""
    at = clock.jst(given.heard_at)
    how = said.said_aloud(given.channel, by=name_of(given.recorded_by))
    return f"{at:%Y/%m/%d %H:%M} {how}"


def _do(request: HttpRequest, code: str, number: int, deed: Deed) -> HttpResponse:
    failed = act(request, deed, again=lambda no: show_one(request, code, number, no=no))
    return failed or done("counseling-desk-onward-one", code, number)


@counselors_only
@require_POST
@recently_proven
def send(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """It leaves. A link's two halves stand on this answer and nowhere else."""
    viewer, now = viewer_of_request(request), clock.now()
    try:
        by = forms.needed(Sent, request.POST.get("by", ""), "no_way")
        way = sending.send(viewer, code=code, referral=number, by=by, now=now)
    except Refused as no:
        if not sentences.knows(no.code):
            raise
        return show_one(request, code, number, no=no)
    if way is None:
        return done("counseling-desk-onward-one", code, number)
    return show_one(request, code, number, way=way)


@counselors_only
@require_POST
@recently_proven
def new_link(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Another link; the one before is dead."""
    viewer, now = viewer_of_request(request), clock.now()
    try:
        way = sending.new_link(viewer, code=code, referral=number, now=now)
    except Refused as no:
        if not sentences.knows(no.code):
            raise
        return show_one(request, code, number, no=no)
    return show_one(request, code, number, way=way)


@counselors_only
@require_POST
@recently_proven
def paper(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The sheet with the details that go along, to carry or fax; written down."""
    viewer, now = viewer_of_request(request), clock.now()
    try:
        made = sending.paper(viewer, code=code, referral=number, now=now)
    except Refused as no:
        if not sentences.knows(no.code):
            raise
        return show_one(request, code, number, no=no)
    return as_pdf(of_sheet(made))


def of_sheet(made: sending.Sheet) -> dict[str, object]:
    """What the template needs of it."""
    consent = made.consent
    return sheet.shown(
        made.words, details=made.details, agreed_at=consent.heard_at or consent.at,
        until=consent.expires_at, digest=consent.digest, channel=consent.channel,
        sender=consent.referral.case.program.name,
    )  # fmt: skip


@counselors_only
@require_POST
def accept(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The agency said yes, by telephone or fax."""
    return _do(
        request, code, number,
        lambda viewer, now: sending.record_acceptance(
            viewer, code=code, referral=number, answer=onward_forms.answer(request.POST), now=now
        ),
    )  # fmt: skip


@counselors_only
@require_POST
def fail(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """It didn't come about."""
    return _do(
        request, code, number,
        lambda viewer, now: sending.record_failure(
            viewer, code=code, referral=number, line=forms.line(request.POST, "line"), now=now
        ),
    )  # fmt: skip


@counselors_only
@require_POST
def told(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The recipient knows that it was withdrawn."""
    return _do(
        request, code, number,
        lambda viewer, now: sending.told_of_withdrawal(
            viewer, code=code, referral=number, now=now,
            by=forms.needed(Sent, request.POST.get("by", ""), "no_way"),
        ),
    )  # fmt: skip


@counselors_only
@require_POST
def linked(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Someone arrived."""
    return _do(
        request, code, number,
        lambda viewer, now: linking.confirm_linked(
            viewer, code=code, referral=number, now=now, on=_day(request),
            evidence=forms.needed(Evidence, request.POST.get("evidence", ""), "no_evidence"),
            line=forms.line(request.POST, "line"),
        ),
    )  # fmt: skip


@counselors_only
@require_POST
def arrived(request: HttpRequest, code: str) -> HttpResponse:
    """Someone who has no page here went there themselves. `to` is `agency-7` or `place-3`."""
    viewer, now = viewer_of_request(request), clock.now()
    kind, _dash, number = request.POST.get("to", "").partition("-")
    there = int(number) if number.isascii() and number.isdecimal() and len(number) <= 18 else None
    try:
        made = linking.record_arrival(
            viewer, code=code, now=now, on=_day(request),
            agency=there if kind == "agency" else None, place=there if kind == "place" else None,
            evidence=forms.needed(Evidence, request.POST.get("evidence", ""), "no_evidence"),
            line=forms.line(request.POST, "line"),
        )  # fmt: skip
    except Refused as no:
        if not sentences.knows(no.code):
            raise
        return show_case(request, code, no=no)
    return done("counseling-desk-onward-one", code, made.pk)


@counselors_only
@require_POST
def undo_linked(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """It was a mistake."""
    return _do(
        request, code, number,
        lambda viewer, now: linking.undo_linked(
            viewer, code=code, referral=number, now=now,
            reason=forms.needed(Reason, request.POST.get("reason", ""), "no_reason"),
        ),
    )  # fmt: skip


@counselors_only
@require_POST
def stage(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A step behind the door; `undo` takes it back."""
    wanted = request.POST.get("stage", "")
    if request.POST.get("undo") == "on":
        return _do(
            request, code, number,
            lambda viewer, now: linking.undo_stage(
                viewer, code=code, referral=number, now=now,
                stage=forms.needed(Stage, wanted, "no_stage"),
                reason=forms.needed(Reason, request.POST.get("reason", ""), "no_reason"),
            ),
        )  # fmt: skip
    return _do(
        request, code, number,
        lambda viewer, now: linking.record_stage(
            viewer, code=code, referral=number, now=now, on=_day(request),
            stage=forms.needed(Stage, wanted, "no_stage"),
            line=forms.line(request.POST, "line"),
        ),
    )  # fmt: skip


def _day(request: HttpRequest) -> date:
    try:
        return day_of(request.POST.get("on", "")[:10], latest=date.max)
    except ValueError:
        raise Refused("no_day") from None


@counselors_only
@require_POST
def offer_times(request: HttpRequest, code: str) -> HttpResponse:
    """Times to choose from."""
    failed = act(
        request,
        lambda viewer, now: meetings.offer(
            viewer, code=code, now=now,
            channel=forms.needed(Channel, request.POST.get("channel", ""), "no_channel"),
            choices=onward_forms.choices(request.POST),
            minutes=min(max(forms.number(request.POST, "minutes"), 10), 480),
            about=forms.line(request.POST, "about", most=300),
            referral=forms.number(request.POST, "referral") or None,
        ),
        again=lambda no: show_case(request, code, no=no),
    )  # fmt: skip
    return failed or done("counseling-desk-onward", code)


@counselors_only
@require_POST
def settle(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """How an appointment went."""
    failed = act(
        request,
        lambda viewer, now: meetings.settle(
            viewer, code=code, meeting=number, now=now,
            outcome=forms.needed(MeetingState, request.POST.get("outcome", ""), "moved_on"),
        ),
        again=lambda no: show_case(request, code, no=no),
    )  # fmt: skip
    return failed or done("counseling-desk-onward", code)
