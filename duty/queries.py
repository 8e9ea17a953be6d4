"""Who is on duty and attending which room now (`chat` asks at every act), the rota, the desk."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from django.db.models import Prefetch, QuerySet

from accounts.models import Staff
from accounts.queries import grants_of, key_of
from accounts.states import Role
from accounts.viewer import Viewer
from duty import policies, rota
from duty.colleagues import Keeper, keepers, name_of
from duty.feed import Entry
from duty.models import (
    AlarmTest,
    AlertChoice,
    AlertHour,
    Attendance,
    CalendarAddress,
    Debrief,
    DutyRules,
    Handover,
    HandoverReading,
    Notice,
    Pattern,
    Relief,
    Shift,
    Swap,
)
from duty.readiness import readiness as readiness
from duty.states import RUNNING, STANDING, AskState, Channel, NoticeKind, ShiftState
from duty.watch import ACT_WITHIN
from duty.watching import attending as attending
from foundation.clock import jst_day

# いますか is asked when an act is so old: three minutes are left to answer it.
ASK_AFTER = timedelta(minutes=7)
HANDOVERS_SHOWN = timedelta(days=7)
SHOWN = 100
ASKING = (NoticeKind.SWAP_ASKED, NoticeKind.RELIEF_ASKED)


# --- right now -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Watching:
    """A room that somebody attends; `asked` when いますか is due."""

    room: int
    acted_at: datetime
    asked: bool


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Someone whose shift is running."""

    shift: int
    staff: int
    name: str
    resting: bool
    starts_at: datetime
    ends_at: datetime
    rooms: tuple[Watching, ...]


def on_duty(viewer: Viewer, *, program: int, now: datetime) -> list[OnDuty]:
    """Who is there now and attends which room, in the order in which they began. Two queries."""
    policies.must_be_of_the_team(viewer, program=program)
    lately = Attendance.objects.filter(acted_at__gt=now - ACT_WITHIN).order_by("room")
    rows = (
        Shift.objects.filter(program=program, state__in=RUNNING, ends_at__gt=now)
        .select_related("supporter")
        .prefetch_related(Prefetch("attendances", lately))
        .order_by("begun_at", "pk")
    )
    return [
        OnDuty(
            shift=row.pk,
            staff=row.supporter_id,
            name=name_of(row.supporter),
            resting=row.state == ShiftState.RESTING,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            rooms=tuple(
                Watching(one.room, one.acted_at, now - one.acted_at >= ASK_AFTER)
                for one in row.attendances.all()
            ),
        )
        for row in rows[:SHOWN]
    ]


def running(viewer: Viewer, *, program: int) -> Shift | None:
    """The viewer's own running shift in the program, whether or not its time is over."""
    rows = Shift.objects.filter(supporter=viewer.staff, program=program, state__in=RUNNING)
    return rows.select_related("supervisor").first()


def rules_of(program: int) -> DutyRules:
    """What the program asks of its shifts; the defaults where nothing was set."""
    return DutyRules.objects.filter(program=program).first() or DutyRules(program_id=program)


def stretch_is_over(shift: Shift, rules: DutyRules, *, now: datetime) -> bool:
    """Whether somebody has been there for the longest time at a stretch: time to rest."""
    longest = timedelta(minutes=rules.longest_minutes)
    at_desk = shift.state == ShiftState.BEGUN and shift.stretch_at is not None
    return at_desk and now - shift.stretch_at >= longest  # type: ignore[operator]


@dataclass(frozen=True, slots=True)
class Rest:
    """In how many seconds (0: now) somebody was there for `minutes`, the longest at a stretch."""

    minutes: int
    due_in: int


def rest_in(shift: Shift, rules: DutyRules, *, now: datetime) -> Rest | None:
    """When it is time to rest; None at no desk, and where the shift is over before that."""
    if shift.state != ShiftState.BEGUN or shift.stretch_at is None or shift.ends_at <= now:
        return None
    due = shift.stretch_at + timedelta(minutes=rules.longest_minutes)
    if due > shift.ends_at:
        return None
    return Rest(rules.longest_minutes, max(0, ceil((due - now).total_seconds())))


def rest_of(viewer: Viewer, *, now: datetime) -> Rest | None:
    """The same of the viewer's own running shift, whichever page they are on. One query."""
    programs = viewer.programs(Role.SUPPORTER)
    if not programs:
        return None
    mine = Shift.objects.filter(
        supporter=viewer.staff, program__in=programs, state=ShiftState.BEGUN, ends_at__gt=now
    )
    shift = mine.select_related("program__duty_rules").order_by("pk").first()
    if shift is None:
        return None
    rules = getattr(shift.program, "duty_rules", None) or DutyRules(program_id=shift.program_id)
    return rest_in(shift, rules, now=now)


