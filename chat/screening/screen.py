"""One text, all findings, and what the room does about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from msgspec import Struct

from chat.screening import contact, context, flood, likeness
from chat.screening.fold import Folded, fold, folded_text
from chat.screening.lexicon import Lexicon, Rule, house
from chat.screening.terms import compiled

MASK = "＿"
ENOUGH = 50  # findings of one rule in one text
LIKENESS = "likeness"  # a class, and no rule: what is only put together like words of crisis
# The room's side, the strongest first: each class and what it asks of the room.
VERDICTS = (("contact", "stop"), ("crisis", "card"), ("likeness", "card"), ("attack", "hold"))


@dataclass(frozen=True, slots=True)
class Finding:
    """`start` and `end` are code points of the original text."""

    kind: str  # crisis · likeness · contact · attack · flood
    rule: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Screened:
    """All findings, by where they stand."""

    findings: tuple[Finding, ...] = ()

    def has(self, kind: str) -> bool:
        """Whether something of this class was found."""
        return bool(self.findings) and any(one.kind == kind for one in self.findings)

    @property
    def crisis(self) -> bool:
        """Whether it calls for someone."""
        return self.has("crisis")

    @property
    def care(self) -> bool:
        """Whether its author gets the card: for likeness too, which calls nobody."""
        return bool(self.findings) and (self.crisis or self.has(LIKENESS))

    @property
    def contact(self) -> bool:
        """Whether it would let someone be reached outside."""
        return self.has("contact")

    @property
    def attack(self) -> bool:
        """Whether it may hurt who reads it."""
        return self.has("attack")

    @property
    def flood(self) -> bool:
        """Whether it fills the room without saying much."""
        return self.has("flood")

    @property
    def verdict(self) -> str:
        """stop · card · hold · pass: a contact stops a text, a crisis is delivered with a card."""
        if not self.findings:
            return "pass"
        return next((said for kind, said in VERDICTS if self.has(kind)), "pass")

    def masked(self, text: str) -> str:
        """The text with its contact details covered, as supporters may see it."""
        chars = list(text)
        for one in self.findings:
            if one.kind == "contact":
                chars[one.start : one.end] = MASK * (one.end - one.start)
        return "".join(chars)


NOTHING = Screened()
Hit = tuple[Rule, int, int]  # in the folded text


class Sight(Struct, frozen=True, gc=False):
    """What the house's rules see in a text, before anything is made of it: most of the work."""

    short: str
    hits: Sequence[Hit]
    like: bool
    details: bool  # worth looking for contact details
    floods: Sequence[tuple[str, int, int]]

    @property
    def nothing(self) -> bool:
        """Whether the house has nothing to say of it, as of most texts."""
        return not (self.hits or self.like or self.details or self.floods)


def sights(texts: Iterable[str]) -> dict[str, Sight]:
    """Look at tidied texts together, for `screen`.

    Search by search, not text by text: each has large tables, and those of another would push them
    out of the processor's cache every time.
    """
    these = dict.fromkeys(texts)
    shorts = [folded_text(one) for one in these]
    find, holds = house().index.find, likeness.house().holds
    hits = [find(one) for one in shorts]
    like = [holds(one) for one in shorts]
    details = [contact.maybe(one) for one in shorts]
    seen = map(Sight, shorts, hits, like, details, map(flood.find, these))
    return dict(zip(these, seen, strict=True))


def screen(text: str, *, more: Sequence[Lexicon] = (), sight: Sight | None = None) -> Screened:
    """Look at one tidied text. `more`: a program's own rules beside the house's; `sight`: where
    it was looked at already.
    """
    seen = sight or sights([text])[text]
    short = seen.short
    own = [found for one in more if (found := one.index.find(short))]
    if seen.nothing and not own:
        return NOTHING
    hits = [seen.hits, *own]
    out = _by_rules(text, seen, hits)
    # Where a rule of crisis found or spared something, it has decided; what is held stays held.
    decided = any(rule.kind == "crisis" for many in hits for rule, *_ in many) or any(
        one.kind == "attack" for one in out
    )
    if seen.like and not decided:
        folded = fold(text)
        span = folded.span(*likeness.house().place(folded.text))
        out.append(Finding(LIKENESS, LIKENESS, *span))
    if not out:
        return NOTHING
    return Screened(tuple(sorted(_widest(out), key=lambda one: (one.start, one.end, one.kind))))


