"""すこし席をはずします: stamps only for at most 15 minutes, said kindly; and back by one tap."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.states import Role
from accounts.viewer import Viewer
from chat import rooms_now
from chat.actions import lines
from chat.actions.sitting import lock_rooms
from chat.models import Room
from chat.states import Hand, RoomState
from duty.actions import attending, shifts
from duty.models import Attendance, Shift
from duty.watch import NOBODY
from duty.watching import watching
from foundation.refusals import Refused
from moderation.actions import acts
from moderation.actions.undo import base_of, close_by, close_now, settle_room
from moderation.models import Act
from moderation.states import ActKind, Reason

AWAY_FOR = timedelta(minutes=15)


def step_away(viewer: Viewer, *, shift: int, now: datetime) -> list[Act]:
    """The shift rests. Open rooms that are short of people without it turn to stamps at once, each
    by an act of its own; where enough others watch nothing changes and nothing is said.

    Raises `Refused`: `not_found`, `moved_on`.
    """
    with transaction.atomic():
        there = Attendance.objects.filter(shift=shift, shift__supporter=viewer.staff)
        rooms = list(there.order_by("room").values_list("room", flat=True))
        lock_rooms(rooms)
        open_ = _open(rooms, now=now)
        shifts.rest(viewer, shift=shift, now=now)
        return [_quieten(viewer, one, now=now) for one in open_ if not _is_kept(one, now=now)]


def _open(rooms: Iterable[int], *, now: datetime) -> list[Room]:
    rows = list(Room.objects.filter(pk__in=list(rooms), removed_at__isnull=True).order_by("pk"))
    states = rooms_now.states_of(rows, now=now)
    return [one for one in rows if states[one.pk].state is RoomState.OPEN]


def _is_kept(room: Room, *, now: datetime) -> bool:
    watch = watching([room.pk], now=now).get(room.pk, NOBODY)
    return watch.enough(room.required_supporters)


def _quieten(viewer: Viewer, room: Room, *, now: datetime) -> Act:
    base = base_of(room.pk, ActKind.AWAY)
    done = acts.keep(
        viewer, ActKind.AWAY, role=Role.SUPPORTER, program_id=room.program_id, room_id=room.pk,
        reason=Reason.CALM.value, before=base, value=Hand.QUIET.value, until=now + AWAY_FOR,
        now=now,
    )  # fmt: skip
    said = _("支援者が、すこし席をはずします。15分ほど、スタンプだけの部屋になります。")
    lines.speak(room=room.pk, text=said, now=now)
    settle_room(room.pk, ActKind.AWAY, base=base, now=now)
    return done


def come_back(viewer: Viewer, *, shift: int, now: datetime) -> None:
    """Back, from this as from any rest: the rooms that were left for a while are watched again.

    Raises `Refused`: `not_found`, `moved_on`.
    """
    with transaction.atomic():
        held = Shift.objects.filter(pk=shift).values_list("program", "changed_at").first()
        program, since = held or (0, now)
        left = Act.objects.filter(kind=ActKind.AWAY.value, by=viewer.staff, program=program)
        left = left.filter(at__gte=since).order_by("room", "pk")
        lock_rooms([room or 0 for room in left.values_list("room", flat=True)])
        shifts.come_back(viewer, shift=shift, now=now)
        # Read under the rooms' locks: what somebody ended meanwhile is closed here.
        for one in list(left):
            watched = _attends_again(viewer, shift=shift, room=one.room_id or 0, now=now)
            if one.closed_at is not None:
                continue
            close_by(
                viewer.staff or 0, role=Role.SUPPORTER, act=one.pk, note="", now=now, told=False
            )
            if watched:
                said = _("支援者が、もどりました。")
                lines.speak(room=one.room_id or 0, text=said, now=now)


def _attends_again(viewer: Viewer, *, shift: int, room: int, now: datetime) -> bool:
    try:
        attending.attend(viewer, shift=shift, room=room, now=now)
    except Refused:  # somebody else's by now, or one too many
        return False
    return True


def end_kept(*, now: datetime) -> int:
    """A room that enough others watch by now waits for nobody; how many."""
    rows = Act.objects.filter(kind=ActKind.AWAY.value, closed_at__isnull=True)
    ended = 0
    for one in list(rows.select_related("room").order_by("pk")[:200]):
        if one.room is not None and _is_kept(one.room, now=now):
            ended += close_now(one.pk, at=now, now=now)
    return ended
