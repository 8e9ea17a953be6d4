"""What waits: the list, one item, a claim, an end; many at once, after a look at them."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.staff_doors import noted_look, recently_proven, staff_only
from accounts.viewer import Viewer
from chat.states import ItemKind
from foundation.refusals import Refused
from moderation import forms, looks, recusals, waiting, words
from moderation.actions import choice, looking, many, murmurs, proposals
from moderation.actions import queue as deeds
from moderation.doors import TEAM, At, act, at_item, at_program, done, page
from moderation.states import Outcome, Reason
from moderation.views.desk import side

MINUTES = (10, 60, 180, 24 * 60)
LONGER = (7 * 24 * 60, 30 * 24 * 60)


@staff_only(*TEAM)
@require_safe
@noted_look
def queue(request: HttpRequest) -> HttpResponse:
    """The list and what stands beside it, for a desk that asks again: 204 while nothing changed."""
    at = at_program(request)
    if request.GET.get("since") == str(waiting.stands_at(at.program.pk)):
        return HttpResponse(status=204)
    looking.at_list(at.viewer, what="queue", program=at.program.pk, now=at.now)
    found = waiting.queue(
        at.viewer, program=at.program.pk, kind=request.GET.get("kind", ""),
        room=forms.number(request.GET, "room"), now=at.now,
    )  # fmt: skip
    # After the list: its number is the older one, so that nothing is missed.
    beside = side(at)
    context = {**beside, "queue": found, "program": at.program}
    return render(request, "moderation/queue.html", context)


@staff_only(*TEAM)
@require_safe
@noted_look
def item(request: HttpRequest, number: int) -> HttpResponse:
    """One, with what is needed to decide."""
    return show(request, at_item(request, number), number)


def show(request: HttpRequest, at: At, number: int, *, no: Refused | None = None) -> HttpResponse:
    """The page of an item; with a refusal nothing that was typed is lost."""
    # Before the item: its number is the older one, so that nothing is missed.
    version = waiting.stands_at(at.program.pk)
    found = looking.at_item(at.viewer, item=number, now=at.now)
    occasion = found.item.kind if found.item.kind in ("crisis", "murmur") else "word"
    context = {
        "one": found,
        "version": version,
        "ready": words.ready(occasion),
        "reasons": list(Reason),
        "minutes": MINUTES + (LONGER if at.plans else ()),
        "sent": request.POST,
    }
    return page(request, at, "item", context, no=no)


@staff_only(*TEAM)
@require_POST
def claim(request: HttpRequest, number: int) -> HttpResponse:
    """「わたしが読みます」."""
    at = at_item(request, number)

    def again(*, no: Refused) -> HttpResponse:
        return show(request, at, number, no=no)

    def deed(who: Viewer, now: datetime) -> None:
        deeds.claim(who, item=number, now=now)

    return act(request, deed, again=again) or done("item", number)


@staff_only(*TEAM)
@require_POST
def let_go(request: HttpRequest, number: int) -> HttpResponse:
    """「ほかの人に」."""
    return _of_item(request, number, lambda who, now: deeds.let_go(who, item=number, now=now))


@staff_only(*TEAM)
@require_POST
def settle(request: HttpRequest, number: int) -> HttpResponse:
    """Read, and done (field `outcome`: acted, or nothing)."""
    acted = request.POST.get("outcome") == Outcome.ACTED.value
    outcome = Outcome.ACTED if acted else Outcome.NOTHING
    return _of_item(
        request, number, lambda who, now: deeds.settle(who, item=number, outcome=outcome, now=now)
    )


def _of_item(request: HttpRequest, number: int, deed: object) -> HttpResponse:
    at = at_item(request, number)

    def again(*, no: Refused) -> HttpResponse:
        return show(request, at, number, no=no)

    return act(request, deed, again=again) or done("desk", program=at.program)  # type: ignore[arg-type]


@staff_only(*TEAM)
@require_POST
def answer(request: HttpRequest, number: int) -> HttpResponse:
    """A murmur's item: read (without words) or answered (field `words`)."""
    at, said = at_item(request, number), forms.text(request.POST, "words")
    murmur = looks.detail(at.viewer, item=number, now=at.now).item.murmur_id or 0

    def deed(who: Viewer, now: datetime) -> None:
        if said.strip():
            murmurs.reply(who, murmur=murmur, text=said, now=now)
        else:
            murmurs.mark_read(who, murmur=murmur, now=now)

    return _of_item(request, number, deed)


@staff_only(*TEAM)
@require_POST
def proposal(request: HttpRequest, number: int) -> HttpResponse:
    """A proposal's item: agreed (field `agree`), or not."""
    return (_agree if request.POST.get("agree") == "on" else _decline)(request, number)


@recently_proven
def _agree(request: HttpRequest, number: int) -> HttpResponse:
    asked = _asked(request, number)
    return _of_item(
        request, number, lambda who, now: proposals.confirm(who, proposal=asked, now=now)
    )


def _decline(request: HttpRequest, number: int) -> HttpResponse:
    asked = _asked(request, number)
    return _of_item(
        request, number, lambda who, now: proposals.decline(who, proposal=asked, now=now)
    )


def _asked(request: HttpRequest, number: int) -> int:
    at = at_item(request, number)
    found = looks.detail(at.viewer, item=number, now=at.now).proposal
    return found.pk if found is not None else 0


@staff_only(*TEAM)
@require_POST
def together(request: HttpRequest) -> HttpResponse:
    """Many at once (fields `item`): first a look at them, then (field `deed`) one press for all."""
    at, chosen = at_program(request), forms.numbers(request.POST, "item")

    def again(*, no: Refused | None = None) -> HttpResponse:
        looking.at_list(at.viewer, what="queue", program=at.program.pk, now=at.now)
        found = waiting.together(at.viewer, program=at.program.pk, items=chosen, now=at.now)
        context = {"together": found, "reasons": list(Reason), "sent": request.POST}
        none = None if found else Refused("nothing_chosen")
        return page(request, at, "together", context, no=no or none)

    if "deed" not in request.POST:
        return again()

    def deed(who: Viewer, now: datetime) -> None:
        wanted, reason = forms.many(request.POST)
        many.do_many(who, wanted, program=at.program.pk, items=chosen, reason=reason, now=now)

    return act(request, deed, again=again) or done("desk", program=at.program)


@staff_only(*TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def own_choice(request: HttpRequest) -> HttpResponse:
    """How one's own desk shows words, and which kinds it doesn't."""
    at = at_program(request)
    kinds = [ItemKind.CRISIS, ItemKind.REPORT, ItemKind.FLAG, ItemKind.HELD, ItemKind.MURMUR]
    if request.method == "POST":
        choice.choose(
            at.viewer, blurred=request.POST.get("blurred") == "on",
            without=[one for one in kinds if one.value in request.POST.getlist("without")],
        )  # fmt: skip
        return done("desk", program=at.program)
    context = {
        "choice": waiting.choice_of(at.viewer), "kinds": kinds,
        "hidden": len(recusals.hidden_from(at.viewer)),
    }  # fmt: skip
    return page(request, at, "choice", context)
