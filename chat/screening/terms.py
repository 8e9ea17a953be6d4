"""The language that the lexicons are written in, and a quick search for all of it at once.

A term is literal text, and: `(a|b)` one of several · `x?` or may be missing · `{8}` up to eight
characters of the same sentence · `#` a digit · `&` an id in Latin letters · `^` and `$` the ends
of a sentence · `!(a|b)` not followed by · `<name>` a piece defined once for the file. Nothing in
it repeats without bound, so no text can make it slow: every beginning is looked for in one pass,
and only the few terms that begin with the characters found there look at a bounded stretch.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick

from chat.screening.fold import ONE_FOR_ONE

T = TypeVar("T")

MOST_GAP = 20
MOST_BEGUN = 3
_TOKEN = re.compile(r"<[^<>]+>|\{[0-9]{1,2}\}|!\(|[()|?#&^$]|.", re.S)
_FORBIDDEN = frozenset("\\*+[]{}<>!")
_DIGITS = "0123456789〇零一二三四五六七八九十"
# Each: its regular expression, and what it may begin with.
_SPECIAL: dict[str, tuple[str, frozenset[str]]] = {
    "#": (f"[{_DIGITS}]", frozenset(_DIGITS)),
    "&": ("[a-z0-9_.#-]{3,24}", frozenset({"\0"})),
    "^": ("(?:^|(?<=[。?]))", frozenset({""})),
    "$": ("(?=[。?~w]|$)", frozenset({""})),
}


class BadTerm(ValueError):
    """A term that can't be read; says why in one line."""


def plain(text: str) -> str:
    """Literal text as a folded text has it."""
    return unicodedata.normalize("NFKC", text).casefold().translate(ONE_FOR_ONE)


# What a term's part is: its expression, and what it may begin with (`MOST_BEGUN` characters at
# most). A beginning that ends in a gap is marked by a trailing NUL: nothing may be added to it.
Part = tuple[str, frozenset[str]]
NOTHING = frozenset({""})


@cache
def _letter(token: str) -> Part:
    return re.escape(plain(token)), frozenset({plain(token)[:MOST_BEGUN]})


@cache
def compiled(said: str) -> re.Pattern[str]:
    """A regular expression, compiled when it is first needed: most never are in an evening."""
    return re.compile(said)


@dataclass(frozen=True, slots=True)
class Term:
    """A term as a regular expression, and the few characters that every match begins with."""

    said: str
    begins: frozenset[str]


class _Reader:
    """Recursive descent."""

    def __init__(self, term: str, pieces: Mapping[str, Part]) -> None:
        self.term, self.pieces = term, pieces
        self.tokens = [m[0] for m in _TOKEN.finditer(term)]
        self.at = 0

    def read(self) -> Part:
        part = self.choice()
        if self.at < len(self.tokens):
            raise BadTerm(f"{self.term}: a bracket too many")
        return part

    def choice(self) -> Part:
        branches = [self.sequence()]
        while self.at < len(self.tokens) and self.tokens[self.at] == "|":
            self.at += 1
            branches.append(self.sequence())
        if len(branches) == 1:
            return branches[0]
        begins = frozenset().union(*(one for _, one in branches))
        return f"(?:{'|'.join(said for said, _ in branches)})", begins

    def sequence(self) -> Part:
        said, begins, short = "", NOTHING, [""]
        while self.at < len(self.tokens) and self.tokens[self.at] not in ("|", ")"):
            more, first = self.part()
            said += more
            # Mostly every beginning is whole after two or three parts: the others add nothing.
            if short and first is not NOTHING:
                longer = {(one + then)[:MOST_BEGUN] for one in short for then in first}
                begins = begins.difference(short) | longer
                short = [one for one in begins if len(one) < MOST_BEGUN and one[-1:] != "\0"]
        return said, begins

    def part(self) -> Part:
        token = self.tokens[self.at]
        self.at += 1
        if token in ("(", "!("):
            said, begins = self.choice()
            if self.at >= len(self.tokens):
                raise BadTerm(f"{self.term}: a bracket isn't closed")
            self.at += 1
            if token == "!(":
                return f"(?!{said})", NOTHING
            said = f"(?:{said})"
        elif token[0] == "<" and len(token) > 1:
            if token[1:-1] not in self.pieces:
                raise BadTerm(f"{self.term}: no piece called {token[1:-1]}")
            said, begins = self.pieces[token[1:-1]]
        elif token[0] == "{" and len(token) > 1:
            return self.gap(int(token[1:-1]))
        elif token in _SPECIAL:
            said, begins = _SPECIAL[token]
        elif token in _FORBIDDEN or token == "?":
            raise BadTerm(f"{self.term[:40]}: {token} has no meaning here")
        else:
            said, begins = _letter(token)
        if self.at < len(self.tokens) and self.tokens[self.at] == "?":
            self.at += 1
            return f"(?:{said})?", begins | NOTHING
        return said, begins

    def gap(self, most: int) -> Part:
        if most > MOST_GAP:
            raise BadTerm(f"{self.term}: a gap is at most {MOST_GAP}")
        return f"[^。?]{{0,{most}}}?", frozenset({"\0"})


def pieces_of(written: Mapping[str, str]) -> dict[str, Part]:
    """A file's pieces, each of which may use those before it."""
    pieces: dict[str, Part] = {}
    for name, term in written.items():
        said, begins = _Reader(term, pieces).read()
        pieces[name] = f"(?:{said})", begins
    return pieces


def read(term: str, pieces: Mapping[str, Part] | None = None, *, anywhere: bool = False) -> Term:
    """Read a term. Raises `BadTerm`; an empty one is bad too.

    `anywhere`: it is only looked for beside a finding, and may begin with a gap.
    """
    said, begins = _Reader(term, pieces or {}).read()
    firsts = frozenset(one.replace("\0", "") for one in begins)
    if "" in firsts and (not anywhere or compiled(said).match("")):
        raise BadTerm(f"{term}: must begin with a letter")
    return Term(said, firsts)


class Index(Generic[T]):
    """Many terms, each with something it stands for."""

    def __init__(self, terms: Iterable[tuple[Term, T]]) -> None:
        begun: dict[str, list[tuple[str, T]]] = {}
        for term, meaning in terms:
            pair = (term.said, meaning)
            for first in term.begins:
                begun.setdefault(first, []).append(pair)
        # Terms that may begin alike share a shelf; most match only one time in a hundred.
        self._shelves = list(begun.values())
        self._beginnings = AhoCorasick(begun)
        self._any: list[Callable[[str, int], re.Match[str] | None]] = [
            partial(self._first, number) for number in range(len(self._shelves))
        ]

    def find(self, text: str) -> list[tuple[T, int, int]]:
        """Every match of every term."""
        any_of = self._any
        return [
            (meaning, at, m.end())
            for shelf, at, _ in self._beginnings.find_matches_as_indexes(text, overlapping=True)
            if any_of[shelf](text, at)
            for said, meaning in self._shelves[shelf]
            if (m := compiled(said).match(text, at))
        ]

    def _first(self, shelf: int, text: str, at: int) -> re.Match[str] | None:
        """The first look at a shelf, whether any of it matches: later ones find it compiled."""
        either = "|".join(said for said, _ in self._shelves[shelf])
        self._any[shelf] = compiled(either).match
        return self._any[shelf](text, at)
