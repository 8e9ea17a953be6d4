"""Someone arrived: confirmed by a counselor, counted in the same transaction, undone by a counter.

Of a family's or a supporter's case nothing counts as linked: the person has a case of their own,
and the way from the one to the other is つなぎ (`bridge.py`).
"""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.viewer import Viewer
from counseling import policies
from counseling.actions.crossing import assigned, crossed, goal_at, move, tell_of
from counseling.actions.moves import locked, note
from counseling.facts import CHANNELS, subject
from counseling.models import Case, NextStep, Referral, StageDone
from counseling.states import (
    STAGES,
    Channel,
    Evidence,
    Goal,
    Mover,
    Origin,
    ReferralState,
    Relation,
    Stage,
)
from counseling.words import must_hold_no_contact
from foundation.clock import jst_day
from foundation.refusals import Refused
from ledger import entries
from ledger.states import IBASHO, Kind, Reason
from programs.queries import agency as agency_of
from programs.queries import place as place_of

# Asked after, never urged: two weeks and three months after arriving.
LOOKING_AFTER = (timedelta(days=14), timedelta(days=91))
# Which step behind the door counts, and as what.
COUNTS = {
    (Goal.WORK_EXPERIENCE, Stage.TRIED): Kind.WORK_EXPERIENCE,
    (Goal.EMPLOYMENT, Stage.EMPLOYED): Kind.EMPLOYMENT,
}


def confirm_linked(
    viewer: Viewer,
    *,
    code: str,
    referral: int,
    on: date,
    evidence: Evidence,
    line: str,
    now: datetime,
) -> None:
    """つながった: who confirmed it, when, how it is known; one entry in the ledger.

    Raises `Refused`: `not_found`, `second_factor`, `moved_on`, `future`, `before_it_left`,
    `not_themselves`, `contact`.
    """
    must_hold_no_contact(line)
    if on > jst_day(now):
        raise Refused("future")
    with transaction.atomic():
        found = assigned(viewer, code=code, referral=referral)
        _must_be_themselves(found.case)
        # Of whoever went there by themselves no sheet ever left (`record_arrival`).
        if found.sent_at is not None and on < jst_day(found.sent_at):
            raise Refused("before_it_left")
        _confirmed(viewer, found, on=on, evidence=evidence, line=line, now=now)
        note(viewer, found.case, "confirm_linked", now=now)
        tell_of(
            found,
            title=_("つながったことを記録しました"),
            text=_(
                "ここには、いつでももどってこられます。むこうが合わなければ、そう言ってかまいません。"
            ),
            now=now,
        )


def record_arrival(
    viewer: Viewer,
    *,
    code: str,
    agency: int | None,
    place: int | None,
    on: date,
    evidence: Evidence,
    line: str,
    now: datetime,
) -> Referral:
    """Someone who only calls went there themselves: counted, though no sheet ever left for them.

    Whoever has a page of their own agrees to each step there, and arrives by `confirm_linked`.
    Raises `Refused`: `not_found`, `second_factor`, `case_closed`, `future`, `not_themselves`,
    `theirs_to_say`, `no_destination`, `there_already`, `contact`.
    """
    must_hold_no_contact(line)
    if on > jst_day(now):
        raise Refused("future")
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        policies.must_stand(case)
        _must_be_themselves(case)
        if case.participant_id is not None:
            raise Refused("theirs_to_say")
        to = agency_of(case.program_id, pk=agency) if agency is not None else None
        spot = place_of(case.program_id, pk=place) if place is not None else None
        if (to is None) == (spot is None):
            raise Refused("no_destination")
        same = Referral.objects.filter(case=case, agency=to, place=spot, linked_on__isnull=False)
        if same.exists():
            raise Refused("there_already")
        # Nothing was sent, and the place has taken them in: from there it is the same move.
        made = Referral.objects.create(
            case=case, agency=to, place=spot, state=ReferralState.ACCEPTED.value, proposed_at=now,
            goal=(goal_at(to) if to is not None else Goal.PLACE).value,
            proposed_by_id=viewer.staff,
        )  # fmt: skip
        _confirmed(viewer, made, on=on, evidence=evidence, line=line, now=now)
        note(viewer, case, "record_arrival", now=now)
    return made


def _must_be_themselves(case: Case) -> None:
    if case.relation != Relation.SELF:
        raise Refused("not_themselves")


def _confirmed(
    viewer: Viewer, referral: Referral, *, on: date, evidence: Evidence, line: str, now: datetime
) -> None:
    entry = entries.enter(_fact(referral, Kind.LINKED, on), confirmed_by=viewer.staff or 0, now=now)
    move(
        referral, ReferralState.LINKED, Mover.COUNSELOR, now=now, linked_on=on,
        evidence=evidence.value, evidence_line=line, confirmed_by_id=viewer.staff,
        entry=entry.seq,
    )  # fmt: skip
    # Confirmed again after it was taken back: what was asked by then isn't asked twice.
    asked = set(NextStep.objects.filter(referral=referral).values_list("due_on", flat=True))
    for after in LOOKING_AFTER:
        if on + after not in asked:
            NextStep.objects.create(
                case=referral.case, referral=referral, due_on=on + after,
                text=_("つながった先でのようすを、きいてみる"), made_by_id=viewer.staff or 0,
                at=now,
            )  # fmt: skip


