"""Every read of counseling."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.db.models import Exists, F, Max, OuterRef, Q

from accounts.policies import must_be_entered
from accounts.queries import open_grants
from accounts.states import Role
from accounts.viewer import Viewer
from chat import protocol as p
from chat.models import Finding, Message, Seat
from chat.queries import newest
from chat.states import COUNSELOR
from chat.talks import talk_seat
from counseling import codes, policies
from counseling.models import (
    Asking,
    Case,
    HandOver,
    Invitation,
    NextStep,
    Note,
    Occasion,
    OccasionImport,
)
from counseling.needs import after_the_end, in_packets, to_tell
from counseling.states import STANDING, CaseState, HandOverState, Relation, Urgency
from duty.colleagues import told_apart
from foundation.refusals import Refused
from programs.models import Program

MOST = 200
LATELY = timedelta(days=60)
_RANK = {Urgency.TODAY: 0, Urgency.SOON: 1, Urgency.USUAL: 2}


def case(viewer: Viewer, *, code: str) -> Case:
    """A case by its code, for its own counselor. Raises `Refused`: `not_found`, `second_factor`."""
    return policies.must_be_assigned(viewer, _by_code(code))


def own_case(viewer: Viewer, *, code: str) -> Case:
    """A participant's own case. Raises `Refused`: `not_entered`, `not_found`."""
    return policies.must_be_own(viewer, _by_code(code))


def _by_code(code: str) -> Case | None:
    found = Case.objects.select_related("program", "counselor", "merged_into", "room")
    return found.filter(code=codes.typed(code)).first()


def own_cases(viewer: Viewer) -> list[Case]:
    """A participant's own, newest first. Raises `Refused("not_entered")`."""
    participant = must_be_entered(viewer)
    found = Case.objects.filter(participant_id=participant).select_related("program", "counselor")
    return list(found.order_by("-opened_at", "-pk")[:20])


def speaks_of_others(viewer: Viewer) -> bool:
    """Whether a participant's own case about somebody else goes on: then it's asked whether they
    ask about the same one. Whoever isn't in has none.
    """
    mine = Case.objects.filter(participant_id=viewer.participant or 0)
    return mine.exclude(relation=Relation.SELF).exclude(state=CaseState.CLOSED).exists()


def top_of(case: Case) -> Case:
    """The case that stands for the person at the desk: itself unless it was merged."""
    return case.merged_into if case.merged_into is not None else case


def own_invitation(viewer: Viewer, *, invitation: int) -> Invitation:
    """One that was meant for this participant. Raises `Refused`: `not_entered`, `not_found`."""
    participant = must_be_entered(viewer)
    found = Invitation.objects.filter(pk=invitation, participant_id=participant).first()
    if found is None:
        raise Refused("not_found")
    return found


def programs() -> list[Program]:
    """Where one may ask."""
    return list(Program.objects.order_by("name", "pk"))


def programs_of(viewer: Viewer, *roles: Role) -> list[Program]:
    """The programs in which the viewer holds one of the roles."""
    return list(Program.objects.filter(pk__in=viewer.programs(*roles)).order_by("name", "pk"))


def counselors_of(program: int, *, now: datetime) -> dict[int, str]:
    """The program's counselors today and what they are called, by number."""
    found = open_grants(now=now).filter(
        role=Role.COUNSELOR, program_id=program, staff__is_active=True
    )
    rows = found.select_related("staff").order_by("staff__display_name", "staff_id")
    return told_apart([row.staff for row in rows])


def usual_wait(program: int, *, now: datetime) -> timedelta | None:
    """How long it lately took until a counselor was there, in the middle; None: nobody can say.

    Of what still waits, the time so far counts too: a queue that stands still isn't told as short.
    """
    lately = Asking.objects.filter(case__program_id=program, asked_at__gte=now - LATELY)
    rows = lately.filter(Q(taken_at__isnull=False) | Q(state="asked"))
    waits = [(taken or now) - asked for asked, taken in rows.values_list("asked_at", "taken_at")]
    return timedelta(seconds=median(one.total_seconds() for one in waits)) if waits else None


# --- the talk --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """Something said in a talk, as both see it."""

    seq: int
    at: datetime
    who: str
    role: str
    text: str
    state: str
    mine: bool


def talk_of(case: Case, *, viewer: Viewer) -> list[Said]:
    """The newest words of the talk, oldest first."""
    if case.room_id is None:
        return []
    seat = talk_seat(viewer, room=case.room) if case.room is not None else None
    return [
        Said(
            seq=one.seq,
            at=datetime.fromisoformat(one.at),
            who=one.from_.handle,
            role=one.from_.role,
            text=one.text,
            state=one.state,
            mine=seat is not None and one.from_.id == seat.key,
        )
        for one in newest(case.room_id)
        if isinstance(one, p.Message)
    ]


@dataclass(frozen=True, slots=True)
class Wire:
    """What the page's script needs to follow a talk: its room, from where on, who one is there."""

    slug: str
    epoch: str
    head: int
    you: str


