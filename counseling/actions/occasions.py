"""Occasions: entered by hand, confirmed, taken back. What isn't confirmed is counted nowhere.

The same voice, day and channel is one occasion; a second one needs a reason, which stays with it.
A program may count each one instead, from a day on (`programs/counting.py`). The rule of the day on
which it took place is written down with it, and printed with every sheet that counts occasions.
"""

from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.viewer import Viewer
from counseling import codes, facts, policies
from counseling.actions.cases import open_by_hand
from counseling.actions.moves import locked, note
from counseling.forms import MAX_LINE, MOST_MINUTES, Told
from counseling.models import Case, Occasion
from counseling.states import Cohort, Origin, Relation
from counseling.words import must_hold_no_contact
from foundation.refusals import Refused
from programs import queries as programs
from programs.counting import counted_on
from programs.states import CountedAs


def enter(viewer: Viewer, *, program: int, told: Told, now: datetime) -> Occasion:
    """What took place, for a case by its code or (without one) for a new case.

    Raises `Refused`: `not_found`, `second_factor`, `no_case`, `no_relation`, `same_day`, `contact`,
    `confirmed_already` (a session that isn't confirmed, added to what is).
    """
    must_hold_no_contact(told.line, told.split)
    staff = policies.must_be_counselor(viewer, program=program)
    if (again := Occasion.objects.filter(counselor_id=staff, nonce=told.nonce).first()) is not None:
        return again
    with transaction.atomic():
        case = _case(viewer, program, told, now)
        if (again := _added_before(case, staff, told)) is not None:
            return again
        told = replace(told, relation=told.relation or Relation(case.relation))
        rule = counted_on(programs.counting(program).periods, told.on)
        first = _first(case, told) if rule is CountedAs.ONCE_A_DAY else None
        if told.add and first is not None:
            made = _add_to(viewer, case, first, told, now)
        else:
            # A reason without a first one splits nothing.
            made = _write(viewer, case, told, now, rule=rule, split=told.split if first else "")
        if told.confirmed and made.confirmed_at is None:
            _confirm(viewer, case, made, now)
        note(viewer, case, "occasion", reason=told.split, now=now)
    return made


def _case(viewer: Viewer, program: int, told: Told, now: datetime) -> Case:
    if told.code:
        case = locked(told.code) if codes.typed(told.code) else None
        if case is None or case.counselor_id != viewer.staff or case.program_id != program:
            raise Refused("no_case")
        _complete(case, told)
        return case
    if told.relation is None:
        raise Refused("no_relation")
    return open_by_hand(
        viewer,
        program=program,
        relation=told.relation,
        cohort=told.cohort,
        origin=told.origin,
        now=now,
    )


def _complete(case: Case, told: Told) -> None:
    # Until it is counted as a new one, what was asked with the occasion fills what nobody knew, and
    # corrects what only the way here told.
    if case.confirmed_new_at is not None:
        return
    known: dict[str, str] = {}
    if told.cohort is not Cohort.UNKNOWN and case.cohort == Cohort.UNKNOWN:
        known["cohort"] = told.cohort.value
    if told.origin is not Origin.UNKNOWN:
        known["origin"] = told.origin.value
    if known:
        Case.objects.filter(pk=case.pk).update(**known)
        for name, value in known.items():
            setattr(case, name, value)


def _first(case: Case, told: Told) -> Occasion | None:
    return Occasion.objects.filter(
        case=case, relation=told.relation, on=told.on, channel=told.channel,
        split="", each=False, voided_at__isnull=True,
    ).first()  # fmt: skip


def _added_before(case: Case, staff: int, told: Told) -> Occasion | None:
    # Also to one that was voided since: a form sent twice says nothing new. The case is locked.
    rows = Occasion.objects.filter(case=case, on=told.on).exclude(added=[]).order_by("pk")
    return next((row for row in rows if [staff, str(told.nonce)] in row.added), None)


