"""Who may keep a shift, who is there for whom, who may be called: the team as it is now."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import RoleGrant, RoleRoom, Staff
from accounts.queries import open_grants
from accounts.sentences import role_name
from accounts.states import Role
from duty.alerts import Colleague
from duty.channels import works
from duty.models import AlertChoice, AlertHour, Attendance, PushAddress, Shift
from duty.policies import may_keep_rooms, may_keep_until
from duty.rota import Stretch, hour_of_week, last_day
from duty.states import RUNNING, Channel, ShiftState
from duty.watch import ACT_WITHIN
from foundation.clock import jst_day
from foundation.refusals import Refused

# Trained so long ago, a supporter may be there for another one.
EXPERIENCED = timedelta(days=365)
DEFAULT_CHANNELS = (Channel.DESK, Channel.EMAIL)
MOST = 200


@dataclass(frozen=True, slots=True)
class Keeper:
    """A supporter of a program, and what their grant says. No `only` are all rooms."""

    staff: int
    name: str
    trained_on: date | None
    expires_on: date | None
    only: frozenset[int]

    def trained(self, today: date) -> bool:
        """Whether their training is over: before, they keep no shift anywhere."""
        return self.trained_on is not None and self.trained_on <= today

    def keeps(self, room: int) -> bool:
        """Whether what is said in the room is theirs to read."""
        return not self.only or room in self.only

    def lasts(self, when: Stretch) -> bool:
        """Whether their role holds on every day that a shift touches."""
        return self.expires_on is None or last_day(when) <= self.expires_on

    def refusal(self, rooms: Collection[int], *, today: date, when: Stretch | None = None) -> str:
        """Why they may not keep a shift for these rooms, then; empty if they may.

        Without `when`: whether they may keep any for them today.
        """
        try:
            may_keep_rooms(rooms, trained_on=self.trained_on, only=self.only, today=today)
            if when is not None:
                may_keep_until(when, expires_on=self.expires_on)
        except Refused as no:
            return no.code
        return ""


def _grants(program: int, *roles: Role, now: datetime) -> QuerySet[RoleGrant]:
    found = open_grants(now=now).filter(program=program, role__in=roles, staff__is_active=True)
    return found.select_related("staff").order_by("staff__display_name", "staff", "pk")


def keepers(program: int, *, now: datetime) -> list[Keeper]:
    """Everyone who holds the supporter's role in the program today, trained or not, by name."""
    rows = list(_grants(program, Role.SUPPORTER, now=now).prefetch_related("rooms")[:MOST])
    names = told_apart([row.staff for row in rows])
    return [
        Keeper(
            staff=row.staff_id,
            name=names[row.staff_id],
            trained_on=row.trained_on,
            expires_on=row.expires_on,
            only=frozenset(narrowed.room for narrowed in row.rooms.all()),
        )
        for row in rows
    ]


def next_on_the_rota(
    program: int, *, room: int, besides: Collection[int] = (), now: datetime
) -> datetime | None:
    """When `next_shift` begins."""
    found = next_shift(program, room=room, besides=besides, now=now)
    return found.starts_at if found is not None else None


def next_shift(
    program: int, *, room: int, besides: Collection[int] = (), now: datetime
) -> Stretch | None:
    """The next planned shift that lies within its keeper's role, of somebody who may read in the
    room and isn't one of `besides`. Three queries.
    """
    team = {
        one.staff: one
        for one in keepers(program, now=now)
        if one.staff not in besides and one.keeps(room)
    }
    planned = Shift.objects.filter(
        program=program, state=ShiftState.PLANNED, starts_at__gt=now, supporter__in=team
    )
    for row in planned.order_by("starts_at", "pk")[:MOST]:
        if team[row.supporter_id].lasts(found := Stretch(row.starts_at, row.ends_at)):
            return found
    return None


def name_of(staff: Staff | None) -> str:
    """What colleagues call them."""
    return (staff.display_name or staff.username) if staff is not None else ""


