"""What a participant does: ask, take it back, answer an invitation."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import letters
from accounts.models import Participant
from accounts.policies import must_be_entered
from accounts.viewer import Viewer
from chat.actions import talks
from chat.actions.words import AGAIN, CARE_LINKS
from chat.models import Seat
from counseling import policies, queries
from counseling.actions.calling_off import call_off_all
from counseling.actions.moves import locked, make_case, move, move_asking, room_of
from counseling.forms import Asked
from counseling.models import Asking, Case, Invitation
from counseling.states import (
    STANDING,
    AskingState,
    CaseState,
    Cohort,
    Origin,
    Relation,
    Urgency,
)
from counseling.words import heard
from foundation.refusals import Link, Refused

ASK = "/counseling/ask/"
# Of one relation, whom somebody asks about at a time.
MOST_PEOPLE = 5
_GOING_ON = (CaseState.WAITING, CaseState.OPEN)


def ask(viewer: Viewer, *, program: int, asked: Asked, now: datetime) -> Case:
    """Ask the counselors of a program; the case it belongs to. The same nonce twice is one asking.

    Words of need bring a card at once, put the case on top of the inbox and call the counselors:
    also when what was asked is then refused.
    Raises `Refused`: `not_entered`, `no_passphrase`, `asked_already`, `too_many_people`, `contact`,
    `passphrase`.
    """
    participant = must_be_entered(viewer)
    person = Participant.objects.filter(pk=participant).first()
    policies.must_have_a_way_back(person)
    if (again := _said(participant, asked)) is not None:
        return again
    assert person is not None
    told = heard(asked.words, program=program, passphrase_key=person.passphrase_key)
    try:
        told.must_pass()
        return _take_up(person, program, asked, in_need=told.in_need, now=now)
    except Refused:
        if told.in_need:
            _call_all_the_same(person, program, asked, now)
        raise


def _take_up(
    person: Participant, program: int, asked: Asked, *, in_need: bool, now: datetime
) -> Case:
    try:
        with transaction.atomic():
            mine = _mine(person.pk, program, asked)
            if mine.filter(askings__state__in=[one.value for one in STANDING]).exists():
                raise Refused("asked_already")
            case = _case_for(mine, person, program, asked, in_need=in_need, now=now)
            _note_asking(case, person.pk, asked, now)
            if in_need:
                care(person.pk, now)
    except IntegrityError:  # sent twice at once: the other one is stored
        if (again := _said(person.pk, asked)) is not None:
            return again
        raise Refused("asked_already") from None
    return case


def _call_all_the_same(person: Participant, program: int, asked: Asked, now: datetime) -> None:
    """What was refused isn't kept, but that somebody is in need is: their case waits with it."""
    try:
        with transaction.atomic():
            mine = _mine(person.pk, program, asked)
            known = mine.filter(need_at__gt=now - AGAIN, state__in=_GOING_ON).first()
            if known is not None and queries.asked_in_need([known]):
                return
            _case_for(mine, person, program, asked, in_need=True, now=now)
            care(person.pk, now)
    except IntegrityError:  # sent twice at once: the other one called
        return


def _said(participant: int, asked: Asked) -> Case | None:
    found = Asking.objects.filter(participant_id=participant, nonce=asked.nonce)
    asking = found.select_related("case").first()
    return asking.case if asking else None


def _mine(participant: int, program: int, asked: Asked) -> QuerySet[Case]:
    """Where this asking belongs: theirs about whom they speak of.

    About `another` they have none yet, but for one that a refused asking of it left behind.
    Raises `Refused("too_many_people")`.
    """
    theirs = Case.objects.select_for_update().filter(
        participant_id=participant, program_id=program, relation=asked.relation
    )
    if not asked.another or asked.relation is Relation.SELF:
        return theirs
    about_others = Asking.objects.filter(participant_id=participant).values("case")
    if theirs.filter(state__in=_GOING_ON, pk__in=about_others).count() >= MOST_PEOPLE:
        raise Refused("too_many_people")
    return theirs.filter(state__in=_GOING_ON).exclude(pk__in=about_others)


def _case_for(
    mine: QuerySet[Case],
    person: Participant,
    program: int,
    asked: Asked,
    *,
    in_need: bool,
    now: datetime,
) -> Case:
    case = _found_or_made(mine, person.pk, program, asked, now=now)
    if in_need:
        case.urgency, case.need_at = Urgency.TODAY, now
        case.save(update_fields=["urgency", "need_at"])
    # Seated from the start: they may write at once, and hear an answer as it comes.
    talks.seat_person(room_of(case), person=person)
    return case


def _found_or_made(
    mine: QuerySet[Case], participant: int, program: int, asked: Asked, *, now: datetime
) -> Case:
    known = mine.order_by("-pk").first()
    going_on = known is not None and known.state != CaseState.CLOSED
    if known is None or (asked.relation is not Relation.SELF and not going_on):
        return make_case(
            program_id=program,
            participant_id=participant,
            relation=asked.relation.value,
            cohort=asked.cohort.value,
            origin=_way_here(participant, program, asked.relation).value,
            opened_at=now,
            waiting_since=now,
        )
    there = Case.objects.filter(pk=known.pk)
    if going_on:
        # How urgent it is stays as it was set, and nobody waits shorter for asking again.
        there.filter(waiting_since__isnull=True).update(waiting_since=now)
    else:
        move(known, CaseState.WAITING, counselor=None, assigned_at=None, closed_at=None)
        there.update(waiting_since=now, urgency=Urgency.USUAL)
    stands = known.cohort != Cohort.UNKNOWN and known.askings.exists()
    if known.confirmed_new_at is None and asked.cohort is not Cohort.UNKNOWN and not stands:
        # Not counted yet, and not said before: what they say now is what will be.
        Case.objects.filter(pk=known.pk).update(cohort=asked.cohort.value)
    return known


def _way_here(participant: int, program: int, relation: Relation) -> Origin:
    """Through what they found their way, as far as the way itself tells; the counselor's to correct
    until it is counted.
    """
    if relation is Relation.FAMILY:
        return Origin.FAMILY
    cards = Invitation.objects.filter(participant_id=participant, program_id=program)
    return Origin.ROOM if cards.exists() else Origin.WEB_WINDOW


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
            call_off_all(case, now=now)


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
