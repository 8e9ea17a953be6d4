"""One case, for its own counselor: the talk, occasions, notes, next steps, hand-over, the vault."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import viewer_of_request
from accounts.staff_doors import noted_look, recently_proven, staff_only
from accounts.states import Role
from counseling import facts, forms, ladder, queries, sent_details, sentences
from counseling.actions import (
    alarms,
    cases,
    hand_over,
    looking,
    merging,
    occasions,
    talk,
    vault,
)
from counseling.doors import Deed, Desk, act, choices, desk_page, done
from counseling.models import Asking
from counseling.states import Cohort, Mended, Origin
from counseling.views.sent_details import shown as told_of_sent
from foundation import clock
from foundation.clock import jst_day
from foundation.refusals import Refused
from programs.queries import municipalities_of


@staff_only(Role.COUNSELOR)
@require_safe
@noted_look
def case(request: HttpRequest, code: str) -> HttpResponse:
    """Everything of one case."""
    return _case(request, code)


def _case(
    request: HttpRequest,
    code: str,
    *,
    no: Refused | None = None,
    details: list[vault.Opened] | None = None,
) -> HttpResponse:
    viewer, now = viewer_of_request(request), clock.now()
    opened = looking.at_case(viewer, code=code, now=now)
    found = opened.case
    at = Desk(viewer, found.program, queries.programs_of(viewer, Role.COUNSELOR), now)
    sent = sent_details.of_case(found)
    colleagues = queries.counselors_of(found.program_id, now=now)
    otherwise = facts.otherwise_counted(found, frozenset(Mended))
    context = {
        "case": found,
        "opened": opened,
        "need_heard": ladder.standing(found, now=now) if opened.in_need else None,
        "caller": sentences.CALLERS[found.relation],  # type: ignore[index]
        "state": sentences.STATES[found.state],  # type: ignore[index]
        "askings": [_asked(one) for one in opened.askings],
        "occasions": [
            {
                "row": one,
                "channel": sentences.CHANNELS[one.channel],  # type: ignore[index]
                "caller": sentences.CALLERS[one.relation],  # type: ignore[index]
            }
            for one in opened.occasions
        ],
        "cohorts": choices(sentences.COHORTS, [found.cohort]),
        "otherwise": [
            (label, one.value, sum(one in told for told in otherwise.values()))
            for one, label in sentences.MENDED.items()
        ],
        "origins": choices(sentences.ORIGINS, [found.origin]),
        "urgencies": choices(sentences.URGENCIES, [found.urgency]),
        "towns": municipalities_of(found.program.prefecture_code),
        "colleagues": [(key, name) for key, name in colleagues.items() if key != viewer.staff],
        "company": queries.company(found),
        "kinds": sentences.DETAILS,
        "details": [
            {
                "kind": sentences.DETAILS[one.kind],  # type: ignore[index]
                "text": one.text,
                "sent_details": told_of_sent(row for row in sent if row.detail_id == one.detail),
            }
            for one in details or ()
        ],
        "sent_details": told_of_sent(sent),
        "looked": details is not None,
        "today": jst_day(now),
        "most": talk.MOST_WORDS,
    }
    return desk_page(request, at, "case", context, no=no)


def _asked(row: Asking) -> dict[str, object]:
    return {
        "at": row.asked_at,
        "state": row.state,
        "words": row.words,
        "wishes": [label for one, label in sentences.WISHES.items() if one.value in row.wishes],
        "times": [label for one, label in sentences.TIMES.items() if one.value in row.times],
        "eases": [label for one, label in sentences.EASES.items() if one.value in row.eases],
    }


def _of(request: HttpRequest, code: str, deed: Deed, *, to: str = "") -> HttpResponse:
    def again(*, no: Refused) -> HttpResponse:
        return _case(request, code, no=no)

    return act(request, deed, again=again) or (done(to) if to else done("counseling-case", code))


@staff_only(Role.COUNSELOR)
@require_POST
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """Write in the talk; 「返信まで時間をください」 (`wait=on`) says that it takes a while."""
    nonce, text = forms.nonce(request.POST), request.POST.get("text", "")
    if request.POST.get("wait") == "on":
        return _of(
            request,
            code,
            lambda who, now: talk.ask_for_time(who, code=code, nonce=nonce, now=now),
        )
    return _of(
        request,
        code,
        lambda who, now: talk.answer(who, code=code, text=text, nonce=nonce, now=now),
    )


@staff_only(Role.COUNSELOR)
@require_http_methods(["GET", "HEAD", "POST"])
@noted_look
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """The talk alone, for whoever was asked in."""

    def again(*, no: Refused | None = None) -> HttpResponse:
        viewer, now = viewer_of_request(request), clock.now()
        found = looking.at_talk(viewer, code=code, now=now)
        mine = queries.programs_of(viewer, Role.COUNSELOR)
        at = Desk(viewer, found.case.program, mine, now)
        context = {
            "case": found.case,
            "wire": found.wire,
            "talk": found.said,
            "most": talk.MOST_WORDS,
        }
        return desk_page(request, at, "talk", context, no=no)

    if request.method != "POST":
        return again()
    text, nonce = request.POST.get("text", ""), forms.nonce(request.POST)
    answer = act(
        request,
        lambda who, now: talk.join_in(who, code=code, text=text, nonce=nonce, now=now),
        again=again,
    )
    return answer or done("counseling-talk", code)


@staff_only(Role.COUNSELOR)
@require_POST
def ask_in(request: HttpRequest, code: str) -> HttpResponse:
    """相談先に、はいってもらう."""
    to = forms.number(request.POST, "to")
    return _of(request, code, lambda who, now: talk.ask_in(who, code=code, colleague=to, now=now))


@staff_only(Role.COUNSELOR)
@require_POST
def let_go(request: HttpRequest, code: str) -> HttpResponse:
    """相談先に、はなれてもらう."""
    to = forms.number(request.POST, "to")
    return _of(request, code, lambda who, now: talk.let_go(who, code=code, colleague=to, now=now))


@staff_only(Role.COUNSELOR)
@require_POST
def seen(request: HttpRequest, code: str) -> HttpResponse:
    """うけとりました."""
    return _of(request, code, lambda who, now: alarms.seen(who, code=code, now=now))


@staff_only(Role.COUNSELOR)
@require_POST
def describe(request: HttpRequest, code: str) -> HttpResponse:
    """Cohort, origin, urgency, town."""
    posted = request.POST
    found = queries.case(viewer_of_request(request), code=code)
    towns = {one.code for one in municipalities_of(found.program.prefecture_code)}
    town = posted.get("municipality", "")
    return _of(
        request,
        code,
        lambda who, now: cases.describe(
            who,
            code=code,
            cohort=forms.one_of(Cohort, posted.get("cohort", "")) or Cohort.UNKNOWN,
            origin=forms.one_of(Origin, posted.get("origin", "")) or Origin.UNKNOWN,
            urgency=forms.urgency(posted),
            municipality=town if town in towns else None,
            recount=forms.line(posted, "recount"),
            mended=[one for one in Mended if one.value in posted.getlist("mended")]
            or [Mended.COHORT],
            now=now,
        ),
    )


@staff_only(Role.COUNSELOR)
@require_POST
def close(request: HttpRequest, code: str) -> HttpResponse:
    """ひとくぎり."""
    return _of(request, code, lambda who, now: cases.close(who, code=code, now=now))


@staff_only(Role.COUNSELOR)
@require_POST
def reopen(request: HttpRequest, code: str) -> HttpResponse:
    """つづける."""
    return _of(request, code, lambda who, now: cases.reopen(who, code=code, now=now))


@staff_only(Role.COUNSELOR)
@require_POST
def note(request: HttpRequest, code: str) -> HttpResponse:
    """A note, one's own or shared."""
    shared = request.POST.get("shared") == "on"
    return _of(
        request,
        code,
        lambda who, now: cases.write_note(
            who, code=code, text=forms.text(request.POST, "note"), shared=shared, now=now
        ),
    )


