"""A referral up to the moment it leaves: proposed, chosen, edited, agreed to, taken back.

Only the person agrees, edits and withdraws; only a counselor proposes. Nothing leaves here.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Participant
from accounts.queries import open_grants
from accounts.states import Role
from accounts.viewer import Viewer
from chat.actions.words import AGAIN
from counseling import naming, packet, policies
from counseling.actions.asking import care
from counseling.actions.crossing import (
    crossed,
    end,
    end_consent,
    goal_at,
    move,
    nobody_waits,
    own,
    tell_of,
)
from counseling.actions.moves import locked, note
from counseling.models import Case, Consent, Crossing, Referral
from counseling.needs import NEED
from counseling.onward_forms import Agreed, Edited
from counseling.states import (
    CONSENTED,
    Goal,
    Heading,
    Mover,
    ReferralState,
    Relation,
    Urgency,
)
from counseling.words import Heard, heard
from duty.colleagues import shown_as
from foundation.refusals import Refused
from programs.queries import agency as agency_of
from programs.queries import place as place_of

CONSENT_LASTS = timedelta(days=90)
MOST_AT_ONCE = 10  # of one case, not ended


def propose(
    viewer: Viewer,
    *,
    code: str,
    goal: Goal,
    typed: Mapping[Heading, str],
    agency: int | None = None,
    companion: int | None = None,
    now: datetime,
) -> Referral:
    """A counselor's suggestion; the person is told, and nothing happens unless they want it.

    Words of need in it, which may be the person's own, put the case on top until somebody has
    seen them. Raises `Refused`: `not_found`, `second_factor`, `contact`, `absent_reached`,
    `case_closed`, `too_many`.
    """
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        told = heard(*typed.values(), program=case.program_id)
        if told.in_need:
            # Also where it is then refused: what they write of is known, and called for.
            Case.objects.filter(pk=case.pk).update(urgency=Urgency.TODAY, need_at=now)
    told.must_pass()
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        policies.must_stand(case)
        _must_not_reach(packet.draft(Relation(case.relation), typed), case)
        made = _make(case, goal=goal, typed=typed, now=now)
        made.proposed_by_id = viewer.staff
        if agency is not None:
            there = agency_of(case.program_id, pk=agency)
            made.agency = there
            if there is not None and goal is Goal.AGENCY:
                made.goal = goal_at(there).value
        if companion is not None and _supports(companion, case.program_id, now=now):
            made.companion_id = companion
        made.save()
        crossed(made, ReferralState.PROPOSED, Mover.COUNSELOR, now=now)
        note(viewer, case, "propose", now=now)
        tell_of(
            made,
            title=_("つながり先の提案"),
            text=_("相談員から、つながり先の提案があります。ことわっても、なにも変わりません。"),
            now=now,
        )
    return made


def wish(
    viewer: Viewer,
    *,
    code: str,
    agency: int | None = None,
    place: int | None = None,
    now: datetime,
) -> Referral:
    """The person begins it themselves, from what exists near them.

    Raises `Refused`: `not_entered`, `not_found`, `case_closed`, `too_many`.
    """
    with transaction.atomic():
        case = policies.must_be_own(viewer, locked(code))
        policies.must_stand(case)
        goal = Goal.PLACE if place is not None else Goal.AGENCY
        made = _make(case, goal=goal, typed={}, now=now)
        _lead(made, agency=agency, place=place)
        made.save()
        crossed(made, ReferralState.PROPOSED, Mover.PERSON, now=now)
        Case.objects.filter(pk=case.pk, waiting_since__isnull=True).update(waiting_since=now)
    return made


def _make(case: Case, *, goal: Goal, typed: Mapping[Heading, str], now: datetime) -> Referral:
    if Referral.objects.filter(case=case, ended_at__isnull=True).count() >= MOST_AT_ONCE:
        raise Refused("too_many")
    relation = Relation(case.relation)
    return Referral(
        case=case, goal=goal.value, draft=packet.draft(relation, typed), proposed_at=now
    )


def _supports(staff: int, program: int, *, now: datetime) -> bool:
    there = open_grants(now=now).filter(role=Role.SUPPORTER, program_id=program, staff_id=staff)
    return there.exists()


def choose(
    viewer: Viewer,
    *,
    code: str,
    referral: int,
    agency: int | None = None,
    place: int | None = None,
    now: datetime,
) -> None:
    """The person picks where to.

    Raises `Refused`: `not_entered`, `not_found`, `moved_on`, `case_closed`.
    """
    with transaction.atomic():
        found = own(viewer, code=code, referral=referral)
        lead_to(found, agency=agency, place=place, mover=Mover.PERSON, now=now)


def lead_to(
    found: Referral, *, agency: int | None, place: int | None, mover: Mover, now: datetime
) -> None:
    """Where to, inside the caller's transaction. Raises as `choose`."""
    _must_be(found, ReferralState.PROPOSED)
    policies.must_stand(found.case)
    _lead(found, agency=agency, place=place)
    found.save(update_fields=["agency", "place", "goal"])
    crossed(found, "chosen", mover, line=found.to, now=now)


