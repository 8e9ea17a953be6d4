"""Reads of the ledger: whether its chains hold, and what lies behind a figure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ledger import chain, entries
from ledger.models import Entry, Head, Headcount, Tally

AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What looking through one program's chain found; `broken` is empty when all holds."""

    program: str
    entries: int
    head: str
    broken: str = ""


def verify(*, noted: Mapping[tuple[str, int], str] | None = None) -> Iterator[Verdict]:
    """Look through every chain, one program after the other.

    `noted` are heads that were written down elsewhere, by program and number: a chain that was
    made anew as a whole holds together, but no longer with them.
    """
    told = dict(noted or {})
    heads = {head.program: head for head in Head.objects.order_by("program")}
    there = Entry.objects.order_by().values_list("program", flat=True).distinct()
    for program in sorted({*heads, *there, *(program for program, _ in told)}):
        mine = {seq: hash_ for (of, seq), hash_ in told.items() if of == program}
        yield _verify(program, heads.get(program), mine)


def _verify(program: str, head: Head | None, noted: dict[int, str]) -> Verdict:
    walk = _Walk(program, noted)
    try:
        for entry in _all(program):
            if broken := walk.step(entry):
                return Verdict(program, walk.seq, walk.hash, broken)
    except (ValueError, TypeError):  # what stands there isn't even a date or a number
        return Verdict(program, walk.seq, walk.hash, f"{walk.seq + 1}番が読めません。")
    if head is None or (head.seq, head.hash) != (walk.seq, walk.hash):
        return Verdict(program, walk.seq, walk.hash, "鎖の終わりが、控えとあいません。")
    if noted.keys() - walk.passed:
        return Verdict(program, walk.seq, walk.hash, "控えのある番号まで、記録がありません。")
    if walk.sums_differ():
        return Verdict(program, walk.seq, walk.hash, "集計が、記録の合計とあいません。")
    return Verdict(program, walk.seq, walk.hash)


def _all(program: str) -> Iterator[Entry]:
    last = 0
    while found := list(
        Entry.objects.filter(program=program, seq__gt=last).order_by("seq")[:AT_ONCE]
    ):
        yield from found
        last = found[-1].seq


class _Walk:
    """Along a chain, entry by entry."""

    def __init__(self, program: str, noted: dict[int, str]) -> None:
        self.program, self.noted = program, noted
        self.seq, self.hash = 0, chain.first(program)
        self.passed: set[int] = set()
        self.sums: Counter[int] = Counter()

    def step(self, entry: Entry) -> str:
        """Take one entry in; a sentence where the chain doesn't hold."""
        if entry.seq != self.seq + 1:
            return f"{self.seq + 1}番がありません。"
        content = {name: getattr(entry, name) for name in chain.CONTENT}
        expected = chain.link(self.hash, content)
        if entry.previous != self.hash or entry.hash != expected:
            return f"{entry.seq}番が、書かれたときと違います。"
        self.seq, self.hash = entry.seq, entry.hash
        if entry.seq in self.noted:
            self.passed.add(entry.seq)
            if self.noted[entry.seq] != entry.hash:
                return f"{entry.seq}番が、締めのときの控えと違います。"
        for key in entries.sums_of(entry):
            self.sums[hash(key)] += entry.quantity
        return ""

    def sums_differ(self) -> bool:
        """Whether the sums kept beside are others than those of the entries."""
        kept: Counter[int] = Counter()
        tallies: Any = Tally.objects.filter(program=self.program)
        heads: Any = Headcount.objects.filter(program=self.program)
        for called, rows, names in (
            ("Tally", tallies, entries.TALLY),
            ("Headcount", heads, entries.HEADCOUNT),
        ):
            for row in rows.values_list(*names, "quantity").iterator(AT_ONCE):
                kept[hash((called, *row[:-1]))] += row[-1]
        return +kept != +self.sums or -kept != -self.sums
