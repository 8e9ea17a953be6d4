"""What somebody without a page says by telephone or face to face, written down by their counselor.

They decide like everybody else: these words, to this recipient, until then. Only the pen is another
one's. Whoever has a page decides there, and nobody writes for them.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.viewer import Viewer
from counseling import policies
from counseling.actions import vault
from counseling.actions.crossing import assigned, consent_of
from counseling.actions.moves import locked, note
from counseling.actions.referrals import (
    agreed_to,
    lead_to,
    looked_at_again,
    put_down,
    taken_back,
)
from counseling.models import Case, Consent, Crossing, Referral
from counseling.onward_forms import Agreed, Edited, Spoken
from counseling.states import Detail, Mover, Urgency
from counseling.words import heard
from foundation.refusals import Refused

_LATEST = 10


def write(
    viewer: Viewer,
    *,
    code: str,
    referral: int,
    agency: int | None = None,
    place: int | None = None,
    edited: Edited,
    now: datetime,
) -> None:
    """Where to, and the words as they are to be read aloud. Nothing is agreed to by it.

    Raises `Refused`: `not_found`, `second_factor`, `theirs_to_say`, `has_left`, `moved_on`,
    `contact`, `absent_reached`, `case_closed`, `no_destination`.
    """
    with transaction.atomic():
        found = _of_a_caller(viewer, code, referral)
        texts = [one.text for said in edited.lines.values() for one in said if not one.struck]
        told = heard(*texts, *edited.added.values(), program=found.case.program_id)
        if told.in_need:
            # Also where it is then refused: what they write of is known, and called for.
            Case.objects.filter(pk=found.case_id).update(urgency=Urgency.TODAY, need_at=now)
    told.must_pass()
    with transaction.atomic():
        found = _of_a_caller(viewer, code, referral)
        if (agency, place) not in ((None, None), (found.agency_id, found.place_id)):
            lead_to(found, agency=agency, place=place, mover=Mover.COUNSELOR, now=now)
        put_down(found, edited, mover=Mover.COUNSELOR, now=now)
        note(viewer, found.case, "aloud_words", now=now)


def agree(
    viewer: Viewer, *, code: str, referral: int, agreed: Agreed, spoken: Spoken, now: datetime
) -> Consent:
    """They said yes to these words, which were read to them as they stand.

    Raises `Refused`: `not_found`, `second_factor`, `theirs_to_say`, `has_left`, `not_who_spoke`,
    `not_yet_said`, `before_that`, `before_the_words`, and what `referrals.agree` does.
    """
    with transaction.atomic():
        found = _of_a_caller(viewer, code, referral)
        aloud = _said(viewer, found, spoken, now=now)
        if spoken.at < _to_the_minute(_written(found)):
            raise Refused("before_the_words")
        made = agreed_to(found, agreed, spoke=spoken.spoke.value, aloud=aloud, now=now)
        note(viewer, found.case, "aloud_agree", now=now, fields=[spoken.channel.value])
    return made


def think_again(viewer: Viewer, *, code: str, referral: int, spoken: Spoken, now: datetime) -> None:
    """They want to hear it again; nothing has left. Raises as `agree`, and `moved_on`."""
    with transaction.atomic():
        found = _of_a_caller(viewer, code, referral)
        looked_at_again(found, aloud=_said(viewer, found, spoken, now=now), now=now)
        note(viewer, found.case, "aloud_again", now=now, fields=[spoken.channel.value])


def withdraw(viewer: Viewer, *, code: str, referral: int, spoken: Spoken, now: datetime) -> None:
    """They take it back, until the agency has accepted; no reason is asked. What was sent is dead
    at once, and that its recipient is to be told stands at the desk.

    Raises as `agree`, and `moved_on`, `accepted_already`.
    """
    with transaction.atomic():
        found = _of_a_caller(viewer, code, referral)
        taken_back(found, aloud=_said(viewer, found, spoken, now=now), now=now)
        note(viewer, found.case, "aloud_withdraw", now=now, fields=[spoken.channel.value])


def keep(viewer: Viewer, *, code: str, kind: Detail, text: str, nonce: UUID, now: datetime) -> None:
    """A detail they told, sealed like any other and in the place of the one before.

    Raises `Refused`: `not_found`, `second_factor`, `theirs_to_say`, `has_left`, `case_closed`,
    `too_many`.
    """
    with transaction.atomic():
        case = _caller(viewer, code)
        vault.lay_in(case, kind=kind, text=text, nonce=nonce, instead=True, now=now)
        note(viewer, case, "aloud_keep", now=now, fields=[kind.value])


def give_back(viewer: Viewer, *, code: str, kind: Detail, now: datetime) -> None:
    """They want it gone; whether any lay there isn't said. Raises as `keep`."""
    with transaction.atomic():
        case = _caller(viewer, code)
        vault.take_out(case, kind=kind, now=now)
        note(viewer, case, "aloud_give_back", now=now, fields=[kind.value])


def _caller(viewer: Viewer, code: str) -> Case:
    case = policies.must_be_assigned(viewer, locked(code))
    policies.must_only_call(case)
    return case


def _of_a_caller(viewer: Viewer, code: str, referral: int) -> Referral:
    found = assigned(viewer, code=code, referral=referral)
    policies.must_only_call(found.case)
    return found


def _said(viewer: Viewer, found: Referral, spoken: Spoken, *, now: datetime) -> dict[str, Any]:
    if spoken.spoke != found.case.relation:
        raise Refused("not_who_spoke")
    if spoken.at > now:
        raise Refused("not_yet_said")
    # A no needs no words that were read; it is said after what it is said to, and that is all.
    consent = consent_of(found)
    to = consent.heard_at if consent is not None else None
    if spoken.at < _to_the_minute(to or found.proposed_at):
        raise Refused("before_that")
    return {"channel": spoken.channel.value, "heard_at": spoken.at, "recorded_by_id": viewer.staff}


def _written(found: Referral) -> datetime:
    """Since when the words stand as they do, or were to be thought over."""
    written = Crossing.objects.filter(referral=found, what__in=("proposed", "chosen", "edited"))
    said = [one.heard_at or one.at for one in written.order_by("-at", "-pk")[:_LATEST]]
    return max(said, default=found.proposed_at)


def _to_the_minute(at: datetime) -> datetime:
    # Typed so: within the same minute is no time before it.
    return at.replace(second=0, microsecond=0)
