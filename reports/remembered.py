"""Counts that are remembered, and extended by what was entered since.

A remembered count says of which set of entries it is: those up to number `seq`, and of these the
ones recorded before `upto`, if it is given. From one set to another, only the people about whom
the entries between say something can count otherwise: they alone are counted again, by the
entries of both sets. The ledger only grows and an entry never changes, so this is exact whatever
came: counter-entries, late entries of past days, merges and their taking back. Where it is too
much, and at first, all is counted (`whole.py`; many moments at once: `passes.py`). `differing`
compares the two.

A remembered count is one row, written whole or not at all, and told to be of its chain by the
hash of its last entry: lost, old or of a ledger that was restored, it never makes a figure wrong.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import date, datetime
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import Max, Q

from foundation.clock import fiscal_year
from ledger.models import Entry, Head
from ledger.states import Kind
from reports import whole
from reports.counting import Count, Row, Rule, added, counted, resolved, summed
from reports.models import Remembered
from reports.passes import counts_at

# How many entries between two sets are looked at one by one: a file of 5,000 rows and the day
# beside it, where counting all would take longer.
FEW, MANY = 1000, 6000
KEPT_EVERY = 100  # a count is written down anew when so many entries lie after it
AT_ONCE = 500
ONE_BY_ONE = 2  # more moments than this that aren't remembered are counted in one pass
INSTANTS = 64  # of a program: of any day that somebody asks for, a count is written down
_SAID = (
    "seq", "recorded_at", "kind", "cohort", "subject", "destination", "occurred_on", "channel",
    "origin", "quantity", "merged_into", "counters",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Said:
    seq: int
    recorded_at: datetime
    kind: str
    cohort: str
    subject: str
    destination: str
    occurred_on: date
    channel: str
    origin: str
    quantity: int
    merged_into: str
    counters: int | None

    def row(self, sign: int = 1) -> Row:
        return Row(
            self.cohort,
            self.subject,
            self.destination,
            fiscal_year(self.occurred_on),
            self.channel,
            self.origin,
            sign * self.quantity,
        )


@dataclass(frozen=True, slots=True)
class _Set:
    """The entries up to a number, and of these the ones recorded before an instant."""

    seq: int
    upto: datetime | None

    def holds(self, entry: _Said) -> bool:
        return entry.seq <= self.seq and (self.upto is None or entry.recorded_at < self.upto)


class End:
    """A ledger as it ends now, and what is remembered of its counts; for one look."""

    def __init__(self, program: str, uptos: Iterable[datetime | None]) -> None:
        self.program = program
        head = Head.objects.filter(pk=program).first()
        self.seq, self.hash = (head.seq, head.hash) if head else (0, "")
        self.known = self._known({_text(upto) for upto in uptos} | {""})
        # None: as many as there are.
        self.at_most: int | None = max(FEW, min(MANY, self.seq // 20))
        self.since = min((row.seq for row in self.known.values()), default=self.seq)
        self._tail: list[list[_Said] | None] = []
        self._merges: list[_Said] | None = None

    def _known(self, uptos: set[str]) -> dict[tuple[str, str], Remembered]:
        rows = list(
            Remembered.objects.filter(program=self.program, seq__lte=self.seq, upto__in=uptos)
        )
        ends = Entry.objects.filter(program=self.program, seq__in={row.seq for row in rows})
        hashes = dict(ends.values_list("seq", "hash")) if rows else {}
        return {(row.rule, row.upto): row for row in rows if hashes.get(row.seq) == row.hash}

    def entries(self, where: Q) -> list[_Said] | None:
        """Entries of this ledger; None if they are too many to be looked at."""
        rows = Entry.objects.filter(where, program=self.program).values_list(*_SAID).order_by()
        if self.at_most is None:
            return [_Said(*one) for one in rows]
        found = [_Said(*one) for one in rows[: self.at_most + 1]]
        return None if len(found) > self.at_most else found

    def tail(self) -> list[_Said] | None:
        """What came after the oldest remembered count, asked once for all of them."""
        if not self._tail:
            self._tail.append(self.entries(Q(seq__gt=self.since, seq__lte=self.seq)))
        return self._tail[0]

    def merges(self) -> list[_Said]:
        """Every merge, and every taking back of one."""
        if self._merges is None:
            rows = Entry.objects.filter(program=self.program, kind=Kind.SUBJECT_MERGED)
            self._merges = [_Said(*one) for one in rows.values_list(*_SAID)]
        return self._merges


class Memory:
    """What a ledger that ends so says by what was recorded before `upto` (None: all of it)."""

    def __init__(self, ends: End, upto: datetime | None) -> None:
        self.ends, self.program, self.upto = ends, ends.program, upto
        self.wanted = _Set(ends.seq, upto)
        self._found: dict[_Set, list[_Said] | None] = {}
        self._to_keep: dict[str, list[Count]] = {}

    def counts(self, rule: Rule) -> list[Count]:
        """What the rule counts, up to the ledger's end."""
        found = self.led(rule, self.upto, None)
        return self.counted(rule, whole.counts(rule, self.upto)) if found is None else found

    def led(self, rule: Rule, *froms: datetime | None) -> list[Count] | None:
        """The same from what is remembered of one of some moments; None where it can't be."""
        name = _name(rule)
        for upto in dict.fromkeys(froms):
            if (row := self.ends.known.get((name, _text(upto)))) is not None:
                found = self.extended(rule, row)
                if found is not None:
                    if row.upto != _text(self.upto) or self.ends.seq - row.seq >= KEPT_EVERY:
                        return self.counted(rule, found)
                    return found
        return None

    def counted(self, rule: Rule, found: list[Count]) -> list[Count]:
        """To be written down: what the rule counts."""
        self._to_keep[_name(rule)] = found
        return found

    def extended(self, rule: Rule, row: Remembered) -> list[Count] | None:
        """A remembered count, led to the ledger's end; None where too much lies between."""
        had = _Set(row.seq, datetime.fromisoformat(row.upto) if row.upto else None)
        kept = added((1, (Count(*one) for one in row.counts)))
        between = self._between(rule, had)
        if between is None:
            return None
        if rule.sums:
            rows = [one.row(1 if self.wanted.holds(one) else -1) for one in between]
            return added((1, kept), (1, summed(rows, rule)))
        codes = {code for one in between for code in (one.subject, one.merged_into) if code}
        if not codes:
            return kept
        before, after = self._one(had), self._one(self.wanted)
        said = list(self._about(rule, _whole(codes, before, after)))
        was = [one.row() for one in said if had.holds(one)]
        now = [one.row() for one in said if self.wanted.holds(one)]
        return added(
            (1, kept),
            (-1, counted(was, rule, one=before)),
            (1, counted(now, rule, one=after)),
        )

    def to_keep(self) -> list[Remembered]:
        """What is to be written down of it; only if nothing was entered while it was counted."""
        return [
            Remembered(
                program=self.program,
                rule=name,
                upto=_text(self.upto),
                seq=self.ends.seq,
                hash=self.ends.hash,
                counts=[astuple(one) for one in counts],
            )
            for name, counts in self._to_keep.items()
        ]

    def _between(self, rule: Rule, had: _Set) -> list[_Said] | None:
        """The entries that one of the two sets holds alone, as far as the rule cares."""
        if had not in self._found:
            self._found[had] = self._between_all(had)
        if (found := self._found[had]) is None:
            return None
        return [
            one
            for one in found
            if rule.takes(one.kind, one.cohort, one.destination)
            or (one.kind == Kind.SUBJECT_MERGED and not rule.sums)
        ]

    def _between_all(self, had: _Set) -> list[_Said] | None:
        if had.upto == self.upto and (tail := self.ends.tail()) is not None:
            return [one for one in tail if one.seq > had.seq and self.wanted.holds(one)]
        new = Q(seq__gt=had.seq, seq__lte=self.ends.seq)
        if self.upto is not None:
            new &= Q(recorded_at__lt=self.upto)
        came = self.ends.entries(new) if self.ends.seq > had.seq else []
        if came is None or had.upto == self.upto:
            return came
        gone = self.ends.entries(Q(recorded_at__gte=self.upto, seq__lte=had.seq))
        return None if gone is None else came + gone

    def _one(self, entries: _Set) -> dict[str, str]:
        """Which code stands for which, by the merges that a set holds and doesn't take back."""
        known = (one for one in self.ends.merges() if entries.holds(one))
        return resolved((one.seq, one.counters, one.subject, one.merged_into) for one in known)

    def _about(self, rule: Rule, codes: Iterable[str]) -> Iterator[_Said]:
        wanted = sorted(codes)
        for first in range(0, len(wanted), AT_ONCE):
            rows = Entry.objects.filter(
                program=self.program,
                kind=rule.kind,
                subject__in=wanted[first : first + AT_ONCE],
                seq__lte=self.ends.seq,
            ).exclude(subject="")
            for values in rows.values_list(*_SAID).order_by():
                one = _Said(*values)
                if rule.takes(one.kind, one.cohort, one.destination):
                    yield one


