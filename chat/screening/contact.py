"""Details by which someone could be reached outside: numbers, addresses, names in other places.

Asking for them, to meet, or for money is words, and stands in `lexicon/contact.toml`.
"""

import re
import tomllib
from pathlib import Path

# --- telephone ----------------------------------------------------------------------------------

_DIGITS = {
    "〇": "0", "零": "0", "ぜろ": "0", "れい": "0", "まる": "0", "おう": "0",
    "一": "1", "壱": "1", "壹": "1", "いち": "1", "二": "2", "弐": "2", "に": "2", "つ-": "2",
    "三": "3", "参": "3", "さん": "3", "四": "4", "よん": "4", "し": "4",
    "五": "5", "伍": "5", "ご": "5", "六": "6", "ろく": "6", "七": "7", "なな": "7", "しち": "7",
    "八": "8", "はち": "8", "九": "9", "きゅう": "9", "きゆう": "9", "く": "9",
    "きゅー": "9", "きゆー": "9",
    "おー": "0", "にい": "2", "にー": "2", "ごう": "5", "ごー": "5", "しい": "4", "しー": "4",
    "o": "0", "l": "1", "i": "1",
}  # fmt: skip
_ONE = (
    "(?:[0-9oli〇零一壱二弐三参四五伍六七八九]|ぜろ|れい|まる|いち|さん|よん|ろく|なな|しち|はち"
    "|き[ゆゅ][うー]|お[うー]|に[いー]?|ご[うー]?|し[いー]?|く)"
)
_APART = (
    "(?:[-~ー_.,・、。/\\s()「」『』【】<>\\[\\]\"'☆★*|:;]|(?:の|あと|下)?の?(?:続き|つづき|残り|のこり|[48八四]桁)[はが]?|で?[、,]?(?:次|つぎ|最後|さいご|真ん中|まんなか|最初)[はが]?|そ?のあと|そ?の次|つぎは"
    "|それから|の|じゅう|はいふん|かっこ|まいなす|てん)"
)
_PHONE = re.compile(f"(?<![0-9])(?:\\+{_APART}?)?{_ONE}(?:{_APART}{{0,3}}{_ONE}){{8,20}}(?![0-9])")
_TOKEN = re.compile(f"(?<!さい){_ONE}(?!桁)")  # さいご ends in no five
# Worth a closer look: digits, numerals or number words, enough of them.
_NUMERIC = re.compile(
    "(?:[0-9oli〇零一壱二弐三参四五伍六七八九][^0-9]{0,3}?){6}|(?:ぜろ|れい|まる|きゅ[うー])[^。]{0,3}(?:きゅ[うー]|はち|なな|ろく|さん|よん|ご|に|いち|ぜろ|れい|まる)"
)
# Eight digits are somebody's number only beside a word that says so.
_CALLED = re.compile(
    "(?:電話|でんわ|携帯|けいたい|けーたい|けた?い|tel|phone|でんばん|☎|📞|📱)[^0-9。]{0,8}"
    "((?:[0-9]{1,4}[-~ー ./・]?){2,4})(?![0-9])"
)
_WITHOUT_ZERO = re.compile("(?<![0-9-])[789]0[-~ー .・][0-9]{4}[-~ー .・][0-9]{4}(?![0-9])")
# A longer code of digits and letters, such as a file's or an order's number.
_CODE_BEFORE, _CODE_AFTER = re.compile("[0-9a-f-]{4,40}$"), re.compile("[0-9a-f-]{4,40}")
_FREE = ("0120", "0570")  # nobody's own: free dial and navi dial

# --- elsewhere ------------------------------------------------------------------------------------

