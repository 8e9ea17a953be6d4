"""What the desk shows: rooms and duty together, which `duty` alone can't know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.policies import must_hold
from accounts.states import Role
from accounts.viewer import Viewer
from chat import queries as chat
from chat.models import Room
from chat.states import RoomKind, RoomState
from duty import queries as duty
from duty import rota
from duty.alerts import Call
from duty.colleagues import Keeper, keepers, name_of
from duty.models import AlarmTest, Handover, Notice, Relief, Shift, Swap
from duty.policies import CALLABLE, EARLY, REST_AT_LEAST, TEAM, may_relieve
from duty.states import ShiftState
from foundation.clock import jst_day
from foundation.holidays import holiday
from foundation.refusals import Refused
from moderation.ladder import relief_call
from moderation.policies import JUDGES
from moderation.recusals import hidden_from
from programs.models import Program

MOST_CARDS = 20  # はがき at once, the oldest


def programs_of(viewer: Viewer) -> list[Program]:
    """The programs whose team the viewer belongs to."""
    must_hold(viewer, *TEAM)
    rows = Program.objects.filter(pk__in=viewer.programs(*TEAM))
    return list(rows.order_by("name", "pk"))


def programs_calling(viewer: Viewer) -> list[Program]:
    """The programs in which an alarm may reach the viewer."""
    must_hold(viewer, *CALLABLE)
    rows = Program.objects.filter(pk__in=viewer.programs(*CALLABLE))
    return list(rows.order_by("name", "pk"))


def programs_judged_by(viewer: Viewer) -> list[Program]:
    """The programs in which the viewer may judge objections and reports about staff."""
    must_hold(viewer, *JUDGES)
    rows = Program.objects.filter(pk__in=viewer.programs(*JUDGES))
    return list(rows.order_by("name", "pk"))


@dataclass(frozen=True, slots=True)
class RoomNow:
    """A room of the program: its state, how many attend, whether the viewer does."""

    id: int
    slug: str
    name: str
    state: str
    until: datetime | None
    required: int
    attending: int
    mine: bool
    asked: bool  # いますか
    ask_in: int  # seconds until it is asked, for the page's own clock


@dataclass(frozen=True, slots=True)
class Card:
    """A はがき that waits, and whether its room is open for it now."""

    id: int
    room: str
    text: str
    at: datetime
    open: bool


@dataclass(frozen=True, slots=True)
class There:
    """A colleague on duty, with the names of the rooms they attend."""

    name: str
    resting: bool
    ends_at: datetime
    rooms: tuple[str, ...]
    me: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything the desk shows at this moment."""

    shift: Shift | None
    over: bool  # its time is over; it ends by itself soon
    stretch_is_over: bool
    rest: duty.Rest | None
    longest_minutes: int
    rest_minutes: int  # a rest that is shorter is none
    hard: bool
    relief: Relief | None  # one's own, while nobody took it
    call: Call | None  # who would be called next for it
    called: dict[int, str]
    beside: list[str]  # colleagues on duty, who see it at their desks
    coming: list[Shift]
    may_begin: Shift | None
    rooms: list[RoomNow]
    cards: list[Card]
    there: list[There]
    reliefs: list[Relief]
    may_take: set[int]  # of these, whose rooms may be the viewer's too
    swaps: list[Swap]
    notices: list[Notice]
    handovers: list["Handed"]
    test: AlarmTest | None
    keeps: bool  # holds the supporter's role here


@dataclass(frozen=True, slots=True)
class Handed:
    """申し送り, with who read it."""

    id: int
    text: str
    at: datetime
    author: str
    readers: tuple[str, ...]
    unread: bool  # by the viewer


def desk(viewer: Viewer, *, program: int, now: datetime) -> Desk:
    """The desk of a program for one of its team. Raises `Refused("not_found")` for others."""
    on_duty = duty.on_duty(viewer, program=program, now=now)
    shift = duty.running(viewer, program=program)
    rules = duty.rules_of(program)
    asked = duty.reliefs(viewer, program=program, now=now)
    own = next((one for one in asked if one.shift.supporter_id == viewer.staff), None)
    call = relief_call(own, now=now) if own is not None else None
    rooms = rooms_now(viewer, program=program, on_duty=on_duty, now=now)
    names = {room.id: room.name for room in rooms}
    coming = duty.coming(viewer, program=program, now=now)
    return Desk(
        shift=shift,
        over=shift is not None and shift.ends_at <= now,
        stretch_is_over=shift is not None and duty.stretch_is_over(shift, rules, now=now),
        rest=duty.rest_in(shift, rules, now=now) if shift is not None else None,
        longest_minutes=rules.longest_minutes,
        rest_minutes=int(REST_AT_LEAST / timedelta(minutes=1)),
        hard=shift is not None and shift.exposure >= rules.hard_after,
        relief=own,
        call=call,
        called=duty.names(staff for staff, _ in call.to) if call is not None else {},
        beside=[one.name for one in on_duty if one.staff != viewer.staff],
        coming=coming[:5],
        may_begin=next((one for one in coming if one.starts_at - EARLY <= now), None),
        rooms=rooms,
        cards=_cards(viewer, program, rooms),
        there=[_there(one, names, viewer) for one in on_duty],
        reliefs=[one for one in asked if one is not own],
        may_take={one.pk for one in asked if one is not own and may_relieve(viewer, one)},
        swaps=duty.swaps_for(viewer, now=now),
        notices=duty.notices(viewer),
        handovers=[
            _handed(one, viewer) for one in duty.handovers(viewer, program=program, now=now)
        ],
        test=duty.waiting_test(viewer, program=program),
        keeps=viewer.holds(Role.SUPPORTER, program=program),
    )


