"""Consultations that a file tells twice: the same person, voice, day and channel, and no reason.

Where a program counts them once a day (`programs/counting.py`), a further row says in its 備考 why
it is another one. A row that doesn't say who it was about, or how they talked, can't be compared.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from ledger.entries import Fact
from ledger.models import Entry
from ledger.states import Kind
from programs import queries as programs
from programs.counting import counted_on
from programs.states import CountedAs

SAID = (
    "同じ人との、同じ日の、同じ手段の相談が、もうあります。"
    "別の1件なら、理由を備考に書いてください。"
)
AT_ONCE = 500
Key = tuple[str, str, date, str]


def told_twice(facts: Sequence[Fact], notes: Sequence[str]) -> set[int]:
    """Which of a file's facts (by their place in it) are another one's again, or the ledger's."""
    keys = _once_a_day(facts)
    there = {
        (program, *key)
        for program in {facts[at].program for at in keys}
        for key in _standing(program, [facts[at].subject for at in keys])
    }
    found = set()
    for at, key in keys.items():
        if notes[at]:
            continue
        if (told := (facts[at].program, *key)) in there:
            found.add(at)
        there.add(told)
    return found


def came_meanwhile(program: str, facts: Sequence[Fact], notes: Sequence[str], *, own: str) -> bool:
    """Whether the ledger holds one of them from elsewhere than the evidence `own…`."""
    keys = {key for at, key in _once_a_day(facts).items() if not notes[at]}
    return not keys.isdisjoint(_standing(program, [one[0] for one in keys], but=own))


def _once_a_day(facts: Sequence[Fact]) -> dict[int, Key]:
    """Of the facts that can be compared and are counted so: place in the file → what is one."""
    of = {program: programs.counting_of(program) for program in {one.program for one in facts}}
    return {
        at: (one.subject, one.relation, one.occurred_on, one.channel)
        for at, one in enumerate(facts)
        if one.kind is Kind.CONSULTATION and one.subject and one.channel
        and counted_on(of[one.program], one.occurred_on) is CountedAs.ONCE_A_DAY
    }  # fmt: skip


def _standing(program: str, subjects: Iterable[str], *, but: str = "") -> set[Key]:
    """The consultations of these people that stand in the ledger and weren't taken back."""
    people = sorted(set(subjects))
    found: set[Key] = set()
    for first in range(0, len(people), AT_ONCE):
        rows = Entry.objects.filter(
            program=program, kind=Kind.CONSULTATION, subject__in=people[first : first + AT_ONCE]
        )
        back = set(rows.filter(counters__isnull=False).values_list("counters", flat=True))
        if but:
            rows = rows.exclude(evidence__startswith=but)
        told = rows.filter(counters__isnull=True).values_list(
            "seq", "subject", "relation", "occurred_on", "channel"
        )
        found |= {(who, voice, on, by) for seq, who, voice, on, by in told if seq not in back}
    return found
