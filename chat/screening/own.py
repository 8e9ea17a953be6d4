"""A program's own words as a lexicon beside the house's. Literal words only, so none is slow."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chat.screening.fold import folded_text
from chat.screening.lexicon import Lexicon, lexicon_of
from chat.screening.terms import BadTerm

FEWEST, MOST = 2, 40  # characters of a term, folded and as it was written
MOST_EXCEPTIONS = 10
# Signs with a meaning in the language of the lexicons, and the ends of sentences.
_SIGNS = re.compile(r"[\\*+\[\]{}<>!()|?#&^$@。\0]")


@dataclass(frozen=True, slots=True)
class OwnTerm:
    """One rule: `exceptions` are longer phrases around the term that mean nothing.

    `spares`: the term is such a phrase itself, for the rules of the house of this class.
    """

    kind: str
    name: str
    term: str
    exceptions: Sequence[str] = ()
    spares: bool = False


def folded_term(term: str) -> str:
    """The term as texts are searched for it. Raises `BadTerm`: `short`, `long` or `signs`."""
    folded = folded_text(term.strip())
    if len(folded) < FEWEST:
        raise BadTerm("short")
    if max(len(folded), len(term)) > MOST:
        raise BadTerm("long")
    if _SIGNS.search(folded):
        raise BadTerm("signs")
    return folded


def must_except(term: str, exception: str) -> None:
    """Raises `BadTerm`: as `folded_term`, and `apart` where the term isn't part of the phrase."""
    longer, shorter = folded_term(exception), folded_term(term)
    if shorter not in longer or shorter == longer:
        raise BadTerm("apart")


def lexicon_of_own(rules: Iterable[OwnTerm], *, version: str) -> Lexicon:
    """All of them together. Raises `BadTerm`.

    What is said of oneself, and what is told of others' words, is no attack here either.
    """
    return lexicon_of(
        {
            "version": version,
            "class": one.kind,
            "rule": [
                {
                    "name": one.name,
                    "any": [folded_term(one.term)],
                    "but": [folded_term(phrase) for phrase in one.exceptions],
                    "told": one.kind == "attack" and not one.spares,
                    "own": one.kind == "attack" and not one.spares,
                    "spares": one.spares,
                }
            ],
        }
        for one in rules
    )
