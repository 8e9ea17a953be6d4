"""A counselor stays away, or has left: a coordinator gives the case to another one, without
reading it. Also one that is closed: somebody must be there when it is asked about again.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.states import Role
from accounts.viewer import Viewer
from counseling import absences, policies, queries
from counseling.actions.moves import change_seats, empty_seats, locked, note, tell
from counseling.models import Case, HandOver
from counseling.states import CaseState, HandOverState
from counseling.words import must_hold_no_contact
from foundation.refusals import Refused


def reassign(viewer: Viewer, *, code: str, to: int, reason: str, now: datetime) -> None:
    """After three days without an act of the counselor's, or once they have left; of a closed case,
    only then. What was joined to it comes along, as far as it is the same counselor's; what it was
    joined to stays. Everybody in it is told.

    Raises `Refused`: `not_found`, `second_factor`, `moved_on`, `not_absent`, `no_colleague`,
    `contact`.
    """
    must_hold_no_contact(reason)
    with transaction.atomic():
        case = locked(code)
        policies.may_reassign(viewer, case)
        assert case is not None
        if case.counselor_id is None:
            raise Refused("moved_on")
        left = absences.has_left(case, now=now)
        going_on = case.state == CaseState.OPEN
        if not left and not (going_on and absences.is_absent(case, now=now)):
            raise Refused("not_absent")
        if to == case.counselor_id or to not in queries.counselors_of(case.program_id, now=now):
            raise Refused("no_colleague")
        HandOver.objects.filter(case=case, state=HandOverState.OFFERED).update(
            state=HandOverState.WITHDRAWN, ended_at=now
        )
        everyone = Case.objects.filter(pk=case.pk) | Case.objects.filter(
            merged_into=case, counselor_id=case.counselor_id
        )
        told = list(everyone.order_by("pk"))
        Case.objects.filter(pk__in=[one.pk for one in told]).update(
            counselor_id=to, assigned_at=now
        )
        note(viewer, case, "reassign", role=Role.COORDINATOR, reason=reason, now=now)
        for one in told:
            if one.state == CaseState.CLOSED:  # whoever opens it again sits there again
                empty_seats(one, now=now)
            else:
                change_seats(one, to=to, now=now)
            tell(
                one,
                title=_("相談員がかわりました"),
                text=_why(left=left) + _("決めた人は、あなたの相談を読んでいません。"),
                label=_("相談のようす"),
                now=now,
            )


def _why(*, left: bool) -> str:
    if left:
        return _(
            "担当だった相談員が、ここの仕事をはなれました。これからは、べつの相談員がうけもちます。"
        )
    return _(
        "担当の相談員が、しばらく仕事をはなれています。これからは、べつの相談員がうけもちます。"
    )
