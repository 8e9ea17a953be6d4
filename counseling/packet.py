"""つなぎシート: the exact words that leave, put together once and hashed. Pure.

The draft holds every sentence with whether it was struck. What leaves is rendered from what the
person agreed to, and from nothing else: page, PDF and hash have the same source.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from counseling.states import HEADINGS, Heading, Relation

# Raised with every change to the sentences of consent (`sentences.CONSENT`); kept with each one.
WORDING = 1
MOST_LINES = 30  # per heading
MOST_CHARACTERS = 400  # per line

Draft = dict[str, list[dict[str, object]]]
_END = re.compile(r"(?<=[。!?!?])|\n+")


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a draft."""

    text: str
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """What leaves: for whom, about whom, under which headings which sentences, and which details
    out of the vault (their kinds; the details themselves are in no row and no hash).
    """

    recipient: str
    relation: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    details: tuple[str, ...]
    companion: str = ""
    wording: int = WORDING

    @property
    def empty(self) -> bool:
        """Whether it says nothing at all."""
        return not any(lines for _heading, lines in self.parts)


def cut(text: str) -> list[str]:
    """A text in its sentences, so that each can be struck by itself."""
    return [part.strip() for part in _END.split(text) if part and part.strip()]


def draft(relation: Relation, typed: Mapping[Heading, str]) -> Draft:
    """A first draft from what a counselor or the person wrote under each heading."""
    return {
        heading.value: [
            {"text": part[:MOST_CHARACTERS], "struck": False}
            for part in cut(typed.get(heading, ""))[:MOST_LINES]
        ]
        for heading in HEADINGS[relation]
    }


def lines(kept: Draft, heading: Heading) -> list[Line]:
    """The sentences under a heading."""
    return [
        Line(str(one.get("text", "")), bool(one.get("struck"))) for one in kept.get(heading, ())
    ]


def edited(
    relation: Relation,
    typed: Mapping[Heading, Sequence[Line]],
    added: Mapping[Heading, str],
) -> Draft:
    """The draft as the person left it; emptied sentences are gone, added ones stand at the end."""
    made: Draft = {}
    for heading in HEADINGS[relation]:
        rows: list[dict[str, object]] = [
            {"text": one.text[:MOST_CHARACTERS], "struck": one.struck}
            for one in typed.get(heading, ())
            if one.text
        ]
        rows += [
            {"text": part[:MOST_CHARACTERS], "struck": False}
            for part in cut(added.get(heading, ""))
        ]
        made[heading.value] = rows[:MOST_LINES]
    return made


def words(
    kept: Draft,
    *,
    relation: Relation,
    recipient: str,
    details: Iterable[str],
    companion: str = "",
) -> Words:
    """What would leave of this draft: struck sentences are not in it."""
    parts = tuple(
        (heading.value, tuple(one.text for one in lines(kept, heading) if not one.struck))
        for heading in HEADINGS[relation]
    )
    return Words(
        recipient=recipient,
        relation=relation.value,
        parts=tuple((heading, said) for heading, said in parts if said),
        details=tuple(sorted(details)),
        companion=companion,
    )


def canonical(what: Words) -> str:
    """One spelling of it, byte for byte the same wherever it is made."""
    plain = {
        "companion": what.companion,
        "details": list(what.details),
        "parts": [[heading, list(said)] for heading, said in what.parts],
        "recipient": what.recipient,
        "relation": what.relation,
        "wording": what.wording,
    }
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read(text: str) -> Words:
    """What `canonical` wrote."""
    plain = json.loads(text)
    return Words(
        recipient=plain["recipient"],
        relation=plain["relation"],
        parts=tuple((heading, tuple(said)) for heading, said in plain["parts"]),
        details=tuple(plain["details"]),
        companion=plain["companion"],
        wording=plain["wording"],
    )


def digest(text: str) -> str:
    """SHA-256 of the canonical spelling, in hex: consent and what left are the same words."""
    return hashlib.sha256(text.encode()).hexdigest()
