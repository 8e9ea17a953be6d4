"""Reads of つなぎ: what each of the two may know of the other, what the counselor knows of both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from accounts.viewer import Viewer
from counseling import queries
from counseling.bridge import BEFORE_THEM, BridgeState, Side, Tells
from counseling.models import (
    Bridge,
    BridgeConsent,
    BridgeStep,
    Case,
    Meeting,
    NextStep,
    Occasion,
    Referral,
    Visit,
)
from counseling.states import Channel, MeetingState, ReferralState, Relation, VisitState
from foundation.clock import jst_day
from foundation.refusals import Refused

MOST = 60


def of_case(case: Case, *, lock: bool = False) -> Bridge | None:
    """The newest that began with this case, or that its person was told of."""
    rows = Bridge.objects.select_related(
        "caller_case__program", "person_case__program", "occasion", "referral"
    ).order_by("-at", "-pk")  # fmt: skip
    if lock:
        rows = rows.select_for_update(of=("self",))
    if case.relation != Relation.SELF:
        return rows.filter(caller_case=case).first()
    return rows.filter(person_case=case, reached_at__isnull=False).first()


def is_apart(bridge: Bridge) -> bool:
    """Whether the two cases have come to different counselors."""
    theirs = bridge.person_case
    return theirs is not None and theirs.counselor_id != bridge.caller_case.counselor_id


def is_over(bridge: Bridge, side: Side) -> bool:
    """Whether it is over for one of the two, as far as they may know.

    That the person stopped isn't told to whoever asked. The person is told that nothing goes on.
    """
    if bridge.counselor_stopped_at is not None:
        return True
    if side == Side.CALLER:
        return bridge.caller_stopped_at is not None
    return bridge.state == BridgeState.STOPPED


def standing(bridge: Bridge, side: Side, *, now: datetime) -> BridgeConsent | None:
    """What one of the two agreed to and hasn't taken back, until it runs out."""
    rows = BridgeConsent.objects.filter(bridge=bridge, giver=side.value, withdrawn_at__isnull=True)
    return rows.filter(expires_at__gt=now).first()


def may_tell(bridge: Bridge, side: Side, *, now: datetime) -> BridgeConsent | None:
    """What the other may be told just now; None: nothing."""
    return None if bridge.state == BridgeState.STOPPED else standing(bridge, side, now=now)


def first_visits(bridge: Bridge) -> QuerySet[Occasion]:
    """Confirmed occasions at home or face to face, of the person themselves, since their yes."""
    since = BridgeConsent.objects.filter(bridge=bridge, giver=Side.PERSON.value).order_by("at")
    first = since.first()
    rows = Occasion.objects.filter(
        case=bridge.person_case, relation=Relation.SELF, confirmed_at__isnull=False,
        voided_at__isnull=True, channel__in=[Channel.VISIT, Channel.IN_PERSON],
    ).select_related("case")  # fmt: skip
    if bridge.person_case_id is None or first is None:
        return rows.none()
    return rows.filter(on__gte=jst_day(first.at)).order_by("on", "pk")


def arrivals(bridge: Bridge) -> QuerySet[Referral]:
    """Referrals of the person's own that are confirmed as linked, since they were told."""
    rows = Referral.objects.filter(
        case=bridge.person_case, state=ReferralState.LINKED, entry__isnull=False
    ).select_related("case", "agency", "place")  # fmt: skip
    if bridge.person_case_id is None or bridge.reached_at is None:
        return rows.none()
    return rows.filter(linked_on__gte=jst_day(bridge.reached_at)).order_by("linked_on", "pk")


# --- one of the two -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Own:
    """A bridge as one of the two sees it: their own words and yes, and what they may know."""

    bridge: Bridge
    side: Side
    case: Case
    over: bool
    # They themselves said やめます.
    stopped: bool
    # One's own that stands, and whether there ever was one.
    consent: BridgeConsent | None
    asked_before: bool
    # Of the other, by their consent alone.
    line: str
    talks: bool
    day: date | None
    went: str


def own(viewer: Viewer, *, code: str, now: datetime) -> Own:
    """A participant's own. Raises `Refused`: `not_entered`, `not_found`."""
    case = queries.own_case(viewer, code=code)
    found = of_case(case)
    if found is None:
        raise Refused("not_found")
    side = Side.CALLER if found.caller_case_id == case.pk else Side.PERSON
    other = Side.PERSON if side == Side.CALLER else Side.CALLER
    stopped = found.caller_stopped_at if side == Side.CALLER else found.person_stopped_at
    told = None if is_over(found, side) else may_tell(found, other, now=now)
    scope = told.scope if told is not None else []
    mine = BridgeConsent.objects.filter(bridge=found, giver=side.value)
    return Own(
        bridge=found,
        side=side,
        case=case,
        over=is_over(found, side),
        stopped=stopped is not None,
        consent=standing(found, side, now=now),
        asked_before=mine.exists(),
        line=told.line if told is not None else "",
        talks=Tells.TALKS in scope,
        day=_day(found, now=now) if Tells.DAY in scope else None,
        went=found.state if Tells.WENT in scope and found.state in _WENT else "",
    )


