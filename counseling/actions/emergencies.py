"""Danger to life: told without consent by two, or by one alone when nobody answers.

Who was asked, who answered, what was opened and what was given to whom stands in one row and in the
log. The person sees it, and gets a letter once it was told.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.states import Role
from accounts.viewer import Viewer
from counseling import policies
from counseling.actions.moves import locked, note, tell
from counseling.actions.vault import Opened, in_clear
from counseling.danger import (
    ALLOWED,
    ALONE,
    GOING_ON,
    REVIEW_WITHIN,
    STANDS_FOR,
    EmergencyState,
    Finding,
    Ground,
    Hand,
    Recipient,
    alone_from,
    before,
    may_tell,
    may_warn,
)
from counseling.emergencies import to_release
from counseling.ladder import holders
from counseling.models import ContactOpening, Emergency
from counseling.states import Detail, Relation
from counseling.words import must_hold_no_contact
from duty.actions.alarms import call
from duty.colleagues import reachable
from duty.states import Channel
from foundation.refusals import Refused

_AT_ONCE = 20


def begin(
    viewer: Viewer, *, code: str, ground: Ground, recipient: Recipient, seen: str, now: datetime
) -> Emergency:
    """One asks for a second: the program's coordinators are called, and its counselors who may be.

    Raises `Refused`: `not_found`, `second_factor`, `no_recipient`, `contact`, `begun_already`.
    """
    must_hold_no_contact(seen)
    if not may_tell(ground, recipient):
        raise Refused("no_recipient")
    with transaction.atomic():
        case = locked(code)
        role = policies.may_call_for_help(viewer, case)
        assert case is not None
        going_on = [one.value for one in GOING_ON]
        if Emergency.objects.filter(case=case, state__in=going_on).exists():
            raise Refused("begun_already")
        try:
            with transaction.atomic():
                made = Emergency.objects.create(
                    case=case, ground=ground.value, recipient=recipient.value, seen=seen,
                    asked_by_id=viewer.staff or 0, asked_at=now,
                )  # fmt: skip
        except IntegrityError:  # two at once
            raise Refused("begun_already") from None
        _note(viewer, made, "emergency_ask", role=role, now=now)
        asked = [*holders(case.program_id, Role.COORDINATOR, now)]
        asked += holders(case.program_id, Role.COUNSELOR, now)
        _call(made, asked, about=f"emergency:{made.pk}", now=now)
    return made


def agree(viewer: Viewer, *, number: int, now: datetime) -> None:
    """The second is of one mind: from now on the first may open and tell.

    Raises `Refused`: `not_found`, `second_factor`, `not_the_first`, `moved_on`.
    """
    _answer(viewer, number=number, wanted=EmergencyState.AGREED, now=now)


def decline(viewer: Viewer, *, number: int, now: datetime) -> None:
    """The second says no; nothing is opened. Raises as `agree`."""
    _answer(viewer, number=number, wanted=EmergencyState.DECLINED, now=now, ended_at=now)


def _answer(
    viewer: Viewer,
    *,
    number: int,
    wanted: EmergencyState,
    now: datetime,
    **columns: object,
) -> None:
    with transaction.atomic():
        row, role = _known(viewer, number)
        policies.must_be_another(viewer, row)
        # Of two who answer at once, and one who goes alone meanwhile, one is first.
        _move(row, wanted, Hand.SECOND, second_id=viewer.staff, answered_at=now, **columns)
        if wanted is EmergencyState.AGREED:
            _note(viewer, row, "emergency_agree", role=role, now=now)
        else:
            _note(viewer, row, "emergency_decline", role=role, now=now)


def go_alone(viewer: Viewer, *, number: int, now: datetime) -> None:
    """単独: nobody answered for five minutes, and 110 or 119 can't wait. Coordinators are called.

    Raises `Refused`: `not_found`, `second_factor`, `two_for_the_office`, `wait_for_second`,
    `moved_on`.
    """
    with transaction.atomic():
        row, role = _first(viewer, number)
        if row.recipient not in ALONE:
            raise Refused("two_for_the_office")
        if now < alone_from(row.asked_at):
            raise Refused("wait_for_second")
        _move(row, EmergencyState.ALONE, Hand.FIRST, alone_at=now)
        _note(viewer, row, "emergency_go_alone", role=role, now=now)
        _call_coordinators(row, about=f"emergency_alone:{row.pk}", now=now)


def open_details(viewer: Viewer, *, number: int, now: datetime) -> list[Opened]:
    """What lies in the vault, for the first, for one answer; the door asks for a fresh proof.

    Raises `Refused`: `not_found`, `second_factor`, `not_allowed_yet`, `cannot_open` (that it was
    tried is written down all the same).
    """
    with transaction.atomic():
        row, role = _first(viewer, number)
        _must_be_allowed(row, now=now)
        ContactOpening.objects.create(
            case=row.case, staff_id=viewer.staff or 0, at=now,
            reason=_("いのちの危険があると思ったため(緊急)"), emergency=row,
        )  # fmt: skip
        Emergency.objects.filter(pk=row.pk, opened_at__isnull=True).update(opened_at=now)
        if not _may_warn(row):
            Emergency.objects.filter(pk=row.pk).update(released_at=now)
        _note(viewer, row, "emergency_open", role=role, now=now)
    return in_clear(row.case)


def told(
    viewer: Viewer,
    *,
    number: int,
    taker: str,
    kinds: tuple[Detail, ...],
    words: str,
    now: datetime,
) -> None:
    """What was given to whom; the person gets a letter, unless it may warn whom others are in
    danger from: then once somebody released it.

    Raises `Refused`: `not_found`, `second_factor`, `no_taker`, `contact`, `not_opened`,
    `not_allowed_yet`, `moved_on`.
    """
    must_hold_no_contact(taker, words)
    if not taker:
        raise Refused("no_taker")
    with transaction.atomic():
        row, role = _first(viewer, number)
        if row.state not in ALLOWED:
            raise Refused("not_allowed_yet")
        if kinds and row.opened_at is None:
            raise Refused("not_opened")
        _move(
            row, EmergencyState.TOLD, Hand.FIRST, told_at=now, ended_at=now, taker=taker,
            kinds=[one.value for one in kinds], told=words,
        )  # fmt: skip
        _note(viewer, row, "emergency_tell", role=role, now=now)
        if not _may_warn(row):
            Emergency.objects.filter(pk=row.pk).update(released_at=now)
            _write_to(row, now=now)


def release(viewer: Viewer, *, number: int, now: datetime) -> None:
    """A coordinator who wasn't the first: whoever speaks in the case may know of it from now on.

    Raises `Refused`: `not_found`, `second_factor`, `not_the_first`, `moved_on`.
    """
    with transaction.atomic():
        row, role = _known(viewer, number)
        if role is not Role.COORDINATOR:
            raise Refused("not_found")
        policies.must_be_another(viewer, row)
        held = Emergency.objects.filter(pk=row.pk, released_at__isnull=True).filter(to_release())
        if not held.update(released_at=now, released_by_id=viewer.staff):
            raise Refused("moved_on")
        _note(viewer, row, "emergency_release", role=role, now=now)
        if row.state == EmergencyState.TOLD:
            _write_to(row, now=now)


def _may_warn(row: Emergency) -> bool:
    return may_warn(Ground(row.ground), Relation(row.case.relation))


def _write_to(row: Emergency, *, now: datetime) -> None:
    tell(
        row.case,
        title=_("あなたのことを、伝えました"),
        text=_(
            "いのちの危険があると思い、同意をきかずに、あなたのことを伝えました。"
            "なぜ、だれに、なにを伝えたかは、相談のページで、ぜんぶ見られます。"
            "ききたいことは、そこに書いてください。"
        ),
        label=_("相談のようす"),
        now=now,
    )


def withdraw(viewer: Viewer, *, number: int, now: datetime) -> None:
    """It isn't needed after all: by the first, or by a coordinator in their place.

    One that went alone is reviewed all the same. Raises `Refused`: `not_found`, `second_factor`,
    `moved_on`.
    """
    with transaction.atomic():
        row, role = _known(viewer, number)
        hand = Hand.FIRST if row.asked_by_id == viewer.staff else Hand.COORDINATOR
        if hand is Hand.COORDINATOR and role is not Role.COORDINATOR:
            raise Refused("not_found")
        _move(row, EmergencyState.WITHDRAWN, hand, ended_at=now)
        _note(viewer, row, "emergency_withdraw", role=role, now=now)


def review(viewer: Viewer, *, number: int, finding: Finding, words: str, now: datetime) -> None:
    """A coordinator who wasn't the first looks at what one did alone; once.

    Raises `Refused`: `not_found`, `second_factor`, `not_the_first`, `contact`, `moved_on`.
    """
    must_hold_no_contact(words)
    with transaction.atomic():
        row, role = _known(viewer, number)
        if role is not Role.COORDINATOR:
            raise Refused("not_found")
        policies.must_be_another(viewer, row)
        waiting = _to_review().filter(pk=row.pk)
        if not waiting.update(
            reviewed_by_id=viewer.staff, reviewed_at=now, finding=finding.value, review=words
        ):
            raise Refused("moved_on")
        _note(viewer, row, "emergency_review", role=role, now=now, finding=finding.value)


def alarm(*, now: datetime) -> int:
    """What one did alone and nobody reviewed within 72 hours calls the coordinators again, once."""
    late = _to_review().filter(alone_at__lt=now - REVIEW_WITHIN, overdue_at__isnull=True)
    called = 0
    for row in late.select_related("case").order_by("alone_at", "pk")[:_AT_ONCE]:
        with transaction.atomic():
            # Of two processes one calls.
            if Emergency.objects.filter(pk=row.pk, overdue_at__isnull=True).update(overdue_at=now):
                _call_coordinators(row, about=f"emergency_review:{row.pk}", now=now)
                called += 1
    return called


def _to_review() -> QuerySet[Emergency]:
    return Emergency.objects.filter(alone_at__isnull=False, reviewed_at__isnull=True)


def _known(viewer: Viewer, number: int) -> tuple[Emergency, Role]:
    row = Emergency.objects.select_related("case").filter(pk=number).first()
    role = policies.may_know(viewer, row)
    assert row is not None
    return row, role


def _first(viewer: Viewer, number: int) -> tuple[Emergency, Role]:
    row, role = _known(viewer, number)
    policies.must_be_the_first(viewer, row)
    return row, role


def _must_be_allowed(row: Emergency, *, now: datetime) -> None:
    since = row.answered_at or row.alone_at
    if row.state not in ALLOWED or since is None or now > since + STANDS_FOR:
        raise Refused("not_allowed_yet")


def _move(row: Emergency, wanted: EmergencyState, hand: Hand, **columns: object) -> None:
    there = Emergency.objects.filter(pk=row.pk, state__in=before(wanted, hand))
    if not there.update(state=wanted.value, **columns):
        raise Refused("moved_on")


def _note(
    viewer: Viewer, row: Emergency, verb: str, *, role: Role, now: datetime, finding: str = ""
) -> None:
    why = f"{row.ground} → {row.recipient}"
    note(viewer, row.case, verb, role=role, reason=f"{why} {finding}".strip(), now=now)


def _call_coordinators(row: Emergency, *, about: str, now: datetime) -> None:
    _call(row, holders(row.case.program_id, Role.COORDINATOR, now), about=about, now=now)


def _call(row: Emergency, staff: Iterable[int], *, about: str, now: datetime) -> None:
    """Everyone but the first, over every channel they chose; who said nothing of this hour is let
    sleep, but for the coordinators.
    """
    program = row.case.program_id
    coordinators = holders(program, Role.COORDINATOR, now)
    others = [one for one in dict.fromkeys(staff) if one != row.asked_by_id]
    for one in reachable(others, now=now):
        if not one.willing and one.staff not in coordinators:
            continue
        far: list[Channel] = [
            way for way in one.channels if way in one.open and way != Channel.DESK
        ]
        for channel in far or [Channel.DESK]:
            call(one.staff, channel=channel, program=program, about=about, now=now)
