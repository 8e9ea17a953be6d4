"""The talk of two, over the engine of the rooms: either may answer days later."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Participant, Staff
from accounts.viewer import Viewer
from chat import protocol as p
from chat.actions import talks
from chat.actions.carry_out import carry_out
from chat.actions.sitting import Act
from chat.models import Seat
from counseling import policies
from counseling.actions import vault
from counseling.actions.moves import locked, note, tell
from counseling.models import Case
from counseling.states import Detail
from duty.colleagues import name_of
from foundation.refusals import Refused

MOST_WORDS = p.MAX_TEXT


def say(viewer: Viewer, *, code: str, text: str, nonce: UUID, now: datetime) -> None:
    """The person writes. Raises `Refused`: `not_entered`, `not_found`, `case_closed`, and the
    room's own (`contact`, `too_fast`, `too_long`, …).
    """
    with transaction.atomic():
        case = policies.must_be_own(viewer, locked(code))
        policies.must_stand(case)
        person = Participant.objects.get(pk=viewer.participant or 0)
        seat = talks.seat_person(_room_of(case), person=person)
    _carry_out(seat, text, nonce, now)
    Case.objects.filter(pk=case.pk, waiting_since__isnull=True).update(waiting_since=now)


def answer(viewer: Viewer, *, code: str, text: str, nonce: UUID, now: datetime) -> None:
    """The case's counselor writes; the person finds a letter, whenever they come.

    Raises `Refused`: `not_found`, `second_factor`, `case_closed`, and the room's own.
    """
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        policies.must_stand(case)
        staff = Staff.objects.get(pk=viewer.staff or 0)
        seat = talks.seat_staff(_room_of(case), staff=staff, handle=name_of(staff))
    _carry_out(seat, text, nonce, now)
    with transaction.atomic():
        if Case.objects.filter(pk=case.pk, waiting_since__isnull=False).update(waiting_since=None):
            tell(
                case,
                title=_("相談員からの返事"),
                text=_("返事を書きました。読むのは、いつでもかまいません。"),
                label=_("読む"),
                now=now,
            )
        note(viewer, case, "answer", now=now)


def ask_for_time(viewer: Viewer, *, code: str, nonce: UUID, now: datetime) -> None:
    """返信まで時間をください: read, and the answer will take a while. Raises what `answer` does."""
    words = _("読みました。返事を考えるのに、すこし時間をください。数日かかることもあります。")
    answer(viewer, code=code, text=words, nonce=nonce, now=now)


def lock_away(
    viewer: Viewer, *, code: str, kind: Detail, text: str, nonce: UUID, now: datetime
) -> None:
    """鍵をかけて預ける: what was refused in the talk goes to the vault, a placeholder to the talk.

    The same nonce twice is one deposit and one placeholder. Raises what `deposit` and `say` do.
    """
    vault.deposit(viewer, code=code, kind=kind, text=text, nonce=nonce, now=now)
    say(viewer, code=code, text=_("（連絡先を、鍵をかけて預けました）"), nonce=nonce, now=now)


def _room_of(case: Case) -> int:
    if case.room_id is None:
        made = talks.open_talk(program=case.program_id, name=str(_("相談")))
        Case.objects.filter(pk=case.pk).update(room=made)
        case.room_id = made.pk
    return case.room_id


def _carry_out(seat: Seat, text: str, nonce: UUID, now: datetime) -> None:
    frame = p.Post(nonce=str(nonce), text=text)
    found = carry_out([Act(seat.room_id, seat.pk, frame)], now=now)[0]
    if found.close is not None:  # the seat was taken away a moment ago
        raise Refused("moved_on")
    _raise_for(found.frames)


def _raise_for(frames: Sequence[p.Outgoing]) -> None:
    for told in frames:
        if isinstance(told, p.RefusedFrame):
            wait = told.retry_after if isinstance(told.retry_after, float) else None
            raise Refused(told.code, retry_after=wait)
