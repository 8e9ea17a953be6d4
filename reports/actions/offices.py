"""A visit to a satellite office is confirmed: one entry, by whoever was there.

The evidence is a number of a paper that stays in the office. It is kept as the erasable words
beside the entry, and the code as the pseudonym that files and cases use too.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.viewer import Viewer
from foundation.likely import tells
from foundation.refusals import Refused
from ledger.entries import Fact, counter_enter, enter
from ledger.models import Entry
from ledger.states import Channel, Cohort, Kind, Reason
from ledger.subjects import evidence_number, subject_of
from programs.models import Municipality, Program
from reports import registers
from reports.actions.noting import note
from reports.policies import must_keep_registers


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeVisit:
    """Who came (by the code of the case), when, where, how it is known.

    `first`: that nothing is counted of this code yet, which a slip of the finger looks like too.
    """

    code: str
    on: date
    office: str
    evidence: str
    cohort: Cohort = Cohort.UNKNOWN
    municipality: str = ""
    first: bool = False


def confirm_visit(viewer: Viewer, *, program: int, visit: OfficeVisit, now: datetime) -> Entry:
    """Enter one.

    Raises `Refused`: `not_found`, `incomplete`, `names`, `no_such_place`, `unknown_code`,
    `already` for the same person, office and day, `too_early`.
    """
    actor = must_keep_registers(viewer, program=program)
    if not visit.code.strip() or not visit.office.strip() or not visit.evidence.strip():
        raise Refused("incomplete")
    if any(tells(text) for text in (visit.office, visit.evidence)):
        raise Refused("names")
    with transaction.atomic():
        # The row is the lock: of two who enter one visit at once, the second finds it.
        house = Program.objects.select_for_update().get(pk=program)
        place = visit.municipality
        if place and not (
            place.startswith(house.prefecture_code)
            and Municipality.objects.filter(pk=place).exists()
        ):
            raise Refused("no_such_place")
        subject = subject_of(house.slug, visit.code)
        known = Entry.objects.filter(program=house.slug, subject=subject)
        if not visit.first and not known.exists():
            raise Refused("unknown_code")
        same = registers.office_entries(house).filter(
            subject=subject, occurred_on=visit.on, destination=visit.office.strip()
        )
        if same.exists():
            raise Refused("already")
        entry = enter(
            Fact(
                program=house.slug, kind=Kind.OFFICE_VISIT, occurred_on=visit.on, subject=subject,
                municipality_code=place, channel=Channel.IN_PERSON, cohort=visit.cohort,
                destination=visit.office.strip(), evidence=registers.OFFICE,
            ),
            confirmed_by=actor, now=now, note=visit.evidence.strip(),
        )  # fmt: skip
        number = evidence_number(house.slug, entry.seq)
        note(viewer, "open", what="office_visit", number=number, program=program, now=now)
    return entry


def withdraw_visit(
    viewer: Viewer, *, program: int, evidence: str, reason: Reason, now: datetime
) -> None:
    """Take one back that was entered by mistake. Raises `Refused("not_found")`."""
    actor = must_keep_registers(viewer, program=program)
    with transaction.atomic():
        house = Program.objects.get(pk=program)
        seqs = registers.office_entries(house).values_list("seq", flat=True)
        found = next((one for one in seqs if evidence_number(house.slug, one) == evidence), None)
        if found is None:
            raise Refused("not_found")
        counter_enter(house.slug, seq=found, reason=reason, confirmed_by=actor, now=now)
        note(
            viewer, "withdraw", what="office_visit", number=evidence, program=program,
            reason=reason, now=now,
        )  # fmt: skip
