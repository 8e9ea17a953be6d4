"""What a participant does: ask, take it back, answer an invitation."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import letters
from accounts.models import Participant
from accounts.policies import must_be_entered
from accounts.viewer import Viewer
from chat.actions import talks
from chat.actions.words import CARE_LINKS
from chat.models import Seat
from counseling import policies
from counseling.actions.moves import locked, make_case, move, move_asking, room_of
from counseling.forms import Asked
from counseling.models import Asking, Case, Invitation
from counseling.states import STANDING, AskingState, CaseState, Cohort, Relation, Urgency
from counseling.words import heard
from foundation.refusals import Link, Refused

ASK = "/counseling/ask/"


def ask(viewer: Viewer, *, program: int, asked: Asked, now: datetime) -> Case:
    """Ask the counselors of a program; the case it belongs to. The same nonce twice is one asking.

    Words of need bring a card at once and put the case on top of the inbox.
    Raises `Refused`: `not_entered`, `no_passphrase`, `asked_already`, `contact`, `passphrase`.
    """
    participant = must_be_entered(viewer)
    person = Participant.objects.filter(pk=participant).first()
    policies.must_have_a_way_back(person)
    if (again := _said(participant, asked)) is not None:
        return again
    in_need = heard(asked.words, passphrase_key=person.passphrase_key if person else None)
    try:
        with transaction.atomic():
            case = _case_for(participant, program, asked, in_need=in_need, now=now)
            _note_asking(case, participant, asked, now)
            if person is not None:
                # Seated from the start: they may write at once, and hear an answer as it comes.
                talks.seat_person(room_of(case), person=person)
            if in_need:
                care(participant, now)
    except IntegrityError:  # sent twice at once: the other one is stored
        if (again := _said(participant, asked)) is not None:
            return again
        raise Refused("asked_already") from None
    return case


def _said(participant: int, asked: Asked) -> Case | None:
    found = Asking.objects.filter(participant_id=participant, nonce=asked.nonce)
    asking = found.select_related("case").first()
    return asking.case if asking else None


def _case_for(
    participant: int, program: int, asked: Asked, *, in_need: bool, now: datetime
) -> Case:
    mine = Case.objects.select_for_update().filter(
        participant_id=participant, program_id=program, relation=asked.relation
    )
    standing = [one.value for one in STANDING]
    if mine.filter(askings__state__in=standing).exists():
        raise Refused("asked_already")
    urgency = Urgency.TODAY if in_need else Urgency.USUAL
    known = mine.order_by("-pk").first()
    going_on = known is not None and known.state != CaseState.CLOSED
    if known is None or (asked.relation is not Relation.SELF and not going_on):
        return make_case(
            program_id=program,
            participant_id=participant,
            relation=asked.relation.value,
            cohort=asked.cohort.value,
            urgency=urgency.value,
            opened_at=now,
            waiting_since=now,
        )
    if not going_on:
        move(known, CaseState.WAITING, counselor=None, assigned_at=None, closed_at=None)
    Case.objects.filter(pk=known.pk).update(waiting_since=now, urgency=urgency.value)
    if known.confirmed_new_at is None and asked.cohort is not Cohort.UNKNOWN:
        # Not counted yet: what they say now is what will be.
        Case.objects.filter(pk=known.pk).update(cohort=asked.cohort.value)
    return known


def _note_asking(case: Case, participant: int, asked: Asked, now: datetime) -> None:
    taken = case.state == CaseState.OPEN
    Asking.objects.create(
        case=case,
        participant_id=participant,
        nonce=asked.nonce,
        wishes=[one.value for one in asked.wishes],
        times=[one.value for one in asked.times],
        eases=[one.value for one in asked.eases],
        words=asked.words,
        state=AskingState.TAKEN if taken else AskingState.ASKED,
        asked_at=now,
        taken_at=now if taken else None,
    )
    Invitation.objects.filter(participant_id=participant, answered_at__isnull=True).update(
        answered_at=now
    )


def care(participant: int, now: datetime) -> None:
    """Where one can talk at once, for whoever wrote words of need."""
    letters.write(
        participant,
        kind=letters.Kind.CARE,
        title=_("いま話せるところ"),
        text=_(
            "つらいことばがあったので、自動でお出ししています。相談員にも、いちばん上に出しました。"
            "いますぐ人と話せるところがあります。声を出さずに、文字で話せるところもあります。"
        ),
        links=CARE_LINKS,
        now=now,
    )


def withdraw(viewer: Viewer, *, code: str, now: datetime) -> None:
    """Take back what was asked. Its words go at once; a case that nobody had taken is closed.

    Raises `Refused`: `not_entered`, `not_found`, `moved_on`.
    """
    with transaction.atomic():
        case = policies.must_be_own(viewer, locked(code))
        standing = [one.value for one in STANDING]
        if not Asking.objects.filter(case=case, state__in=standing).exists():
            raise Refused("moved_on")
        move_asking(
            case, AskingState.WITHDRAWN, words="", wishes=[], times=[], eases=[], ended_at=now
        )
        Case.objects.filter(pk=case.pk).update(waiting_since=None)
        if case.state == CaseState.WAITING:
            move(case, CaseState.CLOSED, closed_at=now)


def invite(viewer: Viewer, *, seat: int, now: datetime) -> bool:
    """Tell someone in a room, by their seat, that they may ask. Whether a card went out.

    At most one ever: whoever declined, or has one, gets no other, and the supporter isn't told
    which of both it was. Raises `Refused`: `not_found`, `second_factor`.
    """
    there = Seat.objects.select_related("room").filter(pk=seat).first()
    staff = policies.may_invite(viewer, room=there.room if there else None)
    if there is None or there.participant_id is None:
        raise Refused("not_found")
    participant = there.participant_id
    with transaction.atomic():
        made, new = Invitation.objects.get_or_create(
            program_id=there.room.program_id,
            participant_id=participant,
            defaults={"invited_by_id": staff, "at": now},
        )
        if new:
            letters.write(
                participant,
                kind=letters.Kind.INVITATION,
                title=_("相談のこと"),
                text=_(
                    "もしよかったら、相談員とふたりで話すこともできます。文字だけでも、あとからでも。"
                    "いらないときは「いまはいい」をおしてください。もう、おたずねしません。"
                ),
                links=[
                    Link(_("相談をおねがいする"), ASK),
                    Link(_("いまはいい"), f"/counseling/invitations/{made.pk}/", post=True),
                ],
                now=now,
            )
    return new


def decline(viewer: Viewer, *, invitation: int, now: datetime) -> None:
    """いまはいい. Nobody is told. Raises `Refused`: `not_entered`, `not_found`."""
    participant = must_be_entered(viewer)
    mine = Invitation.objects.filter(pk=invitation, participant_id=participant)
    if not mine.exists():
        raise Refused("not_found")
    mine.filter(answered_at__isnull=True).update(answered_at=now)
