"""Two voices about one person: joined for the counselor and the ledger, apart for everybody else.

Nothing of a participant's is touched: their pages, exports and letters hang on their own case.
"""

from datetime import datetime

from django.db import transaction

from accounts.viewer import Viewer
from counseling import facts, policies
from counseling.actions.moves import locked, note
from counseling.models import Case, HandOver
from counseling.states import HandOverState, Relation
from foundation.refusals import Refused


def merge(viewer: Viewer, *, code: str, into: str, now: datetime) -> Case:
    """Join the case to another of the viewer's; the one that stands for the person.

    The person's own voice stands for them, of two the one with a page; otherwise the one that was
    named. One to which others were joined is joined to none: the ledger could not take it apart
    again. Raises `Refused`: `not_found`, `second_factor`, `no_case`, `not_same_program`, `merged`,
    `stands_for_others`, `being_handed_over`.
    """
    with transaction.atomic():
        one, other = _both(viewer, code, into)
        stays = _speaks_for_them(one) > _speaks_for_them(other)
        under, top = (other, one) if stays else (one, other)
        if Case.objects.filter(merged_into=under).exists():
            raise Refused("stands_for_others")
        entry = facts.joined(viewer, under, top, now=now)
        Case.objects.filter(pk=under.pk).update(merged_into=top, merge_entry=entry)
        note(viewer, top, "merge", reason=under.code, now=now)
    return top


def _speaks_for_them(case: Case) -> tuple[bool, bool]:
    own = case.relation == Relation.SELF
    return own, own and case.participant_id is not None


def _both(viewer: Viewer, code: str, into: str) -> tuple[Case, Case]:
    # In the order of their numbers, whoever names which: two merges never wait for each other.
    found = {case.code: case for each in sorted((code, into)) if (case := locked(each))}
    one = policies.must_be_assigned(viewer, found.get(code))
    other = found.get(into)
    if other is None or other.counselor_id != viewer.staff or other.pk == one.pk:
        raise Refused("no_case")
    if one.program_id != other.program_id:
        raise Refused("not_same_program")
    if one.merged_into_id is not None or other.merged_into_id is not None:
        raise Refused("merged")
    if HandOver.objects.filter(case__in=(one, other), state=HandOverState.OFFERED).exists():
        raise Refused("being_handed_over")
    return one, other


def unmerge(viewer: Viewer, *, code: str, now: datetime) -> Case:
    """Undo: it stands by itself again. Raises `Refused`: `not_found`, `not_merged`."""
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        if case.merged_into_id is None:
            raise Refused("not_merged")
        top = Case.objects.get(pk=case.merged_into_id)
        if case.merge_entry is not None:
            facts.countered(viewer, case, [case.merge_entry], now=now)
        Case.objects.filter(pk=case.pk).update(merged_into=None, merge_entry=None)
        case.merged_into = None
        note(viewer, top, "unmerge", reason=case.code, now=now)
    return case
