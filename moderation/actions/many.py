"""Several at once, after a look at them: each is an act of its own, with its own row and letter."""

from collections.abc import Iterable
from datetime import datetime

from accounts.viewer import Viewer
from chat.actions.items import claimable
from chat.models import Item
from foundation.refusals import Refused
from moderation import waiting
from moderation.actions.messages import act_on_message
from moderation.actions.queue import settle
from moderation.states import ActKind, Many, Outcome, Reason

# Somebody else has it, was faster, or must read it: it stays, and the others go on.
_PASSED_BY = ("claimed_already", "settled", "moved_on", "own_words", "not_found")
_ACTS = {Many.APPROVE: ActKind.APPROVE, Many.HIDE: ActKind.HIDE}


def do_many(
    viewer: Viewer, deed: Many, *, program: int, items: Iterable[int], reason: Reason, now: datetime
) -> list[int]:
    """Those it was done to. Raises `Refused`: `not_found`, `nothing_chosen`,
    `claimed_already` (others were faster with every one).
    """
    rows = waiting.chosen(viewer, program=program, items=items)
    fit = [one for one in rows if waiting.fits(deed, one)]
    if not fit:
        raise Refused("nothing_chosen")
    done = [one.pk for one in fit if _is_done(viewer, deed, one, reason=reason, now=now)]
    if not done:
        raise Refused("claimed_already")
    return done


def _is_done(viewer: Viewer, deed: Many, item: Item, *, reason: Reason, now: datetime) -> bool:
    mine = Item.objects.filter(claimable(by=viewer.staff or 0, now=now), pk=item.pk)
    if not mine.exists():
        return False
    try:
        if deed is Many.NOTHING:
            settle(viewer, item=item.pk, outcome=Outcome.NOTHING, now=now)
        else:
            act_on_message(
                viewer, _ACTS[deed], message=item.message_id or 0, reason=reason, now=now
            )
    except Refused as no:
        if no.code not in _PASSED_BY:
            raise
        return False
    return True
