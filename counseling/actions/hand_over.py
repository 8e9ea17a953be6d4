"""Two phases between two counselors. The first is responsible until the second has accepted.

Both phases are one row's move each, in one transaction each: a process that dies between them
leaves the case with the one who had it.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.viewer import Viewer
from counseling import policies, queries
from counseling.actions.moves import change_seats, empty_seats, locked, note, tell
from counseling.models import Case, HandOver
from counseling.states import CaseState, HandOverState, hand_over_before
from counseling.words import must_hold_no_contact
from foundation import faults
from foundation.refusals import Refused


def offer(viewer: Viewer, *, code: str, to: int, text: str, now: datetime) -> HandOver:
    """Ask a colleague to take the case over. Nothing changes until they do.

    Raises `Refused`: `not_found`, `second_factor`, `case_closed`, `not_oneself`, `no_colleague`,
    `offered_already`, `contact`, `merged`.
    """
    must_hold_no_contact(text)
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        policies.must_stand(case)
        if case.merged_into_id is not None:
            raise Refused("merged")
        if to == viewer.staff:
            raise Refused("not_oneself")
        if to not in queries.counselors_of(case.program_id, now=now):
            raise Refused("no_colleague")
        try:
            with transaction.atomic():
                made = HandOver.objects.create(
                    case=case, giver_id=viewer.staff or 0, taker_id=to, text=text, offered_at=now
                )
        except IntegrityError:
            raise Refused("offered_already") from None
        note(viewer, case, "offer", now=now)
    faults.strike("between_hand_over")
    return made


def accept(viewer: Viewer, *, hand_over: int, now: datetime) -> Case:
    """Become responsible, from this moment; cases that were merged come along, as far as they are
    the giver's: one that was asked about again may be somebody else's by now.

    The person is told who is there now, and that nothing needs to be told twice; whoever's own case
    is closed waits for nobody, and hears nothing of it.
    Raises `Refused`: `not_found`, `second_factor`, `moved_on`.
    """
    with transaction.atomic():
        offered = _mine(viewer, hand_over, as_taker=True)
        case = Case.objects.select_for_update().get(pk=offered.case_id)
        _move(offered, HandOverState.ACCEPTED, now)
        faults.strike("within_hand_over")
        moved = Case.objects.filter(pk=case.pk, counselor_id=offered.giver_id, state="open")
        if not moved.update(counselor_id=offered.taker_id, assigned_at=now):
            raise Refused("moved_on")
        along = Case.objects.filter(merged_into=case, counselor_id=offered.giver_id)
        joined = list(along.select_for_update(of=("self",)).order_by("pk"))
        Case.objects.filter(pk__in=[one.pk for one in joined]).update(
            counselor_id=offered.taker_id, assigned_at=now
        )
        note(viewer, case, "accept", now=now)
        for one in [case, *joined]:
            if one.state == CaseState.CLOSED:  # whoever opens it again sits there again
                empty_seats(one, now=now)
                continue
            change_seats(one, to=offered.taker_id, now=now)
            tell(
                one,
                title=_("相談員がかわりました"),
                text=_(
                    "これからは、べつの相談員がうけもちます。これまでのことは、うけついでいます。"
                    "はじめから話しなおさなくて、だいじょうぶです。"
                ),
                label=_("相談のようす"),
                now=now,
            )
    return case


def decline(viewer: Viewer, *, hand_over: int, now: datetime) -> None:
    """Not now; the first counselor stays. Raises `Refused`: `not_found`, `moved_on`."""
    with transaction.atomic():
        offered = _mine(viewer, hand_over, as_taker=True)
        _move(offered, HandOverState.DECLINED, now)
        note(viewer, offered.case, "decline", now=now)


def withdraw(viewer: Viewer, *, hand_over: int, now: datetime) -> None:
    """やっぱり、自分で. Raises `Refused`: `not_found`, `moved_on`."""
    with transaction.atomic():
        offered = _mine(viewer, hand_over, as_taker=False)
        _move(offered, HandOverState.WITHDRAWN, now)
        note(viewer, offered.case, "withdraw_offer", now=now)


def _mine(viewer: Viewer, number: int, *, as_taker: bool) -> HandOver:
    staff = policies.must_be_counselor(viewer)
    mine = {"taker_id": staff} if as_taker else {"giver_id": staff}
    found = HandOver.objects.select_related("case").filter(pk=number, **mine).first()
    if found is None:
        raise Refused("not_found")
    policies.must_be_counselor(viewer, program=found.case.program_id)
    return found


def _move(offered: HandOver, wanted: HandOverState, now: datetime) -> None:
    there = HandOver.objects.filter(pk=offered.pk, state__in=hand_over_before(wanted))
    if not there.update(state=wanted.value, ended_at=now):
        raise Refused("moved_on")
