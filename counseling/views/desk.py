"""The desk: who waits, one's own cases, what colleagues offer, and a call entered in 20 seconds."""

from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import viewer_of_request
from accounts.staff_doors import noted_look, staff_only
from accounts.states import Role
from accounts.viewer import Viewer
from counseling import absences as absent
from counseling import forms, links, onward, queries, sentences, sessions
from counseling.actions import asking, cases, hand_over, imports, looking, occasions, reassigning
from counseling.doors import Desk, act, choices, desk, desk_page, done
from counseling.occasion_rows import COLUMNS
from counseling.states import CaseState, Channel
from duty.colleagues import name_of
from foundation import clock
from foundation.clock import jst_day
from foundation.refusals import Refused
from foundation.tables import MOST_BYTES
from foundation.workbook import NotATable


@staff_only(Role.COUNSELOR)
@require_safe
@noted_look
def inbox(request: HttpRequest) -> HttpResponse:
    """Who waits for whom."""
    return _inbox(request)


def _inbox(request: HttpRequest, *, no: Refused | None = None) -> HttpResponse:
    at = desk(request)
    program, today = at.program.pk, jst_day(at.now)
    looking.at_list(at.viewer, what="cases", program=program, now=at.now)
    context = {
        "waiting": [_shown(row) for row in queries.inbox(at.viewer, program=program)],
        "mine": [_shown(row) for row in queries.own_desk(at.viewer, program=program)],
        "offered": queries.offered_to(at.viewer),
        "asked_in": queries.asked_in(at.viewer),
        "reminders": queries.reminders(at.viewer, program=program, today=today),
        "silent": links.silent(at.viewer, program=program, now=at.now),
        "off": onward.visits_off(at.viewer, now=at.now),
        "today": today,
    }
    return desk_page(request, at, "desk", context, no=no)


def _shown(row: queries.Waiting) -> dict[str, object]:
    wishes = row.asking.wishes if row.asking else []
    return {
        "case": row.case,
        "since": row.since,
        "urgency": row.urgency.value,
        "urgency_label": sentences.URGENCIES[row.urgency],
        "in_need": row.in_need,
        "to_tell": row.to_tell,
        "caller": sentences.CALLERS[row.case.relation],  # type: ignore[index]
        "wishes": [str(label) for one, label in sentences.WISHES.items() if one.value in wishes],
        "words": row.asking.words if row.asking else "",
        "step": row.step,
    }


@staff_only(Role.SUPPORTER, Role.COORDINATOR)
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """相談のカードをわたす: by a supporter, to someone in their room."""
    seat = forms.number(request.POST, "seat")
    asking.invite(viewer_of_request(request), seat=seat, now=clock.now())
    return done("person", seat, said="invited")


@staff_only(Role.COUNSELOR)
@require_POST
def take(request: HttpRequest, code: str) -> HttpResponse:
    """うけとる."""
    answer = act(
        request,
        lambda who, now: cases.take(who, code=code, now=now),
        again=lambda *, no: _inbox(request, no=no),
    )
    return answer or done("counseling-case", code)


@staff_only(Role.COUNSELOR)
@require_POST
def accept(request: HttpRequest, number: int) -> HttpResponse:
    """引きうける."""
    answer = act(
        request,
        lambda who, now: hand_over.accept(who, hand_over=number, now=now),
        again=lambda *, no: _inbox(request, no=no),
    )
    return answer or done("counseling-desk")


@staff_only(Role.COUNSELOR)
@require_POST
def decline(request: HttpRequest, number: int) -> HttpResponse:
    """いまは、うけられない."""
    answer = act(
        request,
        lambda who, now: hand_over.decline(who, hand_over=number, now=now),
        again=lambda *, no: _inbox(request, no=no),
    )
    return answer or done("counseling-desk")


@staff_only(Role.COUNSELOR)
@require_http_methods(["GET", "HEAD", "POST"])
def occasion(request: HttpRequest) -> HttpResponse:
    """A call, a visit: entered by keyboard, in the order in which one says it."""
    if request.method != "POST":
        return _occasion(request)
    at = desk(request)

    def deed(who: object, now: object) -> None:
        told = forms.told(request.POST, today=jst_day(at.now))
        made = occasions.enter(at.viewer, program=at.program.pk, told=told, now=at.now)
        written.append(made.case.code)

    written: list[str] = []
    answer = act(request, deed, again=lambda *, no: _occasion(request, no=no))
    return answer or done("counseling-occasion", program=at.program.slug, written=written[0])