_DOT = "\\s{0,2}(?:\\.|\\(dot\\)|\\[\\.\\]|どっと|ドット| dot |てん(?=com|jp|net))\\s{0,2}"
_AT = "(?:@|\\(at\\)|\\[at\\]|（at）|<at>| at |あっとまーく|あっと|◎|☆|★)"
_HOSTS = (
    "gmail|g-?mail|じ[-ー]?めーる|じめる|docomo|どこも|ezweb|softbank|icloud|yahoo|やふ-|hotmail"
    "|outlook|proton|au"
)
_MAIL = re.compile(
    f"[a-z0-9._%+-]{{1,40}}\\s{{0,2}}{_AT}\\s{{0,2}}"
    f"(?:[a-z0-9-]{{1,30}}(?:{_DOT}[a-z0-9-]{{2,20}}){{1,3}}"
    f"|(?:{_HOSTS})(?![a-z0-9]))"
    f"|(?:gmail|じ-?ーめーる|めあど|めーるあどれす|あどれす|めーる)(?:は\\s?|:\\s?|=|→|で\\s?(?=[a-z._-]*[0-9]))(?=[0-9._%+-]{{0,20}}[a-z])[a-z0-9._%+-]{{4,40}}"
    "|めーるで\\s?[a-z][a-z0-9._%+-]{3,30}\\s?(?:です|だよ|って|まで|に送)"
)
_TOP = (
    "com|net|org|jp|co|io|gg|me|tv|info|link|ly|app|dev|xyz|site|online|page|be|to|cc|biz|us|uk|kr"
    "|cn|tk|ee|club|shop|live|fun|chat|moe|la|id|gl|im|fm|ws|eu|ai|gle|social"
)
_URL = re.compile(
    "(?:h[tx]{2}ps?|ttps?|tps)\\s{0,2}[:;]\\s{0,2}/|[a-z]{2,10}://"
    "|(?<![a-z0-9.])t\\.(?:me|co)/[a-z0-9_]"
    "|(?<![a-z0-9])w{2,3}\\s?\\.\\s?[a-z0-9]"
    # A site that everybody knows, spoken of by its bare name, leads to nobody.
    "|(?<![a-z0-9@.])(?!(?:yahoo\\.co\\.jp|google\\.(?:com|co\\.jp)|wikipedia\\.org)(?:が|は|の|って|も|を))"
    f"[a-z0-9][a-z0-9-]{{1,40}}(?:\\.[a-z0-9-]{{1,30}}){{0,3}}"
    f"(?:\\.|\\s?\\(dot\\)\\s?|\\[\\.\\]|\\s?どっと\\s?|\\s\\.\\s|点)"
    f"(?:{_TOP})(?![a-z0-9])"
)
_SIGN = re.compile(
    "(?<![a-z0-9@])@\\s?(?=[0-9_.]{0,10}[a-z])(?!home|work|school|cosme)[a-z0-9_.]{3,30}"
)
_ID = re.compile(
    "(?:(?<![a-z])id|あいで[いぃ]-?ー?|あかうんと(?:名)?|(?<![a-z])垢(?:名)?|ゆ-?ー?ざ-?ー?(?:名|ね-?ー?む)|あか名"
    "|ふれんどこ-?ー?ど|ふれこ|(?:line|らいん|discord|でぃすこ-?ー?ど?|でいすこ-?ー?ど?|かかお(?:と-?ー?く)?|kakao|いんすた(?:ぐらむ)?"
    "|instagram|insta|twitter|ついった-?ー?|すかいぷ|skype|telegram|てれぐらむ|しぐなる|signal|(?<![a-z])x))"
    "\\s?(?:の?id|の?垢|の?あかうんと|の?名前?|の?たぐ|の?ね-?ー?む|の?ゆ-?ー?ざ-?ー?名)?\\s?(?:は|が|:|=|→|です|、|,|『|「)\\s?@?"
    "(?!live:)(?=[a-z0-9._#-]{0,20}[a-z])[a-z0-9][a-z0-9._#-]{2,30}"
    "|(?:(?<![a-z])u?id|ゆ-?ー?ざ-?ー?id|ふれんどこ-?ー?ど|ふれこ|みーてぃんぐid)(?:は|が|:|を?送る|です)?[\\s、:]{0,2}(?:[0-9][-\\s,]?){6,16}(?![0-9])"
    # オンライン2026年 and ガイドライン are nobody's id, nor is a year or a number alone.
    "|(?<![a-z])(?<!おん)(?<!いど)"
    "(?:discord|でぃすこ-?ー?ど?|でいすこ-?ー?ど?|かかお(?:と-?ー?く)?|kakao|いんすた(?:ぐらむ)?|insta(?:gram)?|line|らいん|twitter|ついった-?ー?)"
    "の?\\s?(?=[a-z0-9.]{0,20}[0-9_#])(?=[a-z0-9._#-]{0,20}[a-z_#])[a-z0-9][a-z0-9._#-]{3,30}"
    "|(?:申請|招待|ふれんど|友だち|友達|対戦|とれ-?ー?な-?ー?)[^。0-9]{0,12}こ-?ー?ど[^。0-9]{0,10}(?:[0-9][-\\s]?){8,20}(?![0-9])"
    "|gmail(?:で|は)[、\\s]{0,2}[a-z0-9]+[._][a-z0-9._]{2,30}"
    "|ゆ[-ー]?ざ[-ー]?名\\s?(?:は|:)?\\s?[a-z0-9._-]{4,30}|(?:招待|ど[-ー]?ど[-ー]?)こ[-ー]?どは?\\s?[a-z0-9]{5,8}"
    "|live:[a-z0-9._-]{4,30}|垢\\s?[a-z][a-z0-9._-]{3,30}\\s?(?:です|だよ|って|$|ふおろ)"
    "|(?<![a-z])sw-?[0-9]{4}-?[0-9]{4}-?[0-9]{4}(?![0-9])"
    "|(?<![a-z])id\\s(?=[a-z0-9._-]{0,20}[0-9_#])[a-z0-9][a-z0-9._#-]{3,30}"
)
_LOOK_FOR = re.compile(
    "(?<![a-z0-9])(?=[a-z0-9_.]{0,20}[a-z])[a-z0-9_.]{4,30}\\s?(?:で|を|って|という(?:id|名前|垢)で?)?"
    "(?:検索|けんさく|さがし|探し|ふおろ-?ー?|追加|ともだち追加|友だち追加|申請)"
    "|(?<![a-z0-9])[a-z0-9_.]{2,30}#[0-9]{4}(?![0-9])"
)

