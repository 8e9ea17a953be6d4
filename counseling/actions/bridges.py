"""つなぎ: from whoever asked to the person themselves, with the consent of each, step by step.

Nothing of the one is told to the other without their own consent; that one said やめます isn't
either. A bridge counts nothing: what counts is the person's own occasion and referral, each in the
ledger about the person, and a bridge names them.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import letters
from accounts.models import Participant
from accounts.viewer import Viewer
from counseling import bridges, codes, policies
from counseling.actions.asking import care
from counseling.actions.cases import open_by_hand
from counseling.actions.merging import merge
from counseling.actions.moves import MINE, locked, note
from counseling.bridge import (
    NEEDED,
    SCOPES,
    BridgeState,
    Side,
    Tells,
    bridge_before,
    missing,
)
from counseling.models import Bridge, BridgeConsent, BridgeStep, Case
from counseling.states import Channel, Cohort, Origin, Relation, Urgency
from counseling.words import Heard, heard, must_hold_no_contact
from foundation.refusals import Link, Refused

WORDING = 1
CONSENT_LASTS = timedelta(days=365)
_ASKED = {Side.CALLER: BridgeState.PROPOSED, Side.PERSON: BridgeState.REACHED}
_AGREED = {Side.CALLER: BridgeState.CALLER_AGREED, Side.PERSON: BridgeState.PERSON_AGREED}
_BEFORE_ARRIVING = (BridgeState.PERSON_AGREED, BridgeState.MET)
_ARRIVED = (BridgeState.MET, BridgeState.LINKED)


def propose(viewer: Viewer, *, code: str, words: str, now: datetime) -> Bridge:
    """Put it to whoever asked: the person could be told, in this way, if they agree.

    Raises `Refused`: `not_found`, `second_factor`, `contact`, `case_closed`, `own_bridge`,
    `bridged_already`.
    """
    must_hold_no_contact(words)
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        policies.must_stand(case)
        if case.relation == Relation.SELF:
            raise Refused("own_bridge")
        if Bridge.objects.filter(caller_case=case).exclude(state=BridgeState.STOPPED).exists():
            raise Refused("bridged_already")
        made = Bridge.objects.create(
            caller_case=case, words=words, made_by_id=viewer.staff or 0, at=now
        )
        _stepped(made, BridgeState.PROPOSED, Side.COUNSELOR, now)
        note(viewer, case, "bridge_propose", now=now)
        _tell(
            case,
            text=_(
                "ご本人とのつなぎについて、見てほしいものがあります。ことわっても、なにも変わりません。"
            ),
            now=now,
        )
    return made


def agree(
    viewer: Viewer,
    *,
    code: str,
    scope: Collection[Tells],
    line: str,
    sure: bool,
    now: datetime,
) -> None:
    """One of the two agrees on their own page, or changes what the other may be told.

    Raises `Refused`: `not_entered`, `not_found`, `no_yes`, `contact`, `passphrase`, `bridge_over`.
    """
    with transaction.atomic():
        program = _own(viewer, code)[2].program_id
    told = _heard(viewer, line, program=program)
    try:
        told.must_pass()
        with transaction.atomic():
            found, side, case = _own(viewer, code)
            if told.in_need:
                _call(case, now=now)
            _must_be_sure(side, scope, sure)
            _give(found, side, scope, line, heard_by=None, now=now)
            _wait(case, now=now)
    except Refused:
        # What was refused isn't kept; that somebody is in need is.
        if told.in_need:
            with transaction.atomic():
                _call(_own(viewer, code)[2], now=now)
        raise


def hear(
    viewer: Viewer,
    *,
    code: str,
    side: Side,
    scope: Collection[Tells],
    line: str,
    sure: bool,
    now: datetime,
) -> None:
    """A yes by telephone or face to face, of somebody who has no page here, written down.

    Raises `Refused`: `not_found`, `second_factor`, `bridge_apart`, `theirs_to_say`, `no_yes`,
    `contact`, and why it isn't the moment.
    """
    must_hold_no_contact(line)
    with transaction.atomic():
        found = _assigned(viewer, code)
        case = found.caller_case if side == Side.CALLER else found.person_case
        if case is None:
            raise Refused(missing(BridgeState(found.state), BridgeState.PERSON_AGREED))
        if case.participant_id is not None:
            raise Refused("theirs_to_say")
        _must_be_sure(side, scope, sure)
        _give(found, side, scope, line, heard_by=viewer.staff, now=now)
        note(viewer, case, "bridge_hear", now=now, fields=[side.value, *sorted(scope)])


def reach(viewer: Viewer, *, code: str, to: str, how: Channel, now: datetime) -> Bridge:
    """The person was told that somebody asked, or finds it in their house now.

    `to` is their own case, with the same counselor; without one, a case is opened by hand. Both
    voices are joined, so that the ledger counts the person once. Raises `Refused`: `not_found`,
    `second_factor`, `caller_first`, `bridge_consent_over`, `not_theirs`, `bridged_already`, and
    what `merge` does.
    """
    wanted = codes.typed(to)
    if to and not wanted:
        raise Refused("no_case")
    with transaction.atomic():
        for one in sorted({code, wanted} - {""}):
            locked(one)  # in the order in which a merge locks them
        found = _assigned(viewer, code)
        _must_be(found, BridgeState.CALLER_AGREED, wanted=BridgeState.REACHED)
        if bridges.standing(found, Side.CALLER, now=now) is None:
            raise Refused("bridge_consent_over")
        theirs = _theirs(viewer, found.caller_case, wanted, now=now)
        if found.caller_case.merged_into_id != theirs.pk:
            merge(viewer, code=found.caller_case.code, into=theirs.code, now=now)
        _move(
            found, BridgeState.REACHED, Side.COUNSELOR, now=now,
            person_case=theirs, reached_at=now, reached_by=how.value,
        )  # fmt: skip
        note(viewer, theirs, "bridge_reach", now=now)
        _tell(
            theirs,
            text=_(
                "あなたに見てほしいものがあります。ことわっても、なにも変わりません。"
                "あなたがここにいることも、あなたのことばも、だれにも伝えていません。"
            ),
            now=now,
        )
    return found


def _theirs(viewer: Viewer, caller: Case, to: str, *, now: datetime) -> Case:
    if not to:
        made = open_by_hand(
            viewer, program=caller.program_id, relation=Relation.SELF,
            cohort=Cohort(caller.cohort), origin=Origin.FAMILY, now=now,
        )  # fmt: skip
        # Known of the person already, whoever said it.
        Case.objects.filter(pk=made.pk).update(municipality=caller.municipality_id)
        return made
    case = locked(to)
    if case is None or case.counselor_id != viewer.staff or case.program_id != caller.program_id:
        raise Refused("no_case")
    policies.must_stand(case)
    if case.relation != Relation.SELF:
        raise Refused("not_theirs")
    if Bridge.objects.filter(person_case=case).exclude(state=BridgeState.STOPPED).exists():
        raise Refused("bridged_already")
    return case


def meet(viewer: Viewer, *, code: str, occasion: int, now: datetime) -> None:
    """The first visit: a confirmed occasion of the person's own, at home or face to face.

    It counts by itself, about the person. Raises `Refused`: `not_found`, `second_factor`,
    `no_occasion`, and why it isn't the moment.
    """
    with transaction.atomic():
        found = _assigned(viewer, code)
        _must_be(found, BridgeState.PERSON_AGREED, wanted=BridgeState.MET)
        row = bridges.first_visits(found).filter(pk=occasion).first()
        if row is None:
            raise Refused("no_occasion")
        _move(found, BridgeState.MET, Side.COUNSELOR, now=now, occasion=row)
        note(viewer, row.case, "bridge_meet", now=now)


def link(viewer: Viewer, *, code: str, referral: int, now: datetime) -> None:
    """つながった: a referral of the person's own, confirmed because they came themselves.

    It counts by itself, about the person. Raises `Refused`: `not_found`, `second_factor`,
    `no_linked`, and why it isn't the moment.
    """
    with transaction.atomic():
        found = _assigned(viewer, code)
        _must_be(found, *_BEFORE_ARRIVING, wanted=BridgeState.LINKED)
        row = bridges.arrivals(found).filter(pk=referral).first()
        if row is None:
            raise Refused("no_linked")
        _move(found, BridgeState.LINKED, Side.COUNSELOR, now=now, referral=row)
        note(viewer, row.case, "bridge_link", now=now)


def take_back(viewer: Viewer, *, code: str, now: datetime) -> None:
    """The last of these two was named by mistake; what is in the ledger is taken back where it is.

    Raises `Refused`: `not_found`, `second_factor`, `moved_on`.
    """
    with transaction.atomic():
        found = _assigned(viewer, code)
        _must_be(found, *_ARRIVED, wanted=BridgeState.PERSON_AGREED)
        if found.state == BridgeState.LINKED:
            to = BridgeState.MET if found.occasion_id else BridgeState.PERSON_AGREED
            _move(found, to, Side.COUNSELOR, now=now, referral=None)
        else:
            _move(found, BridgeState.PERSON_AGREED, Side.COUNSELOR, now=now, occasion=None)
        note(viewer, found.caller_case, "bridge_take_back", now=now)


def stop(viewer: Viewer, *, code: str, now: datetime) -> None:
    """The counselor ends it for both, also after one of them did; each is told the same.

    Raises `Refused`: `not_found`, `second_factor`, `bridge_over`.
    """
    with transaction.atomic():
        found = _assigned(viewer, code, also_apart=True)
        if found.counselor_stopped_at is not None:
            raise Refused("bridge_over")
        if found.state != BridgeState.STOPPED:
            _move(found, BridgeState.STOPPED, Side.COUNSELOR, now=now, ended_at=now)
        told = [found.caller_case] if found.caller_stopped_at is None else []
        if found.person_case is not None and found.person_stopped_at is None:
            told.append(found.person_case)
        Bridge.objects.filter(pk=found.pk).update(counselor_stopped_at=now)
        note(viewer, found.caller_case, "bridge_stop", now=now)
        for case in told:
            _tell(
                case,
                text=_("つなぎを、ひとまずおわりにしました。あなたの相談は、そのままです。"),
                now=now,
            )


def stop_own(viewer: Viewer, *, code: str, now: datetime) -> None:
    """やめます: at any point, without a reason, and without a word to the other.

    Raises `Refused`: `not_entered`, `not_found`, `bridge_over`.
    """
    with transaction.atomic():
        found, side, case = _own(viewer, code)
        if bridges.is_over(found, side):
            raise Refused("bridge_over")
        _stop_of(found, side, now=now)
        _wait(case, now=now)


def forget(case: Case, *, now: datetime) -> None:
    """Its person erases themselves: what they agreed to is over, and their words go."""
    rows = Bridge.objects.select_for_update()
    for found in [*rows.filter(caller_case=case), *rows.filter(person_case=case)]:
        side = Side.CALLER if found.caller_case_id == case.pk else Side.PERSON
        if not bridges.is_over(found, side):
            _stop_of(found, side, now=now)
        BridgeConsent.objects.filter(bridge=found, giver=side.value).update(line="")


def _stop_of(found: Bridge, side: Side, *, now: datetime) -> None:
    if found.state != BridgeState.STOPPED:
        _move(found, BridgeState.STOPPED, side, now=now, ended_at=now)
    else:
        _stepped(found, BridgeState.STOPPED, side, now)
    Bridge.objects.filter(pk=found.pk).update(**{f"{side.value}_stopped_at": now})
    BridgeConsent.objects.filter(
        bridge=found, giver=side.value, withdrawn_at__isnull=True
    ).update(withdrawn_at=now)  # fmt: skip


def _own(viewer: Viewer, code: str) -> tuple[Bridge, Side, Case]:
    case = policies.must_be_own(viewer, locked(code))
    there = bridges.of_case(case, lock=True)
    if there is None:
        raise Refused("not_found")
    side = Side.CALLER if there.caller_case_id == case.pk else Side.PERSON
    return there, side, case


def _assigned(viewer: Viewer, code: str, *, also_apart: bool = False) -> Bridge:
    case = policies.must_be_assigned(viewer, locked(code))
    found = bridges.of_case(case, lock=True)
    if found is None:
        raise Refused("not_found")
    if bridges.is_apart(found) and not also_apart:
        raise Refused("bridge_apart")
    return found


def _must_be_sure(side: Side, scope: Collection[Tells], sure: bool) -> None:
    if not sure or not set(NEEDED[side]) <= set(scope):
        raise Refused("no_yes")


def _give(
    found: Bridge,
    side: Side,
    scope: Collection[Tells],
    line: str,
    *,
    heard_by: int | None,
    now: datetime,
) -> None:
    if bridges.is_over(found, side):
        raise Refused("bridge_over")
    by = Side.COUNSELOR if heard_by is not None else side
    given = BridgeConsent.objects.filter(bridge=found, giver=side.value)
    if given.exists():
        # Another yes in the place of the first; also once the other has stopped, unseen.
        _stepped(found, "changed", by, now)
    else:
        _must_be(found, _ASKED[side], wanted=_AGREED[side])
        _move(found, _AGREED[side], by, now=now)
    given.filter(withdrawn_at__isnull=True).update(withdrawn_at=now)
    BridgeConsent.objects.create(
        bridge=found, giver=side.value, wording=WORDING, line=line, heard_by_id=heard_by,
        scope=[one.value for one in SCOPES[side] if one in scope],
        at=now, expires_at=now + CONSENT_LASTS,
    )  # fmt: skip


def _must_be(found: Bridge, *there: BridgeState, wanted: BridgeState) -> None:
    if found.state not in there:
        raise Refused(missing(BridgeState(found.state), wanted))


def _move(
    found: Bridge, wanted: BridgeState, side: Side, *, now: datetime, **columns: object
) -> None:
    there = Bridge.objects.filter(pk=found.pk, state__in=bridge_before(wanted, side))
    if not there.update(state=wanted.value, **columns):
        raise Refused("moved_on")
    found.state = wanted.value
    for name, value in columns.items():
        setattr(found, name, value)
    _stepped(found, wanted, side, now)


def _stepped(found: Bridge, what: str, side: Side, now: datetime) -> None:
    BridgeStep.objects.create(bridge=found, what=str(what), mover=side.value, at=now)


def _tell(case: Case, *, text: str, now: datetime) -> None:
    # Its title names neither family nor person, for whoever looks over their shoulder.
    if case.participant_id is not None:
        letters.write(
            case.participant_id, kind=letters.Kind.REPLY, title=_("相談員からのお知らせ"),
            text=text, links=[Link(_("見る"), f"{MINE}{case.code}/bridge/")], now=now,
        )  # fmt: skip


def _wait(case: Case, *, now: datetime) -> None:
    Case.objects.filter(pk=case.pk, waiting_since__isnull=True).update(waiting_since=now)


def _heard(viewer: Viewer, line: str, *, program: int) -> Heard:
    person = Participant.objects.filter(pk=viewer.participant or 0).first()
    key = person.passphrase_key if person else None
    return heard(line, program=program, passphrase_key=key)


def _call(case: Case, *, now: datetime) -> None:
    care(case.participant_id or 0, now)
    Case.objects.filter(pk=case.pk).update(urgency=Urgency.TODAY, waiting_since=now, need_at=now)
