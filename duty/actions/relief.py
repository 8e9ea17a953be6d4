"""かわって: in one tap, whoever is on duty is asked to take over. Nobody asks why."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.queries import open_grants
from accounts.states import Role
from accounts.viewer import Viewer
from duty import policies
from duty.actions.attending import take_room
from duty.actions.moves import move, news, note, tell
from duty.colleagues import keepers
from duty.models import Attendance, Notice, Relief, RoomOff, Shift
from duty.states import RUNNING, AskState, NoticeKind, ShiftState
from duty.watch import ACT_WITHIN
from foundation.refusals import Refused


def ask_relief(viewer: Viewer, *, shift: int, now: datetime) -> Relief:
    """「かわって」. Asked again it is the same one; one for some rooms becomes the whole shift's.

    Raises `Refused`: `not_found`, `not_begun`.
    """
    with transaction.atomic():
        held = policies.must_be_own(
            viewer, Shift.objects.select_for_update(no_key=True).filter(pk=shift).first()
        )
        if held.state != ShiftState.BEGUN:
            raise Refused("not_begun")
        there = Attendance.objects.filter(shift=held, acted_at__gt=now - ACT_WITHIN)
        rooms = list(there.order_by("room").values_list("room", flat=True))
        if (handed := _handed_over(held)) is not None:
            return _ask_for_more(handed, held, rooms, only_room=False, now=now)
        asked = Relief.objects.filter(shift=held, state=AskState.ASKED).first()
        return asked or _ask(held, rooms, now=now)


def hand_over_room(viewer: Viewer, *, program: int, room: int, now: datetime) -> None:
    """Off this room until the shift ends; colleagues are asked to take it, as by 「かわって」.

    Nothing happens to whoever has no shift. Nobody learns why.
    """
    with transaction.atomic():
        running = Shift.objects.filter(supporter=viewer.staff, program=program, state__in=RUNNING)
        held = running.select_for_update(no_key=True).first()
        if held is None:
            return
        RoomOff.objects.get_or_create(shift=held, room=room)
        if not Attendance.objects.filter(shift=held, room=room).delete()[0]:
            return
        note(
            held, "left_room", actor=viewer.staff, role=Role.SUPPORTER, values={"room": room},
            now=now,
        )  # fmt: skip
        if (handed := _handed_over(held)) is not None:
            _ask_for_more(handed, held, [room], only_room=True, now=now)
        elif not Relief.objects.filter(shift=held, state=AskState.ASKED).exists():
            _ask(held, [room], only_room=True, now=now)


def _handed_over(held: Shift) -> Relief | None:
    # Whoever takes some rooms over doesn't touch this shift: it may wait for them, its row locked.
    asked = Relief.objects.filter(shift=held, state=AskState.ASKED, only_room=True)
    return asked.select_for_update(no_key=True).first()


def _ask(held: Shift, rooms: list[int], *, only_room: bool = False, now: datetime) -> Relief:
    relief = Relief.objects.create(shift=held, asked_at=now, rooms=rooms, only_room=only_room)
    _call_colleagues(held, rooms, now=now)
    return relief


def _ask_for_more(
    relief: Relief, held: Shift, rooms: list[int], *, only_room: bool, now: datetime
) -> Relief:
    relief.rooms, relief.only_room = sorted({*relief.rooms, *rooms}), only_room
    relief.save(update_fields=["rooms", "only_room"])
    _call_colleagues(held, relief.rooms, now=now)
    return relief


def _call_colleagues(held: Shift, rooms: list[int], *, now: datetime) -> None:
    note(held, "relief_asked", actor=held.supporter_id, role=Role.SUPPORTER, now=now)
    told = _who_hears(held, rooms, now=now) - {held.supporter_id}
    tell(told, NoticeKind.RELIEF_ASKED, shift=held, about=held.supporter_id, now=now)


def _who_hears(held: Shift, rooms: Collection[int], *, now: datetime) -> set[int]:
    there = Shift.objects.filter(program=held.program_id, state__in=RUNNING, ends_at__gt=now)
    coordinators = open_grants(now=now).filter(program=held.program_id, role=Role.COORDINATOR)
    able = {
        one.staff
        for one in keepers(held.program_id, now=now)
        if not (rooms and one.only) or one.only & set(rooms)
    }
    found = able & set(there.order_by("pk").values_list("supporter", flat=True))
    return found | set(coordinators.order_by("pk").values_list("staff", flat=True))


def take_relief(viewer: Viewer, *, relief: int, now: datetime) -> Relief:
    """「かわります」: the rooms change hands, and the one who asked rests. The first has it.

    Of the rooms, as many are taken as one person may attend; the others turn quiet by themselves.
    Who was only taken off a room stays on duty.
    Raises `Refused`: `not_found`, `taken_already`, `not_your_room` (none of them may be the
    taker's), `not_begun` (the taker's own shift).
    """
    with transaction.atomic():
        row = (
            Relief.objects.select_for_update(no_key=True, of=("self",))
            .filter(pk=relief)
            .select_related("shift")
            .first()
        )
        if row is None or row.shift.supporter_id == viewer.staff:
            raise Refused("not_found")
        policies.must_keep(viewer, program=row.shift.program_id)
        if row.state != AskState.ASKED:
            raise Refused("taken_already")
        taker = policies.must_relieve(viewer, program=row.shift.program_id, rooms=row.rooms)
        mine = (
            Shift.objects.select_for_update(no_key=True)
            .filter(supporter=taker, program=row.shift.program_id, state=ShiftState.BEGUN)
            .first()
        )
        if mine is None:
            raise Refused("not_begun")
        policies.must_be_at_the_desk(mine, now=now)
        if not row.only_room:
            Attendance.objects.filter(shift=row.shift).delete()
        for room in row.rooms:
            _take_if_possible(viewer, mine, room=room, now=now)
        if row.shift.state == ShiftState.BEGUN and not row.only_room:
            move(
                row.shift, ShiftState.RESTING, actor=taker, role=Role.SUPPORTER, now=now,
                rested_at=now,
            )  # fmt: skip
        row.state, row.taken_by, row.settled_at = AskState.TAKEN.value, mine, now
        row.save(update_fields=["state", "taken_by", "settled_at"])
        note(row.shift, "relief_taken", actor=taker, role=Role.SUPPORTER, now=now)
        _put_away_the_asking(row, now=now)
        tell(
            [row.shift.supporter_id], NoticeKind.RELIEF_TAKEN, shift=row.shift, about=taker, now=now
        )
    return row


def _take_if_possible(viewer: Viewer, mine: Shift, *, room: int, now: datetime) -> None:
    if viewer.holds(Role.SUPPORTER, program=mine.program_id, room=room):
        try:
            take_room(mine, room=room, actor=viewer.staff, role=Role.SUPPORTER, now=now)
        except Refused:
            return


def withdraw_relief(viewer: Viewer, *, relief: int, now: datetime) -> None:
    """「もう、だいじょうぶ」. Raises `Refused`: `not_found`, `taken_already`."""
    with transaction.atomic():
        row = Relief.objects.filter(pk=relief).select_related("shift").first()
        held = policies.must_be_own(viewer, row.shift if row else None)
        still = Relief.objects.filter(pk=relief, state=AskState.ASKED)
        if not still.update(state=AskState.WITHDRAWN.value, settled_at=now):
            raise Refused("taken_already")
        note(held, "relief_withdrawn", actor=viewer.staff, role=Role.SUPPORTER, now=now)
        Notice.objects.filter(shift=held, kind=NoticeKind.RELIEF_ASKED.value, seen_at=None).update(
            seen_at=now
        )
        news(held.program_id)


def _put_away_the_asking(row: Relief, *, now: datetime) -> None:
    asked = Notice.objects.filter(
        shift=row.shift_id, kind=NoticeKind.RELIEF_ASKED.value, seen_at=None
    )
    asked.update(seen_at=now)
