"""The language that the lexicons are written in, and a quick search for all of it at once.

A term is literal text, and: `(a|b)` one of several · `x?` or may be missing · `{8}` up to eight
characters of the same sentence · `#` a digit · `&` an id in Latin letters · `^` and `$` the ends
of a sentence · `!(a|b)` not followed by · `<name>` a piece defined once for the file. Nothing in
it repeats without bound, so no text can make it slow: every beginning is looked for in one pass,
and only the few terms that begin with the characters found there look at a bounded stretch.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Generic, NamedTuple, TypeVar

from ahocorasick_rs import AhoCorasick

from chat.screening.fold import ONE_FOR_ONE

T = TypeVar("T")

MOST_GAP = 20
MOST_BEGUN = 3
SEVERAL = 2  # terms on a shelf, for which it pays to look first for what they must hold
_TOKEN = re.compile(r"<[^<>]+>|\{[0-9]{1,2}\}|!\(|[()|?#&^$]|.", re.S)
_FORBIDDEN = frozenset("\\*+[]{}<>!")
_DIGITS = "0123456789〇零一二三四五六七八九十"
# What a match must hold one of, and how common that is; None: nothing in particular.
Must = tuple[int, frozenset[str]] | None
NOTHING = frozenset({""})
COMMON, RARE = 8, 1  # how common a character is, roughly: kana and digits, all others


class Part(NamedTuple):
    """What a term's part is: its expression, what it may begin with (`MOST_BEGUN` characters at
    most), its longest match in characters, and what each match must hold.

    A beginning that ends in a gap is marked by a trailing NUL: nothing may be added to it.
    """

    said: str
    begins: frozenset[str]
    width: int
    must: Must = None


_SPECIAL = {
    "#": Part(f"[{_DIGITS}]", frozenset(_DIGITS), 1, (COMMON, frozenset(_DIGITS))),
    "&": Part("[a-z0-9_.#-]{3,24}", frozenset({"\0"}), 24),
    "^": Part("(?:^|(?<=[。?]))", NOTHING, 0),
    "$": Part("(?=[。?~w]|$)", NOTHING, 0),
}


class BadTerm(ValueError):
    """A term that can't be read; says why in one line."""


def plain(text: str) -> str:
    """Literal text as a folded text has it."""
    return unicodedata.normalize("NFKC", text).casefold().translate(ONE_FOR_ONE)


def _is_kana(text: str) -> bool:
    return "\u3040" <= text[:1] <= "\u30ff"


@cache
def _letter(token: str) -> Part:
    said = plain(token)
    must = (COMMON if _is_kana(said) else RARE, frozenset(said[0])) if said else None
    return Part(re.escape(said), frozenset({said[:MOST_BEGUN]}), len(said), must)


@cache
def compiled(said: str) -> re.Pattern[str]:
    """A regular expression, compiled when it is first needed: most never are in an evening."""
    return re.compile(said)


@dataclass(frozen=True, slots=True)
class Term:
    """A term as a regular expression, the few characters that every match begins with, others of
    which every match holds one besides (none: that can't be said), and its longest match.
    """

    said: str
    begins: frozenset[str]
    must: frozenset[str]
    width: int


class _Reader:
    """Recursive descent."""

    def __init__(self, term: str, pieces: Mapping[str, Part]) -> None:
        self.term, self.pieces = term, pieces
        self.tokens = [m[0] for m in _TOKEN.finditer(term)]
        self.at = 0

    def read(self, *, whole: bool) -> Part:
        """`whole`: a term, of which what it begins with is known to be there."""
        part = self.choice(whole=whole)
        if self.at < len(self.tokens):
            raise BadTerm(f"{self.term}: a bracket too many")
        return part

    def choice(self, *, whole: bool) -> Part:
        branches = [self.sequence(whole=whole)]
        while self.at < len(self.tokens) and self.tokens[self.at] == "|":
            self.at += 1
            branches.append(self.sequence(whole=whole))
        if len(branches) == 1:
            return branches[0]
        return Part(
            f"(?:{'|'.join(one.said for one in branches)})",
            frozenset().union(*(one.begins for one in branches)),
            max(one.width for one in branches),
            _one_of([one.must for one in branches]),
        )

    def sequence(self, *, whole: bool) -> Part:
        said, begins, width, short = "", NOTHING, 0, [""]
        rarest: Must = None
        while self.at < len(self.tokens) and self.tokens[self.at] not in ("|", ")"):
            more, first, wide, must = self.part()
            said, width = said + more, width + wide
            if must and not (whole and short) and (rarest is None or must[0] <= rarest[0]):
                rarest = must
            # Mostly every beginning is whole after two or three parts: the others add nothing.
            if short and first is not NOTHING:
                longer = {(one + then)[:MOST_BEGUN] for one in short for then in first}
                begins = begins.difference(short) | longer
                short = [one for one in begins if len(one) < MOST_BEGUN and one[-1:] != "\0"]
        return Part(said, begins, width, rarest)

    def part(self) -> Part:
        token = self.tokens[self.at]
        self.at += 1
        if token in ("(", "!("):
            part = self.choice(whole=False)
            if self.at >= len(self.tokens):
                raise BadTerm(f"{self.term}: a bracket isn't closed")
            self.at += 1
            if token == "!(":
                return Part(f"(?!{part.said})", NOTHING, 0)
            part = part._replace(said=f"(?:{part.said})")
        elif token[0] == "<" and len(token) > 1:
            if token[1:-1] not in self.pieces:
                raise BadTerm(f"{self.term}: no piece called {token[1:-1]}")
            part = self.pieces[token[1:-1]]
        elif token[0] == "{" and len(token) > 1:
            return self.gap(int(token[1:-1]))
        elif token in _SPECIAL:
            part = _SPECIAL[token]
        elif token in _FORBIDDEN or token == "?":
            raise BadTerm(f"{self.term[:40]}: {token} has no meaning here")
        else:
            part = _letter(token)
        if self.at < len(self.tokens) and self.tokens[self.at] == "?":
            self.at += 1
            return Part(f"(?:{part.said})?", part.begins | NOTHING, part.width)
        return part

    def gap(self, most: int) -> Part:
        if most > MOST_GAP:
            raise BadTerm(f"{self.term}: a gap is at most {MOST_GAP}")
        return Part(f"[^。?]{{0,{most}}}?", frozenset({"\0"}), most)


