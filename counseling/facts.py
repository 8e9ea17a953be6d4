"""What a counselor confirmed, into the ledger: in the transaction of the confirmation itself.

An entry names the case's own pseudonym, also once cases were joined: the joining is an entry too,
and so is its undoing. The person whom it is about is counted once, whoever spoke.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import Q

from accounts.viewer import Viewer
from counseling.models import Case, Occasion
from counseling.states import Channel, Mended, Origin, Relation
from foundation.clock import jst_day
from ledger import entries
from ledger import states as ledger
from ledger.entries import Fact
from ledger.models import Entry
from ledger.subjects import subject_of

CHANNELS = {
    Channel.WEB: ledger.Channel.WEB,
    Channel.TELEPHONE: ledger.Channel.PHONE,
    Channel.IN_PERSON: ledger.Channel.IN_PERSON,
    Channel.VISIT: ledger.Channel.VISIT,
    Channel.MAIL: ledger.Channel.MAIL,
}

# Where it stands in an entry.
COLUMNS = {
    Mended.COHORT: "cohort",
    Mended.ORIGIN: "origin",
    Mended.MUNICIPALITY: "municipality_code",
}
IN_LEDGER = tuple(COLUMNS.values())


def subject(case: Case) -> str:
    """The pseudonym of a case's person; the same for its code in a file."""
    return subject_of(case.program.slug, case.code)


def origin(case: Case) -> str:
    """Through what someone found their way, as the ledger calls it."""
    return ledger.IBASHO if case.origin == Origin.ROOM else case.origin


def fact(case: Case, kind: ledger.Kind, occasion: Occasion, *, channel: str = "") -> Fact:
    """A fact about the case's person on the day of an occasion."""
    return Fact(
        program=case.program.slug,
        kind=kind,
        occurred_on=occasion.on,
        subject=subject(case),
        municipality_code=case.municipality_id or "",
        channel=channel,
        cohort=case.cohort,
        relation=occasion.relation,
        origin=origin(case),
        evidence=f"occasion:{occasion.pk}",
    )


def confirmed(viewer: Viewer, case: Case, occasion: Occasion, *, now: datetime) -> None:
    """An occasion counts: the consultation, the visit, the session; and the case, the first time.

    Sets the numbers of its entries on `occasion` and `case`; the caller saves.
    """
    channel = CHANNELS[Channel(occasion.channel)]
    facts = [fact(case, ledger.Kind.CONSULTATION, occasion, channel=channel)]
    # Outreach is to the person: whom a visit to the family alone was with, is who spoke.
    if occasion.channel == Channel.VISIT and occasion.relation == Relation.SELF:
        facts.append(fact(case, ledger.Kind.OUTREACH_VISIT, occasion, channel=channel))
    if occasion.psychological:
        facts.append(fact(case, ledger.Kind.COUNSELING_SESSION, occasion, channel=channel))
    is_new = case.confirmed_new_at is None
    if is_new:
        facts.append(fact(case, ledger.Kind.NEW_CASE, occasion, channel=channel))
    written = entries.enter_all(facts, confirmed_by=viewer.staff or 0, now=now)
    numbers = [one.seq for one in written]
    if is_new:
        case.confirmed_new_at, case.new_entry = now, numbers.pop()
    occasion.entries = numbers


def session_confirmed(viewer: Viewer, case: Case, occasion: Occasion, *, now: datetime) -> None:
    """An occasion that counts already was a session, too. Sets `entries`; the caller saves."""
    channel = CHANNELS[Channel(occasion.channel)]
    more = fact(case, ledger.Kind.COUNSELING_SESSION, occasion, channel=channel)
    written = entries.enter_all([more], confirmed_by=viewer.staff or 0, now=now)
    occasion.entries = [*occasion.entries, *(one.seq for one in written)]


def made_new(case: Case, occasion: Occasion) -> bool:
    """Whether the case was counted as a new one with this occasion."""
    mine = Entry.objects.filter(program=case.program.slug, seq=case.new_entry or 0)
    return mine.filter(evidence=f"occasion:{occasion.pk}").exists()


def new_since(viewer: Viewer, case: Case, occasion: Occasion, *, now: datetime) -> None:
    """The case is a new one by this occasion. Sets it on `case`; the caller saves."""
    channel = CHANNELS[Channel(occasion.channel)]
    new = fact(case, ledger.Kind.NEW_CASE, occasion, channel=channel)
    written = entries.enter_all([new], confirmed_by=viewer.staff or 0, now=now)
    case.confirmed_new_at, case.new_entry = now, written[0].seq


def countered(viewer: Viewer, case: Case, numbers: Iterable[int], *, now: datetime) -> None:
    """What was counted is counted back."""
    for number in numbers:
        entries.counter_enter(
            case.program.slug,
            seq=number,
            reason=ledger.Reason.NOT_CONFIRMED,
            confirmed_by=viewer.staff or 0,
            now=now,
        )


def otherwise_counted(
    case: Case, mended: Collection[Mended] = (Mended.COHORT,)
) -> dict[int, dict[Mended, str]]:
    """Of this house's entries about the case's person, what they say otherwise: number → right."""
    mine = Entry.objects.filter(program=case.program.slug, subject=subject(case)).order_by()
    back = mine.filter(counters__isnull=False).values("counters")
    stands = mine.filter(counters__isnull=True).exclude(kind=ledger.Kind.SUBJECT_MERGED)
    # What another house returned is mended there: its next monthly file replaces it.
    ours = Q(evidence__startswith="occasion:") | Q(evidence__startswith="referral:")
    ours |= Q(evidence__startswith="import:") | Q(evidence__startswith="office:")
    right = {
        Mended.COHORT: case.cohort,
        Mended.ORIGIN: origin(case),
        Mended.MUNICIPALITY: case.municipality_id or "",
    }
    found: dict[int, dict[Mended, str]] = {}
    for row in stands.filter(ours).exclude(seq__in=back).values("seq", "evidence", *IN_LEDGER):
        wrong = {
            one: right[one]
            for one in sorted(mended)
            if row[COLUMNS[one]] != right[one] and _is_the_case_s(one, case, row["evidence"])
        }
        if wrong:
            found[row["seq"]] = wrong
    return found


def _is_the_case_s(one: Mended, case: Case, evidence: str) -> bool:
    """Whether an entry took this from its case, and not from a file, an office or a place."""
    if one is Mended.COHORT or evidence.startswith("occasion:"):
        return True
    if not evidence.startswith("referral:"):
        return False
    # A link of someone whose town nobody knows says where it leads to.
    return one is Mended.ORIGIN or bool(case.municipality_id)


def counted_anew(
    viewer: Viewer, case: Case, number: int, *, told: Mapping[Mended, str], now: datetime
) -> int:
    """The same fact with what is right; the number of the entry that says so."""
    return entries.replace_entry(
        case.program.slug,
        seq=number,
        told={COLUMNS[one]: value for one, value in told.items()},
        confirmed_by=viewer.staff or 0,
        now=now,
    ).seq


def joined(viewer: Viewer, case: Case, into: Case, *, now: datetime) -> int:
    """Two voices about one person are one in the ledger; the number of the entry that says so."""
    return entries.merge_subjects(
        case.program.slug,
        subject=subject(case),
        into=subject(into),
        on=jst_day(now),
        confirmed_by=viewer.staff or 0,
        now=now,
    ).seq