def told_apart(people: Iterable[Staff]) -> dict[int, str]:
    """The same where one of them is chosen: of one name, each with their sign-in name beside it."""
    once = {one.pk: one for one in people}
    called = Counter(name_of(one) for one in once.values())
    return {
        pk: f"{name_of(one)}({one.username})" if called[name_of(one)] > 1 else name_of(one)
        for pk, one in once.items()
    }


def shown_as(staff: Staff | None, *, role: Role) -> str:
    """What participants call them: the name they chose to bear, or else their role's."""
    return (staff.display_name or role_name(role)) if staff is not None else ""


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Someone a supporter can turn to during the shift."""

    staff: int
    name: str
    coordinator: bool
    on_duty: bool


def supervisors(program: int, *, besides: int, now: datetime) -> list[Supervisor]:
    """Coordinators and experienced supporters who can be reached now: on duty, or who said yes
    for this hour and chose a way that leads to them. Coordinators first; never the supporter
    themselves.
    """
    grants = [
        row
        for row in _grants(program, Role.COORDINATOR, Role.SUPPORTER, now=now)[:MOST]
        if row.staff_id != besides and _may_supervise(row, today=jst_day(now))
    ]
    there = _running(program, now)
    asked = reachable([row.staff_id for row in grants], now=now)
    willing = {one.staff for one in asked if one.willing and one.open & set(one.channels)}
    names = told_apart([row.staff for row in grants])
    found: dict[int, Supervisor] = {}
    for row in sorted(grants, key=lambda row: row.role != Role.COORDINATOR):
        if row.staff_id in there or row.staff_id in willing:
            found.setdefault(
                row.staff_id,
                Supervisor(
                    staff=row.staff_id,
                    name=names[row.staff_id],
                    coordinator=row.role == Role.COORDINATOR,
                    on_duty=row.staff_id in there,
                ),
            )
    return list(found.values())


def _may_supervise(row: RoleGrant, *, today: date) -> bool:
    if row.role == Role.COORDINATOR:
        return True
    return row.trained_on is not None and row.trained_on + EXPERIENCED <= today


def _running(program: int, now: datetime, *, room: int | None = None) -> list[int]:
    """Who has a running shift that wasn't taken off the room, in the order in which they began."""
    rows = Shift.objects.filter(program=program, state__in=RUNNING, ends_at__gt=now)
    if room is not None:
        rows = rows.exclude(rooms_off__room=room)
    return list(rows.order_by("begun_at", "pk").values_list("supporter", flat=True))


def on_duty_for(room: int, *, program: int, now: datetime) -> set[int]:
    """Who is on duty, not resting, and keeps the room. Three queries at most."""
    rows = Shift.objects.filter(program=program, state=ShiftState.BEGUN, ends_at__gt=now)
    there = set(
        rows.exclude(rooms_off__room=room).order_by("pk").values_list("supporter", flat=True)
    )
    if not there:
        return there
    return there & {one.staff for one in keepers(program, now=now) if one.keeps(room)}


def on_duty_until(room: int, *, program: int, besides: Collection[int], now: datetime) -> datetime:
    """When the last of those ends who are on duty there but `besides`; now, where nobody is."""
    there = on_duty_for(room, program=program, now=now) - {*besides}
    running = Shift.objects.filter(
        program=program, supporter__in=there, state=ShiftState.BEGUN, ends_at__gt=now
    )
    return max(running.order_by("pk").values_list("ends_at", flat=True), default=now)


def _willing(staff: Collection[int], now: datetime) -> set[int]:
    hours = AlertHour.objects.filter(staff__in=staff, hour=hour_of_week(now)).order_by("staff")
    return set(hours.values_list("staff", flat=True))


