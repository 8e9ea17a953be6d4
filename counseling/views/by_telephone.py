"""Somebody without a page is read the words of a packet; their counselor writes the answer down.

Whoever has a page decides there: here, too, the referral itself is shown then.
"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import viewer_of_request
from accounts.staff_doors import noted_look, staff_only
from accounts.states import Role
from counseling import forms, naming, onward, onward_forms, packet, queries, sentences, sheet
from counseling import onward_sentences as said
from counseling.actions import by_telephone, looking, referrals, talk
from counseling.doors import Deed, act, choices, desk_page, done
from counseling.policies import only_calls
from counseling.states import ALOUD, ReferralState, Relation
from counseling.views.onward import BEFORE_ACCEPTING, as_left, named_in
from counseling.views.onward_desk import desk_of, show_one
from duty.colleagues import shown_as
from foundation import clock
from foundation.refusals import Refused

counselors_only = staff_only(Role.COUNSELOR)


@counselors_only
@require_safe
@noted_look
def one(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """What is read aloud, and what can be said to it."""
    found = onward.referral(viewer_of_request(request), code=code, referral=number)
    if not _is_heard_here(found):
        return show_one(request, code, number)
    return _one(request, code, number)


def _is_heard_here(found: onward.Seen) -> bool:
    return only_calls(found.referral.case) and found.referral.state in BEFORE_ACCEPTING


def _one(
    request: HttpRequest, code: str, number: int, *, no: Refused | None = None
) -> HttpResponse:
    viewer, now = viewer_of_request(request), clock.now()
    if no is not None:
        found = onward.referral(viewer, code=code, referral=number)
        if not _is_heard_here(found):
            return show_one(request, code, number, no=no)
    seen = looking.at_referral(viewer, code=code, referral=number, now=now)
    row = seen.referral
    at = desk_of(request, row.case)
    there = onward.destinations(
        row.case.program_id, wanted=onward.Wanted(town=row.case.municipality_id or "")
    )
    preview = referrals.preview(row)
    words = seen.agreed_words or preview
    is_proposed = row.state == ReferralState.PROPOSED
    chosen = request.POST.get("to", "") if no else _to(row.agency_id, row.place_id)
    context = {
        "case": row.case,
        "in_need": queries.is_in_need(row.case),
        "row": row,
        "is_proposed": is_proposed,
        "is_agreed": row.state == ReferralState.AGREED,
        "is_sent": row.state == ReferralState.SENT,
        "parts": [
            {
                "key": heading,
                "name": said.called(said.HEADINGS, heading),
                "lines": as_left(request, heading, lines) if no else lines,
                "added": request.POST.get(f"add-{heading}", "") if no else "",
            }
            for heading, lines in seen.lines
        ],
        "to": chosen,
        "agencies": [(_to(one.pk, None), one) for one in there.agencies],
        "places": [(_to(None, one.pk), one) for one in there.places],
        "elsewhere": row.to and _is_elsewhere(row.agency_id, row.place_id, there),
        "sheet": sheet.shown(words) if not words.empty else None,
        "naming": named_in(words),
        "ask_unnamed": naming.seems_to_name_the_absent(preview),
        "may_agree": is_proposed and row.to and not preview.empty,
        "digest": packet.digest(packet.canonical(preview)),
        "consent": said.CONSENT_ALOUD,
        "companion": shown_as(row.companion, role=Role.SUPPORTER),
        "details": choices(sentences.DETAILS, request.POST.getlist("detail") if no else ()),
        "channels": [
            (one.value, sentences.CHANNELS[one], request.POST.get("channel") == one.value)
            for one in ALOUD
        ],
        "relations": [
            (one.value, label, request.POST.get("spoke") == one.value)
            for one, label in sentences.CALLERS.items()
        ],
        "about_somebody": row.case.relation != Relation.SELF,
        "now": at.now,
    }
    return desk_page(request, at, "by_telephone", context, no=no)


def _to(agency: int | None, place: int | None) -> str:
    if agency is not None:
        return f"agency-{agency}"
    return f"place-{place}" if place is not None else ""


def _is_elsewhere(agency: int | None, place: int | None, there: onward.There) -> bool:
    # Chosen before, and not in this town's list: it stays what is chosen.
    known = {one.pk for one in there.agencies if agency is not None}
    known |= {one.pk for one in there.places if place is not None}
    return (agency or place) not in known


def _do(request: HttpRequest, code: str, number: int, deed: Deed, *, on: bool) -> HttpResponse:
    failed = act(request, deed, again=lambda no: _one(request, code, number, no=no))
    there = "counseling-aloud" if on else "counseling-desk-onward-one"
    return failed or done(there, code, number)


@counselors_only
@require_POST
def words(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Where to, and what will be read aloud. `to` is `agency-7` or `place-3`."""
    kind, _dash, there = request.POST.get("to", "").partition("-")
    to = int(there) if there.isascii() and there.isdecimal() and len(there) <= 18 else None
    case = onward.referral(viewer_of_request(request), code=code, referral=number).referral.case
    return _do(
        request, code, number,
        lambda viewer, now: by_telephone.write(
            viewer, code=code, referral=number, now=now,
            agency=to if kind == "agency" else None, place=to if kind == "place" else None,
            edited=onward_forms.edited(request.POST, Relation(case.relation)),
        ),
        on=True,
    )  # fmt: skip


@counselors_only
@require_POST
def agree(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """They said yes."""
    return _do(
        request, code, number,
        lambda viewer, now: by_telephone.agree(
            viewer, code=code, referral=number, now=now,
            agreed=onward_forms.agreed(request.POST), spoken=onward_forms.spoken(request.POST),
        ),
        on=False,
    )  # fmt: skip


@counselors_only
@require_POST
def again(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """They want to think about it again."""
    return _do(
        request, code, number,
        lambda viewer, now: by_telephone.think_again(
            viewer, code=code, referral=number, now=now, spoken=onward_forms.spoken(request.POST)
        ),
        on=True,
    )  # fmt: skip


@counselors_only
@require_POST
def withdraw(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """They took it back."""
    return _do(
        request, code, number,
        lambda viewer, now: by_telephone.withdraw(
            viewer, code=code, referral=number, now=now, spoken=onward_forms.spoken(request.POST)
        ),
        on=False,
    )  # fmt: skip


@counselors_only
@require_POST
def keep(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A detail that they told, sealed; with `gone`, one of a kind that they want gone.

    What was typed is on no page again, not even where it is refused.
    """
    posted = request.POST
    if posted.get("gone") == "on":
        return _do(
            request, code, number,
            lambda viewer, now: by_telephone.give_back(
                viewer, code=code, kind=forms.detail(posted), now=now
            ),
            on=True,
        )  # fmt: skip
    return _do(
        request, code, number,
        lambda viewer, now: by_telephone.keep(
            viewer, code=code, kind=forms.detail(posted), now=now, nonce=forms.nonce(posted),
            text=forms.text(posted, "text", most=talk.MOST_WORDS),
        ),
        on=True,
    )  # fmt: skip
