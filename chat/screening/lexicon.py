"""The house's rules, read once from the files in `lexicon/`. Data decides; code only reads it."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from chat.screening.terms import BadTerm, Index, Part, Term, pieces_of, read

FOLDER = Path(__file__).with_name("lexicon")
CLASSES = ("crisis", "contact", "attack", "flood")
_KEYS = {"name", "any", "but", "near", "told", "own", "spares", "instead"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a class. A match of its terms is spared … (`but`, `near`: expressions)"""

    kind: str
    name: str
    terms: tuple[str, ...]
    but: str = ""  # where one of these overlaps it
    near: str = ""  # where one of these stands in the same sentence, nearby
    told: bool = False  # where it is told as something that others said or did
    own: bool = False  # where someone says it of themselves
    # Finds nothing itself: what others of its class find inside its words is nothing.
    spares: bool = False
    # It tells somebody else to die: what is found of crisis in the same words is none.
    instead: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Rules that are searched together. `version` says which words they were."""

    version: str
    rules: tuple[Rule, ...]
    index: Index[Rule]


def _either(terms: Iterable[str], pieces: Mapping[str, Part]) -> str:
    return "|".join(read(term, pieces, anywhere=True).said for term in terms)


def _expanded(terms: Sequence[str], lists: Mapping[str, Sequence[str]]) -> list[str]:
    """`@name` stands for a list of the file."""
    out: list[str] = []
    for term in terms:
        out += lists[term[1:]] if term.startswith("@") else [term]
    return out


def rules_of(data: Mapping[str, Any]) -> list[tuple[Rule, list[Term]]]:
    """The rules of one file, with their terms. Raises `BadTerm`."""
    pieces, lists, kind = pieces_of(data.get("pieces", {})), data.get("lists", {}), data["class"]
    if kind not in CLASSES:
        raise BadTerm(f"no class is called {kind}")
    out = []
    for one in data["rule"]:
        if strange := set(one) - _KEYS:
            raise BadTerm(f"{one['name']}: no meaning for {sorted(strange)}")
        terms = _expanded(one["any"], lists)
        rule = Rule(
            kind=kind,
            name=one["name"],
            terms=tuple(terms),
            but=_either(_expanded(one.get("but", ()), lists), pieces),
            near=_either(_expanded(one.get("near", ()), lists), pieces),
            told=one.get("told", False),
            own=one.get("own", False),
            spares=one.get("spares", False),
            instead=one.get("instead", False),
        )
        out.append((rule, [read(term, pieces) for term in terms]))
    return out


def lexicon_of(files: Iterable[Mapping[str, Any]]) -> Lexicon:
    """Files as one lexicon."""
    files = list(files)
    read_in = [found for data in files for found in rules_of(data)]
    return Lexicon(
        version=max(str(data["version"]) for data in files),
        rules=tuple(rule for rule, _ in read_in),
        index=Index((term, rule) for rule, terms in read_in for term in terms),
    )


@cache
def house() -> Lexicon:
    """The lexicon that comes with the house."""
    texts = sorted(FOLDER.glob("*.toml"))
    return lexicon_of(tomllib.loads(path.read_text(encoding="utf-8")) for path in texts)