def _cards(viewer: Viewer, program: int, rooms: Sequence[RoomNow]) -> list[Card]:
    is_open = {room.id for room in rooms if room.state == RoomState.OPEN.value}
    waiting = chat.postcards(viewer, program=program)
    hidden = hidden_from(viewer) if waiting else set()
    return [
        Card(id=one.pk, room=one.room.name, text=one.text, at=one.at, open=one.room_id in is_open)
        for one in waiting
        if one.seat.participant_id not in hidden
    ][:MOST_CARDS]


def _handed(row: Handover, viewer: Viewer) -> Handed:
    readings = list(row.read_by)  # type: ignore[attr-defined]
    knows = {row.author_id, *(one.staff_id for one in readings)}
    return Handed(
        id=row.pk,
        text=row.text,
        at=row.at,
        author=name_of(row.author),
        readers=tuple(name_of(one.staff) for one in readings),
        unread=viewer.staff not in knows,
    )


def _there(one: duty.OnDuty, names: dict[int, str], viewer: Viewer) -> There:
    return There(
        name=one.name,
        resting=one.resting,
        ends_at=one.ends_at,
        rooms=tuple(names[room.room] for room in one.rooms if room.room in names),
        me=one.staff == viewer.staff,
    )


def rooms_of(program: int) -> list[Room]:
    """The rooms that supporters of a program keep, in their order."""
    rows = Room.objects.filter(program=program, removed_at__isnull=True)
    return list(rows.exclude(kind=RoomKind.COUNSELING).order_by("position", "pk"))


def rooms_now(
    viewer: Viewer, *, program: int, on_duty: Sequence[duty.OnDuty], now: datetime
) -> list[RoomNow]:
    """The rooms that the viewer may keep, or plan for, with what holds in them now."""
    plans = viewer.holds(Role.COORDINATOR, program=program)
    rooms = [
        room
        for room in rooms_of(program)
        if plans or viewer.holds(Role.SUPPORTER, program=program, room=room.pk)
    ]
    states = chat.states_of(rooms, now=now)
    people = duty.attending([room.pk for room in rooms], now=now)
    mine = {room.room: room for one in on_duty if one.staff == viewer.staff for room in one.rooms}
    return [
        RoomNow(
            id=room.pk,
            slug=room.slug,
            name=room.name,
            state=states[room.pk].state.value,
            until=states[room.pk].until,
            required=room.required_supporters,
            attending=people.get(room.pk, 0),
            mine=room.pk in mine,
            asked=room.pk in mine and mine[room.pk].asked,
            ask_in=_seconds_to_ask(mine[room.pk], now) if room.pk in mine else 0,
        )
        for room in rooms
    ]


def _seconds_to_ask(room: duty.Watching, now: datetime) -> int:
    return max(0, int((room.acted_at + duty.ASK_AFTER - now).total_seconds()))


# --- the rota ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OnRota:
    """A shift on the month's page."""

    shift: Shift
    name: str
    rooms: tuple[str, ...]
    mine: bool
    asked: bool  # かわってもらえますか
    left: bool  # planned, and no supporter here any more
    beyond: date | None  # planned past their role's last day, which this is


@dataclass(frozen=True, slots=True)
class RotaDay:
    """A day of the month."""

    day: date
    holiday: str
    today: bool
    shifts: list[OnRota]


def month(
    viewer: Viewer, *, program: int, first: date, today: date, keeping: Sequence[Keeper]
) -> list[RotaDay]:
    """Every day of the month with its shifts, each on the day on which it begins in Japan.

    `keeping` are those who are supporters there today.
    """
    team = {one.staff: one for one in keeping}
    names = {room.pk: room.name for room in rooms_of(program)}
    by_day: dict[date, list[OnRota]] = {}
    for shift in duty.month(viewer, program=program, first=first):
        by_day.setdefault(jst_day(shift.starts_at), []).append(
            OnRota(
                shift=shift,
                name=name_of(shift.supporter),
                rooms=tuple(names[room] for room in shift.rooms if room in names),
                mine=shift.supporter_id == viewer.staff,
                asked=bool(shift.open_swaps),  # type: ignore[attr-defined]
                left=shift.state == ShiftState.PLANNED and shift.supporter_id not in team,
                beyond=_beyond(shift, team.get(shift.supporter_id)),
            )
        )
    return [
        RotaDay(day, holiday(day) or "", day == today, by_day.get(day, []))
        for day in rota.days_of(first)
    ]


def _beyond(shift: Shift, keeper: Keeper | None) -> date | None:
    if keeper is None or shift.state != ShiftState.PLANNED:
        return None
    when = rota.Stretch(shift.starts_at, shift.ends_at)
    return None if keeper.lasts(when) else keeper.expires_on


def must_be_rooms(rooms: Sequence[int], *, program: int) -> None:
    """Raises `Refused("no_such_room")` if one of the numbers isn't a room of the program."""
    if not set(rooms) <= {room.pk for room in rooms_of(program)}:
        raise Refused("no_such_room")


def room_names(shift: Shift) -> list[str]:
    """The rooms that a shift was planned for."""
    return [room.name for room in rooms_of(shift.program_id) if room.pk in shift.rooms]


def colleagues_for(shift: Shift, *, now: datetime) -> list[tuple[int, str]]:
    """Who may be asked to take a shift over: (number, name), by name."""
    today, when = jst_day(now), rota.Stretch(shift.starts_at, shift.ends_at)
    return [
        (one.staff, one.name)
        for one in keepers(shift.program_id, now=now)
        if one.staff != shift.supporter_id and not one.refusal(shift.rooms, today=today, when=when)
    ]