# --- at home --------------------------------------------------------------------------------------

_N = "[0-9〇零一二三四五六七八九十]{1,4}"
_HOME = re.compile(
    f"〒\\s?[0-9]{{3}}|郵便番号(?:は|が|:)?\\s?[0-9]{{3}}-?[0-9]{{4}}|(?:住所|あて先|宛先)[^。0-9]{{0,12}}[0-9]{{3}}-[0-9]{{4}}"
    f"|{_N}丁目\\s?(?:の\\s?)?{_N}(?!人|年|歳|回|円|分|時|軒|つ|匹|階|本|番目)"
    f"|[都道府県市区町村郡][^。?]{{1,12}}?{_N}(?:丁目|番地|番町|番[0-9]|-[0-9]{{1,4}}(?:-[0-9]{{1,4}})?)(?![0-9])"
    "|(?<![0-9-])[0-9]{1,3}-[0-9]{1,3}-[0-9]{1,4}\\s?[^。0-9]{0,12}(?:まんしょん|はいつ|こ-?ー?ぽ|荘|あぱ-?ー?と|号室)"
    "|(?:まんしょん|はいつ|こ-?ー?ぽ|荘|あぱ-?ー?と|めぞん|ぐらん[^。]{0,4}|れじでんす|団地|[0-9]号?棟)の?[^。0-9]{0,4}[0-9]{2,4}(?:号室(?!の(?:前|人|方|住人|隣|患者))|号(?!室)|に(?:住|い|来|き)|です|まで|$)"
    "|[市区町村][^。?]{1,14}?[0-9]{2,4}(?:号室)?に住ん(?:で(?:い)?(?:る|ます)|どる|どります)"
    "|(?:まんしょん|はいつ|あぱ-?ー?と|団地)は[^。?0-9]{1,14}?[0-9]{3,4}(?:号|です|だよ|、|に|$)"
    f"|(?:住所|家|自宅|実家|うち|わたし|私|僕|俺)(?:は|が|の住所は)?[^。?]{{0,14}}?[0-9]{{2,4}}号室|(?<!病室)(?<!病院)[0-9]{{2,4}}号室(?:です|だよ|に住|に来|に遊|まで)|番地は{_N}|{_N}番地(?:の?{_N})?に(?:住|い|あ|来)"
)
# Worth a closer look by any of the above.
_SIGNS = re.compile(
    "[@:.#◎☆★]|[a-z0-9]{3}|どっと|あっと|(?<![a-z])id|丁目|番地|号室"
    "|〒|郵便番号| dot | at |[0-9]-[0-9]"
)
# One of these stands in whatever the two find. Most texts have none, which is seen in a tenth of
# their time.
_FEW = re.compile("[@:.#◎☆★a-z0-9〇零一壱二弐三参四五伍六七八九丁番号〒郵]").search
_SIGNS_BY_WORD, _NUMBERS_BY_WORD = ("どっと", "あっと"), ("ぜろ", "れい", "まる", "きゅ")
_ALLOWED = frozenset(
    tomllib.loads(
        (Path(__file__).with_name("lexicon") / "contact.toml").read_text(encoding="utf-8")
    )["numbers"]["anyone"]
)