def wire_of(case: Case, *, viewer: Viewer) -> Wire | None:
    """How to follow the talk live; None for whoever has no seat in it yet."""
    room = case.room
    if room is None:
        return None
    seat = talk_seat(viewer, room=room)
    return None if seat is None else Wire(room.slug, room.epoch, room.head, seat.key)


def standing_asking(case: Case) -> Asking | None:
    """What is asked and not over."""
    return case.askings.filter(state__in=[one.value for one in STANDING]).first()


# --- the desk --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case in a list: who waits since when, how soon someone should look."""

    case: Case
    since: datetime | None
    urgency: Urgency
    in_need: bool
    # What was sent to an agency was taken back, and nobody has told it yet.
    to_tell: bool
    asking: Asking | None
    step: NextStep | None


def inbox(viewer: Viewer, *, program: int) -> list[Waiting]:
    """What nobody has taken yet: urgent first, then the longest wait.

    Raises `Refused`: `not_found`, `second_factor`.
    """
    policies.must_be_counselor(viewer, program=program)
    waiting = Case.objects.filter(program_id=program, state=CaseState.WAITING)
    return _listed(waiting.order_by("waiting_since", "pk")[:MOST])


def own_desk(viewer: Viewer, *, program: int) -> list[Waiting]:
    """The counselor's open cases: urgent first, then who waits longest, then the quiet ones.

    A closed one is among them while words of need came after its end (in its talk, in a packet or
    to the other of two), or while an agency is to be told of a withdrawal.
    """
    staff = policies.must_be_counselor(viewer, program=program)
    mine = Case.objects.filter(program_id=program, counselor_id=staff)
    ended = mine.filter(closed_at__isnull=False)
    needed = after_the_end(ended.filter(room__finding__at__gt=F("closed_at")).distinct())
    needed |= in_packets(ended.filter(referrals__crossings__at__gt=F("closed_at")).distinct())
    needed |= asked_in_need(ended.filter(need_at__gt=F("closed_at")))
    needed |= set(to_tell(ended))
    shown = mine.filter(Q(state=CaseState.OPEN) | Q(pk__in=needed))
    return _listed(shown.order_by("pk")[:MOST])


def _listed(cases: Iterable[Case]) -> list[Waiting]:
    found = list(cases)
    numbers = [case.pk for case in found]
    rooms = [case.room_id for case in found if case.room_id is not None]
    askings = {
        row.case_id: row
        for row in Asking.objects.filter(
            case_id__in=numbers, state__in=[one.value for one in STANDING]
        )
    }
    steps: dict[int, NextStep] = {}
    for step in NextStep.objects.filter(case_id__in=numbers, done_at__isnull=True).order_by(
        "-due_on", "-pk"
    ):
        steps[step.case_id] = step  # the earliest stays
    seen = {case.room_id or 0: case.need_seen_at for case in found}
    talked, spoke = _needs(rooms, seen), _spoke(rooms)
    needs = {case.pk for case in found if case.room_id in talked} | asked_in_need(found)
    needs |= in_packets(found) | after_the_end(found)
    untold = to_tell(found)
    rows = [
        Waiting(
            case=case,
            since=case.waiting_since or spoke.get(case.room_id or 0) or untold.get(case.pk),
            urgency=Urgency.TODAY if case.pk in needs else Urgency(case.urgency),
            in_need=case.pk in needs,
            to_tell=case.pk in untold,
            asking=askings.get(case.pk),
            step=steps.get(case.pk),
        )
        for case in found
    ]
    return sorted(
        rows,
        key=lambda row: (
            _RANK[row.urgency],
            row.since is None,
            row.since.timestamp() if row.since else 0.0,
            row.case.pk,
        ),
    )


def _spoke(rooms: Sequence[int]) -> dict[int, datetime]:
    """By room: since when the person's last words wait for the counselor's."""
    last = (
        Message.objects.filter(room_id__in=rooms, seq__isnull=False)
        .order_by()
        .values("room_id")
        .annotate(
            person=Max("at", filter=Q(seat__role="participant")),
            counselor=Max("at", filter=Q(seat__role=COUNSELOR)),
        )
    )
    return {
        row["room_id"]: row["person"]
        for row in last
        if row["person"] and (row["counselor"] is None or row["person"] > row["counselor"])
    }


def _needs(rooms: Sequence[int], seen: Mapping[int, datetime | None]) -> set[int]:
    """Rooms in which words of need were written that nobody of ours has seen or answered."""
    found = Finding.objects.filter(room_id__in=rooms, about_staff__isnull=True).order_by()
    newest: dict[int, datetime] = {}
    for room, classes, at in found.values_list("room_id", "classes", "at"):
        until = seen.get(room)
        if "crisis" in classes and (until is None or until < at):
            newest[room] = max(at, newest.get(room, at))
    # By when they were said, also of a text that was refused and stands nowhere.
    said = Message.objects.filter(room_id__in=newest, seat__role=COUNSELOR).order_by()
    answered = dict(said.values_list("room_id").annotate(Max("at")))
    return {room for room, at in newest.items() if room not in answered or answered[room] <= at}


