"""What counseling keeps of a participant: shown, taken along, erased; what stays, and why.

All of it hangs on the participant's own cases. Cases that a counselor joined to them are another
person's, and nothing here can be told from nothing there.
"""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.belongings import Stays
from counseling import bridges
from counseling.actions import bridges as bridging
from counseling.actions import purge as going
from counseling.actions.crossing import forget
from counseling.actions.moves import move
from counseling.actions.vault import shred_unsent
from counseling.bridge import Side
from counseling.models import (
    Asking,
    Bridge,
    BridgeConsent,
    Case,
    ContactOpening,
    Emergency,
    Invitation,
    Meeting,
    Referral,
    SentDetail,
    Visit,
)
from counseling.states import STANDING, AskingState, CaseState
from foundation.clock import wire

TITLE = "相談のこと"
TEMPLATE = "counseling/_kept.html"


def shown(participant: int) -> dict[str, object]:
    """Everything of their own cases, JSON-able; times are ISO 8601 UTC.

    What lies in the vault is sealed from this page too: also whether anything does.
    """
    cases = list(Case.objects.filter(participant_id=participant).order_by("opened_at", "pk"))
    askings = Asking.objects.filter(participant_id=participant).order_by("asked_at", "pk")
    # What may warn somebody is held back here as on the page.
    openings = ContactOpening.objects.filter(case__in=cases).exclude(
        emergency__isnull=False, emergency__released_at__isnull=True
    )
    openings = openings.order_by("at", "pk")
    cards = Invitation.objects.filter(participant_id=participant).order_by("pk")
    referrals = Referral.objects.filter(case__in=cases).select_related("agency", "place")
    referrals = referrals.prefetch_related("consents", "crossings", "sent_details")
    referrals = referrals.order_by("proposed_at", "pk")
    meetings = Meeting.objects.filter(case__in=cases).order_by("at", "pk")
    visits = Visit.objects.filter(case__in=cases).order_by("at", "pk")
    emergencies = Emergency.objects.filter(
        case__in=cases, told_at__isnull=False, released_at__isnull=False
    )
    return {
        "cases": [
            {
                "code": case.code,
                "relation": case.relation,
                "state": case.state,
                "opened_at": wire(case.opened_at),
                "closed_at": wire(case.closed_at) if case.closed_at else None,
            }
            for case in cases
        ],
        "askings": [
            {
                "at": wire(one.asked_at),
                "wishes": one.wishes,
                "times": one.times,
                "eases": one.eases,
                "words": one.words,
                "state": one.state,
            }
            for one in askings
        ],
        "referrals": [_referral(one) for one in referrals],
        "appointments": [
            {"at": wire(one.starts_at) if one.starts_at else None, "state": one.state}
            for one in meetings
        ],
        "visits": [
            {"starts_at": wire(one.starts_at), "state": one.state, "rules": one.rules}
            for one in visits
        ],
        "bridges": [
            {
                "side": side.value,
                "at": wire(at) if (at := one.at if side == Side.CALLER else one.reached_at) else "",
                "words": one.words if side == Side.CALLER else "",
                "stopped_at": wire(over) if (over := _stopped(one, side)) else None,
                "consents": [_bridge_consent(given) for given in consents],
            }
            for one, side, consents in bridges.kept(participant)
        ],
        "contact_details": "sealed",
        "openings": [{"at": wire(one.at), "reason": one.reason} for one in openings],
        "emergencies": [
            {
                "at": wire(one.told_at) if one.told_at else None,
                "ground": one.ground,
                "seen": one.seen,
                "recipient": one.recipient,
                "by_two": one.second_id is not None,
                "kinds": one.kinds,
                "told": one.told,
            }
            for one in emergencies.order_by("told_at", "pk")
        ],
        "invitations": [
            {"at": wire(one.at), "answered_at": wire(one.answered_at) if one.answered_at else None}
            for one in cards
        ],
    }


def _stopped(one: Bridge, side: Side) -> datetime | None:
    # One's own やめます alone: the other's is nobody else's.
    return one.caller_stopped_at if side == Side.CALLER else one.person_stopped_at


def _bridge_consent(given: BridgeConsent) -> dict[str, object]:
    return {
        "at": wire(given.at),
        "scope": given.scope,
        "line": given.line,
        "expires_at": wire(given.expires_at),
        "withdrawn_at": wire(given.withdrawn_at) if given.withdrawn_at else None,
    }