def _by_rules(text: str, seen: Sight, hits: Sequence[Sequence[Hit]]) -> list[Finding]:
    short = seen.short
    # Where no term stands there is none to be spared: Latin letters alone ask for one look.
    found = [one for many in hits for one in _found(short, many)]
    details = contact.find(short) if seen.details else []
    out = [Finding("flood", rule, start, end) for rule, start, end in seen.floods]
    if found or details:
        folded = fold(text)
        out += [
            Finding(rule.kind, rule.name, *folded.span(start, end))
            for rule, start, end in _aimed(short, _unspared(found))
            if not _cuts_a_word(text, folded, start, end)
        ]
        out += [Finding("contact", rule, *folded.span(*at)) for rule, *at in details]
    return out


def _aimed(text: str, found: list[Hit]) -> list[Hit]:
    """Where somebody else is told to die, the words of it call nobody for who says them.

    Only where nothing else in the text is of crisis, and nothing leaves open of whom it is said.
    """
    aimed = [one for one in found if one[0].instead]
    if not aimed or context.speaks_of_self(text):
        return found
    apart = [
        rule.kind
        for rule, start, end in found
        if not any(on <= start and end <= off for _, on, off in aimed)
    ]
    if "crisis" in apart or ("attack" not in apart and context.sentences(text) > 1):
        return found
    return [one for one in found if one[0].kind != "crisis"]


def places(text: str, lexicon: Lexicon) -> list[tuple[int, int]]:
    """Where one lexicon's rules stand in a tidied text, in code points of the original."""
    short = folded_text(text)
    hits = lexicon.index.find(short)
    if not hits:
        return []
    folded = fold(text)
    return [
        folded.span(start, end)
        for _, start, end in _found(short, hits)
        if not _cuts_a_word(text, folded, start, end)
    ]


def _unspared(found: list[Hit]) -> list[Hit]:
    """Without what lies inside a longer phrase that a program spares, and without the phrases.

    Longer: no word that hurts is spared by itself.
    """
    spared = [one for one in found if one[0].spares]
    if not spared:
        return found
    return [
        one
        for one in found
        if not one[0].spares
        and not any(
            one[0].kind == rule.kind
            and start <= one[1]
            and one[2] <= end
            and end - start > one[2] - one[1]
            for rule, start, end in spared
        )
    ]


def _widest(found: list[Finding]) -> list[Finding]:
    """Without those that lie within another of their class."""
    out: list[Finding] = []
    reached: dict[str, int] = {}  # of each class, how far those that began before go
    for one in sorted(found, key=lambda one: (one.start, -one.end, one.rule)):
        if one.end > reached.get(one.kind, -1):
            reached[one.kind] = one.end
            out.append(one)
    return out


def _found(text: str, hits: Sequence[Hit]) -> list[Hit]:
    """What stands, once per rule and place: the longest."""
    out: list[Hit] = []
    many: dict[str, int] = {}
    for hit in sorted(hits, key=lambda hit: (hit[0].name, hit[1], -hit[2])):
        rule, start, end = hit
        if out and out[-1][0] is rule and start < out[-1][2]:
            continue
        # What is contact is masked wherever it stands; of the rest so many say enough.
        if rule.kind != "contact" and many.get(rule.name, 0) >= ENOUGH:
            continue
        if not _inside_a_word(text, start, end) and not _spared(text, *hit):
            many[rule.name] = many.get(rule.name, 0) + 1
            out.append(hit)
    return out


def _spared(text: str, rule: Rule, start: int, end: int) -> bool:
    left, right = context.sentence(text, start, end)
    if rule.but and any(
        m.start() < end and start < m.end() for m in compiled(rule.but).finditer(text, left, right)
    ):
        return True
    if rule.near and compiled(rule.near).search(text, left, right):
        return True
    if rule.told and context.told(text, start, end):
        return True
    return rule.own and context.own(text, start, end)


def _inside_a_word(text: str, start: int, end: int) -> bool:
    """Latin letters end where a word ends: line isn't in online."""
    return (_latin(text[start]) and _latin(text[start - 1 : start])) or (
        _latin(text[end - 1]) and _latin(text[end : end + 1])
    )


def _latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _katakana(char: str) -> bool:
    return "\u30a1" <= char <= "\u30fc"


def _cuts_a_word(text: str, folded: Folded, start: int, end: int) -> bool:
    """消えたイヤホン isn't 消えたい: the last letter begins a word in another script."""
    last, before = folded.where[end - 1], folded.where[end - 2]
    return (
        _katakana(text[last])
        and not _katakana(text[before])
        and all(map(_katakana, text[last + 1 : last + 3]))
        and len(text) > last + 2
    )