# --- the rota ------------------------------------------------------------------------------------


def _own(viewer: Viewer) -> QuerySet[Shift]:
    return Shift.objects.filter(
        supporter=viewer.staff, program__in=viewer.programs(Role.SUPPORTER)
    ).select_related("supervisor")


def shift_of_the_program(viewer: Viewer, *, shift: int) -> Shift | None:
    """A shift of a program whose team the viewer belongs to."""
    rows = Shift.objects.filter(pk=shift, program__in=viewer.programs(*policies.TEAM))
    return rows.select_related("supporter", "supervisor").first()


def coming(viewer: Viewer, *, program: int, now: datetime) -> list[Shift]:
    """The viewer's own next shifts there, the nearest first."""
    rows = _own(viewer).filter(program=program, state=ShiftState.PLANNED, ends_at__gt=now)
    return list(rows.order_by("starts_at")[:SHOWN])


def month(viewer: Viewer, *, program: int, first: date) -> list[Shift]:
    """Every shift of the month, in order of time; those taken off the rota aren't on it."""
    policies.must_be_of_the_team(viewer, program=program)
    when = rota.span(first, rota.next_month(first) - rota.DAY)
    rows = Shift.objects.filter(
        program=program, starts_at__gte=when.starts_at, starts_at__lt=when.ends_at
    ).exclude(state__in=(ShiftState.CANCELLED, ShiftState.SWAPPED))
    open_swaps = Swap.objects.filter(state=AskState.ASKED).order_by("pk")
    named = rows.select_related("supporter").prefetch_related(
        Prefetch("swaps", open_swaps, to_attr="open_swaps")
    )
    return list(named.order_by("starts_at", "pk"))


def standing_of(people: Iterable[int], *, when: rota.Stretch) -> list[Shift]:
    """Standing shifts of these people that meet a stretch, in whatever program."""
    rows = Shift.objects.filter(
        supporter__in=list(people),
        state__in=STANDING,
        starts_at__lt=when.ends_at,
        ends_at__gt=when.starts_at,
    )
    return list(rows.order_by("starts_at", "pk"))


def patterns(viewer: Viewer, *, program: int) -> list[Pattern]:
    """The weekly patterns that months are planned from."""
    policies.must_plan(viewer, program=program)
    rows = Pattern.objects.filter(program=program).select_related("supporter")
    # Every one: what were left out here would be missing on the rota.
    return list(rows.order_by("weekday", "begins", "pk"))


