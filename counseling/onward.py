"""Reads of what leads on from a case: referrals as the person and the counselor see them, places.

The person sees every step: who moved it, each opening of a link, what was agreed and until when.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from django.db.models import Count

from accounts.queries import open_grants
from accounts.states import Role
from accounts.viewer import Viewer
from counseling import packet, queries
from counseling.models import (
    AddressLook,
    Case,
    Consent,
    Crossing,
    LinkOpening,
    Meeting,
    OneTimeLink,
    Referral,
    StageDone,
    Visit,
    Visitor,
)
from counseling.needs import NEED
from counseling.states import (
    FAMILY_S_OWN,
    HEADINGS,
    CaseState,
    Channel,
    Goal,
    MeetingState,
    Relation,
    VisitState,
)
from duty.colleagues import name_of
from foundation.refusals import Refused
from programs.models import Agency, Place
from programs.states import Accepts, AgencyKind

MOST = 60
LONGEST_AGO = timedelta(hours=24)
EVENING = "17:30"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of what happened: `what` is a state, a stage, or an opening (`link-opened`, …)."""

    what: str
    mover: str
    line: str
    at: datetime
    # Said aloud, and written down by one of ours: over which channel, when, by whom.
    channel: str = ""
    heard_at: datetime | None = None
    recorded_by: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A referral with everything that belongs to it."""

    referral: Referral
    consent: Consent | None
    # The one before, when the last was taken back.
    last_consent: Consent | None
    steps: Sequence[Step]
    stages: Sequence[StageDone]
    meetings: Sequence[Meeting]
    link: OneTimeLink | None

    @property
    def lines(self) -> list[tuple[str, list[tuple[int, packet.Line]]]]:
        """The draft's sentences, numbered under each heading."""
        return [
            (heading.value, list(enumerate(packet.lines(self.referral.draft, heading))))
            for heading in HEADINGS[Relation(self.referral.case.relation)]
        ]

    @property
    def agreed_words(self) -> packet.Words | None:
        """What was agreed to, while it is kept."""
        kept = self.consent or self.last_consent
        return packet.read(kept.words) if kept is not None and kept.words else None


def own_referrals(viewer: Viewer, *, code: str) -> tuple[Case, list[Referral]]:
    """A participant's own, newest first. Raises `Refused`: `not_entered`, `not_found`."""
    case = queries.own_case(viewer, code=code)
    return case, _of(case)


def own_referral(viewer: Viewer, *, code: str, referral: int) -> Seen:
    """One of the participant's own. Raises `Refused`: `not_entered`, `not_found`."""
    return _seen(queries.own_case(viewer, code=code), referral)


def referrals(viewer: Viewer, *, code: str) -> tuple[Case, list[Referral]]:
    """Those of a case, for its counselor. Raises `Refused`: `not_found`, `second_factor`."""
    case = queries.case(viewer, code=code)
    return case, _of(case)


def referral(viewer: Viewer, *, code: str, referral: int) -> Seen:
    """One of a case, for its counselor. Raises `Refused`: `not_found`, `second_factor`."""
    return _seen(queries.case(viewer, code=code), referral)


def leads_on(case: Case) -> bool:
    """Whether anything ever led on from a case."""
    of = (Referral.objects, Meeting.objects, Visit.objects)
    return any(rows.filter(case=case).exists() for rows in of)


def is_to_come(case: Case, *, now: datetime) -> bool:
    """Whether an appointment stands, or a visit: agreed to, or begun, until a day after its end."""
    visits = Visit.objects.filter(
        case=case, state__in=[VisitState.AGREED, VisitState.BEGUN],
        ends_at__gte=now - LONGEST_AGO,
    )  # fmt: skip
    chosen = Meeting.objects.filter(case=case, state=MeetingState.CHOSEN, starts_at__gt=now)
    return visits.exists() or chosen.exists()


def own_meetings(viewer: Viewer, *, code: str) -> list[Meeting]:
    """A participant's own appointments, newest first. Raises `Refused`."""
    return _meetings(queries.own_case(viewer, code=code))


def own_meeting(viewer: Viewer, *, code: str, meeting: int) -> Meeting:
    """One of them. Raises `Refused`: `not_entered`, `not_found`."""
    case = queries.own_case(viewer, code=code)
    found = Meeting.objects.filter(case=case, pk=meeting).first()
    if found is None:
        raise Refused("not_found")
    return found


def meetings(viewer: Viewer, *, code: str) -> list[Meeting]:
    """Those of a case, for its counselor. Raises `Refused`."""
    return _meetings(queries.case(viewer, code=code))


def _meetings(case: Case) -> list[Meeting]:
    rows = Meeting.objects.filter(case=case).select_related("referral__agency", "referral__place")
    return list(rows.order_by("-at", "-pk")[:MOST])


