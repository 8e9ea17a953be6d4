"""A case's move from one state to another, who is told of it, and its line in the log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import letters
from accounts.models import Staff
from accounts.states import Role
from accounts.viewer import Viewer
from audit.actions import record
from chat.actions import talks
from counseling import codes
from counseling.models import Asking, Case
from counseling.states import STANDING, AskingState, CaseState, asking_before, before
from duty.colleagues import shown_as
from foundation.refusals import Link, Refused

MINE = "/counseling/mine/"
_TRIES = 20


def make_case(**columns: Any) -> Case:
    """A new row under a code that is nobody's; inside the caller's transaction."""
    for _try in range(_TRIES):
        code = codes.make()
        if Case.objects.filter(code=code).exists():
            continue
        try:
            with transaction.atomic():
                return Case.objects.create(code=code, **columns)
        except IntegrityError:
            if not Case.objects.filter(code=code).exists():
                raise  # not the code: the person's own case came into being meanwhile
    raise Refused("moved_on")


def locked(code: str) -> Case | None:
    """The case, locked until the transaction ends; None where no case has the code."""
    found = Case.objects.select_for_update(of=("self",)).select_related("program", "counselor")
    return found.filter(code=codes.typed(code)).first()


def move(case: Case, wanted: CaseState, **columns: Any) -> None:
    """Compare and swap, inside the caller's transaction. Raises `Refused("moved_on")`."""
    there = Case.objects.filter(pk=case.pk, state__in=before(wanted))
    if not there.update(state=wanted.value, **columns):
        raise Refused("moved_on")
    case.state = wanted.value
    for name, value in columns.items():
        setattr(case, name, value)
    if case.room_id is not None:
        talks.shut(case.room_id, closed=wanted is CaseState.CLOSED)


def back_to_the_desk(case: Case, *, now: datetime) -> None:
    """A closed case goes on, as something came for it: with whoever had it, else for the team.

    Inside the caller's transaction, which has locked the case.
    """
    if case.state != CaseState.CLOSED:
        return
    if case.counselor_id is None:
        move(case, CaseState.WAITING, closed_at=None, waiting_since=now)
    else:
        move(case, CaseState.OPEN, closed_at=None, assigned_at=now, waiting_since=now)
        seat_counselor(case, staff=case.counselor_id)


def move_asking(case: Case, wanted: AskingState, **columns: Any) -> None:
    """The asking that stands, if one does, goes on to this state."""
    standing = Asking.objects.filter(case=case, state__in=[one.value for one in STANDING])
    standing.filter(state__in=asking_before(wanted)).update(state=wanted.value, **columns)


def room_of(case: Case) -> int:
    """The talk's room, made when it is first needed; inside the caller's transaction."""
    if case.room_id is None:
        made = talks.open_talk(program=case.program_id, name=str(_("相談")))
        Case.objects.filter(pk=case.pk).update(room=made)
        case.room_id = made.pk
        talks.shut(made.pk, closed=case.state == CaseState.CLOSED)
    return case.room_id


def seat_counselor(case: Case, *, staff: int) -> None:
    """Whoever is responsible now sits in the talk, and hears it live before anybody wrote."""
    if case.participant_id is not None:
        who = Staff.objects.get(pk=staff)
        talks.seat_staff(room_of(case), staff=who, handle=shown_as(who, role=Role.COUNSELOR))


def change_seats(case: Case, *, to: int, now: datetime) -> None:
    """Whoever was responsible until now loses their seat in the talk, and whom they asked in."""
    empty_seats(case, now=now)
    seat_counselor(case, staff=to)


def empty_seats(case: Case, *, now: datetime) -> None:
    """Nobody of the staff sits in the talk; the person's own seat stays."""
    if case.room_id is not None:
        talks.end_seats(case.room_id, now=now)


def note(
    viewer: Viewer,
    case: Case,
    verb: str,
    *,
    now: datetime,
    role: Role = Role.COUNSELOR,
    reason: str = "",
    fields: Sequence[str] = (),
) -> None:
    """One line in the log: who did what to which case, never a word of it."""
    record(
        viewer.staff,
        role=role.value,
        verb=f"counseling.{verb}",
        object_type="case",
        object_id=case.pk,
        program=case.program_id,
        reason=reason,
        fields=fields,
        now=now,
    )


def tell(case: Case, *, title: str, text: str, label: str, now: datetime) -> None:
    """A letter to whoever speaks in this case, if they are in the house."""
    if case.participant_id is not None:
        letters.write(
            case.participant_id,
            kind=letters.Kind.REPLY,
            title=title,
            text=text,
            links=[Link(label, f"{MINE}{case.code}/")],
            now=now,
        )
