"""One of those who were to visit doesn't go; the visit itself stays."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.viewer import Viewer
from counseling import policies
from counseling.actions.moves import locked, note, tell
from counseling.actions.visits import FEWEST
from counseling.models import Case, Visit, Visitor
from counseling.states import VisitState, visit_before
from counseling.words import must_hold_no_contact
from duty.actions.moves import tell_of_visit
from duty.states import NoticeKind
from foundation.refusals import Refused


def leave_out(
    viewer: Viewer, *, code: str, visit: int, visitor: int, alone: str, now: datetime
) -> None:
    """The counselor takes one visitor off what is planned: the address is theirs no longer, and
    both they and the person are told. Where one alone is left, `alone` says why, as in planning.

    Raises `Refused`: `not_found`, `second_factor`, `no_visitor`, `last_visitor`, `two_visitors`,
    `contact`, `moved_on`.
    """
    must_hold_no_contact(alone)
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        found = Visit.objects.select_for_update().filter(case=case, pk=visit).first()
        if found is None:
            raise Refused("not_found")
        if found.state not in visit_before(VisitState.CANCELLED):
            raise Refused("moved_on")
        going = Visitor.objects.filter(visit=found).select_related("staff")
        gone = going.filter(staff_id=visitor).first()
        if gone is None:
            raise Refused("no_visitor")
        left = going.count() - 1
        if not left:
            raise Refused("last_visitor")
        if left < FEWEST and not (alone or found.alone):
            raise Refused("two_visitors")
        if alone:
            Visit.objects.filter(pk=found.pk).update(alone=alone)
        _told(case, found, gone, left=left, now=now)
        gone.delete()
        note(viewer, case, "leave_out_visitor", reason=f"visit:{found.pk}", now=now)


def _told(case: Case, visit: Visit, gone: Visitor, *, left: int, now: datetime) -> None:
    if gone.agreed_at is not None:  # else they never heard of it
        tell_of_visit(
            [gone.staff_id], NoticeKind.VISIT_OFF, program=case.program_id,
            starts_at=visit.starts_at, now=now,
        )  # fmt: skip
    name = gone.staff.display_name or _("支援者")
    words = _("%(name)sさんは、行かないことになりました。住所も、もう見られません。")
    one = _("ひとりで行く予定です。気になるときは、やめておくこともできます。") if left == 1 else ""
    tell(
        case,
        title=_("訪問のこと"),
        text=words % {"name": name} + one,
        label=_("相談のようす"),
        now=now,
    )