def maybe(folded: str) -> bool:
    """Whether the folded text is worth `find`; never False where that finds something."""
    few, has = _FEW(folded), folded.__contains__
    return bool(
        ((few or any(map(has, _SIGNS_BY_WORD))) and _SIGNS.search(folded))
        or ((few or any(map(has, _NUMBERS_BY_WORD))) and _NUMERIC.search(folded))
    )


def find(folded: str) -> list[tuple[str, int, int]]:
    """(rule, start, end) of every detail in the folded text."""
    found: list[tuple[str, int, int]] = []
    if _NUMERIC.search(folded):
        found += [("phone", *span) for span in _phones(folded)]
    if _SIGNS.search(folded):
        for rule, pattern in _PATTERNS:
            found += [(rule, *m.span()) for m in pattern.finditer(folded)]
    return sorted(found, key=lambda one: one[1:])


_PATTERNS = (
    ("mail", _MAIL), ("url", _URL), ("id", _SIGN), ("id", _ID), ("id", _LOOK_FOR),
    ("address", _HOME),
)  # fmt: skip


def _phones(text: str) -> list[tuple[int, int]]:
    spans = []
    for m in _PHONE.finditer(text):
        tokens = list(_TOKEN.finditer(text, *m.span()))
        at = 0
        while at < len(tokens):
            many = _a_number(tokens[at:], m[0].startswith("+") and at == 0)
            where = tokens[at].start(), m.end()
            if many and not (_cut(tokens, at, many) or _in_a_code(text, *where)):
                spans.append((tokens[at].start(), tokens[at + many - 1].end()))
            at += many or 1
    spans += [m.span() for m in _WITHOUT_ZERO.finditer(text)]
    for m in _CALLED.finditer(text):
        digits = "".join(one[0] for one in _TOKEN.finditer(m[1]))
        if 7 <= len(digits) <= 8:
            spans.append(m.span(1))
    return spans


def _a_number(tokens: list[re.Match[str]], abroad: bool) -> int:
    """How many of the tokens, from the first, make up somebody's number; 0: none does."""
    said = "".join(_DIGITS.get(one[0], one[0]) for one in tokens[:14])
    for many in (13, 12, 11, 10):
        if len(said) < many:
            continue
        digits = said[:many]
        if digits.startswith("81") and (abroad or many in (11, 12)):
            digits = "0" + digits[2:].removeprefix("0")
        if re.fullmatch("0(?:[5-9]0[0-9]{8}|[1-9](?!0)[0-9]{8}|[1-9]0[0-9]{7})", digits):
            free = digits.startswith(_FREE) or (digits.startswith("0800") and _in_four(tokens))
            return many if digits not in _ALLOWED and not free else 0
    return 0


def _in_four(tokens: list[re.Match[str]]) -> bool:
    """0800-123-4567 is free dial, 080-0123-4567 somebody's own: what stands together tells."""
    return tokens[2].end() == tokens[3].start() and tokens[3].end() < tokens[4].start()


def _cut(tokens: list[re.Match[str]], at: int, many: int) -> bool:
    """Whether more digits stand right before or after: then it is another kind of number."""
    before = at and tokens[at - 1][0].isdigit() and tokens[at - 1].end() == tokens[at].start()
    last, after = at + many - 1, at + many
    return bool(before) or (
        after < len(tokens)
        and tokens[after][0].isdecimal()
        and tokens[after].start() == tokens[last].end()
    )


def _in_a_code(text: str, start: int, end: int) -> bool:
    before = _CODE_BEFORE.search(text[max(0, start - 40) : start])
    after = _CODE_AFTER.match(text, end)
    return bool(before and re.search("[a-f]", before[0])) or bool(
        after and re.search("[a-f]", after[0])
    )