def asked_in_need(cases: Iterable[Case]) -> set[int]:
    """Cases in which words of need were asked with that nobody of ours has seen or answered."""
    needs = [case.pk for case in cases if case.need_at is not None]
    said = Message.objects.filter(room=OuterRef("room"), seat__role=COUNSELOR)
    rows = Case.objects.filter(~Exists(said.filter(at__gt=OuterRef("need_at"))), pk__in=needs)
    unseen = rows.filter(Q(need_seen_at__isnull=True) | Q(need_seen_at__lt=F("need_at")))
    return set(unseen.values_list("pk", flat=True)) if needs else set()


def offered_to(viewer: Viewer) -> list[HandOver]:
    """What colleagues would like the viewer to take over."""
    staff = policies.must_be_counselor(viewer)
    rows = HandOver.objects.filter(taker_id=staff, state=HandOverState.OFFERED)
    return list(rows.select_related("case", "giver").order_by("offered_at", "pk"))


def asked_in(viewer: Viewer) -> list[Case]:
    """Talks of colleagues into which the viewer was asked."""
    staff = policies.must_be_counselor(viewer)
    seats = Seat.objects.filter(staff_id=staff, role=COUNSELOR, ended_at__isnull=True)
    rows = Case.objects.filter(room__seats__in=seats, state=CaseState.OPEN)
    return list(rows.exclude(counselor_id=staff).select_related("counselor").order_by("pk")[:MOST])


def followed(viewer: Viewer, *, code: str) -> Case:
    """A case whose talk the viewer sits in. Raises `Refused`: `not_found`, `second_factor`."""
    return policies.must_sit(viewer, _by_code(code))


def company(case: Case) -> list[tuple[int, str]]:
    """Whom the counselor asked into the talk: number, name."""
    if case.room_id is None:
        return []
    seats = Seat.objects.filter(room_id=case.room_id, role=COUNSELOR, ended_at__isnull=True)
    rows = seats.exclude(staff_id=case.counselor_id or 0).order_by("pk")
    return [(row.staff_id or 0, row.handle) for row in rows]


def reminders(viewer: Viewer, *, program: int, today: date) -> list[NextStep]:
    """Next steps of the viewer's cases that are due."""
    staff = policies.must_be_counselor(viewer, program=program)
    rows = NextStep.objects.filter(
        case__counselor_id=staff, case__program_id=program, done_at__isnull=True, due_on__lte=today
    )
    return list(rows.select_related("case").order_by("due_on", "pk")[:MOST])


@dataclass(frozen=True, slots=True)
class Opened:
    """Everything that a case's counselor sees of it, and of the cases that were merged into it."""

    case: Case
    voices: list[Case]
    askings: list[Asking]
    occasions: list[Occasion]
    notes: list[Note]
    steps: list[NextStep]
    offered: HandOver | None
    in_need: bool
    talk: list[Said]
    wire: Wire | None


def opened(viewer: Viewer, *, code: str) -> Opened:
    """A case with all that belongs to it. Raises `Refused`: `not_found`, `second_factor`."""
    found = case(viewer, code=code)
    joined = Case.objects.filter(merged_into=found, counselor_id=viewer.staff)
    voices = [found, *joined.order_by("pk")]
    notes = Note.objects.filter(case__in=voices).filter(Q(shared=True) | Q(author_id=viewer.staff))
    return Opened(
        case=found,
        voices=voices,
        askings=list(Asking.objects.filter(case__in=voices).order_by("-asked_at", "-pk")[:50]),
        occasions=list(
            Occasion.objects.filter(case__in=voices)
            .select_related("case")
            .order_by("-on", "-pk")[:MOST]
        ),
        notes=list(notes.select_related("author").order_by("-at", "-pk")[:MOST]),
        steps=list(
            NextStep.objects.filter(case__in=voices, done_at__isnull=True).order_by("due_on", "pk")
        ),
        offered=HandOver.objects.filter(case=found, state=HandOverState.OFFERED)
        .select_related("taker")
        .first(),
        in_need=is_in_need(found),
        wire=wire_of(found, viewer=viewer),  # before the words: what comes meanwhile follows
        talk=talk_of(found, viewer=viewer),
    )


def waiting_import(viewer: Viewer, *, program: int) -> OccasionImport | None:
    """The counselor's own list that waits to be taken in."""
    staff = policies.must_be_counselor(viewer, program=program)
    return OccasionImport.objects.filter(
        counselor_id=staff, program_id=program, applied_at__isnull=True, dropped_at__isnull=True
    ).first()


def is_in_need(case: Case) -> bool:
    """Whether words of need stand there that nobody of ours has seen."""
    room = case.room_id
    talked = room is not None and room in _needs([room], {room: case.need_seen_at})
    return talked or case.pk in asked_in_need([case]) | in_packets([case]) | after_the_end([case])