_WENT = (BridgeState.MET, BridgeState.LINKED)


def has_own(case: Case) -> bool:
    """Whether a participant finds a bridge on their case."""
    return of_case(case) is not None


def _day(bridge: Bridge, *, now: datetime) -> date | None:
    visits = Visit.objects.filter(
        case=bridge.person_case, state=VisitState.AGREED, starts_at__gt=now
    ).values_list("starts_at", flat=True)  # fmt: skip
    meetings = Meeting.objects.filter(
        case=bridge.person_case, state=MeetingState.CHOSEN, starts_at__gt=now,
        channel__in=[Channel.VISIT, Channel.IN_PERSON],
    ).values_list("starts_at", flat=True)  # fmt: skip
    coming = [one for one in (*visits[:MOST], *meetings[:MOST]) if one is not None]
    return jst_day(min(coming)) if coming else None


# --- the counselor --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """A bridge with both sides, for the counselor of both."""

    case: Case
    bridge: Bridge | None
    apart: bool
    consents: Sequence[BridgeConsent]
    steps: Sequence[BridgeStep]
    next_steps: Sequence[NextStep]
    visits: Sequence[Occasion]
    arrived: Sequence[Referral]

    def consent(self, side: Side) -> BridgeConsent | None:
        """The newest of one of the two, also one that is over."""
        return next((one for one in self.consents if one.giver == side), None)

    @property
    def counted(self) -> list[int]:
        """The ledger's numbers of what stands named here, about the person."""
        bridge = self.bridge
        if bridge is None:
            return []
        row, there = bridge.occasion, bridge.referral
        numbers = list(row.entries) if row is not None and row.voided_at is None else []
        if there is not None and there.entry is not None:
            numbers.append(there.entry)
        return numbers

    @property
    def taken_back(self) -> bool:
        """Whether what it rests on was taken back since."""
        bridge = self.bridge
        if bridge is None:
            return False
        row, there = bridge.occasion, bridge.referral
        gone = row is not None and row.voided_at is not None
        return gone or (there is not None and there.entry is None)


def known(viewer: Viewer, *, code: str) -> Known:
    """Of a case, for its counselor. Raises `Refused`: `not_found`, `second_factor`."""
    case = queries.case(viewer, code=code)
    found = of_case(case)
    if found is None:
        return Known(case, None, False, (), (), _steps_of(case), (), ())
    apart = is_apart(found)
    mine = Side.CALLER if found.caller_case_id == case.pk else Side.PERSON
    consents = BridgeConsent.objects.filter(bridge=found).select_related("heard_by")
    voices = [case]
    if apart:
        # The other voice is a colleague's now.
        consents = consents.filter(giver=mine.value)
    elif found.person_case is not None:
        voices = [found.caller_case, found.person_case]
    steps = BridgeStep.objects.filter(bridge=found).order_by("at", "pk")
    return Known(
        case=case,
        bridge=found,
        apart=apart,
        consents=list(consents.order_by("-at", "-pk")[:MOST]),
        steps=[] if apart else list(steps[:MOST]),
        next_steps=_steps_of(*voices),
        visits=[] if apart else list(first_visits(found)[:MOST]),
        arrived=[] if apart else list(arrivals(found)[:MOST]),
    )


def _steps_of(*cases: Case) -> list[NextStep]:
    rows = NextStep.objects.filter(case__in=cases, done_at__isnull=True).select_related("case")
    return list(rows.order_by("due_on", "pk")[:MOST])


def kept(participant: int) -> list[tuple[Bridge, Side, list[BridgeConsent]]]:
    """What a participant takes along: their own side, and of the other's nothing."""
    found = []
    for case in Case.objects.filter(participant_id=participant).order_by("opened_at", "pk"):
        rows = Bridge.objects.order_by("at", "pk").prefetch_related("consents")
        side = Side.PERSON if case.relation == Relation.SELF else Side.CALLER
        mine = rows.filter(caller_case=case)
        if side == Side.PERSON:
            mine = rows.filter(person_case=case).exclude(state__in=BEFORE_THEM)
        for one in mine:
            given = [row for row in one.consents.all() if row.giver == side]
            found.append((one, side, sorted(given, key=lambda row: row.pk)))
    return found
