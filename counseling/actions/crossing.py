"""What every deed on a referral shares: its lock, its move by the table, its line, its end."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts import letters
from accounts.viewer import Viewer
from counseling import policies
from counseling.actions.calling_off import call_off_all, call_off_meetings
from counseling.actions.moves import MINE, locked
from counseling.models import (
    Case,
    Consent,
    Crossing,
    Meeting,
    NextStep,
    OneTimeLink,
    Referral,
)
from counseling.states import (
    CaseState,
    Goal,
    Mover,
    ReferralState,
    referral_before,
)
from foundation.clock import jst_day
from foundation.refusals import Link, Refused
from programs.models import Agency
from programs.states import AgencyKind

MOST_STEP = 200
# What leads somewhere of its own, whoever chose it.
_LEADS_TO = {
    AgencyKind.WORKPLACE: Goal.WORK_EXPERIENCE,
    AgencyKind.HELLO_WORK: Goal.EMPLOYMENT,
    AgencyKind.HOUSEHOLD: Goal.HOUSEHOLD,
}


def goal_at(agency: Agency, *, wanted: Goal = Goal.AGENCY, before: Agency | None = None) -> Goal:
    """What a referral to this agency leads to: its steps, and the facts they make.

    A counselor's own goal stays where the agency has none; what only came with the agency that
    stood there `before` goes with it.
    """
    if wanted == Goal.PLACE or (before is not None and wanted == _leads_to(before)):
        wanted = Goal.AGENCY
    led = _leads_to(agency)
    if led is None or (led, wanted) == (Goal.EMPLOYMENT, Goal.WORK_EXPERIENCE):
        return wanted  # ハローワーク arranges work experience, too
    return led


def _leads_to(agency: Agency) -> Goal | None:
    return _LEADS_TO.get(AgencyKind(agency.kind))


def own(viewer: Viewer, *, code: str, referral: int) -> Referral:
    """One of the person's own, locked with its case. Raises `Refused`: as `must_be_own`."""
    return _within(policies.must_be_own(viewer, locked(code)), referral)


def assigned(viewer: Viewer, *, code: str, referral: int) -> Referral:
    """One of the counselor's, locked with its case. Raises `Refused`: as `must_be_assigned`."""
    return _within(policies.must_be_assigned(viewer, locked(code)), referral)


def _within(case: Case, number: int) -> Referral:
    rows = Referral.objects.select_for_update(of=("self",)).filter(case=case, pk=number)
    found = rows.select_related("agency", "place", "companion").first()
    if found is None:
        raise Refused("not_found")
    found.case = case
    return found


def move(
    referral: Referral,
    wanted: ReferralState,
    mover: Mover,
    *,
    now: datetime,
    line: str = "",
    aloud: Mapping[str, Any] | None = None,
    **columns: object,
) -> None:
    """Compare and swap by the table, with its line. Raises `Refused("moved_on")`.

    `aloud`: how, when and to whom of ours the person said so, who has no page (`Crossing`).
    """
    there = Referral.objects.filter(pk=referral.pk, state__in=referral_before(wanted, mover))
    if not there.update(state=wanted.value, **columns):
        raise Refused("moved_on")
    referral.state = wanted.value
    for name, value in columns.items():
        setattr(referral, name, value)
    crossed(referral, wanted, mover, line=line, aloud=aloud, now=now)


def crossed(
    referral: Referral,
    what: ReferralState | str,
    mover: Mover,
    *,
    now: datetime,
    line: str = "",
    aloud: Mapping[str, Any] | None = None,
) -> None:
    """One line of what the person sees."""
    Crossing.objects.create(
        referral=referral, what=str(what), mover=mover.value, line=line[:200], at=now,
        **(aloud or {}),
    )  # fmt: skip


def end(referral: Referral, *, left: bool, now: datetime) -> bool:
    """It is over: links are dead, the draft goes, and what nobody got to read goes too. Whether an
    appointment was called off with it.
    """
    OneTimeLink.objects.filter(referral=referral, ended_at__isnull=True).update(ended_at=now)
    off = call_off_meetings(Meeting.objects.filter(referral=referral), now=now)
    Referral.objects.filter(pk=referral.pk).update(ended_at=now, draft={})
    end_consent(referral, left=left, now=now)
    return bool(off)


def nobody_waits(*, off: bool) -> str:
    """What the letter of an end adds where an appointment went with it."""
    return (
        _("会う予定(こうほ)も、いっしょに取りやめました。行かなくてだいじょうぶです。")
        if off
        else ""
    )


def end_consent(referral: Referral, *, left: bool, now: datetime) -> None:
    """It stands no longer; of what never left, the words go."""
    standing = Consent.objects.filter(referral=referral, withdrawn_at__isnull=True)
    if left:
        standing.update(withdrawn_at=now)
    else:
        standing.update(withdrawn_at=now, words="")


def consent_of(referral: Referral) -> Consent | None:
    """What stands agreed."""
    return Consent.objects.filter(referral=referral, withdrawn_at__isnull=True).first()


def tell_of(referral: Referral, *, title: str, text: str, now: datetime) -> None:
    """A letter to the person; it names no agency, for whoever looks over their shoulder.

    Who only calls has nowhere to find one: their counselor is reminded to tell them.
    """
    case = referral.case
    if case.participant_id is not None:
        letters.write(
            case.participant_id, kind=letters.Kind.REPLY, title=title, text=text, now=now,
            links=[Link(_("ようすを見る"), f"{MINE}{case.code}/onward/{referral.pk}/")],
        )  # fmt: skip
    elif _is_called(case):
        NextStep.objects.create(
            case=case, text=f"{_('本人に伝える')}: {title}", due_on=jst_day(now),
            made_by_id=case.counselor_id or 0, at=now,
        )  # fmt: skip


def _is_called(case: Case) -> bool:
    return case.state == CaseState.OPEN and policies.only_calls(case)


def remind_of_answer(referral: Referral, *, now: datetime) -> None:
    """The agency answered by itself, while no counselor was there: a next step of today, whoever
    has the case by now. Of what it said, nothing.

    Of whoever only calls they are reminded already, to tell them (`tell_of`).
    """
    if _is_called(referral.case):
        return
    link = OneTimeLink.objects.filter(referral=referral).latest("pk")
    words = _("%(to)sから返事がありました")
    to = referral.to[: MOST_STEP - len(words)]
    NextStep.objects.create(
        case=referral.case, text=words % {"to": to}, due_on=jst_day(now),
        made_by_id=link.made_by_id, at=now,
    )  # fmt: skip


def forget(case: Case, *, now: datetime) -> None:
    """Its person erases themselves: what hasn't been accepted is withdrawn, and our copy of their
    words goes from everywhere. What an agency holds it holds; that it was told stays to be done.
    """
    for found in Referral.objects.select_for_update().filter(case=case):
        found.case = case
        if found.state in _BEFORE_ACCEPTING:
            left = found.state == ReferralState.SENT
            if left:
                Referral.objects.filter(pk=found.pk).update(to_tell_at=now)
            move(found, ReferralState.WITHDRAWN, Mover.PERSON, now=now)
            end(found, left=left, now=now)
    Referral.objects.filter(case=case).update(draft={})
    Consent.objects.filter(referral__case=case).update(words="")
    OneTimeLink.objects.filter(referral__case=case, ended_at__isnull=True).update(ended_at=now)
    call_off_all(case, now=now)


_BEFORE_ACCEPTING = (ReferralState.PROPOSED, ReferralState.AGREED, ReferralState.SENT)
