"""Home visits: nobody comes whom the person didn't name, and two come unless they want one.

A visitor sees the address from 24 hours before the visit to 24 hours after it, nothing else, and
every look is written down where the person sees it.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.policies import must_hold
from accounts.queries import open_grants
from accounts.states import Role
from accounts.viewer import Viewer
from counseling import policies
from counseling.actions.calling_off import tell_visitors
from counseling.actions.moves import locked, note, tell
from counseling.actions.vault import going_along, kinds_in, opened
from counseling.models import AddressLook, Case, Visit, Visitor
from counseling.states import Detail, DoorRule, VisitState, visit_before
from counseling.words import must_hold_no_contact
from foundation.refusals import Refused

SEEN_BEFORE = SEEN_AFTER = timedelta(hours=24)
LONGEST = timedelta(hours=8)
FEWEST = 2


def plan(
    viewer: Viewer,
    *,
    code: str,
    starts_at: datetime,
    minutes: int,
    visitors: list[int],
    rules: tuple[DoorRule, ...],
    alone: str,
    now: datetime,
) -> Visit:
    """A counselor puts to the person who could come when; nothing happens without their yes.

    Raises `Refused`: `not_found`, `second_factor`, `case_closed`, `past`, `no_visitor`,
    `two_visitors`, `contact`.
    """
    must_hold_no_contact(alone)
    if starts_at <= now:
        raise Refused("past")
    length = min(timedelta(minutes=max(minutes, 10)), LONGEST)
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        policies.must_stand(case)
        named = _peers(case.program_id, visitors, now=now)
        if not named:
            raise Refused("no_visitor")
        if len(named) < FEWEST and not alone:
            raise Refused("two_visitors")
        made = Visit.objects.create(
            case=case, starts_at=starts_at, ends_at=starts_at + length, alone=alone, at=now,
            rules=[one.value for one in rules], made_by_id=viewer.staff or 0,
        )  # fmt: skip
        Visitor.objects.bulk_create(Visitor(visit=made, staff_id=one) for one in named)
        note(viewer, case, "plan_visit", now=now)
        tell(
            case,
            title=_("訪問のこうほ"),
            text=_(
                "だれが、いつ、どうやって行くかを、見てください。ことわっても、なにも変わりません。"
            ),
            label=_("見る"),
            now=now,
        )
    return made


def _peers(program: int, wanted: list[int], *, now: datetime) -> list[int]:
    there = open_grants(now=now).filter(
        role__in=[Role.SUPPORTER, Role.COUNSELOR], program_id=program, staff_id__in=wanted,
        staff__is_active=True,
    )  # fmt: skip
    return sorted(set(there.values_list("staff_id", flat=True)))


def agree(
    viewer: Viewer,
    *,
    code: str,
    visit: int,
    visitors: list[int],
    rules: tuple[DoorRule, ...],
    now: datetime,
) -> None:
    """Yes to these by name, and no to the others; the door rules are the person's.

    Raises `Refused`: `not_entered`, `not_found`, `no_visitor`, `two_of_them`, `past`, `moved_on`.
    """
    with transaction.atomic():
        case = policies.must_be_own(viewer, locked(code))
        found = _of(case, visit)
        named = Visitor.objects.filter(visit=found, staff_id__in=visitors)
        count = named.count()
        if not count:
            raise Refused("no_visitor")
        if count < FEWEST and not found.alone:
            raise Refused("two_of_them")
        if found.starts_at <= now:
            raise Refused("past")
        kept = [one.value for one in rules]
        _move(found, VisitState.AGREED, agreed_at=now, rules=kept)
        named.update(agreed_at=now)
        Visitor.objects.filter(visit=found, agreed_at__isnull=True).delete()
        Case.objects.filter(pk=case.pk, waiting_since__isnull=True).update(waiting_since=now)


def call_off(viewer: Viewer, *, code: str, visit: int, now: datetime) -> None:
    """The person doesn't want it after all; no reason is asked.

    Raises `Refused`: `not_entered`, `not_found`, `moved_on`.
    """
    with transaction.atomic():
        case = policies.must_be_own(viewer, locked(code))
        found = _of(case, visit)
        _move(found, VisitState.CANCELLED, ended_at=now)
        Case.objects.filter(pk=case.pk, waiting_since__isnull=True).update(waiting_since=now)
        tell_visitors(found, program=case.program_id, now=now)


def take_off(viewer: Viewer, *, code: str, visit: int, now: datetime) -> None:
    """The counselor calls it off, and the person is told.

    Raises `Refused`: `not_found`, `second_factor`, `moved_on`.
    """
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        found = _of(case, visit)
        _move(found, VisitState.CANCELLED, ended_at=now)
        note(viewer, case, "take_off_visit", now=now)
        tell(
            case,
            title=_("訪問のこと"),
            text=_("こちらの都合で、訪問を取りやめました。だれも行きません。ごめんなさい。"),
            label=_("相談のようす"),
            now=now,
        )
        tell_visitors(found, program=case.program_id, now=now)


def look(viewer: Viewer, *, visit: int, now: datetime) -> list[str]:
    """The address, for a named visitor and within its two days; written down, seen by the person.

    Raises `Refused`: `not_found`, `second_factor`, `not_yet`, `cannot_open`.
    """
    kinds = {Detail.ADDRESS.value}
    with transaction.atomic():
        found = visiting(viewer, visit=visit)
        if not found.starts_at - SEEN_BEFORE <= now <= found.ends_at + SEEN_AFTER:
            raise Refused("not_yet")
        AddressLook.objects.create(visit=found, staff_id=viewer.staff or 0, at=now)
        note(
            viewer, found.case, "look_at_address", role=_role(viewer, found), now=now,
            reason=f"visit:{found.pk}", fields=sorted(kinds & set(kinds_in(found.case))),
        )  # fmt: skip
    there = going_along(found.case, kinds=sorted(kinds), deposited_by=now)
    return [text for _detail, text in opened(found.case, there)]


def check_in(viewer: Viewer, *, visit: int, now: datetime) -> None:
    """They are on their way in. Raises `Refused`: `not_found`, `second_factor`, `moved_on`."""
    with transaction.atomic():
        found = visiting(viewer, visit=visit)
        if not found.starts_at - SEEN_BEFORE <= now <= found.ends_at + SEEN_AFTER:
            raise Refused("not_yet")
        _move(found, VisitState.BEGUN, begun_at=now)
        note(viewer, found.case, "check_in", role=_role(viewer, found), now=now)


def check_out(viewer: Viewer, *, visit: int, met: bool, everyone: bool, now: datetime) -> None:
    """They are out again, whether they met or not. Raises as `check_in`; `others_inside`.

    Where several went, whoever says so says it for `everyone`: until then the alarm stands.
    """
    with transaction.atomic():
        found = visiting(viewer, visit=visit)
        if not everyone and Visitor.objects.filter(visit=found).count() > 1:
            raise Refused("others_inside")
        wanted = VisitState.ENDED if met else VisitState.NOT_THIS_TIME
        _move(found, wanted, ended_at=now)
        note(viewer, found.case, "check_out", role=_role(viewer, found), now=now)


def visiting(viewer: Viewer, *, visit: int) -> Visit:
    """A visit that the viewer was named for and agreed to, not called off.

    Raises `Refused`: `not_found`, `second_factor`.
    """
    rows = Visit.objects.select_related("case__program").filter(pk=visit)
    rows = rows.exclude(state__in=[VisitState.PLANNED, VisitState.CANCELLED])
    mine = Q(visitors__staff_id=viewer.staff or 0, visitors__agreed_at__isnull=False)
    found = rows.filter(mine).first()
    program = found.case.program_id if found else None
    must_hold(viewer, Role.SUPPORTER, Role.COUNSELOR, program=program)
    if found is None:
        raise Refused("not_found")
    return found


def _role(viewer: Viewer, visit: Visit) -> Role:
    """In which role they visit; whoever holds both comes as a peer."""
    peer = viewer.holds(Role.SUPPORTER, program=visit.case.program_id)
    return Role.SUPPORTER if peer else Role.COUNSELOR


def _of(case: Case, number: int) -> Visit:
    found = Visit.objects.select_for_update().filter(case=case, pk=number).first()
    if found is None:
        raise Refused("not_found")
    return found


def _move(visit: Visit, wanted: VisitState, **columns: object) -> None:
    there = Visit.objects.filter(pk=visit.pk, state__in=visit_before(wanted))
    if not there.update(state=wanted.value, **columns):
        raise Refused("moved_on")