def counts_of(memories: Sequence[Memory], rule: Rule) -> list[list[Count]]:
    """What the rule counts at each of some moments; the many that aren't remembered, at once."""
    found = [memory.led(rule, memory.upto) for memory in memories]
    missing = [at for at, counts in enumerate(found) if counts is None]
    if len(missing) <= ONE_BY_ONE:
        return [
            memory.counts(rule) if counts is None else counts
            for memory, counts in zip(memories, found, strict=True)
        ]
    told = dict(zip(missing, counts_at(rule, [memories[at].upto for at in missing]), strict=True))
    return [
        memory.counted(rule, told[at]) if counts is None else counts
        for at, (memory, counts) in enumerate(zip(memories, found, strict=True))
    ]


def keep(rows: list[Remembered]) -> None:
    """Write counts down, instead of those that were kept of the same rules."""
    if not rows:
        return
    try:
        with transaction.atomic():
            Remembered.objects.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=["program", "rule", "upto"],
                update_fields=["seq", "hash", "counts"],
            )
            for program in {row.program for row in rows}:
                _drop_oldest(program)
    except OperationalError:
        pass  # whoever writes just now has it locked: the figures are right without it


def _drop_oldest(program: str) -> None:
    """Those of the instants that weren't counted for longest."""
    known = Remembered.objects.filter(program=program).exclude(upto="")
    by_use = known.values("upto").annotate(counted=Max("seq"), latest=Max("pk"))
    old = list(by_use.order_by("-counted", "-latest").values_list("upto", flat=True)[INSTANTS:])
    if old:
        known.filter(upto__in=old).delete()