def _one_of(parts: Sequence[Must]) -> Must:
    """What one of several must hold: one of all of theirs."""
    known = [must for must in parts if must]
    if len(known) < len(parts):
        return None
    return sum(common for common, _ in known), frozenset().union(*(chars for _, chars in known))


def pieces_of(written: Mapping[str, str]) -> dict[str, Part]:
    """A file's pieces, each of which may use those before it."""
    pieces: dict[str, Part] = {}
    for name, term in written.items():
        part = _Reader(term, pieces).read(whole=False)
        pieces[name] = part._replace(said=f"(?:{part.said})")
    return pieces


def read(term: str, pieces: Mapping[str, Part] | None = None, *, anywhere: bool = False) -> Term:
    """Read a term. Raises `BadTerm`; an empty one is bad too.

    `anywhere`: it is only looked for beside a finding, and may begin with a gap.
    """
    said, begins, width, must = _Reader(term, pieces or {}).read(whole=True)
    firsts = frozenset(one.replace("\0", "") for one in begins)
    if "" in firsts and (not anywhere or compiled(said).match("")):
        raise BadTerm(f"{term}: must begin with a letter")
    return Term(said, firsts, must[1] if must else frozenset(), width)


class Index(Generic[T]):
    """Many terms, each with something it stands for."""

    def __init__(self, terms: Iterable[tuple[Term, T]]) -> None:
        begun: dict[str, list[tuple[Term, T]]] = {}
        for pair in terms:
            for first in pair[0].begins:
                begun.setdefault(first, []).append(pair)
        # Terms that may begin alike share a shelf; most match only one time in a hundred.
        self._shelves = list(begun.values())
        self._firsts = list(begun)
        self._numbers = {first: number for number, first in enumerate(begun)}
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
            for term, meaning in self._shelves[shelf]
            if (m := compiled(term.said).match(text, at))
        ]

    def _first(self, shelf: int, text: str, at: int) -> re.Match[str] | None:
        """The first look at a shelf, whether any of it matches: later ones find it compiled."""
        self._shelves[shelf] = self._left(shelf)
        self._any[shelf] = compiled(_any_of([term for term, _ in self._shelves[shelf]])).match
        return self._any[shelf](text, at)

    def _left(self, shelf: int) -> list[tuple[Term, T]]:
        """What isn't looked at by a shorter beginning already, which is found wherever this is."""
        first = self._firsts[shelf]
        shorter = [self._numbers.get(first[:size]) for size in range(1, len(first))]
        seen = {id(term) for n in shorter if n is not None for term, _ in self._shelves[n]}
        return [pair for pair in self._shelves[shelf] if id(pair[0]) not in seen]


def _any_of(terms: Sequence[Term]) -> str:
    """Whether any of these matches."""
    rare: list[Term] = []
    others: list[Term] = []
    for term in terms:
        (others if not term.must or any(map(_is_kana, term.must)) else rare).append(term)
    either = "|".join(term.said for term in others)
    beyond = "|".join(term.said for term in rare)
    if len(rare) >= SEVERAL:
        # One run to the next such character, of which there is mostly none, and not one a term; no
        # further than a match can reach, or a long text full of beginnings would make it slow.
        these = re.escape("".join(sorted(frozenset().union(*(term.must for term in rare)))))
        widest = max(term.width for term in rare)
        beyond = f"(?=[^{these}]{{0,{widest}}}[{these}])(?:{beyond})"
    return "|".join(filter(None, (beyond, either))) or "(?!)"
