"""About whom it was asked already when they were born: reads. Nobody is asked twice about one."""

from collections.abc import Iterable

from accounts.viewer import Viewer
from counseling.models import Case
from counseling.states import CaseState, Relation


def answered(viewer: Viewer, *, programs: Iterable[int]) -> set[Relation]:
    """Whom a participant would ask about again, wherever of these they ask: themselves, or the
    one about whom a case of theirs goes on. An answer stands also where they said nothing.
    """
    asked = [_answered(viewer.participant or 0, program) for program in programs]
    return set.intersection(*asked) if asked else set()


def _answered(participant: int, program: int) -> set[Relation]:
    rows = Case.objects.filter(participant_id=participant, program_id=program).order_by("pk")
    newest = {Relation(case.relation): case for case in rows.prefetch_related("askings")}
    return {
        relation
        for relation, case in newest.items()
        if (relation is Relation.SELF or case.state != CaseState.CLOSED)
        and (case.confirmed_new_at is not None or case.askings.all())
    }