def _lead(referral: Referral, *, agency: int | None, place: int | None) -> None:
    program = referral.case.program_id
    there = agency_of(program, pk=agency) if agency is not None else None
    spot = place_of(program, pk=place) if place is not None else None
    if there is None and spot is None:
        raise Refused("no_destination")
    if there is not None:
        goal = goal_at(there, wanted=Goal(referral.goal), before=referral.agency)
    else:
        goal = Goal.PLACE
    referral.goal = goal.value
    referral.agency, referral.place = (there, None) if there is not None else (None, spot)


def edit(viewer: Viewer, *, code: str, referral: int, edited: Edited, now: datetime) -> None:
    """The words become the person's own: sentences struck, changed, added.

    Raises `Refused`: `not_entered`, `not_found`, `moved_on`, `contact`, `passphrase`,
    `absent_reached`, `case_closed`.
    """
    with transaction.atomic():
        program = own(viewer, code=code, referral=referral).case.program_id
    told = _heard(viewer, edited, program=program)
    try:
        told.must_pass()
        with transaction.atomic():
            found = own(viewer, code=code, referral=referral)
            put_down(found, edited, mover=Mover.PERSON, now=now)
            if told.in_need:
                _call(viewer, found, now=now)
    except Refused:
        # What was refused isn't kept; that somebody is in need is.
        if told.in_need:
            with transaction.atomic():
                _call(viewer, own(viewer, code=code, referral=referral), now=now)
        raise


def put_down(found: Referral, edited: Edited, *, mover: Mover, now: datetime) -> None:
    """The words that were looked at, inside the caller's transaction. Raises as `edit`."""
    _must_be(found, ReferralState.PROPOSED)
    policies.must_stand(found.case)
    kept = packet.edited(Relation(found.case.relation), edited.lines, edited.added)
    _must_not_reach(kept, found.case)
    if kept != found.draft:
        Referral.objects.filter(pk=found.pk).update(draft=kept)
        crossed(found, "edited", mover, now=now)


def _call(viewer: Viewer, found: Referral, *, now: datetime) -> None:
    lately = Crossing.objects.filter(referral=found, what=NEED, at__gt=now - AGAIN)
    seen = found.case.need_seen_at
    if (lately.filter(at__gt=seen) if seen is not None else lately).exists():
        return
    care(viewer.participant or 0, now)
    crossed(found, NEED, Mover.PERSON, now=now)
    Case.objects.filter(pk=found.case_id).update(urgency=Urgency.TODAY, waiting_since=now)


def _heard(viewer: Viewer, edited: Edited, *, program: int) -> Heard:
    person = Participant.objects.filter(pk=viewer.participant or 0).first()
    key = person.passphrase_key if person else None
    texts = [one.text for said in edited.lines.values() for one in said if not one.struck]
    return heard(*texts, *edited.added.values(), program=program, passphrase_key=key)


def agree(viewer: Viewer, *, code: str, referral: int, agreed: Agreed, now: datetime) -> Consent:
    """These words, to this recipient, with these details, until the date shown.

    `agreed.digest` is of the words that were on the page: if they have changed since, nobody
    agreed to them. Where an absent adult seems to be named, whoever agrees has looked again
    (`agreed.unnamed`). Raises `Refused`: `not_entered`, `not_found`, `moved_on`, `no_destination`,
    `no_words`, `other_words`, `not_agreed`, `absent_reached`, `absent_named`, `case_closed`.
    """
    with transaction.atomic():
        found = own(viewer, code=code, referral=referral)
        made = agreed_to(found, agreed, now=now)
        Case.objects.filter(pk=found.case_id, waiting_since__isnull=True).update(waiting_since=now)
    return made


