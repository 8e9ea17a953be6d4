"""What was agreed to leaves, and the recipient answers: by link, telephone or fax alike.

A one-time link shows nothing to whoever only opens it (scanners and previews do): it is spent by
the POST of a code that was told on another way. Token and code are kept as hashes alone.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.queries import key_of
from accounts.viewer import Viewer
from counseling import packet, policies
from counseling.actions import sent_details
from counseling.actions.crossing import (
    assigned,
    consent_of,
    crossed,
    end,
    move,
    nobody_waits,
    remind_of_answer,
    tell_of,
)
from counseling.actions.moves import back_to_the_desk, note
from counseling.links import MOST_TRIES
from counseling.models import Case, Consent, LinkOpening, OneTimeLink, Referral
from counseling.onward_forms import Answer
from counseling.states import Mover, ReferralState, Sent
from counseling.words import must_hold_no_contact
from foundation.refusals import Refused

LINK_LASTS = timedelta(days=14)
# After the code, in the same browser: time to read, print and answer.
OPEN_FOR = timedelta(minutes=60)
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Way:
    """The two halves of a link, shown to the counselor once and kept nowhere."""

    token: str
    code: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the recipient reads: the agreed words, and the details that go along."""

    words: packet.Words
    consent: Consent
    details: list[tuple[str, str]]
    accepted: bool


def send(viewer: Viewer, *, code: str, referral: int, by: Sent, now: datetime) -> Way | None:
    """It goes out, as it was agreed to; by a link, its two halves are the answer.

    Raises `Refused`: `not_found`, `second_factor`, `case_closed`, `moved_on`, `consent_over`.
    """
    with transaction.atomic():
        found = assigned(viewer, code=code, referral=referral)
        policies.must_stand(found.case)
        consent = _standing(found, now)
        move(found, ReferralState.SENT, Mover.COUNSELOR, now=now, sent_at=now, sent_by=by.value)
        note(viewer, found.case, "send", now=now)
        way = _make_link(viewer, found, now=now) if by is Sent.LINK else None
        if way is None:
            sent_details.left(found, consent, by=by, now=now)
        tell_of(
            found,
            title=_("つなぎシートをおくりました"),
            text=_(
                "あなたが同意したことばを、そのままおくりました。うけとられるまで、取り下げられます。"
            ),
            now=now,
        )
    return way


def _standing(referral: Referral, now: datetime) -> Consent:
    consent = consent_of(referral)
    if consent is None or consent.expires_at <= now:
        raise Refused("consent_over")
    return consent


def new_link(viewer: Viewer, *, code: str, referral: int, now: datetime) -> Way:
    """Another one; the one before is dead. Raises as `send`."""
    with transaction.atomic():
        found = assigned(viewer, code=code, referral=referral)
        policies.must_stand(found.case)
        if found.state != ReferralState.SENT:
            raise Refused("moved_on")
        _standing(found, now)
        OneTimeLink.objects.filter(referral=found, ended_at__isnull=True).update(ended_at=now)
        note(viewer, found.case, "new_link", now=now)
        return _make_link(viewer, found, now=now)


def _make_link(viewer: Viewer, referral: Referral, *, now: datetime) -> Way:
    way = Way(secrets.token_urlsafe(24), f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}")
    consent = _standing(referral, now)
    OneTimeLink.objects.create(
        referral=referral,
        token=key_of(way.token),
        code=_code(way.token, way.code),
        made_by_id=viewer.staff or 0,
        made_at=now,
        expires_at=min(now + LINK_LASTS, consent.expires_at),
    )
    return way


def _code(token: str, code: str) -> str:
    # Six digits are guessed in no time from a hash alone: this one needs the house's key too.
    key = f"one-time link 1:{settings.SECRET_KEY}".encode()
    return hmac.new(key, f"{token}:{code}".encode(), hashlib.sha256).hexdigest()


