"""A permanent bar from the whole place: two coordinators, and nothing before the second agrees."""

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.policies import must_hold
from accounts.queries import let_in_by
from accounts.states import Role
from accounts.viewer import Viewer
from audit.actions import record
from chat.actions import items
from chat.models import Item, Seat
from chat.states import ItemKind
from foundation.refusals import Refused
from foundation.tidy import tidy
from moderation import policies
from moderation.actions import acts
from moderation.actions.contact import must_hold_no_contact
from moderation.actions.people import restrict
from moderation.looks import led_by
from moderation.models import Act, Proposal
from moderation.recusals import must_read
from moderation.states import ActKind, Outcome, ProposalState, Reason

MOST_NOTE = 200


def propose(
    viewer: Viewer, *, seat: int, reason: Reason, note: str, item: int | None = None, now: datetime
) -> Proposal:
    """Ask the other coordinators; `item` led there.

    Raises `Refused`: `not_found`, `not_a_participant`, `proposed_already`, `contact`, what `tidy`
    raises.
    """
    row = Seat.objects.filter(pk=seat).select_related("room").first()
    if row is None:
        raise Refused("not_found")
    program = row.room.program_id
    must_hold(viewer, Role.COORDINATOR, program=program)
    policies.must_keep(viewer, room=row.room)
    if row.participant_id is None:
        raise Refused("not_a_participant")
    must_read(viewer, row.participant_id)
    note = tidy(note, most=MOST_NOTE)
    must_hold_no_contact(viewer, note, room=row.room, now=now)
    try:
        with transaction.atomic():
            made = Proposal.objects.create(
                program_id=program, participant_id=row.participant_id, reason=reason.value,
                note=note, item=led_by(item, seat=row),
                evidence={**acts.evidence_about(row), "seat": seat},
                by_id=viewer.staff or 0, at=now,
            )  # fmt: skip
            items.raise_all(
                [
                    items.Raised(
                        ItemKind.PROPOSAL, f"proposal:{made.pk}", program=program, seat=seat
                    )
                ],
                now=now,
            )
            _note(viewer, "proposed", made, now=now)
    except IntegrityError:
        raise Refused("proposed_already") from None
    return made


def confirm(viewer: Viewer, *, proposal: int, now: datetime) -> Act:
    """Agree: the bar stands from now on, until somebody lifts it.

    Raises `Refused`: `not_found`, `same_coordinator`, `settled`, `too_near`, `gone` (they erased
    themselves).
    """
    with transaction.atomic():
        row = _held(proposal)
        near = row is not None and _near(viewer.staff or 0, row.by_id, now=now)
        policies.may_settle_proposal(viewer, row, near=near)
        assert row is not None
        must_read(viewer, row.participant_id)
        seat = Seat.objects.filter(pk=row.evidence["seat"]).select_related("room").first()
        if seat is None or seat.participant_id is None:
            raise Refused("gone")
        done = restrict(
            viewer, ActKind.SITE_BAR, role=Role.COORDINATOR, seat=seat, until=None,
            reason=Reason(row.reason), note=row.note, words="", item=row.item_id, now=now,
        )  # fmt: skip
        row.act = done
        _settle(viewer, row, ProposalState.CONFIRMED, now=now)
    return done


def decline(viewer: Viewer, *, proposal: int, now: datetime) -> None:
    """Don't. Whoever proposed it may take it back. Raises `Refused`: `not_found`, `settled`."""
    with transaction.atomic():
        row = _held(proposal)
        if row is None:
            raise Refused("not_found")
        must_hold(viewer, Role.COORDINATOR, program=row.program_id)
        must_read(viewer, row.participant_id)
        if row.state != ProposalState.ASKED:
            raise Refused("settled")
        own = row.by_id == viewer.staff
        _settle(viewer, row, ProposalState.WITHDRAWN if own else ProposalState.DECLINED, now=now)


def _near(one: int, other: int, *, now: datetime) -> bool:
    since = now - policies.SECOND_AFTER
    return let_in_by(one, by=other, since=since) or let_in_by(other, by=one, since=since)


def _held(proposal: int) -> Proposal | None:
    return Proposal.objects.select_for_update(of=("self",)).filter(pk=proposal).first()


def _settle(viewer: Viewer, row: Proposal, state: ProposalState, *, now: datetime) -> None:
    row.state, row.settled_by_id, row.settled_at = state.value, viewer.staff, now
    row.save(update_fields=["state", "settled_by", "settled_at", "act"])
    waiting = Item.objects.filter(kind=ItemKind.PROPOSAL.value, subject=f"proposal:{row.pk}")
    items.settle(
        list(waiting.values_list("pk", flat=True)), by=viewer.staff,
        outcome=Outcome.JUDGED.value, now=now,
    )  # fmt: skip
    _note(viewer, f"proposal_{state.value}", row, now=now)


def _note(viewer: Viewer, verb: str, row: Proposal, *, now: datetime) -> None:
    record(
        viewer.staff, role=Role.COORDINATOR, verb=f"moderation.{verb}", object_type="proposal",
        object_id=row.pk, program=row.program_id, now=now,
    )  # fmt: skip
