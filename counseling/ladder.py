"""Where the ladder of calls stands for words of need: who waits, whom it has reached: reads.

The case's own counselor first; after five minutes the programme's other counselors; after ten its
coordinators. Whoever is reached and isn't the case's own counselor learns its code and since when
somebody waits, and nothing that was said.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q

from accounts.queries import open_grants
from accounts.states import Role
from accounts.viewer import Viewer
from chat.models import Finding, Message
from chat.states import COUNSELOR
from counseling import policies, queries
from counseling.models import Case, Crossing
from counseling.needs import NEED
from counseling.states import CaseState
from duty.colleagues import name_of

OTHERS_AFTER = timedelta(minutes=5)
COORDINATORS_AFTER = timedelta(minutes=10)
LOOKED_AT = timedelta(days=2)
MOST = 100
# Also what nobody has taken yet.
GOING_ON = (CaseState.WAITING, CaseState.OPEN)


@dataclass(frozen=True, slots=True)
class Need:
    """Somebody in need whom nobody of ours has answered."""

    about: str
    case: int
    program: int
    counselor: int | None
    since: datetime
    # Some human has taken note of it: nobody else is called, and it stays to be answered.
    heard: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case whose person nobody has answered, as whoever was called sees it."""

    case: Case
    since: datetime
    # Who took note of all of it, and when.
    heard_by: str
    heard_at: datetime | None


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
            yield _need(f"need:{row.pk}", case, row.at)


def _in_askings(now: datetime) -> Iterable[Need]:
    since = Q(state__in=GOING_ON) | Q(need_at__gt=F("closed_at"))
    rows = Case.objects.filter(since, need_at__gt=now - LOOKED_AT)
    found = list(rows.order_by("need_at", "pk"))
    unanswered = queries.asked_in_need(found)
    for case in found:
        if case.need_at is not None and case.pk in unanswered:
            about = f"asking:{case.pk}-{case.need_at:%y%m%d%H%M%S}"
            yield _need(about, case, case.need_at)


def _in_packets(now: datetime) -> Iterable[Need]:
    since = Q(referral__case__state__in=GOING_ON) | Q(at__gt=F("referral__case__closed_at"))
    rows = Crossing.objects.filter(since, what=NEED, at__gt=now - LOOKED_AT).select_related(
        "referral__case"
    )
    for row in rows.order_by("at", "pk"):
        case: Case = row.referral.case
        if case.need_seen_at is None or case.need_seen_at < row.at:
            yield _need(f"packet:{row.pk}", case, row.at)


def _need(about: str, case: Case, since: datetime) -> Need:
    heard = case.need_heard_at is not None and case.need_heard_at >= since
    return Need(about, case.pk, case.program_id, case.counselor_id, since, heard)


def chain(need: Need, *, now: datetime) -> list[int]:
    """Whom the ladder has reached, in its order."""
    waited = now - need.since
    counselors = holders(need.program, Role.COUNSELOR, now)
    reached = [need.counselor] if need.counselor is not None else counselors
    if waited >= OTHERS_AFTER:
        reached = [*reached, *counselors]
    if waited >= COORDINATORS_AFTER:
        reached = [*reached, *holders(need.program, Role.COORDINATOR, now)]
    return list(dict.fromkeys(reached))


def holders(program: int, role: Role, now: datetime) -> list[int]:
    """Whoever holds the role in the program now, by number."""
    rows = open_grants(now=now).filter(role=role, program_id=program, staff__is_active=True)
    return list(rows.order_by("pk").values_list("staff_id", flat=True))


def reaching(viewer: Viewer, *, program: int, now: datetime) -> list[Need]:
    """What the ladder has reached the viewer with, also what somebody took note of already.

    Raises `Refused`: `not_found`, `second_factor`.
    """
    policies.must_be_near_danger(viewer, program=program)
    there = [one for one in needs(now=now) if one.program == program]
    return [one for one in there if viewer.staff in chain(one, now=now)]


def listed(viewer: Viewer, *, program: int, now: datetime) -> list[Waiting]:
    """The same by case, whoever waits longest first. Raises as `reaching`."""
    reached: dict[int, list[Need]] = {}
    for one in reaching(viewer, program=program, now=now):
        reached.setdefault(one.case, []).append(one)
    rows = Case.objects.select_related("counselor", "need_heard_by").filter(pk__in=reached)
    shown = [_waiting(case, reached[case.pk]) for case in rows.order_by("pk")]
    return sorted(shown, key=lambda one: (one.since, one.case.pk))[:MOST]


def standing(case: Case, *, now: datetime) -> Waiting | None:
    """How it stands for one case; None where nobody waits in it."""
    there = [one for one in needs(now=now) if one.case == case.pk]
    return _waiting(case, there) if there else None


def _waiting(case: Case, found: list[Need]) -> Waiting:
    since = min(one.since for one in found)
    if not all(one.heard for one in found):
        return Waiting(case, since, "", None)
    return Waiting(case, since, name_of(case.need_heard_by), case.need_heard_at)
