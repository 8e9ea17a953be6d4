"""Objections: told from one's own page, judged by somebody else than who acted."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.policies import must_be_entered
from accounts.viewer import Viewer
from audit.actions import record
from chat.actions import items
from chat.actions.sitting import lock_rooms
from chat.models import Item, Room
from chat.states import ItemKind
from foundation.refusals import Refused
from foundation.tidy import clean, tidy
from moderation import policies, telling
from moderation.actions.contact import must_hold_none_about
from moderation.actions.hear import hear_need
from moderation.actions.undo import close_by
from moderation.models import Act, Appeal
from moderation.recusals import must_read
from moderation.states import AppealState, Outcome

MOST_WORDS = 1000


def appeal(viewer: Viewer, *, act: int, text: str, now: datetime) -> Appeal:
    """「ちがうと思います」. Words aren't needed. An answer is due within 72 hours. Need in them is
    heard, also where they are refused.

    Raises `Refused`: `not_entered`, `not_found` (not done to them), `not_appealable`, `too_late`,
    `appealed_already`, what `tidy` raises.
    """
    participant = must_be_entered(viewer)
    found = Act.objects.filter(pk=act, participant=participant).first()
    if found is None:
        raise Refused("not_found")
    hear_need(found, person=participant, text=clean(text), now=now)
    policies.may_appeal(found, now=now)
    words = tidy(text, most=MOST_WORDS) if text.strip() else ""
    try:
        with transaction.atomic():
            made = Appeal.objects.create(
                act=found, text=words, at=now, due_at=now + policies.ANSWER_WITHIN
            )
            items.raise_all(
                [items.Raised(ItemKind.APPEAL, f"appeal:{made.pk}", program=found.program_id)],
                now=now,
            )
    except IntegrityError:
        raise Refused("appealed_already") from None
    return made


def judge(viewer: Viewer, *, appeal: int, overturn: bool, answer: str, now: datetime) -> Appeal:
    """Decide, with a word to the person. Overturning undoes the act and nothing else.

    Raises `Refused`: `not_found`, `same_judge`, `settled`, `contact`, what `tidy` raises.
    """
    found = Appeal.objects.select_related("act__proposal", "act__room").filter(pk=appeal).first()
    role = policies.may_judge(viewer, found)
    assert found is not None
    must_read(viewer, found.act.participant_id)
    words = tidy(answer, most=MOST_WORDS)
    must_hold_none_about(viewer, words, act=found.act, now=now)
    with transaction.atomic():
        row = Appeal.objects.select_for_update(of=("self",)).get(pk=appeal)
        if row.state != AppealState.OPEN:
            raise Refused("settled")
        act = Act.objects.get(pk=row.act_id)
        if overturn and act.closed_at is None:
            # As every action: rooms before what stands in them.
            lock_rooms([act.room_id] if act.room_id else Room.objects.values_list("pk", flat=True))
            close_by(viewer.staff or 0, role=role, act=act.pk, note="", now=now, told=False)
        row.state = (AppealState.OVERTURNED if overturn else AppealState.UPHELD).value
        row.judged_by_id, row.judged_at, row.answer = viewer.staff, now, words
        row.save(update_fields=["state", "judged_by", "judged_at", "answer"])
        telling.tell_judged(row, now=now)
        waiting = Item.objects.filter(kind=ItemKind.APPEAL.value, subject=f"appeal:{row.pk}")
        items.settle(
            list(waiting.values_list("pk", flat=True)), by=viewer.staff,
            outcome=Outcome.JUDGED.value, now=now,
        )  # fmt: skip
        record(
            viewer.staff, role=role, verb=f"moderation.appeal_{row.state}", object_type="appeal",
            object_id=row.pk, program=act.program_id, now=now,
        )  # fmt: skip
    return row