def _referral(one: Referral) -> dict[str, object]:
    return {
        "to": one.to,
        "state": one.state,
        "draft": one.draft,
        "details_sent": [
            {
                "kind": sent.kind,
                "deposited_at": wire(sent.deposited_at),
                "to": sent.recipient,
                "by": sent.by,
                "at": wire(sent.at),
                "gone_at": wire(sent.gone_at) if sent.gone_at else None,
            }
            for sent in sorted(one.sent_details.all(), key=lambda sent: sent.pk)
        ],
        "consents": [
            {
                "at": wire(given.at),
                "recipient": given.recipient,
                "words": given.words,
                "scope": given.scope,
                "expires_at": wire(given.expires_at),
                "withdrawn_at": wire(given.withdrawn_at) if given.withdrawn_at else None,
            }
            for given in sorted(one.consents.all(), key=lambda given: given.pk)
        ],
        "steps": [
            {"at": wire(step.at), "what": step.what, "by": step.mover, "line": step.line}
            for step in sorted(one.crossings.all(), key=lambda step: step.pk)
        ],
    }


def stays(participant: int) -> list[Stays]:
    """What an erasure leaves with the program, while it is a record that must be kept."""
    known = Case.objects.filter(participant_id=participant)
    if not known.exclude(counselor__isnull=True).exists():
        return []
    found = [
        Stays(
            what=_("相談の記録(番号、日にち、何分、どうやって、相談員のメモ)"),
            with_whom=_("担当の相談員"),
            until=_("相談がおわってから5年"),
            why=_("相談をしたことの記録として、事業が残します。名前も、あなたのことばも入りません"),
        )
    ]
    if known.filter(referrals__sent_at__isnull=False).exists():
        found.append(
            Stays(
                what=_("つながり先へ送った、つなぎシートのことば"),
                with_whom=_("送った先"),
                until=_("送った先のきまりまで。うけとられる前なら、取り下げたことを伝えます"),
                why=_("もう送られていて、こちらだけでは取りもどせません。こちらの写しは消えます"),
            )
        )
    if Emergency.objects.filter(case__in=known, released_at__isnull=False).exists():
        found.append(
            Stays(
                what=_("いのちの危険のときに、なぜ、だれに、なにを伝えたかの記録"),
                with_whom=_("担当の相談員とコーディネーター"),
                until=_("相談がおわってから5年"),
                why=_("同意なしに伝えたことを、あとから確かめられるようにするためです"),
            )
        )
    accepted = SentDetail.objects.filter(accepted_at__isnull=False, detail__isnull=False)
    if accepted.filter(referral__case__in=known).exists():
        found.append(
            Stays(
                what=_("支援機関へ送った連絡先"),
                with_whom=_("送った先の支援機関と、担当の相談員"),
                until=_("支援機関がうけとってから90日"),
                why=_("もう送られていて、こちらだけでは取りもどせません"),
            )
        )
    return found


def erase(participant: int, *, now: datetime) -> None:
    """Their words and wishes go, the vault's key goes, the case forgets whose it was."""
    for number in list(
        Case.objects.filter(participant_id=participant).order_by("pk").values_list("pk", flat=True)
    ):
        with transaction.atomic():
            case = Case.objects.select_for_update(of=("self",)).get(pk=number)
            shred_unsent(case, now=now)
            forget(case, now=now)
            bridging.forget(case, now=now)
            mine = Asking.objects.filter(case=case)
            mine.update(words="", wishes=[], times=[], eases=[], participant=None)
            mine.filter(state__in=[one.value for one in STANDING]).update(
                state=AskingState.WITHDRAWN, ended_at=now
            )
            if case.state == CaseState.WAITING:
                move(case, CaseState.CLOSED, closed_at=now)
            Case.objects.filter(pk=case.pk).update(participant=None, waiting_since=None)
    Invitation.objects.filter(participant_id=participant).delete()


def holding(participants: Collection[int]) -> set[int]:
    """Whoever has a case that isn't closed is still waited for."""
    going_on = Case.objects.filter(participant_id__in=participants).exclude(state=CaseState.CLOSED)
    return {number for number in going_on.values_list("participant_id", flat=True) if number}


def purge(*, now: datetime) -> Iterator[tuple[str, int]]:
    """Details 90 days after they were of use, cases five years after they were closed."""
    return going.purge(now=now)