def agreed_to(
    found: Referral,
    agreed: Agreed,
    *,
    now: datetime,
    spoke: str = "",
    aloud: Mapping[str, Any] | None = None,
) -> Consent:
    """The consent itself, inside the caller's transaction; said `aloud`, it lasts from when it was
    said. Raises as `agree`, and `consent_over`.
    """
    if not agreed.sure:
        raise Refused("not_agreed")
    policies.must_stand(found.case)
    if not found.to:
        raise Refused("no_destination")
    shown = packet.canonical(preview(found))
    if packet.read(shown).empty:
        raise Refused("no_words")
    if packet.digest(shown) != agreed.digest:
        raise Refused("other_words")
    what = preview(found, details=agreed.details, along=agreed.along)
    naming.must_not_reach_the_absent(what)
    if naming.seems_to_name_the_absent(what) and not agreed.unnamed:
        raise Refused("absent_named")
    text = packet.canonical(what)
    until = (aloud["heard_at"] if aloud else now) + CONSENT_LASTS
    if until <= now:
        raise Refused("consent_over")
    move(found, ReferralState.AGREED, Mover.PERSON, aloud=aloud, now=now)
    return Consent.objects.create(
        referral=found, wording=packet.WORDING, recipient=found.to, scope=list(what.details),
        words=text, digest=packet.digest(text), at=now, expires_at=until, spoke=spoke,
        **(aloud or {}),
    )  # fmt: skip


def _must_not_reach(draft: packet.Draft, case: Case) -> None:
    naming.must_not_reach_the_absent(
        packet.words(draft, relation=Relation(case.relation), recipient="", details=())
    )


def preview(
    referral: Referral, *, details: tuple[str, ...] = (), along: bool = False
) -> packet.Words:
    """What would leave as the draft stands now."""
    companion = shown_as(referral.companion, role=Role.SUPPORTER) if along else ""
    return packet.words(
        referral.draft, relation=Relation(referral.case.relation), recipient=referral.to,
        details=details, companion=companion,
    )  # fmt: skip


def think_again(viewer: Viewer, *, code: str, referral: int, now: datetime) -> None:
    """Back to the words; the consent is over, nothing has left.

    Raises `Refused`: `not_entered`, `not_found`, `moved_on`.
    """
    with transaction.atomic():
        looked_at_again(own(viewer, code=code, referral=referral), now=now)


def looked_at_again(
    found: Referral, *, now: datetime, aloud: Mapping[str, Any] | None = None
) -> None:
    """Back to the words, inside the caller's transaction. Raises `Refused("moved_on")`."""
    move(found, ReferralState.PROPOSED, Mover.PERSON, aloud=aloud, now=now)
    end_consent(found, left=False, now=now)


def withdraw(viewer: Viewer, *, code: str, referral: int, now: datetime) -> None:
    """The person takes it back, at any moment before the agency has accepted; no reason is asked.

    What was sent can't be unsent: the link is dead at once, and the counselor has to tell the
    recipient. Raises `Refused`: `not_entered`, `not_found`, `moved_on`, `accepted_already`.
    """
    with transaction.atomic():
        found = own(viewer, code=code, referral=referral)
        taken_back(found, now=now)
        waiting = Case.objects.filter(pk=found.case_id, waiting_since__isnull=True)
        waiting.update(waiting_since=now)


def taken_back(found: Referral, *, now: datetime, aloud: Mapping[str, Any] | None = None) -> None:
    """Over, inside the caller's transaction. Raises `Refused`: `moved_on`, `accepted_already`."""
    if found.state in (ReferralState.ACCEPTED, ReferralState.LINKED):
        raise Refused("accepted_already")
    left = found.state == ReferralState.SENT
    if left:
        Referral.objects.filter(pk=found.pk).update(to_tell_at=now)
    move(found, ReferralState.WITHDRAWN, Mover.PERSON, aloud=aloud, now=now)
    if words := nobody_waits(off=end(found, left=left, now=now)):
        tell_of(found, title=_("取り下げました"), text=words, now=now)


def _must_be(referral: Referral, state: ReferralState) -> None:
    if referral.state != state:
        raise Refused("agreed_already" if referral.state in CONSENTED else "moved_on")
