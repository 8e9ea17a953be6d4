"""The talk of two, over the engine of the rooms: either may answer days later.

What stands there by a button alone is said by the room: no counselor has answered by it, and
whoever waits goes on waiting.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import letters
from accounts.models import Participant, Staff
from accounts.states import Role
from accounts.viewer import Viewer
from chat import protocol as p
from chat.actions import lines, talks
from chat.actions.carry_out import carry_out
from chat.actions.sitting import Act
from chat.models import Seat
from chat.talks import talk_seat
from counseling import policies, queries
from counseling.actions import vault
from counseling.actions.moves import MINE, locked, note, room_of, tell
from counseling.models import Case
from counseling.states import CaseState, Detail
from duty.colleagues import shown_as
from foundation.refusals import Refused

MOST_WORDS = p.MAX_TEXT


def say(viewer: Viewer, *, code: str, text: str, nonce: UUID, now: datetime) -> None:
    """The person writes. Raises `Refused`: `not_entered`, `not_found`, `case_closed`, and the
    room's own (`contact`, `too_fast`, `too_long`, …).

    What is written once the case is closed is refused by the talk itself, which screens it first:
    words of need bring the card, and call.
    """
    with transaction.atomic():
        case = policies.must_be_own(viewer, locked(code))
        person = Participant.objects.get(pk=viewer.participant or 0)
        seat = talks.seat_person(room_of(case), person=person)
    try:
        _carry_out(seat, text, nonce, now)
    except Refused as no:
        raise Refused("case_closed") if no.code == p.Refusal.CLOSED else no from None
    going_on = Case.objects.filter(pk=case.pk).exclude(state=CaseState.CLOSED)
    going_on.filter(waiting_since__isnull=True).update(waiting_since=now)


def answer(viewer: Viewer, *, code: str, text: str, nonce: UUID, now: datetime) -> None:
    """The case's counselor writes; the person finds a letter, whenever they come, also of words
    that they hadn't waited for.

    Raises `Refused`: `not_found`, `second_factor`, `case_closed`, and the room's own.
    """
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        policies.must_stand(case)
        staff = Staff.objects.get(pk=viewer.staff or 0)
        name = shown_as(staff, role=Role.COUNSELOR)
        seat = talks.seat_staff(room_of(case), staff=staff, handle=name)
    _carry_out(seat, text, nonce, now)
    with transaction.atomic():
        waiting = Case.objects.filter(pk=case.pk, waiting_since__isnull=False)
        if waiting.update(waiting_since=None):
            words = _("返事を書きました。読むのは、いつでもかまいません。")
            _tell_of_words(case, title=_("相談員からの返事"), text=words, now=now)
        else:
            _tell_unasked(case, now=now)
        note(viewer, case, "answer", now=now)


def _tell_unasked(case: Case, *, now: datetime) -> None:
    """Nobody waited for it; whoever doesn't look finds one letter, not one for each word."""
    title = _("相談員が書きました")
    href = f"{MINE}{case.code}/"
    known = [title, _("相談員からの返事")]
    person = case.participant_id
    if person is None or any(letters.lies_unread(person, title=one, href=href) for one in known):
        return
    words = _("相談のところに、ことばを書きました。読むのは、いつでもかまいません。")
    _tell_of_words(case, title=title, text=words, now=now)


def _tell_of_words(case: Case, *, title: str, text: str, now: datetime) -> None:
    tell(case, title=title, text=text, label=_("読む"), now=now)


def ask_in(viewer: Viewer, *, code: str, colleague: int, now: datetime) -> None:
    """A colleague comes in as 相談先: openly, announced in the talk before they can read a word.

    Raises `Refused`: `not_found`, `second_factor`, `case_closed`, `not_oneself`, `no_colleague`.
    """
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        policies.must_stand(case)
        if colleague == viewer.staff:
            raise Refused("not_oneself")
        if colleague not in queries.counselors_of(case.program_id, now=now):
            raise Refused("no_colleague")
        staff = Staff.objects.get(pk=colleague)
        name = shown_as(staff, role=Role.COUNSELOR)
        words = _("%(name)sさん(相談先)に、はいってもらいます。ここに書かれたことを読みます。")
        lines.speak(room=room_of(case), text=words % {"name": name}, now=now)
        talks.seat_staff(room_of(case), staff=staff, handle=f"{name[:14]}(相談先)")
        note(viewer, case, "ask_in", now=now)