def weekly(rows: Iterable[Pattern]) -> list[rota.Weekly]:
    """The rows as the rota's arithmetic takes them."""
    return [
        rota.Weekly(
            supporter=row.supporter_id,
            weekday=row.weekday,
            begins=row.begins,
            ends=row.ends,
            rooms=tuple(row.rooms),
            rests_on_holidays=row.rests_on_holidays,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a month's plan gives for one day: `verdict` is `new`, `there` or a refusal's code."""

    proposed: rota.Proposed
    name: str
    verdict: str


def preview(viewer: Viewer, *, program: int, first: date, now: datetime) -> list[Preview]:
    """What planning this month from the patterns would put on the rota, and what it wouldn't."""
    proposed = rota.unfold(weekly(patterns(viewer, program=program)), first=first)
    team = {one.staff: one for one in keepers(program, now=now)}
    # A day more on either side: a shift may cross midnight.
    around = rota.span(first - rota.DAY, rota.next_month(first) + rota.DAY)
    taken: dict[int, list[Shift]] = {}
    for row in standing_of({one.supporter for one in proposed}, when=around):
        taken.setdefault(row.supporter_id, []).append(row)
    return [
        Preview(
            proposed=one,
            name=team[one.supporter].name if one.supporter in team else "",
            verdict=_verdict(one, team.get(one.supporter), taken.get(one.supporter, ()), now),
        )
        for one in proposed
    ]


def _verdict(
    one: rota.Proposed, keeper: Keeper | None, taken: Sequence[Shift], now: datetime
) -> str:
    if keeper is None:
        return "not_a_supporter"
    if code := keeper.refusal(one.rooms, today=jst_day(now), when=one.when):
        return code
    if one.when.ends_at <= now:
        return "in_the_past"
    stretches = [rota.Stretch(row.starts_at, row.ends_at) for row in taken]
    if one.when in stretches:
        return "there"
    return "shifts_overlap" if any(one.when.meets(other) for other in stretches) else "new"


# --- what is asked and told among colleagues -----------------------------------------------------


def swaps_for(viewer: Viewer, *, now: datetime) -> list[Swap]:
    """What the viewer is asked to take over, the nearest shift first."""
    rows = Swap.objects.filter(
        asked=viewer.staff or 0,
        state=AskState.ASKED,
        shift__state=ShiftState.PLANNED,
        shift__starts_at__gt=now,
        shift__program__in=viewer.programs(Role.SUPPORTER),
    )
    return list(rows.select_related("shift__supporter").order_by("shift__starts_at", "pk")[:SHOWN])


def open_swap(shift: int) -> Swap | None:
    """Whether, and whom, one's shift is offered to."""
    rows = Swap.objects.filter(shift=shift, state=AskState.ASKED).prefetch_related("asked")
    return rows.first()


def reliefs(viewer: Viewer, *, program: int, now: datetime) -> list[Relief]:
    """かわって that nobody took yet, the oldest first."""
    policies.must_be_of_the_team(viewer, program=program)
    rows = Relief.objects.filter(
        state=AskState.ASKED, shift__program=program, shift__state__in=RUNNING
    )
    return list(rows.select_related("shift__supporter").order_by("asked_at", "pk")[:SHOWN])


def notices(viewer: Viewer) -> list[Notice]:
    """What the viewer is told and hasn't put away, the newest first; what they are asked stands
    with the asking (`swaps_for`, `reliefs`).
    """
    rows = Notice.objects.filter(to=viewer.staff or 0, seen_at=None).exclude(kind__in=ASKING)
    return list(rows.select_related("shift", "about").order_by("-id")[:SHOWN])


def handovers(viewer: Viewer, *, program: int, now: datetime) -> list[Handover]:
    """申し送り of the last week, the newest first, each with who read it (`read_by`)."""
    policies.must_be_of_the_team(viewer, program=program)
    readings = HandoverReading.objects.select_related("staff").order_by("pk")
    rows = Handover.objects.filter(program=program, at__gt=now - HANDOVERS_SHOWN)
    named = rows.select_related("author").prefetch_related(
        Prefetch("readings", readings, to_attr="read_by")
    )
    return list(named.order_by("-at", "-pk")[:SHOWN])


def debriefs(viewer: Viewer) -> list[Debrief]:
    """One's own notes, and those that a colleague shows to the viewer. The newest first."""
    own = Debrief.objects.filter(author=viewer.staff or 0)
    shown = Debrief.objects.filter(
        shown_to=viewer.staff or 0, shift__program__in=viewer.programs(*policies.TEAM)
    )
    rows = (own | shown).select_related("author", "shift", "shown_to")
    return list(rows.order_by("-at", "-pk")[:SHOWN])


# --- one's own -----------------------------------------------------------------------------------


def channels_of(viewer: Viewer) -> tuple[Channel, ...] | None:
    """The channels that someone chose, in their order; None if they never chose."""
    row = AlertChoice.objects.filter(staff=viewer.staff or 0).first()
    return None if row is None else tuple(Channel(name) for name in row.channels)


def hours_of(viewer: Viewer) -> frozenset[int]:
    """The hours of the week in which someone said yes."""
    rows = AlertHour.objects.filter(staff=viewer.staff or 0).order_by("hour")
    return frozenset(rows.values_list("hour", flat=True))


def has_calendar(viewer: Viewer) -> bool:
    """Whether a calendar address of theirs works."""
    return CalendarAddress.objects.filter(staff=viewer.staff or 0).exists()


CALENDAR_BACK, CALENDAR_AHEAD = timedelta(days=31), timedelta(days=92)


def calendar_entries(token: str, *, summary: str, now: datetime) -> list[Entry] | None:
    """The shifts behind a calendar's address; None if it isn't one, or its owner left.

    Nothing in them tells what the place is, nor which room.
    """
    row = CalendarAddress.objects.filter(token_key=key_of(token)).first()
    if row is None:
        return None
    programs = {
        grant.program for grant in grants_of(row.staff_id, now=now) if grant.role == Role.SUPPORTER
    }
    if not programs:
        return None
    shifts = Shift.objects.filter(
        supporter=row.staff_id,
        program__in=programs,
        state__in=(*STANDING, ShiftState.ENDED),
        ends_at__gt=now - CALENDAR_BACK,
        starts_at__lt=now + CALENDAR_AHEAD,
    )
    return [
        Entry(
            uid=hashlib.sha256(f"{row.token_key} {shift.pk}".encode()).hexdigest()[:32],
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            changed_at=shift.changed_at,
            summary=summary,
        )
        for shift in shifts.order_by("starts_at", "pk")
    ]


def waiting_test(viewer: Viewer, *, program: int) -> AlarmTest | None:
    """ためしのよびだし that waits for an answer."""
    policies.must_be_of_the_team(viewer, program=program)
    rows = AlarmTest.objects.filter(program=program, acknowledged_at=None)
    return rows.select_related("asked_by").first()


def names(people: Iterable[int]) -> dict[int, str]:
    """What colleagues are called."""
    return {pk: name_of(row) for pk, row in Staff.objects.in_bulk(list(people)).items()}