def _of(case: Case) -> list[Referral]:
    rows = Referral.objects.filter(case=case).select_related("case", "agency", "place")
    return list(rows.order_by("-proposed_at", "-pk")[:MOST])


def _seen(case: Case, number: int) -> Seen:
    rows = Referral.objects.filter(case=case, pk=number)
    found = rows.select_related(
        "agency__municipality", "place__municipality", "companion", "accepted_noted_by"
    ).first()
    if found is None:
        raise Refused("not_found")
    found.case = case
    consents = list(Consent.objects.filter(referral=found).order_by("-at", "-pk")[:2])
    standing = next((one for one in consents if one.withdrawn_at is None), None)
    link = OneTimeLink.objects.filter(referral=found).order_by("-made_at", "-pk").first()
    return Seen(
        referral=found,
        consent=standing,
        last_consent=consents[0] if consents else None,
        steps=_steps(found),
        stages=list(StageDone.objects.filter(referral=found).order_by("on", "pk")),
        meetings=list(Meeting.objects.filter(referral=found).order_by("-at", "-pk")[:MOST]),
        link=link,
    )


def _steps(referral: Referral) -> list[Step]:
    crossings = Crossing.objects.filter(referral=referral).exclude(what=NEED)
    crossings = crossings.select_related("recorded_by").order_by("at", "pk")[:MOST]
    # The newest: a page that is read again and again hides nothing that came later.
    openings = LinkOpening.objects.filter(link__referral=referral).order_by("-at", "-pk")[:MOST]
    steps = [
        Step(
            one.what, one.mover, one.line, one.at, one.channel, one.heard_at,
            name_of(one.recorded_by) if one.recorded_by is not None else "",
        )
        for one in crossings
    ]  # fmt: skip
    steps += [Step(f"link-{one.what}", "agency", "", one.at) for one in reversed(openings)]
    return sorted(steps, key=lambda step: step.at)


def supporters(program: int, *, now: datetime) -> list[tuple[int, str]]:
    """Who could come along: the program's supporters, by number and name."""
    found = open_grants(now=now).filter(
        role=Role.SUPPORTER, program_id=program, staff__is_active=True
    )
    rows = found.select_related("staff").order_by("staff__display_name", "staff_id")
    return list({row.staff_id: name_of(row.staff) for row in rows}.items())


# --- visits ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Coming:
    """A visit as the person sees it: who, and who looked at the address."""

    visit: Visit
    visitors: Sequence[Visitor]
    looks: Sequence[AddressLook]


def own_visit(viewer: Viewer, *, code: str, visit: int) -> Coming:
    """One of the participant's own. Raises `Refused`: `not_entered`, `not_found`."""
    case = queries.own_case(viewer, code=code)
    found = Visit.objects.filter(case=case, pk=visit).first()
    if found is None:
        raise Refused("not_found")
    found.case = case
    visitors = Visitor.objects.filter(visit=found).select_related("staff").order_by("pk")
    looks = AddressLook.objects.filter(visit=found).select_related("staff").order_by("at", "pk")
    return Coming(found, list(visitors[:10]), list(looks[:MOST]))


def own_visits(viewer: Viewer, *, code: str) -> list[Visit]:
    """A participant's own, newest first. Raises `Refused`."""
    return _visits(queries.own_case(viewer, code=code))


def visits(viewer: Viewer, *, code: str) -> list[Visit]:
    """Those of a case, for its counselor. Raises `Refused`."""
    return _visits(queries.case(viewer, code=code))


def _visits(case: Case) -> list[Visit]:
    rows = Visit.objects.filter(case=case).prefetch_related("visitors__staff")
    return list(rows.order_by("-starts_at", "-pk")[:MOST])


def visits_of(viewer: Viewer, *, now: datetime) -> list[tuple[Visit, int]]:
    """The visits that a visitor was named for, until a day after: when and how, no case.

    Each with how many go.
    """
    agreed = Visitor.objects.filter(staff_id=viewer.staff or 0, agreed_at__isnull=False)
    rows = Visit.objects.annotate(going=Count("visitors")).filter(
        pk__in=agreed.values("visit"), ends_at__gte=now - timedelta(hours=24)
    ).exclude(state__in=[VisitState.PLANNED, VisitState.CANCELLED])  # fmt: skip
    # A closed case has nothing to come; what has begun there is still come back from.
    rows = rows.exclude(state=VisitState.AGREED, case__state=CaseState.CLOSED)
    return [(one, one.going) for one in rows.order_by("starts_at", "pk")[:MOST]]


def visits_off(viewer: Viewer, *, now: datetime) -> list[Visit]:
    """Visits that the viewer was to make and that don't take place, until they would be over."""
    agreed = Visitor.objects.filter(staff_id=viewer.staff or 0, agreed_at__isnull=False)
    rows = Visit.objects.filter(
        pk__in=agreed.values("visit"), state=VisitState.CANCELLED, ends_at__gte=now
    )
    return list(rows.order_by("starts_at", "pk")[:MOST])


