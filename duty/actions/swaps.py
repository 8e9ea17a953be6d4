"""かわってもらえますか: a planned shift changes hands; the first who says yes has it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.states import Role
from accounts.viewer import Viewer
from duty import policies
from duty.actions.moves import as_planned, lock_people, move, note, stretch_of, tell
from duty.colleagues import keepers
from duty.models import Notice, Shift, Swap
from duty.queries import standing_of
from duty.states import AskState, NoticeKind, ShiftState
from foundation.clock import jst_day
from foundation.refusals import Refused


def ask_swap(viewer: Viewer, *, shift: int, colleague: int | None, now: datetime) -> Swap:
    """Ask one colleague, or (None) all who may keep the shift.

    Raises `Refused`: `not_found`, `moved_on` (it began), `asked_already`, `cannot_keep` (not that
    colleague), `nobody_to_ask`.
    """
    with transaction.atomic():
        held = policies.must_be_own(
            viewer, Shift.objects.select_for_update(no_key=True).filter(pk=shift).first()
        )
        if held.state != ShiftState.PLANNED or held.starts_at <= now:
            raise Refused("moved_on")
        if Swap.objects.filter(shift=held, state=AskState.ASKED).exists():
            raise Refused("asked_already")
        able = _able(held, now=now)
        if colleague is not None and colleague not in able:
            raise Refused("cannot_keep")
        if not able:
            raise Refused("nobody_to_ask")
        asked = able if colleague is None else {colleague}
        swap = Swap.objects.create(shift=held, asked_at=now)
        swap.asked.set(sorted(asked))
        note(held, "swap_asked", actor=viewer.staff, role=Role.SUPPORTER, now=now)
        tell(asked, NoticeKind.SWAP_ASKED, shift=held, about=viewer.staff, now=now)
    return swap


def _able(held: Shift, *, now: datetime) -> set[int]:
    """Colleagues who hold the role there until then, for these rooms, and are trained."""
    today, when = jst_day(now), stretch_of(held)
    return {
        one.staff
        for one in keepers(held.program_id, now=now)
        if one.staff != held.supporter_id and not one.refusal(held.rooms, today=today, when=when)
    }


def take_swap(viewer: Viewer, *, swap: int, now: datetime) -> Shift:
    """「かわります」. The taker's own new shift; the first has it and the others are told.

    Raises `Refused`: `not_found` (wasn't asked), `taken_already`, `moved_on`, `not_trained`,
    `after_the_role` and the like, `shifts_overlap`.
    """
    with transaction.atomic():
        lock_people([viewer.staff or 0])
        row = (
            Swap.objects.select_for_update(no_key=True, of=("self",))
            .filter(pk=swap, asked=viewer.staff or 0)
            .select_related("shift")
            .first()
        )
        if row is None:
            raise Refused("not_found")
        held = row.shift
        taker = policies.must_keep(viewer, program=held.program_id)
        if row.state != AskState.ASKED:
            raise Refused("taken_already" if row.state == AskState.TAKEN else "moved_on")
        if held.starts_at <= now:
            raise Refused("moved_on")
        _must_be_able(held, taker, now=now)
        policies.must_be_free(
            stretch_of(held), [stretch_of(s) for s in standing_of([taker], when=stretch_of(held))]
        )
        move(held, ShiftState.SWAPPED, actor=taker, role=Role.SUPPORTER, now=now)
        made = Shift.objects.create(
            supporter_id=taker, program_id=held.program_id, starts_at=held.starts_at,
            ends_at=held.ends_at, rooms=held.rooms, changed_at=now,
        )  # fmt: skip
        row.state, row.taken_as, row.settled_at = AskState.TAKEN.value, made, now
        row.save(update_fields=["state", "taken_as", "settled_at"])
        note(made, "swap_taken", actor=taker, role=Role.SUPPORTER, values=as_planned(made), now=now)
        tell([held.supporter_id], NoticeKind.SWAP_GIVEN, shift=made, about=taker, now=now)
        tell([taker], NoticeKind.SWAP_TAKEN, shift=made, about=held.supporter_id, now=now)
        _tell_the_others(row, besides=taker, now=now)
    return made


def _must_be_able(held: Shift, taker: int, *, now: datetime) -> None:
    mine = next((one for one in keepers(held.program_id, now=now) if one.staff == taker), None)
    if mine is None:
        raise Refused("not_found")
    code = mine.refusal(held.rooms, today=jst_day(now), when=stretch_of(held))
    if code:
        raise Refused(code)


def withdraw_swap(viewer: Viewer, *, swap: int, now: datetime) -> None:
    """「やっぱり、じぶんで」. Raises `Refused`: `not_found`, `taken_already`."""
    with transaction.atomic():
        row = Swap.objects.filter(pk=swap).select_related("shift").first()
        held = policies.must_be_own(viewer, row.shift if row else None)
        if not _settle(held.pk, AskState.WITHDRAWN, now=now):
            raise Refused("taken_already")
        note(held, "swap_withdrawn", actor=viewer.staff, role=Role.SUPPORTER, now=now)


def lapse_swaps(shifts: Iterable[int], *, now: datetime) -> None:
    """What these shifts were offered for is over; whoever was asked is told."""
    for shift in shifts:
        _settle(shift, AskState.LAPSED, now=now)


def _settle(shift: int, wanted: AskState, *, now: datetime) -> bool:
    row = Swap.objects.filter(shift=shift, state=AskState.ASKED).select_related("shift").first()
    if row is None:
        return False
    still = Swap.objects.filter(pk=row.pk, state=AskState.ASKED)
    if not still.update(state=wanted.value, settled_at=now):
        return False
    _tell_the_others(row, besides=None, now=now)
    return True


def _tell_the_others(row: Swap, *, besides: int | None, now: datetime) -> None:
    asked = set(row.asked.order_by("pk").values_list("pk", flat=True))
    Notice.objects.filter(
        shift=row.shift_id, kind=NoticeKind.SWAP_ASKED.value, seen_at=None
    ).update(seen_at=now)
    tell(asked - {besides}, NoticeKind.SWAP_GONE, shift=row.shift, now=now)