def finish_all_but_looking_after(case: Case, *, now: datetime) -> None:
    """Every next step of a case is done, inside the caller's transaction.

    Only what is asked after someone has arrived stands beyond the end of the talk.
    """
    steps = NextStep.objects.filter(case=case, referral__isnull=True, done_at__isnull=True)
    steps.update(done_at=now)


def undo_linked(viewer: Viewer, *, code: str, referral: int, reason: Reason, now: datetime) -> None:
    """It was confirmed by mistake: back to accepted, and counted back; nobody asks after it.

    Raises `Refused`: `not_found`, `second_factor`, `moved_on`.
    """
    with transaction.atomic():
        found = assigned(viewer, code=code, referral=referral)
        entry = found.entry
        move(
            found, ReferralState.ACCEPTED, Mover.COUNSELOR, now=now,
            linked_on=None, evidence="", evidence_line="", confirmed_by_id=None, entry=None,
        )  # fmt: skip
        NextStep.objects.filter(referral=found, done_at__isnull=True).delete()
        _count_back(viewer, found, entry, reason, now)
        note(viewer, found.case, "undo_linked", now=now)


def record_stage(
    viewer: Viewer,
    *,
    code: str,
    referral: int,
    stage: Stage,
    on: date,
    line: str,
    now: datetime,
) -> StageDone:
    """A step behind the door was taken; work experience and employment count.

    Raises `Refused`: `not_found`, `second_factor`, `future`, `moved_on`, `no_stage`,
    `done_already`, `contact`.
    """
    must_hold_no_contact(line)
    if on > jst_day(now):
        raise Refused("future")
    with transaction.atomic():
        found = assigned(viewer, code=code, referral=referral)
        if found.state not in (ReferralState.ACCEPTED, ReferralState.LINKED):
            raise Refused("moved_on")
        goal = Goal(found.goal)
        if stage not in STAGES[goal]:
            raise Refused("no_stage")
        kind = COUNTS.get((goal, stage))
        entry = None
        if kind is not None and found.case.relation == Relation.SELF:
            fact = _fact(found, kind, on)
            entry = entries.enter(fact, confirmed_by=viewer.staff or 0, now=now).seq
        try:
            with transaction.atomic():
                made = StageDone.objects.create(
                    referral=found, stage=stage.value, on=on, line=line,
                    confirmed_by_id=viewer.staff or 0, at=now, entry=entry,
                )  # fmt: skip
        except IntegrityError:
            raise Refused("done_already") from None
        crossed(found, stage.value, Mover.COUNSELOR, line=line, now=now)
        note(viewer, found.case, "record_stage", now=now)
    return made


def undo_stage(
    viewer: Viewer, *, code: str, referral: int, stage: Stage, reason: Reason, now: datetime
) -> None:
    """It was recorded by mistake, and is counted back. Raises `Refused`: `not_found`, …"""
    with transaction.atomic():
        found = assigned(viewer, code=code, referral=referral)
        row = StageDone.objects.filter(referral=found, stage=stage.value).first()
        if row is None:
            raise Refused("not_found")
        _count_back(viewer, found, row.entry, reason, now)
        row.delete()
        crossed(found, "undone", Mover.COUNSELOR, now=now)
        note(viewer, found.case, "undo_stage", now=now)


def _count_back(
    viewer: Viewer, referral: Referral, entry: int | None, reason: Reason, now: datetime
) -> None:
    if entry is not None:
        entries.counter_enter(
            referral.case.program.slug, seq=entry, reason=reason,
            confirmed_by=viewer.staff or 0, now=now,
        )  # fmt: skip


def _channel(case: Case) -> str:
    """How the talk went that led there: as on the last day that was confirmed before."""
    last = case.occasions.filter(voided_at__isnull=True).order_by("-on", "-pk").first()
    if last is not None:
        return CHANNELS[Channel(last.channel)].value
    return CHANNELS[Channel.WEB].value if case.participant_id is not None else ""


def _fact(referral: Referral, kind: Kind, on: date) -> entries.Fact:
    case = referral.case
    there = referral.agency or referral.place
    return entries.Fact(
        program=case.program.slug,
        kind=kind,
        occurred_on=on,
        subject=subject(case),
        municipality_code=case.municipality_id or (there.municipality_id if there else ""),
        cohort=case.cohort,
        relation=Relation.SELF.value,
        channel=_channel(case) if kind is Kind.LINKED else "",
        # Each agency and each real place by itself: two welfare offices are two ways onward.
        destination=f"{'agency' if referral.agency is not None else 'place'}:{there.pk}"
        if there is not None
        else "",
        origin=IBASHO if case.origin == Origin.ROOM else case.origin,
        evidence=f"referral:{referral.pk}",
    )