@dataclass(frozen=True, slots=True)
class Along:
    """Where and when somebody wants a face they know beside them; not who, not why."""

    starts_at: datetime
    ends_at: datetime
    place: str
    town: str
    address: str


def going_along(viewer: Viewer, *, now: datetime) -> list[Along]:
    """The first meetings at places to which the person agreed to be gone along with by the viewer.

    Until a day after; gone with the consent, the appointment, or once they have met there.
    """
    rows = Meeting.objects.filter(
        state=MeetingState.CHOSEN, channel=Channel.IN_PERSON, referral__ended_at__isnull=True,
        referral__companion_id=viewer.staff or 0, starts_at__gte=now - LONGEST_AGO,
    ).exclude(case__state=CaseState.CLOSED, starts_at__gt=now).select_related(
        "referral__agency__municipality", "referral__place__municipality"
    )  # fmt: skip
    asked = list(rows.order_by("starts_at", "pk")[:MOST])
    wanted = [one.referral_id for one in asked if one.referral_id is not None]
    standing = Consent.objects.filter(referral_id__in=wanted, withdrawn_at__isnull=True)
    agreed = {one.referral_id for one in standing if one.words and packet.read(one.words).companion}
    met = Meeting.objects.filter(
        referral_id__in=wanted, channel=Channel.IN_PERSON, state=MeetingState.HELD
    )
    agreed -= set(met.values_list("referral_id", flat=True))
    return [_along(one) for one in asked if one.referral_id in agreed]


def _along(meeting: Meeting) -> Along:
    referral, starts_at = meeting.referral, meeting.starts_at
    there = (referral.agency or referral.place) if referral is not None else None
    if there is None or starts_at is None:
        raise ValueError("agreed to nowhere, or at no time")
    return Along(
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=meeting.minutes),
        place=there.name,
        town=there.municipality.name,
        address=there.address,
    )


# --- where one can go -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """What someone looks for; empty is anything. `when` is weekday, evening or weekend."""

    town: str = ""
    kind: str = ""
    accepts: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class There:
    """What there is: agencies and real places; `more` when the list was cut."""

    agencies: Sequence[Agency]
    places: Sequence[Place]
    more: bool


# Where a family goes for itself, by the kind of the agency.
OF_FAMILIES = {AgencyKind.FAMILY_GROUP: Goal.FAMILY, AgencyKind.HOUSEHOLD: Goal.HOUSEHOLD}


def is_family_s_own(referral: Referral) -> bool:
    """Whether a family's referral leads somewhere for the family itself: by its goal, or by where
    it leads. False in every other case.
    """
    if referral.case.relation != Relation.FAMILY:
        return False
    kind = referral.agency.kind if referral.agency is not None else ""
    return referral.goal in FAMILY_S_OWN or kind in OF_FAMILIES


def for_families(program: int, *, wanted: Wanted) -> list[Agency]:
    """Agencies for a family itself, of those that are looked for; none where a kind was chosen."""
    if wanted.kind:
        return []
    return [
        one
        for kind in OF_FAMILIES
        for one in destinations(program, wanted=replace(wanted, kind=kind.value)).agencies
    ]


def destinations(program: int, *, wanted: Wanted) -> There:
    """Agencies by municipality, kind, whom they accept and when they are open; real places."""
    agencies = Agency.objects.standing().filter(program_id=program)
    places = Place.objects.filter(program_id=program, removed_at__isnull=True)
    if wanted.town:
        agencies = agencies.filter(municipality_id=wanted.town)
        places = places.filter(municipality_id=wanted.town)
    if wanted.kind in set(AgencyKind):
        agencies = agencies.filter(kind=wanted.kind)
        places = places if wanted.kind == AgencyKind.IBASHO else places.none()
    rows = agencies.select_related("municipality").order_by("municipality_id", "name", "pk")
    fitting = [
        one
        for one in rows[: MOST * 5]
        if (wanted.accepts not in set(Accepts) or wanted.accepts in one.accepts)
        and _open(one.hours, wanted.when)
    ]
    spots = places.select_related("municipality").order_by("municipality_id", "name", "pk")
    return There(fitting[:MOST], list(spots[:MOST]), len(fitting) > MOST)


def _open(hours: list[list[object]], when: str) -> bool:
    if when not in ("weekday", "evening", "weekend"):
        return True
    for days, _opens, closes in hours:
        weekdays = any(day < 5 for day in days)  # type: ignore[attr-defined]
        if when == "weekend" and any(day >= 5 for day in days):  # type: ignore[attr-defined]
            return True
        if when == "weekday" and weekdays:
            return True
        if when == "evening" and (str(closes) > EVENING or str(closes) == str(time(0))[:5]):
            return True
    return False
