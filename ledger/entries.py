"""Writing the ledger, inside the transaction of the deed that is counted.

Locks are taken in the order rooms → cases → ledger head: whoever enters something has locked what
else it needs before. An entry is never changed: `counter_enter` takes it back whole, and what is
right is entered anew.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from foundation import clock
from foundation.refusals import Refused
from ledger import chain
from ledger.models import Entry, Head, Note
from ledger.states import PEOPLE, PLACES, TOLD_WHERE, Cohort, Kind, Reason

AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What happened. `subject` is a pseudonym of `subject_of`, never what someone typed."""

    program: str
    kind: Kind
    occurred_on: date
    subject: str = ""
    municipality_code: str = ""
    channel: str = ""
    cohort: str = Cohort.UNKNOWN
    relation: str = ""
    destination: str = ""
    origin: str = ""
    quantity: int = 1
    evidence: str = ""


def enter(fact: Fact, *, confirmed_by: str | int, now: datetime, note: str = "") -> Entry:
    """Write one fact down, in the caller's transaction. `confirmed_by` is a staff number.

    Raises `Refused("incomplete")` where the kind needs a code, a municipality or a destination,
    `Refused("too_early")` for a day that hasn't come yet.
    """
    return enter_all([fact], confirmed_by=confirmed_by, now=now, notes=[note])[0]


def enter_all(
    facts: Sequence[Fact],
    *,
    confirmed_by: str | int,
    now: datetime,
    notes: Sequence[str] = (),
) -> list[Entry]:
    """Write many facts of one program down, at once and in their order; raises as `enter`."""
    for fact in facts:
        _check(fact, now=now)
    rows = [asdict(fact) | {"counters": None, "reason": "", "merged_into": ""} for fact in facts]
    return _append(rows, confirmed_by=confirmed_by, now=now, notes=notes)


def counter_enter(
    program: str,
    *,
    seq: int,
    reason: Reason,
    confirmed_by: str | int,
    now: datetime,
    note: str = "",
) -> Entry:
    """Take an entry back whole. It stays readable; its quantity is countered.

    Raises `Refused`: `not_found`, or `already` when it was countered before or is itself a
    counter-entry.
    """
    _lock(program)
    wrong = Entry.objects.filter(program=program, seq=seq).first()
    if wrong is None:
        raise Refused("not_found")
    countered = Entry.objects.filter(program=program, counters=seq).exists()
    if countered or wrong.counters is not None:
        raise Refused("already")
    row = {name: getattr(wrong, name) for name in chain.CONTENT}
    row |= {"quantity": -wrong.quantity, "counters": seq, "reason": reason}
    # Also by a clock that was set back: nothing is taken back before it is known, or a sheet as of
    # an instant in between would count less than nothing.
    now = max(now, wrong.recorded_at)
    return _append([row], confirmed_by=confirmed_by, now=now, notes=[note])[0]


def counter_all(
    program: str, *, seqs: Sequence[int], reason: Reason, confirmed_by: str | int, now: datetime
) -> list[Entry]:
    """Take many entries of one program back whole, in their order; those that were countered
    before, counter-entries and numbers that aren't there are passed by.
    """
    _lock(program)
    rows = []
    for at in range(0, len(seqs), AT_ONCE):
        some = Entry.objects.filter(program=program, seq__in=seqs[at : at + AT_ONCE])
        countered = set(
            Entry.objects.filter(
                program=program, counters__in=seqs[at : at + AT_ONCE]
            ).values_list("counters", flat=True)
        )  # fmt: skip
        for wrong in some.filter(counters=None).order_by("seq"):
            if wrong.seq in countered:
                continue
            row = {name: getattr(wrong, name) for name in chain.CONTENT}
            row |= {"quantity": -wrong.quantity, "counters": wrong.seq, "reason": reason}
            now = max(now, wrong.recorded_at)  # as in `counter_enter`
            rows.append(row)
    return _append(rows, confirmed_by=confirmed_by, now=now)


def replace_entry(
    program: str,
    *,
    seq: int,
    told: Mapping[str, str],
    confirmed_by: str | int,
    now: datetime,
) -> Entry:
    """Take an entry back and enter it anew, on the day on which it happened.

    `told`: what it says now, of `cohort`, `origin`, `municipality_code`.

    Raises what `counter_enter` raises.
    """
    back = counter_enter(
        program, seq=seq, reason=Reason.REPLACED, confirmed_by=confirmed_by, now=now
    )
    row = {name: getattr(back, name) for name in chain.CONTENT}
    row |= {"quantity": -back.quantity, "counters": None, "reason": "", **told}
    return _append([row], confirmed_by=confirmed_by, now=back.recorded_at)[0]