def open_link(*, token: str, code: str, now: datetime) -> int:
    """Spend the link; its number, for this browser's session. Every try is written down.

    Raises `Refused`: `link_over` (unknown, late, spent, withdrawn: all alike), `wrong_code`.
    """
    with transaction.atomic():
        link = _link(token)
        if link is None or _is_over(link, now) or link.spent_at is not None:
            if link is not None:
                LinkOpening.objects.create(link=link, what="late", at=now)
            link = None
        else:
            right = hmac.compare_digest(link.code, _code(token, code))
            link.tries += 1
            if right:
                link.spent_at = now
            link.save(update_fields=["tries", "spent_at"])
            LinkOpening.objects.create(link=link, what="opened" if right else "wrong", at=now)
    if link is None:
        raise Refused("link_over")
    if link.spent_at is None:
        raise Refused("wrong_code")
    return link.pk


def _link(token: str) -> OneTimeLink | None:
    rows = OneTimeLink.objects.select_for_update(of=("self",)).filter(token=key_of(token))
    return rows.select_related("referral").first()


def _is_over(link: OneTimeLink, now: datetime) -> bool:
    return (
        link.ended_at is not None
        or link.expires_at <= now
        or link.tries >= MOST_TRIES
        or link.referral.state not in (ReferralState.SENT, ReferralState.ACCEPTED)
    )


def sheet_for_link(*, token: str, link: int | None, taken: bool, now: datetime) -> Sheet:
    """What lies behind a link that this browser has opened; every reading is written down, and
    a PDF's leaving (`taken`).

    Raises `Refused`: `link_over`, `cannot_open`.
    """
    with transaction.atomic():
        found, _case = _opened(token, link, now)
        LinkOpening.objects.create(link=found, what="pdf" if taken else "read", at=now)
        return _sheet(found.referral, by=Sent.LINK, now=now)


def _opened(token: str, link: int | None, now: datetime) -> tuple[OneTimeLink, Case]:
    # Locks are taken in one order: the case, then what hangs on it.
    there = Case.objects.select_for_update(of=("self",)).filter(
        referrals__links__token=key_of(token)
    )
    case = there.first()
    found = _link(token)
    consent = consent_of(found.referral) if found is not None else None
    if (
        found is None
        or case is None
        or consent is None
        or consent.expires_at <= now
        or found.pk != link
        or found.spent_at is None
        or found.spent_at + OPEN_FOR <= now
        or found.ended_at is not None
        or found.referral.state not in (ReferralState.SENT, ReferralState.ACCEPTED)
    ):
        raise Refused("link_over")
    return found, case


def _sheet(referral: Referral, *, by: Sent, now: datetime) -> Sheet:
    consent = _standing(referral, now)
    if packet.digest(consent.words) != consent.digest:
        raise Refused("consent_over")
    details = sent_details.give(referral, consent, by=by, now=now)
    accepted = referral.state == ReferralState.ACCEPTED
    return Sheet(packet.read(consent.words), consent, details, accepted)


def paper(viewer: Viewer, *, code: str, referral: int, now: datetime) -> Sheet:
    """The sheet for the counselor who carries or faxes it; looked at, and written down so.

    Raises `Refused`: `not_found`, `second_factor`, `case_closed`, `moved_on`, `consent_over`,
    `cannot_open`.
    """
    with transaction.atomic():
        found = assigned(viewer, code=code, referral=referral)
        policies.must_stand(found.case)
        if found.state not in (ReferralState.SENT, ReferralState.ACCEPTED):
            raise Refused("moved_on")
        crossed(found, "printed", Mover.COUNSELOR, now=now)
        note(viewer, found.case, "print", now=now)
        by = Sent(found.sent_by)
        return _sheet(found, by=Sent.PAPER if by is Sent.LINK else by, now=now)


def accept_by_link(*, token: str, link: int | None, who: str, now: datetime) -> None:
    """The agency says yes on its own page. Raises `Refused`: `link_over`, `moved_on`, `contact`."""
    must_hold_no_contact(who)
    with transaction.atomic():
        found = _at_link(token, link, now)
        _accept(found, Mover.AGENCY, Answer(who, Sent.LINK, now, ""), now=now)
        remind_of_answer(found, now=now)


def decline_by_link(*, token: str, link: int | None, who: str, line: str, now: datetime) -> None:
    """The agency can't. Raises as `accept_by_link`."""
    must_hold_no_contact(who, line)
    with transaction.atomic():
        found = _at_link(token, link, now)
        _fail(found, Mover.AGENCY, line=line, now=now)
        remind_of_answer(found, now=now)


