"""Text as it is kept: one normal form, no characters that only deceive the eye."""

import re
import unicodedata

from foundation.refusals import Refused

# Controls but for newline and tab; bidi overrides and isolates; tags; BOM; line separators.
_UNWANTED = re.compile(
    "[\x01-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_VISIBLE = re.compile(
    "[^\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2064"
    "\u206a-\u206f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
# Characters that stand alone, each its own letter or sign: nothing combines with them, and
# composing them changes nothing but themselves. Most Japanese texts have no others.
PLAIN = re.compile(
    "[\\t\\n\\x20-\\x7e\u2010-\u2027\u3000-\u3029\u3041-\u3096\u30a0-\u30ff\u3400-\u9fff"
    "\uff01-\uff9d\U0001f300-\U0001f3fa\U0001f400-\U0001faff]*"
)
MAX_MARKS = 8  # combining marks in a row; more is a picture (zalgo), not writing


def clean(text: str) -> str:
    """NFC, one kind of newline, no controls, trimmed. Raises `Refused("malformed")` (NUL, lone
    surrogate). Whatever passes here is well formed, however long or empty it is.
    """
    if PLAIN.fullmatch(text):
        return text.strip()
    if _UNSTORABLE.search(text):
        raise Refused("malformed")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _UNWANTED.sub("", text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return text.strip()


def measured(text: str, *, most: int, required: bool = True) -> str:
    """Cleaned words as they are kept.

    Raises `Refused`: `too_long` (more than `most` code points) or `empty` (nothing visible, when
    `required`).
    """
    if len(text) > most:
        raise Refused("too_long")
    if not _VISIBLE.search(text):
        if required:
            raise Refused("empty")
        return ""
    return text if PLAIN.fullmatch(text) else _calm_marks(text)


def tidy(text: str, *, most: int, required: bool = True) -> str:
    """`clean`, then `measured`."""
    return measured(clean(text), most=most, required=required)


def _calm_marks(text: str) -> str:
    run, kept = 0, []
    for char in text:
        run = run + 1 if unicodedata.category(char)[0] == "M" else 0
        if run <= MAX_MARKS:
            kept.append(char)
    return "".join(kept)