def differing(program: str) -> list[str]:
    """The rules (as they are kept) whose remembered count isn't what counting all gives."""
    wrong = []
    for row in Remembered.objects.filter(program=program).order_by("rule", "upto"):
        rule = Rule(**json.loads(row.rule))
        upto = datetime.fromisoformat(row.upto) if row.upto else None
        memory = Memory(End(program, [upto]), upto)
        memory.ends.at_most = None
        if (kept := memory.ends.known.get((row.rule, row.upto))) is None:
            continue  # of another chain: never used
        if memory.extended(rule, kept) != added((1, whole.counts(rule, memory.upto))):
            wrong.append(f"{rule.kind} {row.upto}".strip())
    return wrong


def _whole(codes: Iterable[str], *ones: Mapping[str, str]) -> set[str]:
    """The codes, and all that hang together with one of them in any of the resolutions."""
    groups: list[defaultdict[str, set[str]]] = []
    for one in ones:
        group: defaultdict[str, set[str]] = defaultdict(set)
        for code, end in one.items():
            group[end].add(code)
        groups.append(group)
    found, fresh = set(codes), set(codes)
    while fresh:
        more: set[str] = set()
        for one, group in zip(ones, groups, strict=True):
            for code in fresh & one.keys():
                more |= group[one[code]]
        fresh = more - found
        found |= fresh
    return found


def _name(rule: Rule) -> str:
    said: dict[str, Any] = asdict(rule)
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _text(upto: datetime | None) -> str:
    return "" if upto is None else upto.isoformat()