def let_go(viewer: Viewer, *, code: str, colleague: int, now: datetime) -> None:
    """The 相談先 leaves the talk, and the talk says so. Raises what `ask_in` does."""
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        policies.must_stand(case)
        if colleague == viewer.staff:
            raise Refused("not_oneself")
        if not talks.end_seat(room_of(case), staff=colleague, now=now):
            raise Refused("no_colleague")
        lines.speak(room=room_of(case), text=_("相談先の人は、ここからはなれました。"), now=now)
        note(viewer, case, "let_go", now=now)


def join_in(viewer: Viewer, *, code: str, text: str, nonce: UUID, now: datetime) -> None:
    """Whoever was asked in writes. Raises `Refused`: `not_found`, and the room's own."""
    with transaction.atomic():
        case = policies.must_sit(viewer, locked(code))
        policies.must_stand(case)
        seat = talk_seat(viewer, room=case.room)  # type: ignore[arg-type]
        assert seat is not None
    _carry_out(seat, text, nonce, now)
    with transaction.atomic():
        _tell_unasked(case, now=now)


def ask_for_time(viewer: Viewer, *, code: str, nonce: UUID, now: datetime) -> None:
    """返信まで時間をください: read, and the answer will take a while. It is none itself: whoever
    waits goes on waiting. The same nonce twice is said once.

    Raises `Refused`: `not_found`, `second_factor`, `case_closed`.
    """
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        policies.must_stand(case)
        words = _("相談員が読みました。返事を考えるのに、すこし時間をください。")
        words += _("数日かかることもあります。")
        if lines.speak(room=room_of(case), text=words, nonce=nonce, now=now):
            tell(
                case,
                title=_("相談員が読みました"),
                text=_("返事を考えるのに、すこし時間をください。数日かかることもあります。"),
                label=_("相談のようす"),
                now=now,
            )
            note(viewer, case, "ask_for_time", now=now)


def report(viewer: Viewer, *, code: str, told: p.Report, now: datetime) -> None:
    """The person tells of what a counselor wrote to them: it goes above the counselors, who never
    learn of it. Also of a talk that is over.

    Raises `Refused`: `not_entered`, `not_found`, and the room's own (`not_yours` for any word but
    a counselor's, `no_such_message`, `passphrase`, …).
    """
    with transaction.atomic():
        case = policies.must_be_own(viewer, locked(code))
        if case.room_id is None:
            raise Refused("not_found")
        person = Participant.objects.get(pk=viewer.participant or 0)
        seat = talks.seat_person(case.room_id, person=person)
    _send(seat, told, now)


def lock_away(
    viewer: Viewer, *, code: str, kind: Detail, text: str, nonce: UUID, now: datetime
) -> None:
    """鍵をかけて預ける: what was refused in the talk goes to the vault, a placeholder to the talk.

    The same nonce twice is one deposit and one placeholder. Raises what `deposit` and `say` do.
    """
    vault.deposit(viewer, code=code, kind=kind, text=text, nonce=nonce, now=now)
    say(viewer, code=code, text=_("（連絡先を、鍵をかけて預けました）"), nonce=nonce, now=now)


def _carry_out(seat: Seat, text: str, nonce: UUID, now: datetime) -> None:
    _send(seat, p.Post(nonce=str(nonce), text=text), now)


def _send(seat: Seat, frame: p.Incoming, now: datetime) -> None:
    found = carry_out([Act(seat.room_id, seat.pk, frame)], now=now)[0]
    if found.close is not None:  # the seat was taken away a moment ago
        raise Refused("moved_on")
    _raise_for(found.frames)


def _raise_for(frames: Sequence[p.Outgoing]) -> None:
    for told in frames:
        if isinstance(told, p.RefusedFrame):
            wait = told.retry_after if isinstance(told.retry_after, float) else None
            raise Refused(told.code, retry_after=wait)
