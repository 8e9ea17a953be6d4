"""The language that the lexicons are written in, and a quick search for all of it at once.

A term is literal text, and: `(a|b)` one of several · `x?` or may be missing · `{8}` up to eight
characters of the same sentence · `#` a digit · `&` an id in Latin letters · `^` and `$` the ends
of a sentence · `!(a|b)` not followed by · `<name>` a piece defined once for the file. Nothing in
it repeats without bound, so no text can make it slow: every position of a text tries the few
terms that begin with the two characters there, and each looks at a bounded stretch.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import add
from typing import Generic, TypeVar

from chat.screening.fold import ONE_FOR_ONE

T = TypeVar("T")

MOST_GAP = 20
_TOKEN = re.compile(r"<([^<>]+)>|\{([0-9]{1,2})\}|!\(|[()|?#&^$]|.", re.S)
_FORBIDDEN = frozenset("\\*+[]{}<>")
_DIGITS = "0123456789〇零一二三四五六七八九十"
_SPECIAL = {
    "#": f"[{_DIGITS}]",
    "&": "[a-z0-9_.#-]{3,24}",
    "^": "(?:^|(?<=[。?]))",
    "$": "(?=[。?~w]|$)",
}


class BadTerm(ValueError):
    """A term that can't be read; says why in one line."""


def plain(text: str) -> str:
    """Literal text as a folded text has it."""
    return unicodedata.normalize("NFKC", text).casefold().translate(ONE_FOR_ONE)


@dataclass(frozen=True, slots=True)
class Term:
    """A compiled term, and the one or two characters that every match begins with."""

    found: re.Pattern[str]
    begins: frozenset[str]


class _Reader:
    """Recursive descent; each part is its expression and what it may begin with (≤ 2 characters).

    A beginning that ends in a gap is marked by a trailing NUL: nothing may be added to it.
    """

    def __init__(self, term: str, pieces: Mapping[str, str]) -> None:
        self.term = term
        self.tokens = list(self._tokens(term, pieces, 0))
        self.at = 0

    def _tokens(self, term: str, pieces: Mapping[str, str], depth: int) -> Iterator[str]:
        for m in _TOKEN.finditer(term):
            if m[1]:
                if m[1] not in pieces or depth > 5:
                    raise BadTerm(f"{self.term}: no piece called {m[1]}")
                yield from ("(", *self._tokens(pieces[m[1]], pieces, depth + 1), ")")
            else:
                yield m[0]

    def read(self) -> tuple[str, set[str]]:
        said, begins = self.choice()
        if self.at < len(self.tokens):
            raise BadTerm(f"{self.term}: a bracket too many")
        return said, begins

    def choice(self) -> tuple[str, set[str]]:
        branches = [self.sequence()]
        while self.at < len(self.tokens) and self.tokens[self.at] == "|":
            self.at += 1
            branches.append(self.sequence())
        begins = set().union(*(one for _, one in branches))
        if len(branches) == 1:
            return branches[0][0], begins
        return f"(?:{'|'.join(said for said, _ in branches)})", begins

    def sequence(self) -> tuple[str, set[str]]:
        said, begins = "", {""}
        while self.at < len(self.tokens) and self.tokens[self.at] not in ("|", ")"):
            more, first = self.part()
            said += more
            begins = {
                one if len(one) > 1 or one == "\0" else (one + then)[:2]
                for one in begins
                for then in first
            }
        return said, begins

    def part(self) -> tuple[str, set[str]]:
        token = self.tokens[self.at]
        self.at += 1
        if token in ("(", "!("):
            said, begins = self.choice()
            if self.at >= len(self.tokens):
                raise BadTerm(f"{self.term}: a bracket isn't closed")
            self.at += 1
            if token == "!(":
                return f"(?!{said})", {""}
            said = f"(?:{said})"
        elif token[0] == "{" and len(token) > 1:
            if int(token[1:-1]) > MOST_GAP:
                raise BadTerm(f"{self.term}: a gap is at most {MOST_GAP}")
            return f"[^。?]{{0,{token[1:-1]}}}?", {"\0"}
        elif token in _SPECIAL:
            said = _SPECIAL[token]
            begins = set(_DIGITS) if token == "#" else {"\0"} if token == "&" else {""}
        elif token in _FORBIDDEN or token == "?":
            raise BadTerm(f"{self.term}: {token} has no meaning here")
        else:
            said, begins = re.escape(plain(token)), {plain(token)[:2]}
        if self.at < len(self.tokens) and self.tokens[self.at] == "?":
            self.at += 1
            return f"(?:{said})?", begins | {""}
        return said, begins


def read(term: str, pieces: Mapping[str, str] | None = None, *, anywhere: bool = False) -> Term:
    """Compile a term. Raises `BadTerm`; an empty one is bad too.

    `anywhere`: it is only looked for beside a finding, and may begin with a gap.
    """
    said, begins = _Reader(term, pieces or {}).read()
    found = re.compile(said)
    if found.match(""):
        raise BadTerm(f"{term}: would match everything")
    firsts = {one.replace("\0", "") for one in begins}
    if "" in firsts and not anywhere:
        raise BadTerm(f"{term}: must begin with a letter")
    return Term(found, frozenset(firsts))


class Index(Generic[T]):
    """Many terms, each with something it stands for."""

    def __init__(self, terms: Iterable[tuple[Term, T]]) -> None:
        self._ones: dict[str, list[tuple[re.Pattern[str], T]]] = {}
        self._twos: dict[str, list[tuple[re.Pattern[str], T]]] = {}
        for term, meaning in terms:
            for first in term.begins:
                shelf = self._ones if len(first) == 1 else self._twos
                shelf.setdefault(first, []).append((term.found, meaning))

    def find(self, text: str) -> list[tuple[T, int, int]]:
        """Every match of every term, by where it begins."""
        twos, ones = self._twos, self._ones
        hits = [(at, twos[two]) for at, two in enumerate(map(add, text, text[1:])) if two in twos]
        if not ones.keys().isdisjoint(text):
            hits += [(at, ones[one]) for at, one in enumerate(text) if one in ones]
        return [
            (meaning, at, m.end())
            for at, terms in hits
            for found, meaning in terms
            if (m := found.match(text, at))
        ]
