"""One text, all findings, and what the room does about it."""

from dataclasses import dataclass

from chat.screening import contact, crisis
from chat.screening.fold import fold, folded_text

MASK = "＿"


@dataclass(frozen=True, slots=True)
class Finding:
    """`start` and `end` are code points of the original text."""

    kind: str  # crisis · contact
    rule: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Screened:
    """All findings. What the room does: a contact stops the text; a crisis alone is delivered."""

    findings: tuple[Finding, ...] = ()

    @property
    def crisis(self) -> bool:
        """Whether it calls for someone."""
        return any(one.kind == "crisis" for one in self.findings)

    @property
    def contact(self) -> bool:
        """Whether it would let someone be reached outside."""
        return any(one.kind == "contact" for one in self.findings)

    def masked(self, text: str) -> str:
        """The text with its contact details covered, as supporters may see it."""
        chars = list(text)
        for one in self.findings:
            if one.kind == "contact":
                chars[one.start : one.end] = MASK * (one.end - one.start)
        return "".join(chars)


NOTHING = Screened()


def screen(text: str) -> Screened:
    """Look at one tidied text."""
    if not _find(folded_text(text)):
        return NOTHING
    folded = fold(text)
    found = _find(folded.text)
    return Screened(tuple(Finding(kind, rule, *folded.span(*span)) for kind, rule, span in found))


def _find(folded: str) -> list[tuple[str, str, tuple[int, int]]]:
    found = [("crisis", "words", span) for span in crisis.find(folded)]
    return found + [("contact", "details", span) for span in contact.find(folded)]