def _occasion(request: HttpRequest, *, no: Refused | None = None) -> HttpResponse:
    at = desk(request)
    sent = request.POST if no else request.GET
    today = jst_day(at.now)
    context = {
        "proposed": _proposed(at, sent, today=today),
        "channels": choices(
            sentences.CHANNELS, sent.getlist("channel") or [Channel.TELEPHONE.value]
        ),
        "callers": choices(sentences.CALLERS, sent.getlist("relation")),
        "origins": choices(sentences.ORIGINS, sent.getlist("origin") or ["unknown"]),
        "cohorts": choices(sentences.COHORTS, sent.getlist("cohort") or ["unknown"]),
        "today": today,
        "asked_code": sent.get("code", "")[:20],
        "written": request.GET.get("written", "")[:7],
        "most": forms.MAX_LINE,
    }
    return desk_page(request, at, "occasion", context, no=no)


def _proposed(at: Desk, sent: QueryDict, *, today: date) -> sessions.Proposed | None:
    if sent.get("channel") != Channel.WEB:
        return None
    on = forms.day(sent.get("on", "")) or today
    try:
        return sessions.proposed(queries.case(at.viewer, code=sent.get("code", "")), on=on)
    except Refused:
        return None  # no case of theirs: the form itself says so when it is sent


@staff_only(Role.COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def absences(request: HttpRequest) -> HttpResponse:
    """Cases of counselors who stay away: given to another one, by code, without reading."""
    at = desk(request, Role.COORDINATOR)

    def again(*, no: Refused | None = None) -> HttpResponse:
        away = absent.absent_ones(at.viewer, program=at.program.pk, now=at.now)
        context = {
            "cases": [
                {
                    "code": one.case.code,
                    "name": name_of(one.case.counselor),
                    "left": one.left,
                    "over": one.case.state == CaseState.CLOSED,
                }
                for one in away
            ],
            "counselors": queries.counselors_of(at.program.pk, now=at.now),
            "days": absent.ABSENT // timedelta(days=1),
        }
        return desk_page(request, at, "absences", context, no=no)

    if request.method != "POST":
        return again()
    answer = act(
        request,
        lambda who, now: reassigning.reassign(
            who,
            code=request.POST.get("code", ""),
            to=forms.number(request.POST, "to"),
            reason=forms.reason(request.POST),
            now=now,
        ),
        again=again,
    )
    return answer or done("counseling-absences", program=at.program.slug)


@staff_only(Role.COUNSELOR)
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """A list of calls and visits from Excel or CSV: look through it first."""
    return _bring(request) if request.method != "POST" else _brought(request)


def _bring(request: HttpRequest, *, no: Refused | None = None, trouble: str = "") -> HttpResponse:
    at = desk(request)
    waiting = queries.waiting_import(at.viewer, program=at.program.pk)
    context = {
        "waiting": waiting,
        "rows": [
            {**row, "channel": sentences.CHANNELS[row["channel"]],
             "relation": sentences.CALLERS[row["relation"]]}
            for row in (waiting.rows if waiting else ())
        ],
        "bad": [
            {"at": one["at"], "why": sentences.sentence(one["why"])}
            for one in (waiting.bad if waiting else ())
        ],
        "columns": list(COLUMNS),
        "trouble": trouble,
        "taken": request.GET.get("taken", "")[:4],
    }  # fmt: skip
    answer = desk_page(request, at, "bring", context, no=no)
    if trouble:
        answer.status_code = 422
    return answer


def _brought(request: HttpRequest) -> HttpResponse:
    at = desk(request)
    file = request.FILES.get("file")
    if file is None:
        return _bring(request, no=Refused("no_file"))
    if (file.size or 0) > MOST_BYTES:
        return _bring(request, no=Refused("too_large"))
    try:
        imports.stage(at.viewer, program=at.program.pk, data=file.read(), now=at.now)
    except NotATable as no:
        return _bring(request, trouble=no.sentence)
    except Refused as no:
        if not sentences.knows(no.code):
            raise
        return _bring(request, no=no)
    return done("counseling-bring", program=at.program.slug)


@staff_only(Role.COUNSELOR)
@require_POST
def apply_list(request: HttpRequest, number: int) -> HttpResponse:
    """All of it, at once."""
    taken: list[str] = []

    def deed(who: Viewer, now: datetime) -> None:
        taken.append(str(imports.apply(who, imported=number, now=now)))

    answer = act(request, deed, again=lambda *, no: _bring(request, no=no))
    return answer or done("counseling-bring", taken=taken[0])


@staff_only(Role.COUNSELOR)
@require_POST
def drop_list(request: HttpRequest, number: int) -> HttpResponse:
    """None of it."""
    answer = act(
        request,
        lambda who, now: imports.drop(who, imported=number, now=now),
        again=lambda *, no: _bring(request, no=no),
    )
    return answer or done("counseling-bring")