def _at_link(token: str, link: int | None, now: datetime) -> Referral:
    opened, case = _opened(token, link, now)
    referral = Referral.objects.select_for_update().get(pk=opened.referral_id)
    referral.case = case
    return referral


def record_acceptance(
    viewer: Viewer, *, code: str, referral: int, answer: Answer, now: datetime
) -> None:
    """The agency said yes by telephone, fax or letter: who, when, and who wrote it down.

    Raises `Refused`: `not_found`, `second_factor`, `not_yet_answered`, `before_sending`,
    `moved_on`, `consent_over`, `contact`.
    """
    must_hold_no_contact(answer.who, answer.line)
    if answer.at > now:
        raise Refused("not_yet_answered")
    with transaction.atomic():
        found = assigned(viewer, code=code, referral=referral)
        if found.sent_at is not None:
            # Typed to the minute: within the one in which it was sent is no time before it.
            if answer.at < found.sent_at.replace(second=0, microsecond=0):
                raise Refused("before_sending")
            answer = replace(answer, at=max(answer.at, found.sent_at))
        _accept(
            found, Mover.COUNSELOR, answer, now=now,
            accepted_noted_by_id=viewer.staff, accepted_noted_at=now,
        )  # fmt: skip
        note(viewer, found.case, "record_acceptance", now=now)


def _accept(
    referral: Referral, mover: Mover, answer: Answer, *, now: datetime, **noted: Any
) -> None:
    move(
        referral, ReferralState.ACCEPTED, mover, now=now, line=answer.who,
        accepted_at=answer.at, accepted_by=answer.by.value, accepted_who=answer.who, **noted,
    )  # fmt: skip
    # Nobody says yes to what the person no longer agrees to: the move is undone with it. When the
    # answer came is what counts; it may be written down later.
    consent = _standing(referral, answer.at)
    if answer.by is not Sent.LINK:
        sent_details.left(referral, consent, by=answer.by, now=answer.at)
    sent_details.accepted(referral, at=answer.at)
    back_to_the_desk(referral.case, now=now)
    tell_of(
        referral,
        title=_("うけいれの返事がありました"),
        text=_(
            "つながり先が、うけとりました。つぎにどうするかは、相談員といっしょにきめられます。"
        ),
        now=now,
    )


def record_failure(viewer: Viewer, *, code: str, referral: int, line: str, now: datetime) -> None:
    """It didn't come about: they couldn't take it, or it went no further. Nobody's fault.

    Raises `Refused`: `not_found`, `second_factor`, `moved_on`, `contact`.
    """
    must_hold_no_contact(line)
    with transaction.atomic():
        found = assigned(viewer, code=code, referral=referral)
        _fail(found, Mover.COUNSELOR, line=line, now=now)
        note(viewer, found.case, "record_failure", now=now)


def _fail(referral: Referral, mover: Mover, *, line: str, now: datetime) -> None:
    left = referral.sent_at is not None
    move(referral, ReferralState.FAILED, mover, now=now, line=line)
    off = end(referral, left=left, now=now)
    words = _("あなたのせいではありません。ほかのところも、いつでもいっしょにさがせます。")
    tell_of(
        referral,
        title=_("こんどは、つながりませんでした"),
        text=words + nobody_waits(off=off),
        now=now,
    )


def told_of_withdrawal(
    viewer: Viewer, *, code: str, referral: int, by: Sent, now: datetime
) -> None:
    """The recipient of what was taken back has been told; the person sees it.

    Raises `Refused`: `not_found`, `second_factor`, `moved_on`.
    """
    with transaction.atomic():
        found = assigned(viewer, code=code, referral=referral)
        there = Referral.objects.filter(pk=found.pk, to_tell_at__isnull=False, told_at__isnull=True)
        if not there.update(told_at=now, told_by=by.value):
            raise Refused("moved_on")
        crossed(found, "told", Mover.COUNSELOR, now=now)
        note(viewer, found.case, "told_of_withdrawal", now=now)
