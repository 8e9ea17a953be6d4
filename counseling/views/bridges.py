"""つなぎ on pages: what each of the two may know, and the counselor's whole view. No script."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import viewer_of_request
from accounts.staff_doors import noted_look, staff_only
from accounts.states import Role
from counseling import bridge_sentences as said
from counseling import bridges, forms, queries, sentences
from counseling.actions import bridges as deeds
from counseling.actions import cases, looking
from counseling.bridge import NEEDED, SCOPES, BridgeState, Side, Tells
from counseling.doors import Deed, Desk, act, choices, desk_page, done, page
from counseling.models import Bridge, BridgeConsent
from counseling.states import CaseState, Channel, Relation
from counseling.views.onward import own_page
from foundation import clock
from foundation.clock import jst_day
from foundation.refusals import Refused

MOST_WORDS = 300
counselors_only = staff_only(Role.COUNSELOR)


@require_safe
@own_page
def own(request: HttpRequest, code: str) -> HttpResponse:
    """One's own side of it."""
    return _own(request, code)


def _own(request: HttpRequest, code: str, *, no: Refused | None = None) -> HttpResponse:
    seen = bridges.own(viewer_of_request(request), code=code, now=clock.now())
    kept = seen.consent
    ticked = request.POST.getlist("tells") if no else (kept.scope if kept is not None else ())
    context = {
        "case": seen.case,
        "seen": seen,
        "words": seen.bridge.words if seen.side == Side.CALLER else "",
        "is_caller": seen.side == Side.CALLER,
        "consent": said.CONSENT[seen.side],
        "tells": _tells(seen.side, ticked),
        "agreed": _told(kept),
        "line": request.POST.get("line", "")[:MOST_WORDS] if no else (kept.line if kept else ""),
        "went": said.WENT.get(seen.went, ""),  # type: ignore[call-overload]
        "most": MOST_WORDS,
    }
    return page(request, "bridge_own", context, no=no)


def _tells(side: Side, ticked: object) -> list[tuple[str, str, bool, bool]]:
    held = set(ticked) if isinstance(ticked, (list, tuple)) else set()
    return [
        (one.value, str(said.TELLS[one]), one.value in held, one in NEEDED[side])
        for one in SCOPES[side]
    ]


def _told(given: BridgeConsent | None) -> list[str]:
    return [] if given is None else [str(said.TELLS[Tells(one)]) for one in given.scope]


@require_POST
@own_page
def agree(request: HttpRequest, code: str) -> HttpResponse:
    """Yes, and what the other may be told."""
    return _do_own(
        request, code,
        lambda viewer, now: deeds.agree(
            viewer, code=code, now=now, scope=forms.several(Tells, request.POST.getlist("tells")),
            line=forms.line(request.POST, "line", most=MOST_WORDS),
            sure=request.POST.get("sure") == "on",
        ),
    )  # fmt: skip


@require_POST
@own_page
def stop_own(request: HttpRequest, code: str) -> HttpResponse:
    """やめます."""
    return _do_own(request, code, lambda viewer, now: deeds.stop_own(viewer, code=code, now=now))


def _do_own(request: HttpRequest, code: str, deed: Deed) -> HttpResponse:
    failed = act(request, deed, again=lambda no: _own(request, code, no=no))
    return failed or done("counseling-bridge-own", code)


# --- the counselor --------------------------------------------------------------------------------


@counselors_only
@require_http_methods(["GET", "HEAD", "POST"])
@noted_look
def of_case(request: HttpRequest, code: str) -> HttpResponse:
    """Where it stands, with both sides; POST proposes."""
    if request.method != "POST":
        return _of_case(request, code)
    return _do(
        request, code,
        lambda viewer, now: deeds.propose(
            viewer, code=code, words=forms.line(request.POST, "words", most=MOST_WORDS), now=now
        ),
    )  # fmt: skip


