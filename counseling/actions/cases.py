"""What a counselor does with a case: take it, open one by hand, note, plan, close."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.viewer import Viewer
from counseling import onward, policies
from counseling.actions import linking, recounting
from counseling.actions.calling_off import call_off_all
from counseling.actions.moves import (
    change_seats,
    empty_seats,
    locked,
    make_case,
    move,
    move_asking,
    note,
    seat_counselor,
    tell,
)
from counseling.models import Case, HandOver, NextStep, Note, Referral
from counseling.states import (
    AskingState,
    CaseState,
    Cohort,
    HandOverState,
    Mended,
    Origin,
    ReferralState,
    Relation,
    Urgency,
)
from counseling.words import must_hold_no_contact
from foundation.refusals import Refused

MOST_STEPS = 50
JUST_TAKEN = timedelta(minutes=30)  # an inbox may have been open for as long


def take(viewer: Viewer, *, code: str, now: datetime) -> Case:
    """Become responsible for what waits; the person is told. Of two who try, one gets it.

    Raises `Refused`: `not_found`, `second_factor`, `taken_already`.
    """
    with transaction.atomic():
        case = locked(code)
        if case is not None and case.state == CaseState.OPEN:
            policies.must_be_counselor(viewer, program=case.program_id)
            # Whose it is, and who saw it wait, is told; otherwise codes could be tried out here.
            told = case.counselor_id == viewer.staff
            told = told or case.askings.filter(taken_at__gt=now - JUST_TAKEN).exists()
            raise Refused("taken_already" if told else "not_found")
        case = policies.must_be_of_the_team(viewer, case)
        move(case, CaseState.OPEN, counselor_id=viewer.staff, assigned_at=now, need_at=None)
        move_asking(case, AskingState.TAKEN, taken_at=now)
        change_seats(case, to=viewer.staff or 0, now=now)
        note(viewer, case, "take", now=now)
        tell(
            case,
            title=_("相談員がうけとりました"),
            text=_(
                "これからは、ひとりの相談員があなたの相談をうけもちます。いそがなくてだいじょうぶです。"
                "何日かあとに書いてもかまいません。"
            ),
            label=_("相談のようす"),
            now=now,
        )
    return case


def open_by_hand(
    viewer: Viewer,
    *,
    program: int,
    relation: Relation,
    cohort: Cohort = Cohort.UNKNOWN,
    origin: Origin = Origin.UNKNOWN,
    now: datetime,
) -> Case:
    """A case of someone who called or came; inside a transaction or alone.

    Raises `Refused`: `not_found`, `second_factor`.
    """
    staff = policies.must_be_counselor(viewer, program=program)
    with transaction.atomic():
        case = make_case(
            program_id=program,
            relation=relation.value,
            state=CaseState.OPEN,
            counselor_id=staff,
            assigned_at=now,
            cohort=cohort.value,
            origin=origin.value,
            opened_at=now,
        )
        note(viewer, case, "open", now=now)
    return case


def describe(
    viewer: Viewer,
    *,
    code: str,
    cohort: Cohort,
    origin: Origin,
    urgency: Urgency,
    municipality: str | None,
    recount: str = "",
    mended: Collection[Mended] = (Mended.COHORT,),
    now: datetime,
) -> None:
    """What is coarsely known of the person.

    `recount`: why what the ledger counted already is counted anew; nothing is without it.
    `mended`: with which of these. Raises `Refused`: `not_found`, `second_factor`, `contact`.
    """
    must_hold_no_contact(recount)
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        wanted = {
            "cohort": cohort.value,
            "origin": origin.value,
            "urgency": urgency.value,
            "municipality_id": municipality,
        }
        changed = [name for name, value in wanted.items() if getattr(case, name) != value]
        if changed:
            Case.objects.filter(pk=case.pk).update(**wanted)
            note(viewer, case, "describe", fields=changed, now=now)
        if recount:
            case.cohort, case.origin = cohort.value, origin.value
            case.municipality_id = municipality
            recounting.recount(viewer, case, mended=mended, reason=recount, now=now)


def close(viewer: Viewer, *, code: str, now: datetime) -> None:
    """The counselor ends it; the person may ask again at any time.

    What was agreed to and is to come is called off by hand before, and what goes on with an
    agency is brought to its end; what was only put to the person ends with it, a suggestion waits.
    Raises `Refused`: `not_found`, `second_factor`, `being_handed_over`, `still_to_come`,
    `still_to_send`, `still_unanswered`, `moved_on`.
    """
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        if HandOver.objects.filter(case=case, state=HandOverState.OFFERED).exists():
            raise Refused("being_handed_over")
        if onward.is_to_come(case, now=now):
            raise Refused("still_to_come")
        _must_have_no_packet_under_way(case)
        move(case, CaseState.CLOSED, closed_at=now, waiting_since=None, urgency=Urgency.USUAL)
        move_asking(case, AskingState.CLOSED, ended_at=now)
        empty_seats(case, now=now)
        linking.finish_all_but_looking_after(case, now=now)
        off = call_off_all(case, by=viewer, now=now)
        note(viewer, case, "close", now=now)
        again = _("また話したくなったら、いつでも、もう一度おねがいできます。")
        nobody = _("訪問や予定のこうほは、取りやめました。だれも行きません。") if off else ""
        tell(
            case,
            title=_("相談がひとくぎりになりました"),
            text=again + nobody,
            label=_("相談のようす"),
            now=now,
        )


def _must_have_no_packet_under_way(case: Case) -> None:
    # The person was told that it will be sent, or that an answer is waited for.
    of_case = Referral.objects.filter(case=case)
    if of_case.filter(state=ReferralState.AGREED).exists():
        raise Refused("still_to_send")
    if of_case.filter(state=ReferralState.SENT).exists():
        raise Refused("still_unanswered")


def reopen(viewer: Viewer, *, code: str, now: datetime) -> None:
    """The counselor who closed it goes on. Raises `Refused`: `not_found`, `moved_on`."""
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        move(case, CaseState.OPEN, closed_at=None, assigned_at=now)
        seat_counselor(case, staff=viewer.staff or 0)
        note(viewer, case, "reopen", now=now)


def write_note(viewer: Viewer, *, code: str, text: str, shared: bool, now: datetime) -> Note:
    """Shared goes with the case to whoever takes it over; one's own is read by oneself alone.

    Raises `Refused`: `not_found`, `second_factor`, `contact`.
    """
    must_hold_no_contact(text)
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        made = Note.objects.create(
            case=case, author_id=viewer.staff or 0, shared=shared, text=text, at=now
        )
        note(viewer, case, "note", now=now)
    return made


def erase_note(viewer: Viewer, *, code: str, note_number: int, now: datetime) -> None:
    """One's own writing, gone. Raises `Refused`: `not_found`, `second_factor`."""
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        gone, _rows = Note.objects.filter(
            pk=note_number, case=case, author_id=viewer.staff or 0
        ).delete()
        if not gone:
            raise Refused("not_found")
        note(viewer, case, "erase_note", now=now)


def plan_step(viewer: Viewer, *, code: str, text: str, due_on: date, now: datetime) -> NextStep:
    """What comes next. Raises `Refused`: `not_found`, `second_factor`, `contact`, `case_closed`,
    `too_many`.
    """
    must_hold_no_contact(text)
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        policies.must_stand(case)
        if NextStep.objects.filter(case=case, done_at__isnull=True).count() >= MOST_STEPS:
            raise Refused("too_many")
        made = NextStep.objects.create(
            case=case, text=text, due_on=due_on, made_by_id=viewer.staff or 0, at=now
        )
        note(viewer, case, "plan", now=now)
    return made


def finish_step(viewer: Viewer, *, code: str, step: int, now: datetime) -> None:
    """It is done. Raises `Refused`: `not_found`, `second_factor`."""
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        # The case's page shows those of voices joined to it with this counselor, too.
        joined = Q(case__merged_into=case, case__counselor_id=viewer.staff)
        there = NextStep.objects.filter(Q(case=case) | joined, pk=step)
        found = there.select_related("case").first()
        if found is None:
            raise Refused("not_found")
        NextStep.objects.filter(pk=step, done_at__isnull=True).update(done_at=now)
        note(viewer, found.case, "finish", now=now)