def _add_to(viewer: Viewer, case: Case, first: Occasion, told: Told, now: datetime) -> Occasion:
    first.minutes = min(first.minutes + told.minutes, MOST_MINUTES)
    first.line = "・".join(part for part in (first.line, told.line) if part)[:MAX_LINE]
    first.added = [*first.added, [viewer.staff, str(told.nonce)]]
    if told.psychological and not first.psychological:
        first.psychological = True
        if first.confirmed_at is not None:
            # It would wait for a confirmation that the occasion has had.
            if not told.confirmed:
                raise Refused("confirmed_already")
            facts.session_confirmed(viewer, case, first, now=now)
    first.save(update_fields=["minutes", "line", "added", "psychological", "entries"])
    return first


def _write(
    viewer: Viewer, case: Case, told: Told, now: datetime, *, rule: CountedAs, split: str
) -> Occasion:
    try:
        with transaction.atomic():
            return Occasion.objects.create(
                case=case,
                counselor_id=viewer.staff or 0,
                relation=told.relation or case.relation,
                channel=told.channel.value,
                on=told.on,
                minutes=told.minutes,
                line=told.line,
                psychological=told.psychological,
                split=split,
                each=rule is CountedAs.EACH,
                nonce=told.nonce,
                recorded_at=now,
            )
    except IntegrityError:
        raise Refused("same_day") from None


def confirm(viewer: Viewer, *, code: str, occasion: int, now: datetime) -> None:
    """It took place as it stands there; from now on it counts.

    Raises `Refused`: `not_found`, `second_factor`, `confirmed_already`, `voided`.
    """
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        row = _of(case, occasion)
        if row.voided_at is not None:
            raise Refused("voided")
        if row.confirmed_at is not None:
            raise Refused("confirmed_already")
        _confirm(viewer, case, row, now)
        note(viewer, case, "confirm", now=now)


def _confirm(viewer: Viewer, case: Case, row: Occasion, now: datetime) -> None:
    row.confirmed_at, row.confirmed_by_id = now, viewer.staff
    facts.confirmed(viewer, case, row, now=now)
    row.save(update_fields=["confirmed_at", "confirmed_by", "entries"])
    case.save(update_fields=["confirmed_new_at", "new_entry"])


def void(viewer: Viewer, *, code: str, occasion: int, reason: str, now: datetime) -> None:
    """It was a mistake: the row stays, with the reason, and is counted no more.

    Raises `Refused`: `not_found`, `second_factor`, `no_reason`, `contact`, `voided`.
    """
    must_hold_no_contact(reason)
    with transaction.atomic():
        case = policies.must_be_assigned(viewer, locked(code))
        row = _of(case, occasion)
        if row.voided_at is not None:
            raise Refused("voided")
        row.voided_at, row.void_reason = now, reason
        row.save(update_fields=["voided_at", "void_reason"])
        _count_back(viewer, case, row, now)
        note(viewer, case, "void", reason=reason, now=now)


def _count_back(viewer: Viewer, case: Case, row: Occasion, now: datetime) -> None:
    if row.confirmed_at is None:
        return
    facts.countered(viewer, case, row.entries, now=now)
    if case.new_entry is None or not facts.made_new(case, row):
        return
    others = Occasion.objects.filter(
        case=case, confirmed_at__isnull=False, voided_at__isnull=True
    ).exclude(pk=row.pk)
    first = others.order_by("on", "pk").first()
    facts.countered(viewer, case, [case.new_entry], now=now)
    # Without another one, nothing is left that made it a case of ours.
    case.confirmed_new_at = case.new_entry = None
    if first is not None:
        facts.new_since(viewer, case, first, now=now)
    case.save(update_fields=["confirmed_new_at", "new_entry"])


def _of(case: Case, number: int) -> Occasion:
    row = Occasion.objects.filter(pk=number, case=case).first()
    if row is None:
        raise Refused("not_found")
    return row