@staff_only(Role.COUNSELOR)
@require_POST
def erase_note(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One's own note, gone."""
    return _of(
        request,
        code,
        lambda who, now: cases.erase_note(who, code=code, note_number=number, now=now),
    )


@staff_only(Role.COUNSELOR)
@require_POST
def step(request: HttpRequest, code: str) -> HttpResponse:
    """What comes next, and when."""
    return _of(
        request,
        code,
        lambda who, now: cases.plan_step(
            who,
            code=code,
            text=forms.text(request.POST, "step", most=forms.MAX_LINE),
            due_on=forms.due(request.POST, today=jst_day(now)),
            now=now,
        ),
    )


@staff_only(Role.COUNSELOR)
@require_POST
def finish_step(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Done."""
    return _of(
        request, code, lambda who, now: cases.finish_step(who, code=code, step=number, now=now)
    )


@staff_only(Role.COUNSELOR)
@require_POST
def confirm(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """An occasion counts from now on."""
    return _of(
        request, code, lambda who, now: occasions.confirm(who, code=code, occasion=number, now=now)
    )


@staff_only(Role.COUNSELOR)
@require_POST
def void(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """An occasion was a mistake."""
    return _of(
        request,
        code,
        lambda who, now: occasions.void(
            who, code=code, occasion=number, reason=forms.reason(request.POST), now=now
        ),
    )


@staff_only(Role.COUNSELOR)
@require_POST
def offer(request: HttpRequest, code: str) -> HttpResponse:
    """引きつぎをたのむ."""
    return _of(
        request,
        code,
        lambda who, now: hand_over.offer(
            who,
            code=code,
            to=forms.number(request.POST, "to"),
            text=forms.line(request.POST, "text", most=500),
            now=now,
        ),
    )


@staff_only(Role.COUNSELOR)
@require_POST
def withdraw_offer(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """やっぱり、自分で."""
    return _of(request, code, lambda who, now: hand_over.withdraw(who, hand_over=number, now=now))


@staff_only(Role.COUNSELOR)
@require_POST
def merge(request: HttpRequest, code: str) -> HttpResponse:
    """The same person: join."""
    into = request.POST.get("into", "")
    return _of(
        request,
        code,
        lambda who, now: merging.merge(who, code=code, into=into, now=now),
    )


@staff_only(Role.COUNSELOR)
@require_POST
def unmerge(request: HttpRequest, code: str) -> HttpResponse:
    """Apart again."""
    return _of(request, code, lambda who, now: merging.unmerge(who, code=code, now=now))


@staff_only(Role.COUNSELOR)
@require_http_methods(["GET", "HEAD", "POST"])
@recently_proven
@noted_look
def open_details(request: HttpRequest, code: str) -> HttpResponse:
    """What lies in the vault, in this one answer: with a reason, after a fresh proof."""
    if request.method != "POST":  # the way back from the proof; nothing is opened by looking
        return _case(request, code)
    found: list[vault.Opened] = []

    def deed(who: object, now: object) -> None:
        found.extend(
            vault.open_details(
                viewer_of_request(request),
                code=code,
                reason=forms.reason(request.POST),
                now=clock.now(),
            )
        )

    def again(*, no: Refused) -> HttpResponse:
        return _case(request, code, no=no)

    return act(request, deed, again=again) or _case(request, code, details=found)
