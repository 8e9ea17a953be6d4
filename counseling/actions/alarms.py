"""Words of need in a talk, or in what was asked, call the counselor's chain, never the peers' desk.

The case's own counselor first; after five minutes the programme's other counselors; after ten its
coordinators. Whoever said nothing of this hour is let sleep, but for the coordinators. It ends when
somebody writes or says that they have seen it, and for what was asked when somebody takes the case.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from accounts.queries import open_grants
from accounts.states import Role
from accounts.viewer import Viewer
from chat.models import Finding, Message
from chat.states import COUNSELOR
from counseling import policies, queries
from counseling.actions.moves import locked, note
from counseling.models import Case, Crossing
from counseling.needs import NEED
from counseling.states import CaseState
from duty.actions.alarms import call
from duty.calls import calls_about
from duty.colleagues import reachable
from duty.states import Channel

OTHERS_AFTER = timedelta(minutes=5)
COORDINATORS_AFTER = timedelta(minutes=10)
LOOKED_AT = timedelta(days=2)
# Also what nobody has taken yet.
GOING_ON = (CaseState.WAITING, CaseState.OPEN)


@dataclass(frozen=True, slots=True)
class Need:
    """Somebody in need whom nobody of ours has answered."""

    about: str
    program: int
    counselor: int | None
    since: datetime


def needs(*, now: datetime) -> list[Need]:
    """Everybody in need of the last two days who waits for an answer."""
    return [*_in_talks(now), *_in_askings(now), *_in_packets(now)]


def _in_talks(now: datetime) -> Iterable[Need]:
    rows = (
        # What was told of a counselor goes above them: it calls nobody here.
        Finding.objects.filter(
            # Also what came after the end, which the talk refused.
            Q(room__case__state__in=GOING_ON) | Q(at__gt=F("room__case__closed_at")),
            at__gt=now - LOOKED_AT,
            about_staff__isnull=True,
        )
        .select_related("room__case")
        .order_by("at", "pk")
    )
    for row in rows:
        case: Case = row.room.case
        if "crisis" not in row.classes or (case.need_seen_at and case.need_seen_at >= row.at):
            continue
        answers = Message.objects.filter(room=row.room, at__gt=row.at, seat__role=COUNSELOR)
        if not answers.exists():
            yield Need(f"need:{row.pk}", case.program_id, case.counselor_id, row.at)


def _in_askings(now: datetime) -> Iterable[Need]:
    since = Q(state__in=GOING_ON) | Q(need_at__gt=F("closed_at"))
    rows = Case.objects.filter(since, need_at__gt=now - LOOKED_AT)
    found = list(rows.order_by("need_at", "pk"))
    unanswered = queries.asked_in_need(found)
    for case in found:
        if case.need_at is not None and case.pk in unanswered:
            about = f"asking:{case.pk}-{case.need_at:%y%m%d%H%M%S}"
            yield Need(about, case.program_id, case.counselor_id, case.need_at)


def _in_packets(now: datetime) -> Iterable[Need]:
    since = Q(referral__case__state__in=GOING_ON) | Q(at__gt=F("referral__case__closed_at"))
    rows = Crossing.objects.filter(since, what=NEED, at__gt=now - LOOKED_AT).select_related(
        "referral__case"
    )
    for row in rows.order_by("at", "pk"):
        case: Case = row.referral.case
        if case.need_seen_at is None or case.need_seen_at < row.at:
            yield Need(f"packet:{row.pk}", case.program_id, case.counselor_id, row.at)


def climb(*, now: datetime) -> int:
    """Call whoever is due and wasn't called; how many were. Safe to run twice."""
    return sum(_climb(need, now=now) for need in needs(now=now))


def _climb(need: Need, *, now: datetime) -> int:
    with transaction.atomic():
        # One process at a time: the case's rows lock each other's steps.
        list(Case.objects.select_for_update().filter(_of(need)).values_list("pk", flat=True))
        called = {row.staff_id for row in calls_about([need.about])}
        due = [one for one in _chain(need, now=now) if one not in called]
        coordinators = holders(need.program, Role.COORDINATOR, now)
        rung = 0
        for one in reachable(due, now=now):
            if not one.willing and one.staff not in coordinators:
                continue
            far: list[Channel] = [
                way for way in one.channels if way in one.open and way != Channel.DESK
            ]
            # Who can't be reached is noted too, so that nobody is asked twice.
            for channel in far or [Channel.DESK]:
                call(one.staff, channel=channel, program=need.program, about=need.about, now=now)
            rung += 1
    return rung


def _of(need: Need) -> Q:
    kind, _, number = need.about.partition(":")
    if kind == "asking":
        return Q(pk=int(number.partition("-")[0]))
    if kind == "packet":
        return Q(referrals__crossings=int(number))
    return Q(room__finding=int(number))


def _chain(need: Need, *, now: datetime) -> list[int]:
    waited = now - need.since
    counselors = holders(need.program, Role.COUNSELOR, now)
    chain = [need.counselor] if need.counselor is not None else counselors
    if waited >= OTHERS_AFTER:
        chain = [*chain, *counselors]
    if waited >= COORDINATORS_AFTER:
        chain = [*chain, *holders(need.program, Role.COORDINATOR, now)]
    return list(dict.fromkeys(chain))


def holders(program: int, role: Role, now: datetime) -> list[int]:
    """Whoever holds the role in the program now, by number."""
    rows = open_grants(now=now).filter(role=role, program_id=program, staff__is_active=True)
    return list(rows.order_by("pk").values_list("staff_id", flat=True))


def seen(viewer: Viewer, *, code: str, now: datetime) -> None:
    """うけとりました: the case's counselor knows; nobody else is called.

    Raises `Refused`: `not_found`, `second_factor`.
    """
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        Case.objects.filter(pk=case.pk).update(need_seen_at=now)
        note(viewer, case, "seen", now=now)
