"""Contact details: stopped before anyone sees them, whoever sends them."""

import re

_KANJI = str.maketrans("〇一二三四五六七八九零壱弐参", "01234567890123")
_DASH = "[-‐‑–—―−ー~・.,\\s()（）]"
_PHONE = re.compile(f"(?<![0-9])(?:\\+?81{_DASH}*[1-9]|0[1-9])(?:{_DASH}*[0-9]){{7,9}}(?![0-9])")
# A longer code of digits and letters, such as a file's or an order's number.
_CODE = re.compile("[0-9a-f-]{4,}$"), re.compile("[0-9a-f-]{4,}")
# Numbers anyone may name: the help lines this house itself shows.
_HELP = re.compile("^(?:0120|0570|0800)")
_MAIL = re.compile(
    "[a-z0-9._%+-]+\\s*(?:@|\\(at\\)|あっとまーく|あっと)\\s*[a-z0-9-]+(?:\\s*(?:\\.|どっと)\\s*[a-z0-9-]+)+"
)
_AT = ("@", "(at)", "あっと")  # no address is written without one of these
_OTHER = re.compile(
    "https?:/|(?<![a-z0-9])www?\\.[a-z0-9]"
    "|(?<![a-z0-9@.])[a-z0-9-]{2,}\\.(?:com|net|org|jp|co|io|gg|me|tv|info|link|ly)(?![a-z0-9])"
    "|(?:line|らいん|discord|でぃすこ(?:ーど)?|かかお(?:とーく)?|kakao|いんすた(?:ぐらむ)?|instagram"
    "|twitter|ついったー|すかいぷ|skype|telegram|てれぐらむ|しぐなる)\\s*(?:の|は|:|=|→)?\\s*(?:id|あいでぃー|あかうんと|垢)"
    "\\s*(?:は|が|:|=|→)?\\s*@?[a-z0-9._-]{3,}"
    "|(?:line|らいん|discord|でぃすこ|かかお|いんすた)(?:を|の)?(?:id)?(?:こうかん|交換|教え|おしえ|追加|ついか)"
    "|(?<![a-z0-9])@[a-z0-9_]{4,}"
    "|(?:〒|郵便番号は?)\\s*[0-9]{3}-?[0-9]{4}(?![0-9])"
    "|[0-9]{1,4}丁目[0-9]{1,4}(?:番地?|-)"
)


def find(folded: str) -> list[tuple[int, int]]:
    """Stretches of the folded text by which someone could be reached outside."""
    digits = folded.translate(_KANJI)
    spans = [
        m.span()
        for m in _PHONE.finditer(digits)
        if not _HELP.match(re.sub("[^0-9]", "", m[0])) and not _in_a_code(digits, *m.span())
    ]
    if any(sign in folded for sign in _AT):
        spans += [m.span() for m in _MAIL.finditer(folded)]
    spans += [m.span() for m in _OTHER.finditer(folded)]
    return sorted(spans)


def _in_a_code(text: str, start: int, end: int) -> bool:
    before, after = _CODE[0].search(text[max(0, start - 40) : start]), _CODE[1].match(text, end)
    return bool(before and re.search("[a-f]", before[0])) or bool(
        after and re.search("[a-f]", after[0])
    )
