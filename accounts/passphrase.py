"""合言葉: made here, never chosen; kept only as a keyed hash.

Eight words of `data/words.txt`, drawn evenly. After folding, no word is the beginning of another
(a test proves it), so the words written without spaces can be read in one way only, and every one
of the `len(WORDS) ** 8` choices (more than 2**82) is a different 合言葉. Words may be taken from
the list or added as long as that stays true: a 合言葉 made earlier still opens its seat.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from pathlib import Path

from django.conf import settings

COUNT = 8
WORDS: tuple[str, ...] = tuple(
    Path(__file__).with_name("data").joinpath("words.txt").read_text(encoding="utf-8").split()
)
SPACE = "\u3000"
# What is typed beyond this isn't looked at: half-width kana with marks and spaces stay below it.
MAX_TYPED = 400

_SHORTEST = COUNT * min(map(len, WORDS))
_KATAKANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
# Small kana and the pairs that sound alike are one: nobody should fail at っ or ぢ.
_ALIKE = str.maketrans("ぁぃぅぇぉっゃゅょゎゕゖぢづをゐゑ", "あいうえおつやゆよわかけじずおいえ")
_MARKS = str.maketrans("゛゜", "\u3099\u309a")
# Kana with whatever people put between words. The two classes share no character, so that one
# pass over the text is enough.
_RUN = re.compile(r"(?:[ぁ-ゖァ-ヺｦ-ｯｱ-ﾝ][\W\d_ーｰﾞﾟ]{0,8})+")


def make() -> str:
    """A new one, as it is shown to its owner, once."""
    return SPACE.join(secrets.choice(WORDS) for _ in range(COUNT))


def fold(typed: str) -> str:
    """What was meant, whatever keyboard typed it: hiragana without spaces, marks or small kana."""
    text = unicodedata.normalize("NFKC", typed[:MAX_TYPED].translate(_MARKS)).casefold()
    text = text.translate(_KATAKANA).translate(_ALIKE)
    return "".join(char for char in text if char.isalnum() and char != "ー")


def key_of(typed: str) -> str:
    """HMAC-SHA256 of the folded 合言葉 in hex, under a key that is outside the database."""
    return _key(fold(typed))


def contained_in(text: str, key: str | None) -> bool:
    """Whether the 合言葉 of this `key` stands somewhere in the text. Few µs for most texts."""
    if key is None or len(text) < _SHORTEST:
        return False
    for run in _RUN.finditer(text):
        if run.end() - run.start() < _SHORTEST:
            continue
        # Overlapping pieces: `fold` looks at no more than MAX_TYPED at once.
        for start in range(run.start(), run.end(), MAX_TYPED // 2):
            if _found(fold(text[start : min(start + MAX_TYPED, run.end())]), key):
                return True
    return False


def _found(folded: str, key: str) -> bool:
    for start in range(len(folded) - _SHORTEST + 1):
        end = _eight_words(folded, start)
        if end and hmac.compare_digest(_key(folded[start:end]), key):
            return True
    return False


def _eight_words(folded: str, start: int) -> int:
    """Where eight words that begin at `start` end; 0 when there aren't eight."""
    for _ in range(COUNT):
        for length in _LENGTHS:
            if folded[start : start + length] in _FOLDED:
                start += length
                break
        else:
            return 0
    return start


def _key(folded: str) -> str:
    secret = settings.PASSPHRASE_KEY.encode()
    return hmac.new(secret, folded.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


_FOLDED = frozenset(fold(word) for word in WORDS)
_LENGTHS = tuple(sorted({len(word) for word in _FOLDED}))