def merge_subjects(
    program: str, *, subject: str, into: str, on: date, confirmed_by: str | int, now: datetime
) -> Entry:
    """Note that two codes are one person's, counted once from now on. Raises `Refused("same")`."""
    if not subject or not into or subject == into:
        raise Refused("same")
    row = asdict(Fact(program=program, kind=Kind.SUBJECT_MERGED, occurred_on=on, subject=subject))
    row |= {"counters": None, "reason": "", "merged_into": into}
    return _append([row], confirmed_by=confirmed_by, now=now)[0]


def erase_note(program: str, *, seq: int) -> bool:
    """Erase the words beside an entry; whether there were any."""
    gone, _ = Note.objects.filter(program=program, seq=seq).delete()
    return bool(gone)


def _check(fact: Fact, *, now: datetime) -> None:
    if fact.occurred_on > clock.jst_day(now):
        raise Refused("too_early")
    wanting = (
        fact.quantity < 1
        or (fact.kind in PEOPLE and not fact.subject)
        or (fact.kind in PLACES and not fact.municipality_code)
        or (fact.kind in TOLD_WHERE and not fact.destination)
    )
    if wanting or fact.kind == Kind.SUBJECT_MERGED:
        raise Refused("incomplete")


def lock_programs(programs: Iterable[str]) -> None:
    """Lock these ledgers in their one order, until the caller's transaction ends."""
    for program in sorted(programs):
        _lock(program)


def _lock(program: str) -> Head:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an entry belongs to a deed's transaction")
    Head.objects.bulk_create(
        [Head(program=program, hash=chain.first(program))], ignore_conflicts=True
    )
    return Head.objects.select_for_update().get(pk=program)


def _append(
    rows: Sequence[dict[str, Any]],
    *,
    confirmed_by: str | int,
    now: datetime,
    notes: Sequence[str] = (),
) -> list[Entry]:
    if not rows:
        return []
    programs = {row["program"] for row in rows}
    if len(programs) > 1:
        raise ValueError("one program's entries at a time")
    head = _lock(programs.pop())
    written = []
    for row in rows:
        head.seq += 1
        row |= {"seq": head.seq, "recorded_at": now, "confirmed_by": str(confirmed_by)}
        entry = Entry(previous=head.hash, hash=chain.link(head.hash, row), **row)
        head.hash = entry.hash
        written.append(entry)
    Entry.objects.bulk_create(written, batch_size=500)
    head.save(update_fields=["seq", "hash"])
    add_up(written)
    Note.objects.bulk_create(
        Note(program=entry.program, seq=entry.seq, body=words, at=now)
        for entry, words in zip(written, notes, strict=False)
        if words
    )
    return written


def quarter_of(day: date) -> int:
    """The quarter of a fiscal year that holds the day: year × 4 + (0 for April–June … 3)."""
    return clock.fiscal_year(day) * 4 + (day.month - 4) % 12 // 3


TALLY = (
    "program", "kind", "quarter", "cohort", "destination", "channel", "origin", "relation",
    "municipality_code",
)  # fmt: skip
HEADCOUNT = (
    "program", "kind", "cohort", "subject", "destination", "year", "channel", "origin",
)  # fmt: skip


def sums_of(entry: Entry) -> Iterator[tuple[Any, ...]]:
    """The sums that an entry is part of: the table's name, then the columns of its key."""
    told = {
        name: str(getattr(entry, name))
        for name in {*TALLY, *HEADCOUNT} - {"quarter", "year"}
    } | {
        "quarter": quarter_of(entry.occurred_on),
        "year": clock.fiscal_year(entry.occurred_on),
    }  # fmt: skip
    yield ("Tally", *(told[name] for name in TALLY))
    if entry.subject:
        yield ("Headcount", *(told[name] for name in HEADCOUNT))


def add_up(entries: Iterable[Entry]) -> None:
    """Add entries to the sums that are kept beside them."""
    sums: Counter[tuple[Any, ...]] = Counter()
    for entry in entries:
        for key in sums_of(entry):
            sums[key] += entry.quantity
    # In one order in every transaction, so that none waits for another in a circle.
    rows = [(*key, sums[key]) for key in sorted(sums)]
    _add("ledger_tally", TALLY, [row[1:] for row in rows if row[0] == "Tally"])
    _add("ledger_headcount", HEADCOUNT, [row[1:] for row in rows if row[0] == "Headcount"])


def _add(table: str, names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    statement = (
        f"INSERT INTO {table} ({', '.join(names)}, quantity)"  # noqa: S608 - names of this file
        f" VALUES ({', '.join(['%s'] * (len(names) + 1))})"
        f" ON CONFLICT ({', '.join(names)})"
        f" DO UPDATE SET quantity = {table}.quantity + excluded.quantity"
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)
