"""The programs' own screening rules as this process holds them: nothing is asked per message.

The rounds read them every few seconds. A process holds none before its first turn, and keeps what
it has while the database is away.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping

from chat.own_rules import OwnRule
from chat.screening.lexicon import Lexicon
from chat.screening.own import OwnTerm, lexicon_of_own
from chat.screening.terms import BadTerm
from chat.states import RuleState

log = logging.getLogger("ibasho.screening")
MOST = 5000  # of all programs; each may have a hundred

Mark = tuple[tuple[int, int], ...]  # number and version of every rule in force


class _Held:
    """Replaced as a whole, so that a thread that reads sees one set or the other."""

    mark: Mark = ()
    lexicons: Mapping[int, tuple[Lexicon, ...]] = {}


def lexicons(program: int) -> tuple[Lexicon, ...]:
    """What a program's texts are looked at for besides the house's rules."""
    return _Held.lexicons.get(program, ())


def read() -> None:
    """Read what stands: one statement, and nothing more while nothing moved."""
    rows = list(OwnRule.objects.filter(state=RuleState.ACTING.value).order_by("pk")[:MOST])
    mark = tuple((row.pk, row.version) for row in rows)
    if mark == _Held.mark:
        return
    found: dict[int, list[OwnTerm]] = defaultdict(list)
    for row in rows:
        found[row.program_id].append(as_term(row))
    _Held.lexicons = {program: _built(terms) for program, terms in found.items()}
    _Held.mark = mark


def as_term(row: OwnRule) -> OwnTerm:
    """A row as screening knows it; its name in a finding is its number."""
    return OwnTerm(row.kind, f"own-{row.pk}", row.term, tuple(row.exceptions), spares=row.spares)


def _built(terms: list[OwnTerm]) -> tuple[Lexicon, ...]:
    clear = []
    for term in terms:
        try:
            lexicon_of_own([term], version=term.name)
        except BadTerm as no:
            # Written under other rules of writing: the others still hold.
            log.warning("a rule can't be read: %s, %s", term.name, no)
        else:
            clear.append(term)
    return (lexicon_of_own(clear, version="own"),) if clear else ()
