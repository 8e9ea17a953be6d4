"""What waits: claimed by one at a time, let go, settled. Whoever reported is told how it ended."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.states import Role
from accounts.viewer import Viewer
from audit.actions import record
from chat.actions import items as chat
from chat.models import Item, Report
from chat.states import JUDGED_ONLY, ItemKind, ItemState
from duty.actions.attending import acted
from duty.actions.shifts import count_exposure
from foundation.refusals import Refused
from moderation import policies, telling
from moderation.looks import answers
from moderation.models import Told
from moderation.recusals import must_read_item
from moderation.states import Outcome

# What reporters are told of.
_TOLD = (Outcome.ACTED, Outcome.NOTHING, Outcome.GONE)


def claim(viewer: Viewer, *, item: int, now: datetime) -> Item:
    """「わたしが読みます」. Of two at once one has it; after ten minutes it may pass on.

    A claim of words of crisis acknowledges them: nobody else is called.
    Raises `Refused`: `not_found`, `claimed_already`.
    """
    row, role = _seen(viewer, item)
    with transaction.atomic():
        if not chat.claim(item, by=viewer.staff or 0, now=now):
            raise Refused("claimed_already")
        if role is Role.SUPPORTER and row.room_id is not None:
            acted(viewer.staff or 0, program=row.program_id, room=row.room_id, now=now)
        _note(viewer, "claimed", row, role=role, now=now)
        if row.kind == ItemKind.CRISIS and row.claimed_by_id != viewer.staff:
            # What somebody carries in a shift is counted for them, never for a list.
            count_exposure(viewer, program=row.program_id)
    row.refresh_from_db()
    return row


def let_go(viewer: Viewer, *, item: int, now: datetime) -> None:
    """Back into the queue, without a reason. Raises `Refused`: `not_found`, `claimed_already`."""
    row, role = _seen(viewer, item)
    with transaction.atomic():
        if not chat.let_go(item, by=viewer.staff or 0):
            raise Refused("claimed_already")
        _note(viewer, "let_go", row, role=role, now=now)


def settle(viewer: Viewer, *, item: int, outcome: Outcome, now: datetime) -> None:
    """Done, without another act. Raises `Refused`: `not_found`, `claimed_already` (by somebody
    else), `settled`, `must_be_judged` (what is held, objected to or proposed ends by its own act).
    """
    row, role = _seen(viewer, item)
    if row.kind in JUDGED_ONLY:
        raise Refused("must_be_judged")
    with transaction.atomic():
        mine = Item.objects.filter(chat.claimable(by=viewer.staff or 0, now=now), pk=item)
        if not mine.exists():
            raise Refused("settled" if row.state == ItemState.DONE else "claimed_already")
        if not finish([row], by=viewer.staff, outcome=outcome, now=now):
            raise Refused("settled")
        _note(viewer, "settled", row, role=role, reason=outcome.value, now=now)


def must_be_free(items: QuerySet[Item], *, by: int | None, now: datetime) -> None:
    """Nobody does what somebody else has just taken. Raises `Refused("claimed_already")`."""
    taken = items.filter(state=ItemState.CLAIMED.value)
    if taken.exclude(chat.claimable(by=by or 0, now=now)).exists():
        raise Refused("claimed_already")


def finish(rows: Iterable[Item], *, by: int | None, outcome: Outcome, now: datetime) -> list[int]:
    """Inside the caller's transaction: settle these, and tell whoever reported. Those settled.

    A report that something was done about doesn't end as one that was left alone.
    """
    settled = []
    for row in rows:
        ended = _ended(row, outcome)
        if chat.settle([row.pk], by=by, outcome=ended.value, now=now):
            settled.append(row.pk)
            if row.kind == ItemKind.REPORT and ended in _TOLD:
                _tell(row, ended, now=now)
    return settled


def _ended(row: Item, outcome: Outcome) -> Outcome:
    if outcome is not Outcome.NOTHING or row.kind != ItemKind.REPORT:
        return outcome
    return Outcome.ACTED if answers(row).exists() else outcome


def _tell(row: Item, outcome: Outcome, *, now: datetime) -> None:
    name, _, key = row.subject.partition(":")
    if name in ("act", "answer"):
        of = Q(act=int(key), appeal__isnull=True) if name == "act" else Q(appeal=int(key))
        told = Told.objects.filter(of, answered_at__isnull=True)
        person = told.values_list("act__participant", flat=True).first()
        if person is not None and told.update(answered_at=now):
            telling.tell_outcome(person, outcome, now=now)
        return
    reports = Report.objects.filter(message=row.message_id, told_at__isnull=True)
    people = list(
        reports.filter(seat__participant__isnull=False)
        .order_by("seat__participant")
        .values_list("pk", "seat__participant")
    )
    told_now = [
        participant
        for report, participant in people
        if Report.objects.filter(pk=report, told_at__isnull=True).update(told_at=now)
    ]
    # Whoever told more than once of one message is answered once.
    for participant in dict.fromkeys(told_now):
        telling.tell_outcome(participant, outcome, now=now)


def _note(
    viewer: Viewer, verb: str, row: Item, *, role: Role, reason: str = "", now: datetime
) -> None:
    record(
        viewer.staff, role=role, verb=f"moderation.{verb}", object_type="item", object_id=row.pk,
        program=policies.logged_at(row), reason=reason, now=now,
    )  # fmt: skip


def _seen(viewer: Viewer, item: int) -> tuple[Item, Role]:
    row = Item.objects.filter(pk=item).first()
    role = policies.must_see_item(viewer, row)
    must_read_item(viewer, row)
    assert row is not None
    return row, role
