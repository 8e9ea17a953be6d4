"""Nicknames: soft ones are offered; ones that pose as somebody are refused. Pure; no database.

Two names are look-alikes when their skeletons are equal. A skeleton is for comparing only and is
never shown.
"""

import random
import re
import secrets
import unicodedata
from collections.abc import Iterable

from accounts.lookalikes import ALIKE, KANJI_PAIRS, PAIRS, RESERVED, RESERVED_WHOLE, STROKES
from foundation.refusals import Refused
from foundation.tidy import tidy

MAX_VISIBLE = 12
MAX_POINTS = 20
_MAX_MARKS = 1  # combining marks left on one letter after NFC

_SOFT = """
ねむい しずかな やわらかい まるい ちいさな とおくの ゆうがたの よあけの あさの よるの
あめあがりの ひだまりの こかげの まどべの はるの なつの あきの ふゆの うみべの もりの のはらの
やまの かわの そらの ゆっくりの のんびり ふわふわの ぽかぽかの ほわほわの うとうと そよかぜの
こもれびの みずいろの きいろい あおい しろい みどりの すみれいろの ゆきの つきよの ほしぞらの
"""
SOFT = tuple(_SOFT.split())
_THINGS = """
月 石 葉 雨 雲 星 風 森 海 花 鳥 猫 犬 木 草 苔 波 貝 雪 霧 かえる うさぎ きつね たぬき くじら
ひつじ すずめ かもめ ふくろう めだか くらげ こねこ どんぐり まつぼっくり きのこ みかん りんご
おちば わたげ しずく ランプ まくら もうふ こたつ ゆのみ おにぎり クッキー
"""
THINGS = tuple(_THINGS.split())
_SUFFIXES = "さん くん ちゃん さま 様 君 氏 先生 せんせい さん san kun chan sama sensei"
_KATAKANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_SMALL = str.maketrans("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ")
_DAKUTEN = "\u3099\u309a"


def offer(rng: random.Random | None = None) -> str:
    """A soft name, such as 「ねむい月」."""
    pick = rng or secrets.SystemRandom()
    return pick.choice(SOFT) + pick.choice(THINGS)


def skeleton(name: str) -> str:
    """What a name looks like to a tired eye; equal skeletons are look-alikes."""
    text = _fold(name)
    kept = "".join(char for char in text if char.isalnum())
    for pair, one in PAIRS:
        kept = kept.replace(pair, one)
    # A name of signs only (♪) keeps them: nothing else is there to compare.
    return kept or "".join(text.split())


def check(name: str, *, taken: Iterable[str], supporters: Iterable[str] = ()) -> str:
    """The name, tidied. Who poses as staff or as someone present is refused.

    `taken`: names of people present. `supporters`: names that supporters go by.
    Raises `Refused`: `malformed`, `empty`, `too_long`, `name_reserved` or `name_taken`.
    """
    kept = _tidied(name)
    mine = skeleton(kept)
    if poses(mine, supporters=supporters):
        raise Refused("name_reserved")
    if mine in {skeleton(other) for other in taken}:
        raise Refused("name_taken")
    return kept


def poses(mine: str, *, supporters: Iterable[str] = ()) -> bool:
    """Whether a skeleton claims to be staff, by office or by name."""
    bare = _plain(mine)
    if bare in _WHOLE or any(word in mine for word in _WITHIN):
        return True
    strokes = mine.translate(STROKES)
    if any(word in strokes for word in _WITHIN_STROKES):
        return True
    for supporter in supporters:
        theirs = _plain(skeleton(supporter))
        if bare and bare == _short(supporter):
            return True
        if bare == theirs or (len(theirs) >= 4 and theirs in mine):
            return True
        katakana = re.search("[ァ-ヺ]", unicodedata.normalize("NFKC", supporter))
        if katakana and bare.translate(STROKES) == theirs.translate(STROKES):
            return True
    return False


def same_to_the_eye(name: str, others: Iterable[str]) -> bool:
    """Whether a member of staff's name can't be told from one of the others'.

    With or without さん, and with or without what stands in brackets.
    """
    mine = _short(name)
    return bool(mine) and mine in {_short(other) for other in others}


def _short(name: str) -> str:
    """「はる(相談員)」 is はる to everyone; a name of brackets alone is itself."""
    return _plain(skeleton(re.split(r"[(（\[［【〔]", name)[0])) or skeleton(name)


def _plain(mine: str) -> str:
    """Without さん and the like."""
    for suffix in _HONORIFICS:
        mine = mine.removesuffix(suffix) or mine
    return mine


def _tidied(name: str) -> str:
    if len(name) > 200:
        raise Refused("too_long")
    name = " ".join(name.split())
    if any(_deceives(char) for char in name):
        raise Refused("malformed")
    # Joiners and selectors come with emoji from ordinary keyboards; alone they only hide.
    name = "".join(char for char in name if not _unseen(char))
    kept = tidy(name, most=MAX_POINTS)
    if any(_marks(kept)):
        raise Refused("malformed")
    if sum(not unicodedata.combining(char) for char in kept) > MAX_VISIBLE:
        raise Refused("too_long")
    return kept


def _deceives(char: str) -> bool:
    """Right-to-left letters and bidi controls, other controls, private and unassigned."""
    if unicodedata.bidirectional(char) in {
        "R", "AL", "AN", "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"
    }:  # fmt: skip
        return True
    if char in "\u200e\u200f\u061c":
        return True
    return unicodedata.category(char) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} or (
        0xE0000 <= ord(char) <= 0xE007F
    )


def _unseen(char: str) -> bool:
    code = ord(char)
    return (
        unicodedata.category(char) == "Cf"
        or 0xFE00 <= code <= 0xFE0F
        or 0xE0100 <= code <= 0xE01EF
        or char in "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    )


def _marks(text: str) -> Iterable[bool]:
    run = 0
    for char in text:
        run = run + 1 if unicodedata.category(char).startswith("M") else 0
        yield run > _MAX_MARKS


def _fold(name: str) -> str:
    text = name.replace("゛", "\u3099").replace("゜", "\u309a")
    text = "".join(char for char in text if not _unseen(char))
    text = unicodedata.normalize("NFKC", text)
    for pair, one in KANJI_PAIRS:
        text = text.replace(pair, one)
    # Letter by letter before case is folded: Ι and l are alike as they stand, not as they sound.
    text = "".join(ALIKE.get(char, char) for char in text)
    text = unicodedata.normalize("NFD", text.casefold())
    text = "".join(c for c in text if not unicodedata.category(c).startswith("M") or c in _DAKUTEN)
    text = unicodedata.normalize("NFC", text).translate(_KATAKANA).translate(_SMALL)
    text = "".join(ALIKE.get(char, char) for char in text)
    return "".join(char for char in text if char not in _DAKUTEN)


_WITHIN = frozenset(skeleton(word) for word in RESERVED)
_WITHIN_STROKES = frozenset(
    skeleton(word).translate(STROKES) for word in RESERVED if re.fullmatch("[ァ-ヶー]+", word)
)
_WHOLE = frozenset(skeleton(word) for word in RESERVED_WHOLE)
_HONORIFICS = tuple(map(skeleton, _SUFFIXES.split()))