def team(program: int, *, room: int | None = None, now: datetime) -> list[Colleague]:
    """Everyone whom the ladder may call in the program now, for `alerts.next_call`: on duty in the
    order in which they began, then the others by name. With a room, whoever may not read there is
    nobody to call. Six queries.
    """
    wanted = _grants(program, Role.SUPPORTER, Role.COORDINATOR, now=now)
    if room is not None:
        named = RoleRoom.objects.filter(grant=OuterRef("pk"))
        wanted = wanted.filter(
            Q(role=Role.COORDINATOR) | ~Exists(named) | Exists(named.filter(room=room))
        )
    grants = wanted[:MOST]
    people = {row.staff_id: row.staff for row in grants}
    coordinating = {row.staff_id for row in grants if row.role == Role.COORDINATOR}
    on_duty = [one for one in _running(program, now, room=room) if one in people]
    willing = _willing(list(people), now)
    at_desk, attending = _at_the_desk(program, room, now)
    choices = AlertChoice.objects.filter(staff__in=list(people)).order_by("staff")
    browsers = PushAddress.objects.filter(staff__in=list(people)).order_by("staff")
    pushed = set(browsers.values_list("staff", flat=True))
    channels = {row.staff_id: tuple(Channel(name) for name in row.channels) for row in choices}
    return [
        Colleague(
            staff=one,
            attending=one in attending,
            on_duty=one in on_duty,
            willing=one in willing,
            coordinator=one in coordinating,
            channels=channels.get(one, DEFAULT_CHANNELS),
            open=_open(people[one], at_desk=one in at_desk, pushed=one in pushed),
        )
        for one in [*on_duty, *(one for one in people if one not in on_duty)]
    ]


def above(program: int, *, now: datetime) -> list[Colleague]:
    """Coordinators and reviewers of the program, by name, and what reaches them away from the desk.
    Five queries.
    """
    rows = _grants(program, Role.COORDINATOR, Role.REVIEWER, now=now)[:MOST]
    people = list(dict.fromkeys(row.staff_id for row in rows))
    return [replace(one, coordinator=True) for one in reachable(people, now=now)]


def holding(program: int, role: Role, *, now: datetime) -> list[Colleague]:
    """Whoever holds a role in the program, by name, and what reaches them away from the desk.
    Five queries.
    """
    rows = _grants(program, role, now=now)[:MOST]
    return reachable(list(dict.fromkeys(row.staff_id for row in rows)), now=now)


def reachable(staff: Collection[int], *, now: datetime) -> list[Colleague]:
    """These members of staff, in their order, and what can reach them now. Four queries."""
    rows = Staff.objects.filter(pk__in=staff, is_active=True).order_by("pk")
    people = {row.pk: row for row in rows}
    willing = _willing(list(people), now)
    choices = AlertChoice.objects.filter(staff__in=list(people)).order_by("staff")
    browsers = PushAddress.objects.filter(staff__in=list(people)).order_by("staff")
    pushed = set(browsers.values_list("staff", flat=True))
    channels = {row.staff_id: tuple(Channel(name) for name in row.channels) for row in choices}
    return [
        Colleague(
            staff=one,
            willing=one in willing,
            channels=channels.get(one, DEFAULT_CHANNELS),
            open=_open(people[one], at_desk=False, pushed=one in pushed),
        )
        for one in staff
        if one in people
    ]


def _at_the_desk(program: int, room: int | None, now: datetime) -> tuple[set[int], set[int]]:
    """Who acted at the desk lately, and who of them for the room."""
    rows = Attendance.objects.filter(
        shift__program=program, shift__state=ShiftState.BEGUN, acted_at__gt=now - ACT_WITHIN
    )
    acted = list(rows.order_by("pk").values_list("shift__supporter", "room"))
    return {staff for staff, _ in acted}, {staff for staff, where in acted if where == room}


def _open(staff: Staff, *, at_desk: bool, pushed: bool) -> frozenset[Channel]:
    """What can reach them at this moment."""
    there = {Channel.DESK: at_desk, Channel.PUSH: pushed, Channel.EMAIL: bool(staff.email)}
    return frozenset(channel for channel, yes in there.items() if yes and works(channel))