def _of_case(request: HttpRequest, code: str, *, no: Refused | None = None) -> HttpResponse:
    viewer, now = viewer_of_request(request), clock.now()
    seen = looking.at_bridge(viewer, code=code, now=now)
    mine = queries.programs_of(viewer, Role.COUNSELOR)
    found = seen.bridge
    context = {
        "case": seen.case,
        "seen": seen,
        "bridge": found,
        "state": said.STATES[BridgeState(found.state)] if found else "",
        "next": said.NEXT[BridgeState(found.state)] if found else "",
        "sides": [_side(seen, side) for side in SCOPES] if found else [],
        "steps": [
            (one, said.STEPS.get(one.what, one.what), said.SIDES[Side(one.mover)])
            for one in seen.steps
        ],
        "channels": choices(sentences.CHANNELS, [Channel.TELEPHONE.value]),
        "may_propose": seen.case.relation != Relation.SELF
        and seen.case.state == CaseState.OPEN
        and (found is None or found.state == BridgeState.STOPPED),
        "may_stop": found is not None and found.counselor_stopped_at is None,
        "today": jst_day(now),
        "most": MOST_WORDS,
        **{f"is_{one.value}": found is not None and found.state == one for one in BridgeState},
    }
    return desk_page(request, Desk(viewer, seen.case.program, mine, now), "bridge", context, no=no)


def _side(seen: bridges.Known, side: Side) -> dict[str, object]:
    given = seen.consent(side)
    found: Bridge | None = seen.bridge
    case = None
    if found is not None:
        case = found.caller_case if side == Side.CALLER else found.person_case
    if seen.apart and case is not None and case.pk != seen.case.pk:
        case = None
    asked = BridgeState.PROPOSED if side == Side.CALLER else BridgeState.REACHED
    return {
        "side": side.value,
        "name": said.SIDES[side],
        "to": said.SIDES[Side.PERSON if side == Side.CALLER else Side.CALLER],
        "case": case,
        "given": given,
        "told": _told(given),
        "stopped": getattr(found, f"{side.value}_stopped_at") if case is not None else None,
        "tells": _tells(side, ()),
        # Whoever has a page of their own says it there.
        "may_hear": found is not None and case is not None and case.participant_id is None
        and (found.state == asked or given is not None) and not bridges.is_over(found, side),
    }  # fmt: skip


def _do(request: HttpRequest, code: str, deed: Deed) -> HttpResponse:
    failed = act(request, deed, again=lambda no: _of_case(request, code, no=no))
    return failed or done("counseling-bridge", code)


@counselors_only
@require_POST
def hear(request: HttpRequest, code: str) -> HttpResponse:
    """A yes by telephone."""
    return _do(
        request, code,
        lambda viewer, now: deeds.hear(
            viewer, code=code, now=now,
            side=forms.needed(Side, request.POST.get("side", ""), "malformed"),
            scope=forms.several(Tells, request.POST.getlist("tells")),
            line=forms.line(request.POST, "line", most=MOST_WORDS),
            sure=request.POST.get("sure") == "on",
        ),
    )  # fmt: skip


@counselors_only
@require_POST
def reach(request: HttpRequest, code: str) -> HttpResponse:
    """The person was told."""
    return _do(
        request, code,
        lambda viewer, now: deeds.reach(
            viewer, code=code, now=now, to=request.POST.get("to", "").strip()[:20],
            how=forms.needed(Channel, request.POST.get("how", ""), "no_channel"),
        ),
    )  # fmt: skip


@counselors_only
@require_POST
def meet(request: HttpRequest, code: str) -> HttpResponse:
    """The first visit."""
    number = forms.number(request.POST, "occasion")
    return _do(
        request, code,
        lambda viewer, now: deeds.meet(viewer, code=code, occasion=number, now=now),
    )  # fmt: skip


@counselors_only
@require_POST
def link(request: HttpRequest, code: str) -> HttpResponse:
    """つながった."""
    number = forms.number(request.POST, "referral")
    return _do(
        request, code,
        lambda viewer, now: deeds.link(viewer, code=code, referral=number, now=now),
    )  # fmt: skip


@counselors_only
@require_POST
def take_back(request: HttpRequest, code: str) -> HttpResponse:
    """Named by mistake."""
    return _do(request, code, lambda viewer, now: deeds.take_back(viewer, code=code, now=now))


@counselors_only
@require_POST
def stop(request: HttpRequest, code: str) -> HttpResponse:
    """Over, for both."""
    return _do(request, code, lambda viewer, now: deeds.stop(viewer, code=code, now=now))


@counselors_only
@require_POST
def step(request: HttpRequest, code: str) -> HttpResponse:
    """What comes next, and when."""
    return _do(
        request, code,
        lambda viewer, now: cases.plan_step(
            viewer, code=code, text=forms.text(request.POST, "step", most=forms.MAX_LINE),
            due_on=forms.due(request.POST, today=jst_day(now)), now=now,
        ),
    )  # fmt: skip
